//! The queue: one item at a time with everything to decide it, and the list of all of them.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::finding::Finding;
use super::frame::{Frame, Section};
use super::links;
use super::list::address;

/// The views of the queue: (word, for people).
pub const VIEWS: &[(&str, &str)] = &[
    ("urgent", "Immediate and possibly immediate"),
    ("new", "New since yesterday"),
    ("contested", "Contested and overtaken"),
    ("proposed", "Proposals to review"),
    ("unknown", "Needs review"),
    ("all", "Everything"),
];

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    /// The view: a word of [`VIEWS`].
    pub view: String,
    /// How many findings wait in each view, in the order of [`VIEWS`].
    pub waiting: Vec<u64>,
    /// How many wait in this view: one for each vulnerability in a component of a product, for all its releases.
    pub total: u64,
    /// True where there are more, less urgent ones.
    pub is_cut: bool,
    /// The place of this item, from 1; 0 where the queue is empty.
    pub place: u64,
    /// The item; none where the queue is empty.
    pub item: Option<Finding>,
    /// The id of the next item; empty at the end.
    pub next: String,
    /// The id of the item before; empty at the start.
    pub previous: String,
    /// Releases that are watched: said where nothing waits.
    pub releases: u64,
}

#[derive(Template)]
#[template(path = "pages/queue.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Queue,
}

impl Drawn<'_> {
    /// (for people, address, is here, number).
    fn views(&self) -> Vec<(&'static str, String, bool, u64)> {
        (VIEWS.iter().zip(&self.view.waiting))
            .map(|((word, says), number)| {
                (*says, address("/queue", &[("view", (*word).to_owned())]), *word == self.view.view, *number)
            })
            .collect()
    }

    fn at(&self, id: &str) -> String {
        address("/queue", &[("view", self.view.view.clone()), ("at", id.to_owned())])
    }
}

impl Show for Queue {
    fn title(&self) -> String {
        if self.place == 0 { "Queue".to_owned() } else { format!("Queue, {} of {}", self.place, self.total) }
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
