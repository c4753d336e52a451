//! A release: the sentence, the funnel, then tabs: findings by component, components and coverage, evidence, documents.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::chart::{Step, share};
use super::class::Counts;
use super::frame::{Crumb, Frame, Section};
use super::links::{self, Rows};
use crate::report::bars::Piece;

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Release {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Id of its product.
    pub product: String,
    /// Name of its product.
    pub product_name: String,
    /// The release before it: (id, version).
    pub before: Option<(String, String)>,
    /// When it was judged last; none while it waits.
    pub judged: Option<At>,
    /// State of the knowledge it was judged with.
    pub knowledge: Option<At>,
    /// Open findings by class.
    pub open: Counts,
    /// All matches.
    pub matches: u64,
    /// The way from all matches to what needs action.
    pub funnel: Vec<Step>,
    /// Components with open findings, the worst first; the kernel is one of them.
    pub components: Vec<Group>,
    /// Components that have open findings but are not in `components`.
    pub more_components: u64,
    /// Was every component looked at?
    pub coverage: Coverage,
    /// What an upgrade removes, the most first.
    pub upgrades: Vec<Upgrade>,
    /// Build evidence, and what it settled.
    pub evidence: Vec<Evidence>,
    /// What was handed in.
    pub documents: Vec<Document>,
    /// The gate's answer; empty where the product has no gate.
    pub gate: String,
    /// True where the gate lets it pass; none where it cannot judge.
    pub passes: Option<bool>,
}

/// Open findings of one component.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Name of the component.
    pub component: String,
    /// Its version.
    pub version: String,
    /// Open findings by class.
    pub open: Counts,
    /// The version that removes most of them; empty where none is known.
    pub fixed: String,
}

/// How the components ended; the numbers add up to `all`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Coverage {
    /// All components.
    pub all: u64,
    /// With matches.
    pub matched: u64,
    /// Looked at, nothing found.
    pub clean: u64,
    /// Not on the device, or excluded by a rule.
    pub excluded: u64,
    /// Could not be evaluated.
    pub not_evaluated: u64,
    /// Why not: for which reasons, the most frequent first.
    pub reasons: Vec<Reason>,
}

/// Why components could not be evaluated.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// The stable word: the filter of the components.
    pub word: String,
    /// For people.
    pub says: String,
    /// What to do.
    pub remedy: String,
    /// How many.
    pub number: u64,
}

impl Coverage {
    /// (filter word, face, for people, number), in reading order.
    pub fn parts(&self) -> [(&'static str, &'static str, &'static str, u64); 4] {
        [
            ("matched", "left", "with matches", self.matched),
            ("clean", "none", "nothing found", self.clean),
            ("excluded", "gone", "excluded", self.excluded),
            ("not_evaluable", "unknown", "could not be evaluated", self.not_evaluated),
        ]
    }

    /// The bar.
    pub fn bar(&self) -> Vec<Piece> {
        share(&self.parts().map(|(_, face, _, number)| (face, number)))
    }
}

/// An upgrade, and what it removes.
#[derive(Clone, Debug, Serialize)]
pub struct Upgrade {
    /// The component.
    pub component: String,
    /// The version it has.
    pub from: String,
    /// The version to take.
    pub to: String,
    /// Open findings that it removes.
    pub removes: Counts,
}

/// One piece of build evidence.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// Its kind, for people: `kernel configuration`.
    pub kind: String,
    /// The file it came from.
    pub file: String,
    /// When it was handed in.
    pub at: At,
    /// Matches that it settled.
    pub settled: u64,
    /// The reason word: the filter of those matches.
    pub reason: String,
    /// What is wrong with it; empty where nothing is.
    pub note: String,
}

/// A document as it was handed in.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// Its file name.
    pub file: String,
    /// What it is: `SPDX 3.0.1`.
    pub kind: String,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Length in bytes.
    pub bytes: u64,
    /// When, and by whom.
    pub at: At,
    /// Who handed it in.
    pub by: String,
}

#[derive(Template)]
#[template(path = "pages/release.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Release,
    whole: u64,
    removed: u64,
}

impl Drawn<'_> {
    fn all(&self) -> Rows {
        Rows::of("/findings").with("release", &self.view.id)
    }

    fn open(&self) -> Rows {
        Rows::open().with("release", &self.view.id)
    }

    fn of(&self, group: &Group) -> Rows {
        self.open().with("component", &group.component)
    }

    fn components(&self) -> Rows {
        Rows::of("/components").with("release", &self.view.id)
    }

    fn compare(&self, before: &str) -> Rows {
        Rows::of("/compare").with("from", before).with("to", &self.view.id)
    }

    fn lost_nothing(&self) -> Vec<&str> {
        (self.view.funnel.iter())
            .filter(|step| step.lost == 0 && step.question != "date")
            .map(|step| step.lost_says.as_str())
            .collect()
    }
}

impl Show for Release {
    fn title(&self) -> String {
        format!("{} {}", self.product_name, self.version)
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Products", "/products"),
            Crumb::to(&self.product_name, links::product(&self.product)),
            Crumb::here(&self.version),
        ]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let whole = self.components.iter().map(|group| group.open.all()).max().unwrap_or_default();
        let removed = self.upgrades.iter().map(|upgrade| upgrade.removes.all()).max().unwrap_or_default();
        Drawn { frame, view: self, whole, removed }.render()
    }
}
