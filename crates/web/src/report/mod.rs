//! The report: one release judged, in one HTML file that needs nothing else. No network, readable without its script,
//! printable. Start with [`write`].

pub(crate) mod bars;
pub(crate) mod components;
pub(crate) mod evidence;
mod findings;
mod funnel;
mod heading;
mod page;
mod sources;

use std::io::{Result, Write};

use askama::Template;
use model::component::{Component, Scope};
use model::finding::Finding;
use model::sbom::Inventory;
use service::judge::Judged;
use service::knowledge::Knowledge;

/// What is reported.
pub struct Report<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What was concluded, with the texts of evidence.
    pub judged: &'a Judged,
    /// What it was compared with.
    pub knowledge: &'a Knowledge,
    /// The given time.
    pub at: jiff::Timestamp,
    /// List what is not affected, too; the scan must have been asked for it.
    pub all: bool,
    /// The program and its version, for the foot.
    pub program: &'a str,
}

impl<'a> Report<'a> {
    fn component(&self, finding: &Finding) -> Option<&'a Component> {
        self.inventory.components.get(finding.component)
    }

    /// `product release`; the first document's name where the SBOM names no product.
    fn title(&self) -> String {
        let inventory = self.inventory;
        let document = inventory.documents.first().map_or("release", |document| document.file.as_str());
        match (inventory.product.as_str(), inventory.release.as_str()) {
            ("", _) => document.rsplit(['/', '\\']).next().unwrap_or(document).to_owned(),
            (product, "") => product.to_owned(),
            (product, release) => format!("{product} {release}"),
        }
    }
}

/// True for what is not on the device.
fn is_build_only(component: &Component) -> bool {
    matches!(component.scope, Scope::BuildOnly | Scope::Test)
}

/// Writes the page.
///
/// # Errors
/// When the output cannot be written.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> Result<()> {
    page::Page::of(report).write_into(out)
}
