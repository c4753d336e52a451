//! *Today*: what needs action, what changed since yesterday, how good our knowledge is. Answered at one glance.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::chart::{Area, Day, trend};
use super::class::{Class, Counts};
use super::frame::{Frame, Section};
use super::knowledge::Feed;
use super::links::{self, Rows};

/// What *Today* shows.
#[derive(Clone, Debug, Serialize)]
pub struct Today {
    /// Releases that are watched.
    pub releases: u64,
    /// Matches in them, settled ones included.
    pub matches: u64,
    /// Open findings by class.
    pub open: Counts,
    /// Components that could not be evaluated.
    pub not_evaluated: u64,
    /// The most urgent undecided findings; pages show seven.
    pub urgent: Vec<Urgent>,
    /// How many wait for a decision.
    pub undecided: u64,
    /// Since when changes are counted.
    pub since: At,
    /// What changed since then.
    pub changes: Changes,
    /// Some of it, the worst first.
    pub changed: Vec<Changed>,
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// Gaps worth closing: those first that would decide most.
    pub gaps: Vec<Gap>,
    /// Open findings by day, the oldest first.
    pub trend: Vec<Day>,
}

/// One that waits for a decision.
#[derive(Clone, Debug, Serialize)]
pub struct Urgent {
    /// The finding.
    pub finding: String,
    /// Its class.
    pub class: Class,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component, with its version.
    pub component: String,
    /// Its name alone: the filter of the rows.
    pub component_name: String,
    /// Releases in which it is open.
    pub releases: u64,
    /// Why it is urgent, in a few words.
    pub because: String,
    /// Until when; none where no date holds.
    pub due: Option<At>,
}

/// How many findings changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Were not there.
    pub new: u64,
    /// Have a worse class than before.
    pub worse: u64,
    /// Have a better class than before.
    pub better: u64,
    /// Are open no more.
    pub gone: u64,
}

impl Changes {
    /// Each kind: (word of the filter, for people, number).
    pub fn parts(&self) -> [(&'static str, &'static str, u64); 4] {
        [
            ("new", "new", self.new),
            ("worse", "worse", self.worse),
            ("better", "better", self.better),
            ("gone", "gone", self.gone),
        ]
    }

    /// True where nothing changed.
    pub fn is_quiet(&self) -> bool {
        *self == Changes::default()
    }
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// `new`, `worse`, `better` or `gone`.
    pub kind: String,
    /// The finding.
    pub finding: String,
    /// Its class now.
    pub class: Class,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component.
    pub component: String,
    /// What made the change.
    pub because: String,
}

/// Something that is missing, and what it would decide.
#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    /// What is missing.
    pub says: String,
    /// How to supply it.
    pub remedy: String,
    /// The reason word: the filter of the components.
    pub reason: String,
    /// Components that lack it.
    pub components: u64,
    /// Findings that it would decide.
    pub decides: u64,
}

/// Lines of a section before the rest is a link.
const SHOWN: usize = 7;

#[derive(Template)]
#[template(path = "pages/today.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Today,
    areas: Vec<Area>,
}

impl Drawn<'_> {
    fn open(&self) -> Rows {
        Rows::open()
    }

    fn rows(&self, path: &'static str) -> Rows {
        Rows::of(path)
    }

    fn undecided(&self) -> Rows {
        Rows::open().with("decision", "none")
    }

    fn of_vulnerability(&self, urgent: &Urgent) -> Rows {
        Rows::open().with("vulnerability", &urgent.vulnerability).with("component", &urgent.component_name)
    }

    fn urgent(&self) -> impl Iterator<Item = &Urgent> {
        self.view.urgent.iter().take(SHOWN)
    }

    fn changed(&self) -> impl Iterator<Item = &Changed> {
        self.view.changed.iter().take(SHOWN)
    }

    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.view.gaps.iter().take(SHOWN)
    }

    fn is_quiet(&self) -> bool {
        self.view.open.immediate == 0 && self.view.undecided == 0 && self.view.changes.is_quiet()
    }

    /// The youngest state of our knowledge.
    fn newest(&self) -> Option<At> {
        self.view.feeds.iter().filter_map(|feed| feed.as_of).max()
    }
}

impl Show for Today {
    fn title(&self) -> String {
        "Today".to_owned()
    }

    fn section(&self) -> Section {
        Section::Today
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self, areas: trend(&self.trend) }.render()
    }
}
