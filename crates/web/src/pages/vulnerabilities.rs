//! The vulnerabilities that touch anything of ours.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::class::{Class, Counts};
use super::findings::percent;
use super::frame::{Frame, Section};
use super::links::{self, Rows};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};
use crate::words;

/// The list of vulnerabilities.
pub static LIST: Spec = Spec {
    path: "/vulnerabilities",
    noun: ("vulnerability", "vulnerabilities"),
    filters: &[
        Filter {
            key: "class",
            label: "Worst class",
            values: &[
                ("immediate", "immediate"),
                ("planned", "planned"),
                ("routine", "routine"),
                ("none", "no action"),
                ("unknown", "needs review"),
            ],
        },
        Filter { key: "exploited", label: "Attacks", values: &[("yes", "exploited")] },
        Filter { key: "product", label: "Product", values: &[] },
    ],
    sorts: &[
        ("urgency", "Most urgent"),
        ("new", "Newest"),
        ("epss", "Likeliest attacked"),
        ("releases", "Most releases"),
    ],
    find: true,
    columns: &["id", "class", "about", "releases", "exploited", "epss", "score", "published"],
};

/// A vulnerability.
#[derive(Clone, Debug, Serialize)]
pub struct VulnerabilityRow {
    /// Its id.
    pub id: String,
    /// The worst class of its open findings.
    pub class: Class,
    /// Its open findings.
    pub open: Counts,
    /// What it is, in a line.
    pub about: String,
    /// Releases in which it is open.
    pub releases: u64,
    /// True where it is known to be exploited.
    pub exploited: bool,
    /// Probability of attacks in the next 30 days.
    pub epss: Option<f32>,
    /// CVSS base score in tenths.
    pub score: Option<u16>,
    /// When it was published.
    pub published: Option<At>,
}

impl VulnerabilityRow {
    /// The score for people.
    pub fn score_says(&self) -> String {
        self.score.map_or_else(|| "–".to_owned(), words::tenths)
    }

    /// The probability for people.
    pub fn epss_says(&self) -> String {
        self.epss.map_or_else(|| "–".to_owned(), percent)
    }
}

impl Cells for VulnerabilityRow {
    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.class.word().to_owned(),
            self.about.clone(),
            self.releases.to_string(),
            if self.exploited { "yes" } else { "" }.to_owned(),
            self.epss.map_or(String::new(), |epss| epss.to_string()),
            self.score.map_or(String::new(), words::tenths),
            self.published.map_or(String::new(), |at| at.iso()),
        ]
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct Vulnerabilities {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<VulnerabilityRow>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/vulnerabilities.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Vulnerabilities,
    list: Furniture,
}

impl Drawn<'_> {
    fn open(&self, row: &VulnerabilityRow) -> Rows {
        Rows::open().with("vulnerability", &row.id)
    }
}

impl Show for Vulnerabilities {
    fn title(&self) -> String {
        "Vulnerabilities".to_owned()
    }

    fn section(&self) -> Section {
        Section::Vulnerabilities
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        Drawn { frame, view: self, list }.render()
    }
}
