//! One decision: what it says, who had a hand in it, and what can be done with it.

use askama::Template;
use serde::Serialize;

use super::at::At;
use super::decisions::DecisionRow;
use super::frame::{Crumb, Frame, Section};
use super::{Show, links};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// As the list shows it.
    #[serde(flatten)]
    pub row: DecisionRow,
    /// Its version: what approving and withdrawing name.
    pub version: i64,
    /// Why, in the author's words.
    pub reason: String,
    /// The whole text, as a decisions file holds it.
    pub text: String,
    /// A finding it is about; empty where none is left.
    pub finding: String,
    /// Its steps, the newest first.
    pub steps: Vec<Step>,
    /// It waits for a second person.
    pub is_proposed: bool,
    /// It can be taken back.
    pub is_open: bool,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// When.
    pub at: At,
    /// Who.
    pub by: String,
    /// What was done: `made`, `approved` …
    pub act: String,
    /// What it said then.
    pub says: String,
    /// Why.
    pub note: String,
}

#[derive(Template)]
#[template(path = "pages/decided.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Decided,
}

impl Drawn<'_> {
    fn place(&self) -> String {
        links::decision(&self.view.row.name)
    }
}

impl Show for Decided {
    fn title(&self) -> String {
        format!("Decision {}", self.row.name)
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Queue", "/queue"), Crumb::to("Decisions", "/decisions"), Crumb::here(&self.row.name)]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
