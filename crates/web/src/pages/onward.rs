//! The step from a one-time link to the identity provider: it says who signs in from then on by whose account, so that
//! nobody is led there unawares.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::frame::{Frame, Section};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Onward {
    /// What people call the identity provider.
    pub provider: String,
    /// Who signs in here by the account there.
    pub login: String,
    /// The address at the provider.
    #[serde(skip)]
    pub to: String,
}

#[derive(Template)]
#[template(path = "pages/onward.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Onward,
}

impl Show for Onward {
    fn title(&self) -> String {
        format!("Sign in with {}", self.provider)
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
