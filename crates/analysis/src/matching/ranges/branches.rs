//! Fixes per branch, where a record lists several for one row, and empty intervals that mean break points.

use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, End, Entry, Status};
use versions::Order;

use super::answer::RangeAnswer;
use super::describe;
use super::literal::status_by_changes;
use super::row::{Extent, Row, Upper};
use super::version::ComponentVersion;

/// The status inside a row, with the changes read per branch where they name several branches.
///
/// `1.5.13 <= v, unaffected from 1.26.2, unaffected from 1.27.1` fixes two branches: 1.27.0 is still affected
/// although it is above 1.26.2. The highest fix holds for everything above it.
pub(crate) fn status_inside(
    row: &Row<'_>,
    version: &ComponentVersion<'_>,
) -> Result<(Status, Option<usize>), Reason> {
    if !has_several_fixes(row) {
        return status_by_changes(row, version);
    }
    match fixes_with_branches(row, version) {
        Some(fixes) if is_of_several_branches(&fixes) => status_by_branch(&fixes, version),
        Some(_) => status_by_changes(row, version),
        None => status_without_branches(row, version),
    }
}

/// Several fixes whose branches cannot be read: only below or above all of them is it clear.
fn status_without_branches(
    row: &Row<'_>,
    version: &ComponentVersion<'_>,
) -> Result<(Status, Option<usize>), Reason> {
    let orders = || row.entry.changes.iter().map(|change| version.order(change.at.trim()));
    if orders().all(|order| order == Order::Less) {
        return Ok((Status::Affected, None));
    }
    if orders().all(|order| matches!(order, Order::Equal | Order::Greater)) {
        return Ok((Status::Unaffected, Some(0)));
    }
    Err(Reason::VNoUsableRange)
}

/// True for an affected row whose changes are several fixes and nothing else.
fn has_several_fixes(row: &Row<'_>) -> bool {
    let changes = &row.entry.changes;
    let only_fixes = changes.iter().all(|change| change.status == Status::Unaffected);
    row.status() == Status::Affected && changes.len() >= 2 && only_fixes
}

/// A fix of one branch: the version, its branch, and the index of the change that names it.
#[derive(Debug)]
pub(crate) struct BranchFix<'e> {
    pub at: &'e str,
    branch: String,
    change: Option<usize>,
}

/// The fixes of an affected row when its changes name more than one branch and only fixes.
pub(crate) fn branch_fixes<'r>(
    row: &'r Row<'_>,
    version: &ComponentVersion<'_>,
) -> Option<Vec<BranchFix<'r>>> {
    if !has_several_fixes(row) {
        return None;
    }
    fixes_with_branches(row, version).filter(|fixes| is_of_several_branches(fixes))
}

fn is_of_several_branches(fixes: &[BranchFix<'_>]) -> bool {
    fixes.first().is_some_and(|first| fixes.iter().any(|fix| fix.branch != first.branch))
}

/// The changes as fixes with their branches; `None` when a branch cannot be read.
fn fixes_with_branches<'r>(row: &'r Row<'_>, version: &ComponentVersion<'_>) -> Option<Vec<BranchFix<'r>>> {
    let changes = &row.entry.changes;
    let mut fixes = Vec::with_capacity(changes.len() + 1);
    for (index, change) in changes.iter().enumerate() {
        let at = change.at.trim();
        fixes.push(BranchFix { at, branch: version.branch_of(at)?, change: Some(index) });
    }
    // `1.9.0 <= v < 1.20.1, unaffected from 1.19.3`: the end is the fix of the highest branch.
    if let Extent::Interval { end: Upper::Before(end), .. } = row.extent {
        fixes.push(BranchFix { at: end, branch: version.branch_of(end)?, change: None });
    }
    Some(fixes)
}

fn status_by_branch(
    fixes: &[BranchFix<'_>],
    version: &ComponentVersion<'_>,
) -> Result<(Status, Option<usize>), Reason> {
    if !version.has_branch() {
        return Err(Reason::VUnparsed);
    }
    let reached = |fix: &BranchFix<'_>| matches!(version.order(fix.at), Order::Equal | Order::Greater);
    let own: Vec<&BranchFix<'_>> = fixes.iter().filter(|fix| version.is_branch(&fix.branch)).collect();
    let fixed_by = match own.is_empty() {
        false => own.into_iter().find(|fix| reached(fix)),
        // A branch without a fix of its own is fixed only above all of them.
        true if fixes.iter().all(reached) => fixes.last(),
        true => None,
    };
    Ok(match fixed_by {
        Some(fix) => (Status::Unaffected, fix.change),
        None => (Status::Affected, None),
    })
}

/// A bound that was written as an empty interval.
struct BreakPoint<'e> {
    entry: &'e Entry<'e>,
    at: &'e str,
    inclusive: bool,
}

/// Repairs lists of intervals that can hold nothing (`affected 8.4.0 < 8.4.0, unaffected 7.69.0 < 7.69.0`): the
/// bounds are break points, and the status of the lowest bound above the version holds. `None` when the list is
/// not of that kind.
pub(crate) fn judge_empty_intervals(
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
) -> Option<RangeAnswer> {
    let says_affected = claim.entries.iter().any(|entry| entry.status == Status::Affected);
    if !says_affected || !claim.entries.iter().any(is_empty) {
        return None;
    }
    let mut points = Vec::with_capacity(claim.entries.len());
    for entry in &claim.entries {
        let (at, inclusive) = break_point(entry)?;
        points.push(BreakPoint { entry, at, inclusive });
    }
    let mut above: Option<&BreakPoint<'_>> = None;
    for point in &points {
        match version.order(point.at) {
            Order::Incomparable(_) => return Some(repaired(RangeAnswer::review(Reason::VNoUsableRange))),
            Order::Greater => continue,
            Order::Equal if !point.inclusive => continue,
            Order::Less | Order::Equal => {}
        }
        let is_lower = above.is_none_or(|held| version.order_of(point.at, held.at) == Order::Less);
        if is_lower {
            above = Some(point);
        }
    }
    Some(repaired(answer_at(above, &points, version)))
}

fn answer_at(
    above: Option<&BreakPoint<'_>>,
    points: &[BreakPoint<'_>],
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    let (verdict, reason) = match above.map(|point| point.entry.status) {
        Some(Status::Affected) => (Verdict::Affected, Reason::VInRange),
        Some(Status::Unaffected) => (Verdict::NotAffected, Reason::VBeforeRange),
        Some(Status::Unknown) => (Verdict::NeedsReview, Reason::VNoUsableRange),
        None => (Verdict::NotAffected, Reason::VFixed),
    };
    let mut answer = RangeAnswer::new(verdict, reason, Confidence::Medium);
    if let Some(point) = above {
        answer.bound = point.at.to_owned();
        if verdict == Verdict::Affected && !point.inclusive {
            answer.fixed = point.at.to_owned();
        }
    }
    if version.is_detailed() {
        for point in above.map_or(points, std::slice::from_ref) {
            let outcome =
                if above.is_some() { "below this break point" } else { "at or above this break point" };
            let row = describe::entry_text(point.entry);
            answer.evidence.push(describe::comparison(row, version.written(), version.scheme, outcome));
        }
    }
    answer
}

fn repaired(mut answer: RangeAnswer) -> RangeAnswer {
    answer.qualifiers.push(Reason::VEmptyRangeRepaired);
    answer
}

fn is_empty(entry: &Entry<'_>) -> bool {
    matches!(&entry.end, End::Before(end) if end.trim() == entry.start.trim())
        && !versions::is_no_bound(&entry.start)
        && entry.changes.is_empty()
}

/// The bound of a row that may take part in a list of break points.
fn break_point<'e>(entry: &'e Entry<'e>) -> Option<(&'e str, bool)> {
    let start = entry.start.trim();
    match &entry.end {
        _ if is_empty(entry) => Some((start, false)),
        End::Through(end) if end.trim() == start => Some((start, true)),
        _ => None,
    }
}
