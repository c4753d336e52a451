//! What a record's version claims say about one version of one component (matching.md 4.6, 5.5).
//!
//! Not here: whom a claim speaks of (identity), what platform it needs, and how sources are weighed.
//! Start with [`judge_claim`] for CVE and OSV claims, [`judge_rows`] for NVD criteria, and
//! [`combine_claims`] for several claims of one record. The literal first layer is [`literal()`]; the second
//! layer, which gives meaning to "outside of everything", is in `outside`. Linux has rules of its own
//! (`matching::kernel`).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answer;
mod branches;
mod commits;
mod cpe_rows;
mod cve;
pub(crate) mod describe;
pub(crate) mod history;
mod literal;
pub(crate) mod named;
mod osv;
mod outside;
mod row;
mod trace;
mod version;

pub use answer::{RangeAnswer, combine_claims};
pub use commits::{CommitTable, NoCommits};
pub use cpe_rows::RowLists;
pub use literal::{Literal, literal};
pub use trace::{Query, Told, Trace};
pub use version::{ComponentVersion, Detail, VersionFacts};

use model::record::{Claim, ClaimForm, Record, RecordState, Status};

use self::history::InclusiveEnd;

/// Judges one claim (CVE versions form, OSV form, distribution fix list) against the component's version.
pub fn judge_claim(
    record: &Record<'_>,
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    if is_void(record) {
        return RangeAnswer::rejected();
    }
    if names_no_product(claim) {
        return RangeAnswer::no_product();
    }
    if let Some(answer) = by_history(claim, version, commits) {
        return answer;
    }
    if let Some(reason) = version.unusable() {
        return RangeAnswer::review(reason);
    }
    let mut answer = match claim.form {
        ClaimForm::CveVersions => cve::judge(claim, version, commits),
        ClaimForm::Osv | ClaimForm::SecFix | ClaimForm::KernelPairs => osv::judge(claim, version, commits),
    };
    answer.qualify(version);
    answer
}

/// Judges the version rows of one product head in a CPE configuration. `vulnerable` is false for lists
/// that stand beside vulnerable rows of the same product: they say who is not affected.
pub fn judge_rows(
    record: &Record<'_>,
    rows: RowLists<'_, '_>,
    vulnerable: bool,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    if is_void(record) {
        return RangeAnswer::rejected();
    }
    if !vulnerable {
        return cpe_rows::judge_unaffected(rows, version);
    }
    if let Some(reason) = version.unusable() {
        return RangeAnswer::review(reason);
    }
    let mut answer = cpe_rows::judge(record, rows, version);
    answer.qualify(version);
    answer
}

fn is_void(record: &Record<'_>) -> bool {
    matches!(record.state, RecordState::Rejected | RecordState::Withdrawn)
}

/// `n/a` everywhere: the claim speaks of nothing.
fn names_no_product(claim: &Claim<'_>) -> bool {
    let subject = &claim.subject;
    let is_na = |text: &str| ["n/a", "null", "-"].iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    is_na(&subject.product)
        && (subject.vendor.is_empty() || is_na(&subject.vendor))
        && [&subject.package_name, &subject.purl, &subject.repo].iter().all(|text| text.is_empty())
        && subject.cpes.is_empty()
}

/// The history of the component's own commit against the claim's commit rows.
fn by_history(
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> Option<RangeAnswer> {
    if version.commit.is_empty() {
        return None;
    }
    let rows = claim
        .entries
        .iter()
        .filter(|entry| entry.status == Status::Affected && history::is_commit_row(entry));
    let inclusive_end = match claim.form {
        ClaimForm::CveVersions => InclusiveEnd::IsTheFix,
        _ => InclusiveEnd::IsAffected,
    };
    history::judge(rows, version, commits, inclusive_end)
}
