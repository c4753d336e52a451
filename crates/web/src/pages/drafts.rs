//! Deployment profiles and rules of a product or of the whole organisation: versions in force, drafts, and writing one.

use askama::Template;
use serde::Serialize;

use super::at::At;
use super::form::{Complaints, complaint};
use super::frame::{Crumb, Frame, Section};
use super::{Show, links};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// A deployment profile.
    Profile,
    /// Rules.
    Rules,
}

impl Written {
    /// Both.
    pub const ALL: [Written; 2] = [Written::Profile, Written::Rules];

    /// The word of addresses.
    pub fn word(self) -> &'static str {
        match self {
            Written::Profile => "profile",
            Written::Rules => "rules",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Written> {
        Written::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Drafts {
    /// The product: (short name, name); both empty for the whole organisation.
    pub product: (String, String),
    /// Profiles, by name and version, the newest first.
    pub profiles: Vec<Version>,
    /// Rules.
    pub rules: Vec<Version>,
    /// May write profiles.
    pub may_profile: bool,
    /// May write rules.
    pub may_rules: bool,
    /// What the form holds.
    #[serde(skip)]
    pub form: Form,
}

/// A version.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// Profile or rules.
    pub kind: Written,
    /// Its name.
    pub name: String,
    /// From 1.
    pub version: i64,
    /// `draft`, `approved` or `retired`.
    pub state: String,
    /// True for one of the whole organisation.
    pub is_for_all: bool,
    /// Who wrote it.
    pub author: String,
    /// When it was made.
    pub made: At,
}

/// A draft as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// A word of [`Written`].
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The text.
    pub text: String,
    /// What is wrong, by field.
    pub complaints: Complaints,
}

#[derive(Template)]
#[template(path = "pages/drafts.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Drafts,
}

impl Drawn<'_> {
    fn place(&self) -> String {
        links::drafts(&self.view.product.0)
    }

    fn wrong(&self, field: &str) -> &str {
        complaint(&self.view.form.complaints, field)
    }

    fn is_of_product(&self) -> bool {
        !self.view.product.0.is_empty()
    }

    fn link(&self, version: &Version) -> String {
        links::draft(version.kind.word(), &version.id)
    }

    /// The kinds that can be written here: (word, for people, is chosen).
    fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let mut kinds = Vec::new();
        if self.view.may_profile && self.is_of_product() {
            kinds.push(("profile", "deployment profile", self.view.form.kind != "rules"));
        }
        if self.view.may_rules {
            kinds.push(("rules", "rules", self.view.form.kind == "rules" || kinds.is_empty()));
        }
        kinds
    }

    /// The two lists: (id, heading, what is said where there is none, rows).
    fn lists(&self) -> Vec<(&'static str, &'static str, &'static str, &[Version])> {
        let mut lists = Vec::new();
        if self.is_of_product() {
            let none = "None yet: the profile is inferred from the SBOM, on the cautious side. Write one to say where the \
                        device really stands.";
            lists.push(("profiles", "Deployment profiles", none, self.view.profiles.as_slice()));
        }
        let none = "None yet: the response table alone decides. A rule says what your house does differently, and why.";
        lists.push(("rules", "Rules", none, self.view.rules.as_slice()));
        lists
    }
}

impl Show for Drafts {
    fn title(&self) -> String {
        "Profile and rules".to_owned()
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        if self.product.0.is_empty() {
            return vec![Crumb::to("Settings", "/settings"), Crumb::here("Rules for all products")];
        }
        vec![
            Crumb::to("Products", "/products"),
            Crumb::to(&self.product.1, links::product(&self.product.0)),
            Crumb::here("Profile and rules"),
        ]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
