//! A decision on many findings at once: what it would do, before it is done.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::class::{Class, Counts};
use super::decision::Draft;
use super::frame::{Crumb, Frame, Section};
use super::links;

/// Findings listed on the page; the rest is counted.
const SHOWN: usize = 50;

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Bulk {
    /// The findings that were selected.
    pub findings: Vec<String>,
    /// How many distinct components they have.
    pub components: u64,
    /// Their classes now.
    pub before: Counts,
    /// Their classes afterwards; equal to `before` while the form is empty.
    pub after: Counts,
    /// Those that the decision would not fit, and why.
    pub refused: Vec<Refused>,
    /// True where a second person must agree.
    pub second: bool,
    /// Proof that this very preview was seen; empty while the form is empty or wrong.
    pub preview: String,
    /// What the form holds.
    pub draft: Draft,
}

/// A finding that the decision does not fit.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// The finding.
    pub finding: String,
    /// Its class.
    pub class: Class,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component.
    pub component: String,
    /// Why it does not fit.
    pub because: String,
}

#[derive(Template)]
#[template(path = "pages/bulk.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Bulk,
}

impl Drawn<'_> {
    fn number(&self) -> usize {
        self.view.findings.len()
    }

    fn fits(&self) -> usize {
        self.view.findings.len().saturating_sub(self.view.refused.len())
    }

    fn refused(&self) -> impl Iterator<Item = &Refused> {
        self.view.refused.iter().take(SHOWN)
    }

    fn more(&self) -> usize {
        self.view.refused.len().saturating_sub(SHOWN)
    }
}

impl Show for Bulk {
    fn title(&self) -> String {
        "Decide together".to_owned()
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Queue", "/queue"), Crumb::to("Findings", "/findings"), Crumb::here("Decide together")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
