//! The audit log: who did what, when, on what evidence.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::frame::{Crumb, Frame, Section};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};

/// The audit log as a list.
pub static LIST: Spec = Spec {
    path: "/audit",
    noun: ("event", "events"),
    filters: &[
        Filter { key: "actor", label: "Actor", values: &[] },
        Filter { key: "act", label: "Act", values: &[] },
        Filter { key: "product", label: "Product", values: &[] },
        Filter { key: "subject", label: "Subject", values: &[] },
    ],
    sorts: &[("new", "Newest"), ("old", "Oldest")],
    find: true,
    columns: &["seq", "at", "actor", "act", "subject", "before", "after", "reason", "hash"],
};

/// An event.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its number in the chain.
    pub seq: u64,
    /// When.
    pub at: At,
    /// Who: a person, a rule with its version, a feed.
    pub actor: String,
    /// What, a word: `decision.made`.
    pub act: String,
    /// On what.
    pub subject: String,
    /// The page of the subject; empty where it has none. One of our own addresses.
    pub link: String,
    /// What held before.
    pub before: String,
    /// What holds since.
    pub after: String,
    /// Why.
    pub reason: String,
    /// Hash of the event, which the next one names.
    pub hash: String,
}

impl Cells for Event {
    fn cells(&self) -> Vec<String> {
        vec![
            self.seq.to_string(),
            self.at.iso(),
            self.actor.clone(),
            self.act.clone(),
            self.subject.clone(),
            self.before.clone(),
            self.after.clone(),
            self.reason.clone(),
            self.hash.clone(),
        ]
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct Audit {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<Event>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/audit.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Audit,
    list: Furniture,
}

impl Drawn<'_> {
    /// Only an address of our own is a link.
    fn is_ours(&self, link: &str) -> bool {
        link.starts_with('/') && !link.starts_with("//") && !link.contains('\\')
    }
}

impl Show for Audit {
    fn title(&self) -> String {
        "Audit".to_owned()
    }

    fn section(&self) -> Section {
        Section::Settings
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Settings", "/settings"), Crumb::here("Audit")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        Drawn { frame, view: self, list }.render()
    }
}
