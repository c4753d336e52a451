//! Claims in the form of CVE `affected[]`: text and oddities read, then the literal layer, then the second one.

use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, Status};
use versions::Order;

use super::answer::RangeAnswer;
use super::branches::{branch_fixes, judge_empty_intervals, status_inside};
use super::commits::CommitTable;
use super::describe;
use super::literal::{Literal, first_match};
use super::outside::{Outside, coarse_bound, on_same_branch, outside};
use super::row::{Extent, Place, Row, Upper};
use super::version::ComponentVersion;

/// Judges a claim in CVE form against a readable version.
pub(crate) fn judge(
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    if claim.entries.is_empty() {
        return without_rows(claim.default_status);
    }
    if !version.line_lists
        && let Some(answer) = judge_empty_intervals(claim, version)
    {
        return answer;
    }
    let rows: Vec<Row<'_>> = claim.entries.iter().map(|entry| Row::read(entry, version, commits)).collect();
    let literal = first_match(&rows, claim.default_status, version, status_inside);
    match (literal.status, literal.entry) {
        (Status::Affected, Some(index)) => affected_by(&rows, index, &literal, version),
        (Status::Affected, None) => affected_by_default(&rows, version),
        (Status::Unaffected, Some(index)) => unaffected_by(&rows, index, &literal, version),
        (Status::Unaffected, None) => outside_all(&rows, claim.default_status, version),
        (Status::Unknown, Some(_)) => RangeAnswer::review(Reason::VNoUsableRange),
        (Status::Unknown, None) => match literal.undecided {
            Some(reason) => undecided(&rows, reason, version),
            None => outside_all(&rows, claim.default_status, version),
        },
    }
}

/// A claim with a default and nothing else: *affected* without any version is no version data at all.
fn without_rows(default: Option<Status>) -> RangeAnswer {
    match default {
        Some(Status::Unaffected) => {
            RangeAnswer::new(Verdict::NotAffected, Reason::VDefaultUnaffected, Confidence::High)
        }
        Some(Status::Affected) => RangeAnswer::review(Reason::RNoAffectedData),
        Some(Status::Unknown) | None => RangeAnswer::review(Reason::VNoUsableRange),
    }
}

fn affected_by(
    rows: &[Row<'_>],
    index: usize,
    literal: &Literal,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    let Some(row) = rows.get(index) else { return RangeAnswer::review(Reason::VNoUsableRange) };
    let reason = if row.is_single() { Reason::VExact } else { Reason::VInRange };
    let mut answer = RangeAnswer::new(Verdict::Affected, reason, Confidence::High);
    answer.fixed = fixed_on_line(rows, index, version).unwrap_or_default();
    answer.bound = upper_bound(row).unwrap_or_default().to_owned();
    answer.open_start = matches!(row.extent, Extent::Interval { start: None, .. });
    note_reading(row, &mut answer);
    let outcome = match literal.change {
        Some(_) => "inside, after the change that made it affected",
        None => "inside",
    };
    show(row, outcome, version, &mut answer);
    answer
}

fn affected_by_default(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> RangeAnswer {
    let mut answer = RangeAnswer::new(Verdict::Affected, Reason::VDefaultAffected, Confidence::High);
    answer.fixed = smallest_fix(rows, version).unwrap_or_default();
    if let Some(row) = rows.first() {
        show(row, "outside of all rows; the default is affected", version, &mut answer);
    }
    answer
}

fn unaffected_by(
    rows: &[Row<'_>],
    index: usize,
    literal: &Literal,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    let Some(row) = rows.get(index) else { return RangeAnswer::review(Reason::VNoUsableRange) };
    let reason = reason_of_unaffected(row);
    let mut answer = RangeAnswer::new(Verdict::NotAffected, reason, Confidence::High);
    if let Some(change) = literal.change.and_then(|change| row.entry.changes.get(change)) {
        answer.bound = change.at.trim().to_owned();
    }
    note_reading(row, &mut answer);
    let outcome = match reason {
        Reason::VFixed => "at or above the fix",
        Reason::VBeforeRange => "before the first affected version",
        _ => "listed as unaffected",
    };
    show(row, outcome, version, &mut answer);
    answer
}

/// An unaffected row from a version on without an end names a fix, one from the beginning up to a version names
/// the time before the bug; anything else is a list. A change inside an affected row is a fix.
fn reason_of_unaffected(row: &Row<'_>) -> Reason {
    match &row.extent {
        _ if row.status() == Status::Affected => Reason::VFixed,
        Extent::Interval { start: Some(_), end: Upper::Never | Upper::ThroughBranch(_) } => Reason::VFixed,
        Extent::Interval { start: None, end: Upper::Before(_) } => Reason::VBeforeRange,
        _ => Reason::VListedUnaffected,
    }
}

/// No row holds the version and nothing was undecided.
fn outside_all(rows: &[Row<'_>], default: Option<Status>, version: &ComponentVersion<'_>) -> RangeAnswer {
    if let Some((row, bound)) = coarse_bound(rows, version) {
        let mut answer = RangeAnswer::review(Reason::VCoarseBound);
        answer.bound = bound.to_owned();
        show(row, "above the bound, which is less precise than the version", version, &mut answer);
        return answer;
    }
    let found = outside(rows, version);
    let is_explicit = default == Some(Status::Unaffected);
    let reason = match found.reason {
        _ if found.is_other_edition => Reason::IOtherEdition,
        Some(reason) if is_explicit || !found.is_above_wildcard => reason,
        _ if !is_explicit => return no_usable_range(rows, version),
        _ if found.singles >= 3 => Reason::VNotListed,
        _ => Reason::VDefaultUnaffected,
    };
    let mut answer = RangeAnswer::new(Verdict::NotAffected, reason, confidence_outside(reason, default));
    if !is_explicit && reason != Reason::IOtherEdition {
        answer.qualifiers.push(Reason::VDefaultUnknown);
    }
    explain_outside(rows, &found, version, &mut answer);
    answer
}

fn confidence_outside(reason: Reason, default: Option<Status>) -> Confidence {
    match (reason, default) {
        (Reason::VNotListed, _) => Confidence::Medium,
        (_, Some(Status::Unaffected)) | (Reason::IOtherEdition, _) => Confidence::High,
        (_, None) => Confidence::Medium,
        (_, Some(_)) => Confidence::Low,
    }
}

pub(crate) fn explain_outside(
    rows: &[Row<'_>],
    found: &Outside<'_>,
    version: &ComponentVersion<'_>,
    answer: &mut RangeAnswer,
) {
    if let Some((row, bound)) = found.nearest {
        note_reading(row, answer);
        answer.bound = bound.to_owned();
        if answer.reason == Reason::VFixed && row.fixes().any(|fix| fix == bound) {
            answer.fixed = bound.to_owned();
        }
        let outcome = match answer.reason {
            Reason::VFixed => format!("above its end {bound}"),
            _ => format!("before its start {bound}"),
        };
        show(row, &outcome, version, answer);
    } else if let Some(row) = rows.first() {
        show(row, answer.reason.meaning(), version, answer);
    }
}

fn no_usable_range(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> RangeAnswer {
    let mut answer = RangeAnswer::review(Reason::VNoUsableRange);
    if let Some(row) = rows.first() {
        show(row, "outside, and the record does not say what that means", version, &mut answer);
    }
    answer
}

/// A row could not be compared, and it might have been the deciding one.
fn undecided(rows: &[Row<'_>], reason: Reason, version: &ComponentVersion<'_>) -> RangeAnswer {
    let mut answer = RangeAnswer::review(reason);
    let is_undecided = |row: &&Row<'_>| row.place(version) == Place::Undecided(reason);
    if let Some(row) = rows.iter().find(is_undecided) {
        show(row, "cannot be compared", version, &mut answer);
    }
    answer
}

/// How the deciding row was made readable.
pub(crate) fn note_reading(row: &Row<'_>, answer: &mut RangeAnswer) {
    if matches!(row.extent, Extent::Commits(_)) {
        answer.qualifiers.push(Reason::GTagResolved);
    }
    if row.is_from_text() {
        answer.qualifiers.push(Reason::VTextParsed);
        answer.cap(Confidence::Medium);
    }
}

pub(crate) fn show(row: &Row<'_>, outcome: &str, version: &ComponentVersion<'_>, answer: &mut RangeAnswer) {
    if version.is_detailed() {
        let text = describe::entry_text(row.entry);
        answer.evidence.push(describe::comparison(text, version.written(), version.scheme, outcome));
    }
}

/// The end of the row that holds the version.
pub(crate) fn upper_bound<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    match &row.extent {
        Extent::Interval { end: Upper::Before(end) | Upper::Through(end), .. } | Extent::LineThrough(end) => {
            Some(end)
        }
        Extent::Text(ranges) => {
            ranges.iter().find_map(|range| range.end.as_ref()).map(|end| end.text.as_str())
        }
        _ => None,
    }
}

/// The first fixed version for a version inside a row: of its own branch when the row or another one names it,
/// else the end of the row.
pub(crate) fn fixed_on_line(
    rows: &[Row<'_>],
    index: usize,
    version: &ComponentVersion<'_>,
) -> Option<String> {
    let row = rows.get(index)?;
    let per_branch = branch_fixes(row, version);
    let own_row = per_branch.iter().flatten().map(|fix| fix.at).chain(changes(row)).chain(row.fixes());
    let of_row = least_above(own_row, version);
    if of_row.as_deref().is_some_and(|fixed| on_same_branch(fixed, version)) {
        return of_row;
    }
    // Another row may name the fix of this branch: `< 3.0.7 affected` beside `1.1.1q <= v unaffected`.
    let of_any = smallest_fix(rows, version);
    if of_any.as_deref().is_some_and(|fixed| on_same_branch(fixed, version)) {
        return of_any;
    }
    of_row.or(of_any)
}

/// The first fixed version that any row names above the version.
fn smallest_fix(rows: &[Row<'_>], version: &ComponentVersion<'_>) -> Option<String> {
    let named = rows.iter().flat_map(|row| {
        let of_affected = row.fixes().filter(|_| row.status() == Status::Affected);
        let of_unaffected = match &row.extent {
            Extent::Interval { start: Some(start), .. } | Extent::Exact(start) => Some(*start),
            _ => None,
        };
        of_affected.chain(of_unaffected.filter(|_| row.status() == Status::Unaffected)).chain(changes(row))
    });
    least_above(named, version)
}

fn changes<'r>(row: &'r Row<'_>) -> impl Iterator<Item = &'r str> {
    row.entry
        .changes
        .iter()
        .filter(|change| change.status == Status::Unaffected)
        .map(|change| change.at.trim())
}

/// The least version above ours: one of our own branch before any other.
fn least_above<'t>(
    candidates: impl Iterator<Item = &'t str>,
    version: &ComponentVersion<'_>,
) -> Option<String> {
    let mut best: Option<(bool, &str)> = None;
    for candidate in candidates {
        if version.order(candidate) != Order::Less {
            continue;
        }
        let is_own = on_same_branch(candidate, version);
        let is_better = match best {
            None => true,
            Some((held_own, held)) if held_own == is_own => version.order_of(candidate, held) == Order::Less,
            Some((held_own, _)) => !held_own,
        };
        if is_better {
            best = Some((is_own, candidate));
        }
    }
    best.map(|(_, text)| text.to_owned())
}
