//! Every version that a record names as mended, whatever its line: candidates for advice, to be tested one by one.

use model::record::{Claim, ClaimForm, CpeRow, Status};

use super::commits::CommitTable;
use super::cpe_rows::end_outside;
use super::row::{Extent, Row};
use super::version::ComponentVersion;

/// The mended versions of a claim: ends of affected rows, beginnings of unaffected ones, changes to unaffected.
pub(crate) fn mended_by_claim(
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
    named: &mut Vec<String>,
) {
    for entry in &claim.entries {
        let row = match claim.form {
            ClaimForm::CveVersions => Row::read(entry, version, commits),
            ClaimForm::Osv | ClaimForm::SecFix | ClaimForm::KernelPairs => {
                Row::read_osv(entry, version, commits)
            }
        };
        match (row.status(), &row.extent) {
            (Status::Affected, _) => named.extend(row.fixes().map(str::to_owned)),
            (Status::Unaffected, Extent::Interval { start: Some(start), .. } | Extent::Exact(start)) => {
                named.push((*start).to_owned());
            }
            _ => {}
        }
        let changes = entry.changes.iter().filter(|change| change.status == Status::Unaffected);
        named.extend(changes.map(|change| change.at.trim().to_owned()));
    }
}

/// The mended versions of NVD criteria: the ends that lie outside.
pub(crate) fn mended_by_rows(rows: &[CpeRow<'_>], named: &mut Vec<String>) {
    named.extend(rows.iter().filter_map(end_outside));
}
