//! One person: name, roles by product, may sign in or not, a link to a new password.

use askama::Template;
use serde::Serialize;

use super::form::{Complaints, complaint};
use super::frame::{Crumb, Frame, Section};
use super::{Show, links, people, role};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// As the list shows it.
    #[serde(flatten)]
    pub row: people::Person,
    /// Roles one by one.
    pub grants: Vec<Grant>,
    /// Products that a role can be for: (id, name).
    pub products: Vec<(String, String)>,
    /// True where somebody looks at himself.
    pub is_self: bool,
    /// A link that was just made: shown this once.
    #[serde(skip)]
    pub made: String,
    /// What is wrong, by field.
    #[serde(skip)]
    pub complaints: Complaints,
}

/// A role on a product or on all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Word of the role.
    pub role: String,
    /// Id of the product; empty for all.
    pub product: String,
    /// What people read: `all products`, the product's name.
    pub of: String,
}

#[derive(Template)]
#[template(path = "pages/person.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Person,
}

impl Drawn<'_> {
    fn roles(&self) -> &'static [(&'static str, &'static str)] {
        role::WORDS
    }

    fn says<'w>(&self, word: &'w str) -> &'w str {
        role::WORDS.iter().find(|(one, _)| *one == word).map_or(word, |(_, says)| says)
    }

    fn wrong(&self, field: &str) -> &str {
        complaint(&self.view.complaints, field)
    }

    fn place(&self) -> String {
        links::person(&self.view.row.id)
    }

    fn is_locked(&self) -> bool {
        self.view.row.state == "locked"
    }
}

impl Show for Person {
    fn title(&self) -> String {
        self.row.name.clone()
    }

    fn section(&self) -> Section {
        Section::Settings
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Settings", "/settings"),
            Crumb::to("People", "/settings/people"),
            Crumb::here(&self.row.name),
        ]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
