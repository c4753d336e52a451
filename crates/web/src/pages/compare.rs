//! Two releases: what is new, gone, changed and the same, each with its cause; the build's changes apart from the data's.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::class::Class;
use super::frame::{Crumb, Frame, Section};
use super::links;

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Compare {
    /// The older one.
    pub from: Side,
    /// The newer one.
    pub to: Side,
    /// Releases to choose from: (id, `product version`).
    pub choices: Vec<(String, String)>,
    /// Open in the newer one only.
    pub new: Vec<Difference>,
    /// Open in the older one only.
    pub gone: Vec<Difference>,
    /// Open in both, judged otherwise.
    pub changed: Vec<Difference>,
    /// Numbers of the four groups: new, gone, changed, same. The lists above are whole; pages show their first rows.
    pub numbers: [u64; 4],
}

/// One of the two.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Side {
    /// Id of the release; empty where none is chosen.
    pub id: String,
    /// Its product's name.
    pub product: String,
    /// Its version.
    pub version: String,
}

/// One difference.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The finding, in the release where it is open (the newer one for changes).
    pub finding: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// The component, with its versions.
    pub component: String,
    /// Class in the older release; none where it is not open there.
    pub before: Option<Class>,
    /// Class in the newer release; none where it is not open there.
    pub after: Option<Class>,
    /// What made the difference.
    pub because: String,
    /// True where the build made it; false where our knowledge did.
    pub by_build: bool,
}

#[derive(Template)]
#[template(path = "pages/compare.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Compare,
}

/// Rows of a group on the page; the export has all.
const SHOWN: usize = 100;

fn first(rows: &[Difference]) -> &[Difference] {
    rows.get(..SHOWN).unwrap_or(rows)
}

/// A group of the page: (heading, anchor, exact number, rows).
type Group<'a> = (&'static str, &'static str, u64, &'a [Difference]);

impl Drawn<'_> {
    fn groups(&self) -> [Group<'_>; 3] {
        let [new, gone, changed, _] = self.view.numbers;
        [
            ("New", "new", new, first(&self.view.new)),
            ("Gone", "gone", gone, first(&self.view.gone)),
            ("Changed", "changed", changed, first(&self.view.changed)),
        ]
    }

    fn same(&self) -> u64 {
        let [_, _, _, same] = self.view.numbers;
        same
    }

    fn number(&self, at: usize) -> u64 {
        self.view.numbers.get(at).copied().unwrap_or_default()
    }

    fn is_chosen(&self) -> bool {
        !self.view.from.id.is_empty() && !self.view.to.id.is_empty()
    }

    fn export(&self, kind: &str) -> String {
        let own = |text: &str| text.to_owned();
        super::list::address(
            "/compare",
            &[("from", own(&self.view.from.id)), ("to", own(&self.view.to.id)), ("export", own(kind))],
        )
    }
}

impl Show for Compare {
    fn title(&self) -> String {
        match (self.from.version.as_str(), self.to.version.as_str()) {
            ("", _) | (_, "") => "Compare".to_owned(),
            (from, to) => format!("{} {from} and {to}", self.to.product),
        }
    }

    fn section(&self) -> Section {
        Section::Products
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Products", "/products"), Crumb::here("Compare")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
