//! A finding: the judgement and the decision at the left, the evidence as a chain at the right; below, other opinions,
//! fix advice, other releases, history.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::class::Class;
use super::decision::{Draft, Proposal};
use super::frame::{Crumb, Frame, Section};
use super::links::{self, Rows};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Its id.
    pub id: String,
    /// Its class in force.
    pub class: Class,
    /// The worst class that the unknowns still allow, where that is worse.
    pub ceiling: Option<Class>,
    /// True where it is affected or to be reviewed.
    pub is_open: bool,
    /// The vulnerability.
    pub vulnerability: String,
    /// Other ids of it.
    pub aliases: Vec<String>,
    /// What it is, in the source's words.
    pub about: String,
    /// The component's name.
    pub component: String,
    /// Its version.
    pub version: String,
    /// Product: (id, name).
    pub product: (String, String),
    /// Release: (id, version).
    pub release: (String, String),
    /// At most four sentences: why this class.
    pub rationale: Vec<String>,
    /// The five inputs of the response table.
    pub inputs: Vec<Input>,
    /// The row of the table, in words.
    pub row: String,
    /// Ways in, the easiest first; closed ones with the reason.
    pub paths: Vec<Path>,
    /// What would change the class.
    pub would_change: Vec<String>,
    /// From identity to profile: each link with the raw record behind it.
    pub evidence: Vec<Link>,
    /// What each source says.
    pub opinions: Vec<Opinion>,
    /// Scores and tables beside the class: (name, value).
    pub scores: Vec<(String, String)>,
    /// Statements and decisions, the one in force first.
    pub said: Vec<Said>,
    /// What to do on this branch, one sentence a line.
    pub advice: Vec<String>,
    /// The same vulnerability and component in other releases.
    pub elsewhere: Vec<Elsewhere>,
    /// What happened, the newest first.
    pub history: Vec<Event>,
    /// Evidence that a decision can rest on.
    pub proposals: Vec<Proposal>,
    /// What the form holds.
    pub draft: Draft,
    /// Until when; none where no date holds.
    pub due: Option<At>,
}

/// One input of the response table.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// Its name for people.
    pub name: String,
    /// Its value for people.
    pub value: String,
    /// What it rests on: `profile`, `assumed`, …
    pub basis: String,
    /// Why, one sentence a line.
    pub because: Vec<String>,
}

/// A way in.
#[derive(Clone, Debug, Serialize)]
pub struct Path {
    /// In words.
    pub says: String,
    /// Why it is closed; empty where it is open.
    pub closed: String,
}

/// A link of the chain of evidence.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// The question: `identity`, `version`, …
    pub question: String,
    /// The answer in a sentence.
    pub says: String,
    /// The source's name, and its date.
    pub source: String,
    /// The raw record; empty where there is none.
    pub raw: String,
    /// `holds`, `excludes` or `unknown`.
    pub answer: String,
}

/// What a source says.
#[derive(Clone, Debug, Serialize)]
pub struct Opinion {
    /// The source.
    pub source: String,
    /// Its verdict, in words.
    pub verdict: String,
    /// Why, in words.
    pub because: String,
    /// Fixed version; empty where it names none.
    pub fixed: String,
    /// When it said so.
    pub at: Option<At>,
    /// True where it contradicts what holds.
    pub differs: bool,
}

/// A statement or a decision.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// Who.
    pub by: String,
    /// When.
    pub at: At,
    /// What.
    pub says: String,
    /// Why it holds, or why not.
    pub because: String,
    /// True for the one in force.
    pub holds: bool,
}

/// The same in another release.
#[derive(Clone, Debug, Serialize)]
pub struct Elsewhere {
    /// The finding.
    pub finding: String,
    /// Its class; shown as settled where it is not open.
    pub class: Class,
    /// True where it is open.
    pub is_open: bool,
    /// The product.
    pub product: String,
    /// The release.
    pub release: String,
    /// In words.
    pub says: String,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When.
    pub at: At,
    /// Who.
    pub by: String,
    /// What.
    pub says: String,
}

#[derive(Template)]
#[template(path = "pages/finding.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Finding,
}

impl Drawn<'_> {
    fn everywhere(&self) -> Rows {
        Rows::of("/findings")
            .with("vulnerability", &self.view.vulnerability)
            .with("component", &self.view.component)
    }
}

impl Show for Finding {
    fn title(&self) -> String {
        format!("{} in {}", self.vulnerability, self.component)
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Products", "/products"),
            Crumb::to(&self.product.1, links::product(&self.product.0)),
            Crumb::to(&self.release.1, links::release(&self.release.0)),
            Crumb::here(&self.vulnerability),
        ]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
