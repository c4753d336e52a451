//! The components: what is on the devices, and whether each was looked at.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::class::Counts;
use super::frame::{Crumb, Frame, Section};
use super::links::{self, Rows};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};

/// The list of components.
pub static LIST: Spec = Spec {
    path: "/components",
    noun: ("component", "components"),
    filters: &[
        Filter {
            key: "coverage",
            label: "Coverage",
            values: &[
                ("matched", "with matches"),
                ("clean", "nothing found"),
                ("excluded", "excluded"),
                ("not_evaluable", "could not be evaluated"),
            ],
        },
        Filter { key: "reason", label: "Reason", values: &[] },
        Filter { key: "product", label: "Product", values: &[] },
        Filter { key: "release", label: "Release", values: &[] },
        Filter { key: "name", label: "Name", values: &[] },
    ],
    sorts: &[("urgency", "Most urgent"), ("name", "Name")],
    find: true,
    columns: &[
        "name",
        "version",
        "product",
        "release",
        "coverage",
        "reason",
        "immediate",
        "planned",
        "routine",
        "none",
        "needs_review",
        "identities",
    ],
};

/// A component of a release.
#[derive(Clone, Debug, Serialize)]
pub struct ComponentRow {
    /// Its name.
    pub name: String,
    /// Its version; empty where none is known.
    pub version: String,
    /// Name of the product.
    pub product: String,
    /// Version of the release.
    pub release: String,
    /// Id of the release.
    pub release_id: String,
    /// `matched`, `clean`, `excluded` or `not_evaluable`.
    pub coverage: &'static str,
    /// Why it could not be evaluated, a stable word; empty where it was.
    pub reason: String,
    /// The same in words, with what to do.
    pub says: String,
    /// Open findings.
    pub open: Counts,
    /// Package URL, CPE names, commits: as written.
    pub identities: Vec<String>,
}

impl ComponentRow {
    /// The coverage for people.
    pub fn coverage_says(&self) -> &'static str {
        let values = LIST.filters.first().map_or(&[][..], |filter| filter.values);
        values.iter().find(|(word, _)| *word == self.coverage).map_or("unknown", |(_, says)| says)
    }

    /// The face of the coverage.
    pub fn face(&self) -> &'static str {
        match self.coverage {
            "clean" | "matched" => "none",
            "excluded" => "gone",
            _ => "unknown",
        }
    }
}

impl Cells for ComponentRow {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            self.name.clone(),
            self.version.clone(),
            self.product.clone(),
            self.release.clone(),
            self.coverage.to_owned(),
            self.reason.clone(),
        ];
        cells.extend(self.open.parts().map(|(_, number)| number.to_string()));
        cells.push(self.identities.join(" "));
        cells
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct Components {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<ComponentRow>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/components.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Components,
    list: Furniture,
    show_release: bool,
}

impl Drawn<'_> {
    fn open(&self, row: &ComponentRow) -> Rows {
        Rows::open().with("release", &row.release_id).with("component", &row.name)
    }
}

impl Show for Components {
    fn title(&self) -> String {
        "Components".to_owned()
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Products", "/products"), Crumb::here("Components")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        let show_release = self.query.of("release").len() != 1;
        Drawn { frame, view: self, list, show_release }.render()
    }
}
