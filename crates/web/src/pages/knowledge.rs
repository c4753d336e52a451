//! Knowledge health: each feed's age, what was refused, and the jobs that work.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::chart::age;
use super::frame::{Frame, Section};
use super::links;
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};

/// A feed.
#[derive(Clone, Debug, Serialize)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// What it is.
    pub about: String,
    /// State of its newest content; none where it was never read.
    pub as_of: Option<At>,
    /// When it was asked last.
    pub asked: Option<At>,
    /// `fresh`, `stale`, `refused` or `off`.
    pub state: &'static str,
    /// Records in use.
    pub records: u64,
    /// Records that could not be read in the last sync.
    pub skipped: u64,
    /// What is wrong, and what to do; empty where nothing is.
    pub says: String,
}

impl Feed {
    /// The face of the state.
    pub fn face(&self) -> &'static str {
        if self.state == "fresh" { "none" } else { "unknown" }
    }

    /// The state for people.
    pub fn state_says(&self) -> &'static str {
        match self.state {
            "fresh" => "fresh",
            "stale" => "too old",
            "refused" => "last answer refused",
            _ => "off",
        }
    }
}

/// The list of jobs.
pub static JOBS: Spec = Spec {
    path: "/knowledge/jobs",
    noun: ("job", "jobs"),
    filters: &[
        Filter {
            key: "state",
            label: "State",
            values: &[("waiting", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed")],
        },
        Filter { key: "kind", label: "Kind", values: &[] },
    ],
    sorts: &[("new", "Newest")],
    find: false,
    columns: &["id", "kind", "about", "state", "asked", "ended", "done", "of", "says"],
};

/// A job.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its kind, a word: `analyse_release`.
    pub kind: String,
    /// What it works on.
    pub about: String,
    /// `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// When it was asked for.
    pub asked: At,
    /// When it ended; none while it runs.
    pub ended: Option<At>,
    /// How much is done; none where it does not count.
    pub progress: Option<(u64, u64)>,
    /// How it ended, or why it failed; empty while all is well.
    pub says: String,
}

impl Cells for Job {
    fn cells(&self) -> Vec<String> {
        let (done, of) =
            self.progress.map_or_else(Default::default, |(done, of)| (done.to_string(), of.to_string()));
        vec![
            self.id.clone(),
            self.kind.clone(),
            self.about.clone(),
            self.state.clone(),
            self.asked.iso(),
            self.ended.map_or(String::new(), |at| at.iso()),
            done,
            of,
            self.says.clone(),
        ]
    }
}

/// What the page of feeds shows.
#[derive(Clone, Debug, Serialize)]
pub struct Knowledge {
    /// The feeds in reading order.
    pub feeds: Vec<Feed>,
    /// When the index was made; none before the first.
    pub made: Option<At>,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Vulnerabilities in it.
    pub vulnerabilities: u64,
    /// Jobs that wait or run.
    pub busy: u64,
    /// Jobs that failed and were not done again.
    pub failed: u64,
}

#[derive(Template)]
#[template(path = "pages/knowledge.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Knowledge,
}

impl Drawn<'_> {
    fn x(&self, feed: &Feed) -> Option<u64> {
        feed.as_of.map(|at| age(&at, self.frame.now))
    }

    fn newest(&self) -> Option<At> {
        self.view.feeds.iter().filter_map(|feed| feed.as_of).max()
    }

    fn bad(&self) -> usize {
        self.view.feeds.iter().filter(|feed| !matches!(feed.state, "fresh" | "off")).count()
    }

    fn jobs(&self, state: &str) -> String {
        super::list::address(JOBS.path, &[("state", state.to_owned())])
    }

    fn busy(&self) -> String {
        let own = |text: &str| text.to_owned();
        super::list::address(JOBS.path, &[("state", own("waiting")), ("state", own("running"))])
    }
}

impl Show for Knowledge {
    fn title(&self) -> String {
        "Knowledge".to_owned()
    }

    fn section(&self) -> Section {
        Section::Knowledge
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}

/// What the page of jobs shows.
#[derive(Serialize)]
pub struct Jobs {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<Job>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/jobs.html")]
struct DrawnJobs<'a> {
    frame: &'a Frame,
    view: &'a Jobs,
    list: Furniture,
}

impl Show for Jobs {
    fn title(&self) -> String {
        "Jobs".to_owned()
    }

    fn section(&self) -> Section {
        Section::Knowledge
    }

    fn crumbs(&self) -> Vec<super::frame::Crumb> {
        vec![super::frame::Crumb::to("Knowledge", "/knowledge"), super::frame::Crumb::here("Jobs")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&JOBS, JOBS.path, &self.query, &self.page);
        DrawnJobs { frame, view: self, list }.render()
    }
}
