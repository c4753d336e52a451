//! What a record's version claims say about one version of one component (matching.md 4.6, 5.5).
//!
//! Not here: whom a claim speaks of (identity), what platform it needs, and how sources are weighed.
//! Start with [`judge_claim`] for CVE and OSV claims, [`judge_rows`] for NVD criteria, and
//! [`combine_claims`] for several claims of one record. The literal first layer is [`literal`].

mod answer;
mod commits;
pub(crate) mod describe;
pub(crate) mod history;
mod version;

pub use answer::{RangeAnswer, combine_claims};
pub use commits::{CommitTable, NoCommits};
pub use version::{ComponentVersion, Detail};

use model::record::{Claim, CpeRow, Record};

/// Judges one claim (CVE versions form, OSV form, distribution fix list) against the component's version.
pub fn judge_claim(
    record: &Record<'_>,
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let _ = (record, claim, version, commits);
    RangeAnswer::none()
}

/// Judges the version rows of one product head in a CPE configuration. `vulnerable` is false for lists
/// that stand beside vulnerable rows of the same product: they say who is not affected.
pub fn judge_rows(
    record: &Record<'_>,
    rows: &[CpeRow<'_>],
    vulnerable: bool,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    let _ = (record, rows, vulnerable, version);
    RangeAnswer::none()
}
