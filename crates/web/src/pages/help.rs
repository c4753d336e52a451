//! The keys.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::frame::{Crumb, Frame, Section};

/// Keys that the script knows: (key, what it does). The page and the script's dialogue are drawn from this list.
pub const KEYS: &[(&str, &str)] = &[
    ("j", "next row"),
    ("k", "previous row"),
    ("Enter", "open the row"),
    ("x", "select the row"),
    ("d", "decide: go to the form"),
    ("e", "explain: open or close every reason on the page"),
    ("n", "next item of the queue, next page of a list"),
    ("p", "previous item of the queue, previous page of a list"),
    ("/", "search"),
    ("g t", "go to Today"),
    ("g p", "go to Products"),
    ("g v", "go to Vulnerabilities"),
    ("g q", "go to the Queue"),
    ("?", "this page"),
    ("Esc", "leave a field"),
];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct Help {
    /// The keys.
    pub keys: &'static [(&'static str, &'static str)],
}

#[derive(Template)]
#[template(path = "pages/help.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Help,
}

impl Show for Help {
    fn title(&self) -> String {
        "Keys".to_owned()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Keys")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
