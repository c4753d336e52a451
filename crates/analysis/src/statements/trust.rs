//! How far somebody's statements are believed (assessment.md 4.9): which words, about which components. Outside of
//! its scope a statement is shown and changes nothing.

use std::fmt;

use model::component::Component;
use model::vex::{Justification, VexStatement, VexStatus};

use crate::policy::pattern::like;

/// A trust scope that a person accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Statuses that are believed.
    pub statuses: Vec<VexStatus>,
    /// Justifications of *not affected* that are believed.
    pub justifications: Vec<Justification>,
    /// *Not affected* on free text alone, and claims that a guard of the import changed.
    pub weak: bool,
    /// Components by name or `type/namespace/name` of a package URL, with `*` for any text; empty = all.
    pub components: Vec<String>,
}

/// Why a statement is outside of the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distrust {
    /// Nobody accepted the document.
    NotAccepted,
    /// The scope does not cover this component.
    Component,
    /// The scope does not cover this status.
    Status,
    /// The scope does not cover this justification: the author does not know this deployment.
    Justification,
    /// It has no justification, only a text.
    Weak,
}

impl Distrust {
    /// The stable code, for JSON.
    pub fn code(self) -> &'static str {
        match self {
            Distrust::NotAccepted => "not_accepted",
            Distrust::Component => "component_not_in_scope",
            Distrust::Status => "status_not_in_scope",
            Distrust::Justification => "justification_not_in_scope",
            Distrust::Weak => "no_justification",
        }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Distrust::NotAccepted => "nobody accepted statements of this document",
            Distrust::Component => "the accepted scope does not cover this component",
            Distrust::Status => "the accepted scope does not cover this status",
            Distrust::Justification => {
                "the accepted scope does not cover this justification: it depends on the deployment"
            }
            Distrust::Weak => "it gives no justification, only a text",
        })
    }
}

impl Trust {
    /// Nothing is believed: quarantine.
    pub fn none() -> Trust {
        Trust { statuses: Vec::new(), justifications: Vec::new(), weak: false, components: Vec::new() }
    }

    /// A supplier's word: every status, justifications 1 to 3. 4 and 5 depend on the deployment.
    pub fn supplier() -> Trust {
        let believed = |known: &Justification| known.number() <= 3;
        Trust {
            statuses: VexStatus::ALL.to_vec(),
            justifications: Justification::ALL.iter().copied().filter(believed).collect(),
            weak: false,
            components: Vec::new(),
        }
    }

    /// The own organisation's word.
    pub fn own() -> Trust {
        Trust { justifications: Justification::ALL.to_vec(), weak: true, ..Trust::supplier() }
    }

    /// Tells whether a statement on a component is inside of the scope.
    ///
    /// # Errors
    /// Why it is not.
    pub fn admit(&self, statement: &VexStatement, component: &Component) -> Result<(), Distrust> {
        if self.statuses.is_empty() {
            return Err(Distrust::NotAccepted);
        }
        if !self.components.is_empty() && !self.components.iter().any(|pattern| covers(pattern, component)) {
            return Err(Distrust::Component);
        }
        if !self.statuses.contains(&statement.status) {
            return Err(Distrust::Status);
        }
        if statement.status != VexStatus::NotAffected {
            return Ok(());
        }
        match statement.justification {
            Some(justification) if !self.justifications.contains(&justification) => {
                Err(Distrust::Justification)
            }
            None if !self.weak => Err(Distrust::Weak),
            _ => Ok(()),
        }
    }
}

fn covers(pattern: &str, component: &Component) -> bool {
    let of_purl = |purl: &model::identity::Purl| match purl.namespace.as_str() {
        "" => format!("{}/{}", purl.kind, purl.name),
        namespace => format!("{}/{namespace}/{}", purl.kind, purl.name),
    };
    like(pattern, &component.name) || component.purls.iter().any(|purl| like(pattern, &of_purl(purl)))
}
