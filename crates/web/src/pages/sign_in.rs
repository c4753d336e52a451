//! Signing in. The page says nothing about whether a name exists.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::frame::{Frame, Section};

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignIn {
    /// The name as it was written.
    pub name: String,
    /// Where to go afterwards; one of our own addresses.
    pub next: String,
    /// Why it failed; empty before the first try.
    pub complaint: String,
    /// What people call the identity provider; empty where there is none.
    pub provider: String,
}

impl SignIn {
    /// The way to the provider.
    fn at_provider(&self) -> String {
        match self.next.as_str() {
            "" => "/sign-in/oidc".to_owned(),
            next => super::list::address("/sign-in/oidc", &[("next", next.to_owned())]),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a SignIn,
}

impl Show for SignIn {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
