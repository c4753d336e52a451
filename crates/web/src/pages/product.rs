//! A product: its releases on a time line, its support, how we assume that it is installed.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::class::Counts;
use super::frame::{Crumb, Frame, Section};
use super::links::{self, Rows};

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, in the maker's words.
    pub about: String,
    /// End of support; none where nobody has stated it.
    pub support_until: Option<At>,
    /// Releases, the newest first.
    pub releases: Vec<ReleaseRow>,
    /// How we assume that it is installed, one sentence a line.
    pub deployment: Vec<String>,
    /// True where nobody has described the deployment and it was inferred.
    pub is_inferred: bool,
    /// Devices in the field; none where nobody reports them.
    pub devices: Option<u64>,
    /// Id of the release after which the page begins; empty = with the newest.
    #[serde(skip)]
    pub older: String,
}

/// Releases of a page.
const SHOWN: usize = 40;

/// A release of the product.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseRow {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// When it was made or handed in.
    pub at: At,
    /// Open findings.
    pub open: Counts,
    /// True where it was judged; where it waits, its numbers say nothing.
    pub is_judged: bool,
    /// Components, and how many of them could not be evaluated.
    pub components: u64,
    /// How many of them could not be evaluated.
    pub not_evaluated: u64,
    /// True where it is supported today.
    pub is_supported: bool,
}

#[derive(Template)]
#[template(path = "pages/product.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Product,
    whole: u64,
}

impl Drawn<'_> {
    fn open(&self, row: &ReleaseRow) -> Rows {
        Rows::open().with("release", &row.id)
    }

    fn components(&self, row: &ReleaseRow) -> Rows {
        Rows::of("/components").with("release", &row.id)
    }

    /// The place of the first release of the page.
    fn first(&self) -> usize {
        let at = self.view.releases.iter().position(|row| row.id == self.view.older);
        at.map_or(0, |at| at.saturating_add(1))
    }

    fn shown(&self) -> impl Iterator<Item = (&ReleaseRow, Option<&ReleaseRow>)> {
        let rows = self.view.releases.iter();
        let before = rows.clone().skip(1).map(Some).chain([None]);
        rows.zip(before).skip(self.first()).take(SHOWN)
    }

    /// The page that begins after so many releases; none where there is none.
    fn after(&self, passed: usize) -> Option<String> {
        let home = links::product(&self.view.id);
        if passed == 0 {
            return Some(home);
        }
        let last = self.view.releases.get(passed - 1).filter(|_| passed < self.view.releases.len())?;
        Some(super::list::address(&home, &[("older", last.id.clone())]))
    }

    fn newer(&self) -> Option<String> {
        let first = self.first();
        if first == 0 { None } else { self.after(first.saturating_sub(SHOWN)) }
    }

    fn older(&self) -> Option<String> {
        self.after(self.first().saturating_add(SHOWN))
    }

    fn compare(&self, from: &ReleaseRow, to: &ReleaseRow) -> Rows {
        Rows::of("/compare").with("from", &from.id).with("to", &to.id)
    }
}

impl Show for Product {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Products", "/products"), Crumb::here(&self.name)]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let whole = self.releases.iter().map(|row| row.open.all()).max().unwrap_or_default();
        Drawn { frame, view: self, whole }.render()
    }
}
