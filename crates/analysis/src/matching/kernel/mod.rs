//! The Linux rules (matching.md 5.7): pairs of introduced and fixed releases, per stable branch.

use model::record::{Claim, Record};

use super::ranges::{CommitTable, ComponentVersion, RangeAnswer};

/// Judges a record about Linux: kernel CNA records and dyads by their pairs, records of others by the mainline
/// bound they know. Claims that do not speak of Linux are ignored; see [`judge_kernel_claims`] where identity
/// has already chosen the claims.
pub fn judge_kernel_record(
    record: &Record<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let _ = (record, version, commits);
    RangeAnswer::none()
}

/// Judges chosen claims of a record by somebody else than the kernel CNA about Linux.
pub fn judge_kernel_claims(
    record: &Record<'_>,
    claims: &[&Claim<'_>],
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let _ = (record, claims, version, commits);
    RangeAnswer::none()
}
