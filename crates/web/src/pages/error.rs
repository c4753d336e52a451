//! What failed, what is safe, what to do; with an id that is in the log.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::frame::{Frame, Section};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Error {
    /// What failed, in a sentence.
    pub title: String,
    /// More about it; empty for nothing.
    pub detail: String,
    /// What is safe; empty where nothing was at stake.
    pub safe: String,
    /// What to do.
    pub hint: String,
    /// The id in the log.
    pub id: String,
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Error,
}

impl Show for Error {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
