//! One deed: the decisions that were made together, approved and undone together.

use askama::Template;
use serde::Serialize;

use super::decisions::DecisionRow;
use super::frame::{Crumb, Frame, Section};
use super::{Show, links};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Deed {
    /// Its name.
    pub name: String,
    /// Its decisions, oldest first.
    pub decisions: Vec<DecisionRow>,
    /// How many wait for a second person.
    pub proposed: usize,
    /// How many can be taken back.
    pub open: usize,
    /// It is young enough to be undone.
    pub is_undoable: bool,
}

#[derive(Template)]
#[template(path = "pages/deed.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Deed,
}

impl Drawn<'_> {
    fn place(&self) -> String {
        links::deed(&self.view.name)
    }
}

impl Show for Deed {
    fn title(&self) -> String {
        format!("Deed {}", self.name)
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Queue", "/queue"), Crumb::to("Decisions", "/decisions"), Crumb::here(&self.name)]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
