//! One version of a profile or of rules: its text, what differs, what it would change, and putting it into force.

use askama::Template;
use serde::Serialize;

use super::class::Class;
use super::drafts::Version;
use super::frame::{Crumb, Frame, Section};
use super::{Show, links};

/// Rows of the effect that a page shows; the rest is counted.
const SHOWN: usize = 200;

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Draft {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// The product: (short name, name); both empty for the whole organisation.
    pub product: (String, String),
    /// The text.
    pub text: String,
    /// SHA-256 of the text: what approving names.
    pub hash: String,
    /// What differs from the version in force: (key, from, to).
    pub changes: Vec<(String, String, String)>,
    /// Findings that would be others; empty for a version that is no draft.
    pub moved: Vec<Moved>,
    /// Releases that were tried.
    pub releases: usize,
    /// There are more releases than were tried.
    pub is_cut: bool,
    /// Why the effect is not known; empty where it is.
    pub unknown: String,
    /// The asker may put it into force, or take it out.
    pub may_approve: bool,
}

/// A finding that would be another.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The release, in words.
    pub release: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component.
    pub component: String,
    /// Class now; none where it is settled.
    pub from: Option<Class>,
    /// Class then.
    pub to: Option<Class>,
}

#[derive(Template)]
#[template(path = "pages/draft.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Draft,
}

impl Drawn<'_> {
    fn place(&self) -> String {
        links::draft(self.view.version.kind.word(), &self.view.version.id)
    }

    fn is_draft(&self) -> bool {
        self.view.version.state == "draft"
    }

    fn is_in_force(&self) -> bool {
        self.view.version.state == "approved"
    }

    fn shown(&self) -> impl Iterator<Item = &Moved> {
        self.view.moved.iter().take(SHOWN)
    }

    fn more(&self) -> usize {
        self.view.moved.len().saturating_sub(SHOWN)
    }
}

impl Show for Draft {
    fn title(&self) -> String {
        format!("{}, version {}", self.version.name, self.version.version)
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = match self.product.0.as_str() {
            "" => vec![Crumb::to("Settings", "/settings")],
            slug => {
                vec![Crumb::to("Products", "/products"), Crumb::to(&self.product.1, links::product(slug))]
            }
        };
        crumbs.push(Crumb::to("Profile and rules", links::drafts(&self.product.0)));
        crumbs.push(Crumb::here(&self.title()));
        crumbs
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
