//! The decisions: who said what, what waits for a second person.

use askama::Template;
use serde::Serialize;

use super::at::At;
use super::frame::{Crumb, Frame, Section};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};
use super::{Show, links};

/// The list of decisions.
pub static LIST: Spec = Spec {
    path: "/decisions",
    noun: ("decision", "decisions"),
    filters: &[
        Filter {
            key: "state",
            label: "State",
            values: &[
                ("proposed", "proposed"),
                ("active", "in force"),
                ("overtaken", "overtaken"),
                ("withdrawn", "withdrawn"),
                ("superseded", "superseded"),
                ("expired", "expired"),
            ],
        },
        Filter { key: "product", label: "Product", values: &[] },
        Filter { key: "vulnerability", label: "Vulnerability", values: &[] },
        Filter { key: "deed", label: "Deed", values: &[] },
    ],
    sorts: &[("new", "Newest")],
    find: false,
    columns: &[
        "name",
        "state",
        "product",
        "vulnerability",
        "component",
        "says",
        "author",
        "changed",
        "expires",
        "deed",
    ],
};

/// A decision.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionRow {
    /// Its name.
    pub name: String,
    /// A word of the list's states.
    pub state: String,
    /// Name of the product.
    pub product: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component.
    pub component: String,
    /// What it says.
    pub says: String,
    /// Who decided.
    pub author: String,
    /// Who agreed; empty for nobody yet.
    pub reviewer: String,
    /// When it changed last.
    pub changed: At,
    /// When it ends.
    pub expires: Option<At>,
    /// The deed it belongs to; empty for one made alone.
    pub deed: String,
}

impl DecisionRow {
    /// The state for people.
    pub fn stands(&self) -> &str {
        stands(&self.state)
    }
}

/// A state for people.
pub fn stands(state: &str) -> &str {
    if state == "active" { "in force" } else { state }
}

impl Cells for DecisionRow {
    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.state.clone(),
            self.product.clone(),
            self.vulnerability.clone(),
            self.component.clone(),
            self.says.clone(),
            self.author.clone(),
            self.changed.iso(),
            self.expires.map_or(String::new(), |at| at.iso()),
            self.deed.clone(),
        ]
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct Decisions {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<DecisionRow>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/decisions.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Decisions,
    list: Furniture,
}

impl Show for Decisions {
    fn title(&self) -> String {
        "Decisions".to_owned()
    }

    fn section(&self) -> Section {
        Section::Queue
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Queue", "/queue"), Crumb::here("Decisions")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        Drawn { frame, view: self, list }.render()
    }
}
