//! A one-time link: an invitation, or a new password. Whoever holds it chooses the password.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::form::{Complaints, complaint};
use super::frame::{Frame, Section};

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Join {
    /// The secret of the link; empty where it does not hold.
    #[serde(skip)]
    pub secret: String,
    /// For whom.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// True for an invitation, false for a new password.
    pub is_new: bool,
    /// When it ends.
    pub until: At,
    /// What people call the identity provider; empty where there is none.
    pub provider: String,
    /// What is wrong, by field.
    #[serde(skip)]
    pub complaints: Complaints,
}

#[derive(Template)]
#[template(path = "pages/join.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Join,
}

impl Drawn<'_> {
    fn wrong(&self, field: &str) -> &str {
        complaint(&self.view.complaints, field)
    }

    fn least(&self) -> usize {
        super::set_up::LEAST
    }
}

impl Show for Join {
    fn title(&self) -> String {
        "Choose your password".to_owned()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
