//! The findings: the list behind every number of findings.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::chart::{PASSED, STOPPED};
use super::class::Class;
use super::frame::{Crumb, Frame, Section};
use super::links;
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};
use crate::words;

/// The list of findings. Every number of findings on any page is a filter of it.
pub static LIST: Spec = Spec {
    path: "/findings",
    noun: ("finding", "findings"),
    filters: &[
        Filter {
            key: "class",
            label: "Class",
            values: &[
                ("immediate", "immediate"),
                ("planned", "planned"),
                ("routine", "routine"),
                ("none", "no action"),
                ("unknown", "needs review"),
            ],
        },
        Filter { key: "state", label: "State", values: &[("open", "open"), ("settled", "settled")] },
        Filter {
            key: "decision",
            label: "Decision",
            values: &[
                ("none", "undecided"),
                ("decided", "decided"),
                ("contested", "contested"),
                ("overtaken", "overtaken"),
                ("proposed", "to review"),
            ],
        },
        Filter {
            key: "change",
            label: "Since yesterday",
            values: &[("new", "new"), ("worse", "worse"), ("better", "better"), ("gone", "gone")],
        },
        Filter { key: "exploited", label: "Attacks", values: &[("yes", "exploited")] },
        Filter { key: "product", label: "Product", values: &[] },
        Filter { key: "release", label: "Release", values: &[] },
        Filter { key: "component", label: "Component", values: &[] },
        Filter { key: "vulnerability", label: "Vulnerability", values: &[] },
        Filter { key: "reason", label: "Reason", values: &[] },
        Filter { key: "gap", label: "Decided by closing", values: &[] },
        Filter { key: "passed", label: "Left after", values: &[] },
        Filter { key: "stopped", label: "Gone at", values: &[] },
    ],
    sorts: &[
        ("urgency", "Most urgent"),
        ("new", "Newest"),
        ("epss", "Likeliest attacked"),
        ("score", "Highest score"),
        ("component", "Component"),
    ],
    find: true,
    columns: &[
        "id",
        "class",
        "ceiling",
        "state",
        "vulnerability",
        "component",
        "version",
        "product",
        "release",
        "says",
        "fixed",
        "exploited",
        "epss",
        "score",
        "due",
        "decision",
    ],
};

/// A finding as a row.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRow {
    /// Its id.
    pub id: String,
    /// Its class.
    pub class: Class,
    /// The worst class that the unknowns still allow, where that is worse.
    pub ceiling: Option<Class>,
    /// True where it is affected or to be reviewed; false where it is settled.
    pub is_open: bool,
    /// The vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// Its version; empty where none is known.
    pub version: String,
    /// Name of the product.
    pub product: String,
    /// Version of the release.
    pub release: String,
    /// Id of the release.
    pub release_id: String,
    /// The answer in one sentence.
    pub says: String,
    /// The version that has the fix; empty where none is known.
    pub fixed: String,
    /// True where it is known to be exploited.
    pub exploited: bool,
    /// Probability of attacks in the next 30 days.
    pub epss: Option<f32>,
    /// CVSS base score in tenths.
    pub score: Option<u16>,
    /// Until when; none where no date holds.
    pub due: Option<At>,
    /// `none`, `decided`, `contested`, `overtaken` or `proposed`.
    pub decision: String,
}

impl FindingRow {
    /// The score for people.
    pub fn score_says(&self) -> String {
        self.score.map_or_else(|| "–".to_owned(), words::tenths)
    }

    /// The probability for people.
    pub fn epss_says(&self) -> String {
        self.epss.map_or_else(|| "–".to_owned(), percent)
    }
}

/// A probability for people: `82 %`, `0.04 %`.
pub fn percent(share: f32) -> String {
    let hundredths = share * 100.0;
    if hundredths >= 10.0 { format!("{hundredths:.0}\u{2009}%") } else { format!("{hundredths:.2}\u{2009}%") }
}

impl Cells for FindingRow {
    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.class.word().to_owned(),
            self.ceiling.map_or("", Class::word).to_owned(),
            if self.is_open { "open" } else { "settled" }.to_owned(),
            self.vulnerability.clone(),
            self.component.clone(),
            self.version.clone(),
            self.product.clone(),
            self.release.clone(),
            self.says.clone(),
            self.fixed.clone(),
            if self.exploited { "yes" } else { "" }.to_owned(),
            self.epss.map_or(String::new(), |epss| epss.to_string()),
            self.score.map_or(String::new(), words::tenths),
            self.due.map_or(String::new(), |due| due.iso()),
            self.decision.clone(),
        ]
    }
}

/// Complains about values of filters that are words of the funnel.
pub fn check(query: &Query) -> Result<(), super::list::Refusal> {
    for (key, known) in [("passed", &PASSED[..]), ("stopped", &STOPPED[..])] {
        if let Some(value) = query.of(key).iter().find(|value| !known.contains(&value.as_str())) {
            let says = format!("`{value}` is none of {}", known.join(", "));
            return Err(super::list::Refusal { key: key.to_owned(), says });
        }
    }
    Ok(())
}

/// What the page shows.
#[derive(Serialize)]
pub struct Findings {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<FindingRow>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/findings.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    rows: &'a [FindingRow],
    list: Furniture,
    show_release: bool,
}

impl Show for Findings {
    fn title(&self) -> String {
        "Findings".to_owned()
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Queue", "/queue"), Crumb::here("Findings")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        let show_release = self.query.of("release").len() != 1;
        Drawn { frame, rows: &self.page.items, list, show_release }.render()
    }
}
