//! Search: ids, components, products; one line, also when the answer is no.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::class::Class;
use super::frame::{Crumb, Frame, Section};
use super::links;

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Search {
    /// The text.
    pub text: String,
    /// Vulnerabilities of that id: also those that we have nowhere.
    pub vulnerabilities: Vec<Hit>,
    /// Components of that name: (name, version, releases).
    pub components: Vec<(String, String, u64)>,
    /// Products and releases of that name: (address, in words).
    pub products: Vec<(String, String)>,
    /// Releases that were searched.
    pub checked: u64,
    /// When the last of them was judged.
    pub checked_at: Option<At>,
}

/// A vulnerability that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Releases in which it is open; 0 for nowhere.
    pub releases: u64,
    /// The worst class; none where it is nowhere open.
    pub class: Option<Class>,
    /// Releases in which it was met and settled.
    pub settled: u64,
    /// Releases that could not be judged on it.
    pub not_evaluated: u64,
    /// What it is, in a line.
    pub about: String,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Search,
}

impl Drawn<'_> {
    fn is_empty(&self) -> bool {
        self.view.vulnerabilities.is_empty()
            && self.view.components.is_empty()
            && self.view.products.is_empty()
    }

    fn component(&self, name: &str) -> links::Rows {
        links::Rows::of("/components").with("name", name)
    }
}

impl Show for Search {
    fn title(&self) -> String {
        if self.text.is_empty() { "Search".to_owned() } else { format!("Search: {}", self.text) }
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Search")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
