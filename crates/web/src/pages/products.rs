//! The products: what we make, what is open in the newest release of each.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::class::Counts;
use super::frame::{Frame, Section};
use super::links::{self, Rows};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};

/// The list of products.
pub static LIST: Spec = Spec {
    path: "/products",
    noun: ("product", "products"),
    filters: &[Filter {
        key: "support",
        label: "Support",
        values: &[("running", "running"), ("ended", "ended"), ("unknown", "not stated")],
    }],
    sorts: &[("urgency", "Most urgent"), ("name", "Name")],
    find: true,
    columns: &[
        "id",
        "name",
        "releases",
        "newest_release",
        "immediate",
        "planned",
        "routine",
        "none",
        "needs_review",
        "support_until",
    ],
};

/// A product.
#[derive(Clone, Debug, Serialize)]
pub struct ProductRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many releases it has.
    pub releases: u64,
    /// Version of the newest release; empty where there is none.
    pub newest: String,
    /// Id of the newest release.
    pub newest_id: String,
    /// Open findings of the newest release.
    pub open: Counts,
    /// True where the newest release was judged; where it waits, its numbers say nothing.
    pub is_judged: bool,
    /// End of support; none where nobody has stated it.
    pub support_until: Option<At>,
}

impl Cells for ProductRow {
    fn cells(&self) -> Vec<String> {
        let open = self.open.parts().map(|(_, number)| number.to_string());
        let mut cells =
            vec![self.id.clone(), self.name.clone(), self.releases.to_string(), self.newest.clone()];
        cells.extend(open);
        cells.push(self.support_until.map_or(String::new(), |at| at.iso()));
        cells
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct Products {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<ProductRow>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
}

#[derive(Template)]
#[template(path = "pages/products.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Products,
    list: Furniture,
}

impl Drawn<'_> {
    fn open(&self, row: &ProductRow) -> Rows {
        Rows::open().with("release", &row.newest_id)
    }
}

impl Show for Products {
    fn title(&self) -> String {
        "Products".to_owned()
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        Drawn { frame, view: self, list }.render()
    }
}
