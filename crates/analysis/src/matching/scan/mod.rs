//! The scan: every component of an inventory against the index.
//!
//! Components of the same identity and version are evaluated once. The kernel has most of the candidates, and
//! most of those end by its own CNA's record: nothing else is decoded for them. Work is spread over threads in
//! chunks whose results are put together in order, so the answer does not depend on their number.

mod by_view;
mod group;
mod pairs;
mod same;
pub(in crate::matching) mod session;
mod settled;
mod views;
mod work;

use std::collections::BTreeMap;

use index::Index;
use model::component::Coverage;
use model::finding::Finding;
use model::note::Note;
use model::reason::Reason;
use model::record::Source;
use model::sbom::Inventory;

pub use self::pairs::{Pair, Pairs, scan_pairs};
use self::session::Session;
pub use self::views::Views;
use super::statements::StatementPolicy;

/// How a scan is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The given time, `YYYY-MM-DD` or longer; the only clock of the analysis.
    pub at: String,
    /// Replaces the feeds' own age limits.
    pub max_index_age_days: Option<u16>,
    /// Return findings that are not affected, too.
    pub with_not_affected: bool,
    /// Leave out the texts of evidence and the sources' opinions: the same verdicts, reasons and facts in a fraction of
    /// time and memory, for lists and gates. Ask again, or `explain`, for the grounds.
    pub verdicts_only: bool,
    /// Sources to pass over, as if their feeds were not in the index.
    pub disregard: Vec<Source>,
    /// How far statements of the SBOM count.
    pub statements: StatementPolicy,
}

/// The result of a scan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Findings by component name, version and key, then by vulnerability. Those of build-only components are
    /// among them: the component's scope tells.
    pub findings: Vec<Finding>,
    /// The coverage state of each component of the inventory, in its order, with a few words.
    pub coverage: Vec<(Coverage, String)>,
    /// What was counted on the way.
    pub counts: Counts,
    /// Statements that have no effect any more: the version is fixed anyway, or the record is rejected.
    pub obsolete_statements: Vec<Obsolete>,
    /// Records of the index that could not be read.
    pub notes: Vec<Note>,
}

/// Numbers of a scan. Every candidate is counted under exactly one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// (component, vulnerability) pairs that share a key.
    pub candidates: usize,
    /// Findings that are affected.
    pub affected: usize,
    /// Findings that need review.
    pub needs_review: usize,
    /// Pairs that are not affected.
    pub not_affected: usize,
    /// Candidates that are no finding: namesakes, platform mentions, records that say nothing of the component.
    pub removed: usize,
    /// Pairs per primary reason, removed ones included.
    pub by_reason: BTreeMap<Reason, usize>,
}

/// A statement that the data have overtaken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obsolete {
    /// The vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// Why it has no effect.
    pub reason: Reason,
    /// What the statement says.
    pub says: String,
}

/// Scans an inventory.
pub fn scan(index: &Index, inventory: &Inventory, options: &Options) -> Scan {
    scan_with(index, inventory, options, &Views::default())
}

/// As [`scan`], with what earlier scans found out about the same products, and learning more. The answer is the same.
pub fn scan_with(index: &Index, inventory: &Inventory, options: &Options, views: &Views) -> Scan {
    scan_of(index, inventory, options, views, &|_| true)
}

/// Scans chosen components of an inventory, by their number; the others stand around them as in a full scan, which
/// would say the same of the chosen ones. Coverage of those left out stays `Pending`.
pub fn scan_of(
    index: &Index,
    inventory: &Inventory,
    options: &Options,
    views: &Views,
    is_chosen: &dyn Fn(usize) -> bool,
) -> Scan {
    let session = Session::of(index, inventory, options);
    let groups = session.groups(views, is_chosen);
    let results = session.evaluate(&groups, views);
    session.collect(&groups, results)
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.candidates += other.candidates;
        self.affected += other.affected;
        self.needs_review += other.needs_review;
        self.not_affected += other.not_affected;
        self.removed += other.removed;
        for (reason, count) in &other.by_reason {
            *self.by_reason.entry(*reason).or_default() += count;
        }
    }
}
