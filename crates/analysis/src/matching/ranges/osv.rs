//! Claims in OSV form: any range or listed version matches; also fix lists of distributions, which have the
//! same shape.

use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, ClaimForm, End};
use versions::Side;

use super::answer::RangeAnswer;
use super::commits::CommitTable;
use super::cve::{explain_outside, fixed_on_line, note_reading, show, upper_bound};
use super::outside::outside;
use super::row::{Extent, Place, Row};
use super::version::ComponentVersion;

/// Judges a claim in OSV form against a readable version.
pub(crate) fn judge(
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let rows: Vec<Row<'_>> =
        claim.entries.iter().map(|entry| Row::read_osv(entry, version, commits)).collect();
    let mut undecided: Option<(usize, Reason)> = None;
    let mut answer = None;
    for (index, row) in rows.iter().enumerate() {
        match row.place(version) {
            Place::Inside => {
                answer = Some(affected_by(&rows, index, version));
                break;
            }
            // A listed tag that cannot be read is not this version; a range that cannot be read may hold it.
            Place::Undecided(reason) if !is_listed(row) => undecided = undecided.or(Some((index, reason))),
            _ => {}
        }
    }
    let mut answer = answer.unwrap_or_else(|| match undecided {
        Some((index, reason)) => not_inside_what_is_known(&rows, index, reason, version),
        None => outside_all(&rows, version),
    });
    if is_of_distribution(claim) {
        in_distribution_words(&mut answer);
    }
    answer
}

fn is_listed(row: &Row<'_>) -> bool {
    matches!(row.extent, Extent::Exact(_))
}

fn affected_by(rows: &[Row<'_>], index: usize, version: &ComponentVersion<'_>) -> RangeAnswer {
    let Some(row) = rows.get(index) else { return RangeAnswer::review(Reason::VNoUsableRange) };
    let reason = if is_listed(row) { Reason::VExact } else { Reason::VInRange };
    let mut answer = RangeAnswer::new(Verdict::Affected, reason, Confidence::High);
    answer.fixed = fixed_on_line(rows, index, version).unwrap_or_default();
    answer.bound = upper_bound(row).unwrap_or_default().to_owned();
    note_reading(row, &mut answer);
    show(row, "inside", version, &mut answer);
    answer
}

/// Some range could not be compared. A closed commit range that comes with the list of its releases is told by
/// the list; everything else stays open.
fn not_inside_what_is_known(
    rows: &[Row<'_>],
    index: usize,
    reason: Reason,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    if reason == Reason::GCommitUnknown
        && rows.iter().all(|row| is_listed(row) || is_closed_commit_range(row))
        && let Some(answer) = by_listed_releases(rows, version)
    {
        return answer;
    }
    let mut answer = RangeAnswer::review(reason);
    if let Some(row) = rows.get(index) {
        show(row, "cannot be compared", version, &mut answer);
    }
    answer
}

fn is_closed_commit_range(row: &Row<'_>) -> bool {
    matches!(row.extent, Extent::Commits(_)) && matches!(row.entry.end, End::Before(_) | End::Through(_))
}

/// The list speaks for the commit range when at least three of its releases compare with the version.
fn by_listed_releases(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> Option<RangeAnswer> {
    let sides = || rows.iter().filter(|row| is_listed(row)).map(|row| row.place(version));
    let comparable = sides().filter(|place| matches!(place, Place::Outside(_))).count();
    if comparable < 3 {
        return None;
    }
    let is_above_all = sides().all(|place| !matches!(place, Place::Outside(Some(Side::Before))));
    let reason = if is_above_all { Reason::VFixed } else { Reason::VNotListed };
    let mut answer = RangeAnswer::new(Verdict::NotAffected, reason, Confidence::Medium);
    if let Some(row) = rows.iter().find(|row| is_listed(row)) {
        show(row, &format!("not among the {comparable} releases listed"), version, &mut answer);
    }
    Some(answer)
}

fn outside_all(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> RangeAnswer {
    let found = outside(rows, version);
    let (reason, confidence) = match found.reason {
        Some(reason) => (reason, Confidence::High),
        None if found.singles > 0 => (Reason::VNotListed, Confidence::Medium),
        None if found.is_other_edition => (Reason::IOtherEdition, Confidence::High),
        None => return before_open_ranges(rows, version),
    };
    let mut answer = RangeAnswer::new(Verdict::NotAffected, reason, confidence);
    explain_outside(rows, &found, version, &mut answer);
    answer
}

/// Only ranges without an end: the version is before all of them, or there was nothing to compare.
fn before_open_ranges(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> RangeAnswer {
    let is_before = |row: &Row<'_>| row.place(version) == Place::Outside(Some(Side::Before));
    if rows.is_empty() || !rows.iter().all(is_before) {
        return RangeAnswer::review(Reason::VNoUsableRange);
    }
    let mut answer = RangeAnswer::new(Verdict::NotAffected, Reason::VBeforeRange, Confidence::High);
    if let Some(row) = rows.first() {
        show(row, "before the first affected version", version, &mut answer);
    }
    answer
}

/// True for claims of a distribution's own feed.
fn is_of_distribution(claim: &Claim<'_>) -> bool {
    const DISTRIBUTIONS: &[&str] = &[
        "Debian",
        "Ubuntu",
        "Alpine",
        "Red Hat",
        "Rocky Linux",
        "AlmaLinux",
        "SUSE",
        "openSUSE",
        "Wolfi",
        "Chainguard",
        "Mageia",
        "openEuler",
        "Photon OS",
        "Azure Linux",
        "MinimOS",
        "Echo",
    ];
    claim.form == ClaimForm::SecFix || DISTRIBUTIONS.contains(&claim.subject.ecosystem.as_ref())
}

/// The codes of distribution feeds for what the comparison found.
fn in_distribution_words(answer: &mut RangeAnswer) {
    answer.reason = match (answer.verdict, answer.reason) {
        (Some(Verdict::Affected), _) => Reason::DVulnerable,
        // Fixed in `0` is how trackers write "never had it".
        (Some(Verdict::NotAffected), Reason::VFixed) if answer.bound != "0" => Reason::DFixed,
        (Some(Verdict::NotAffected), _) => Reason::DNotAffected,
        (_, reason) => reason,
    };
}
