//! Ranges of commits, decided by the history of the component's own commit.

use std::borrow::Cow;

use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::record::{End, Entry, RangeKind};
use model::version::Scheme;
use versions::{Order, Side};

use super::answer::RangeAnswer;
use super::commits::CommitTable;
use super::row::Place;
use super::version::ComponentVersion;

/// True for a row of commits: its values are commit ids, whatever the record calls them. A label `git` over
/// release numbers (all Zephyr records) does not make commits of them.
pub(crate) fn is_commit_row(entry: &Entry<'_>) -> bool {
    let labelled = entry.kind == RangeKind::Git || entry.version_type.eq_ignore_ascii_case("git");
    let values = || [Some(entry.start.as_ref()), end_of(entry)].into_iter().flatten().map(str::trim);
    let mut stated = values().filter(|value| !versions::is_no_bound(value)).peekable();
    stated.peek().is_some() && stated.all(|value| is_commit(value, labelled))
}

/// Abbreviated ids may be digits alone (`260333221012`): under a `git` label those are commits too.
fn is_commit(value: &str, labelled: bool) -> bool {
    let is_hex = value.len() >= 7 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    (labelled && is_hex) || versions::looks_like_commit(value)
}

fn end_of<'e>(entry: &'e Entry<'_>) -> Option<&'e str> {
    match &entry.end {
        End::Before(end) | End::Through(end) => Some(end),
        End::Single | End::Open => None,
    }
}

/// How the inclusive end of a commit range is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InclusiveEnd {
    /// CVE records of kernel bugs name the fix commit there, although the field says "or equal".
    IsTheFix,
    /// OSV: the last commit that is affected.
    IsAffected,
}

/// What is known about the ranges of one introducing commit.
struct Group {
    introduced: Option<bool>,
    fixed: Option<bool>,
}

/// Decides by ancestry; `None` when the component has no commit or the history is not known well enough.
pub(crate) fn judge<'e>(
    rows: impl Iterator<Item = &'e Entry<'e>> + Clone,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
    inclusive_end: InclusiveEnd,
) -> Option<RangeAnswer> {
    if version.commit.is_empty() {
        return None;
    }
    let mut starts: Vec<&Cow<'e, str>> = rows.clone().map(|row| &row.start).collect();
    starts.sort_unstable();
    starts.dedup();
    let groups: Vec<Group> = starts
        .into_iter()
        .map(|start| {
            group(rows.clone().filter(|row| row.start == *start), start, version, commits, inclusive_end)
        })
        .collect();
    conclude(&groups, version)
}

fn group<'e>(
    rows: impl Iterator<Item = &'e Entry<'e>>,
    start: &str,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
    inclusive_end: InclusiveEnd,
) -> Group {
    let introduced =
        if versions::is_no_bound(start) { Some(true) } else { commits.is_ancestor(start, version.commit) };
    let mut fixed = Some(false);
    for row in rows {
        let in_history = match &row.end {
            End::Before(fix) => commits.is_ancestor(fix, version.commit),
            End::Through(fix) if inclusive_end == InclusiveEnd::IsTheFix => {
                commits.is_ancestor(fix, version.commit)
            }
            End::Through(last) => commits.is_ancestor(version.commit, last).map(|is_affected| !is_affected),
            End::Single | End::Open => Some(false),
        };
        match in_history {
            Some(true) => {
                fixed = Some(true);
                break;
            }
            None => fixed = None,
            Some(false) => {}
        }
    }
    Group { introduced, fixed }
}

fn conclude(groups: &[Group], version: &ComponentVersion<'_>) -> Option<RangeAnswer> {
    let affected = groups.iter().any(|group| group.introduced == Some(true) && group.fixed == Some(false));
    let is_open = |group: &Group| match group.introduced {
        Some(true) => group.fixed.is_none(),
        Some(false) => false,
        None => group.fixed != Some(true),
    };
    let (verdict, reason, says) = if affected {
        (Verdict::Affected, Reason::GInRange, "contains an introducing commit and none of its fixes")
    } else if groups.is_empty() || groups.iter().any(is_open) {
        return None;
    } else if groups.iter().any(|group| group.fixed == Some(true)) {
        (
            Verdict::NotAffected,
            Reason::GFixInHistory,
            "contains the fix of every introducing commit it contains",
        )
    } else {
        (Verdict::NotAffected, Reason::GNotIntroduced, "contains no introducing commit")
    };
    let mut answer = RangeAnswer::new(verdict, reason, Confidence::High);
    answer.decided_by_git = true;
    if version.is_detailed() {
        answer.evidence.push(Evidence::Remark(format!("the history of commit {} {says}", version.commit)));
    }
    Some(answer)
}

/// Where the releases that first contained a row's commits place the version. Linux is placed by its own rules,
/// which know the difference between mainline and stable releases.
pub(crate) fn place_by_releases(
    entry: &Entry<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> Place {
    let unknown = Place::Undecided(Reason::GCommitUnknown);
    if version.scheme == Scheme::Linux {
        return unknown;
    }
    let start = entry.start.trim();
    let introduced =
        if versions::is_no_bound(start) { Some(true) } else { has_reached(start, version, commits) };
    let fixed = match &entry.end {
        End::Before(fix) | End::Through(fix) if fix.trim() != "*" => {
            has_reached(fix.trim(), version, commits)
        }
        _ => Some(false),
    };
    match (introduced, fixed) {
        (Some(false), _) => Place::Outside(Some(Side::Before)),
        (_, Some(true)) => Place::Outside(Some(Side::After)),
        (Some(true), Some(false)) => Place::Inside,
        _ => unknown,
    }
}

/// Whether the version's release contains the commit: by the first release of its own branch, else only above
/// (or below) all first releases. `None` when the table does not know the commit or cannot tell.
fn has_reached(commit: &str, version: &ComponentVersion<'_>, commits: &dyn CommitTable) -> Option<bool> {
    let first_releases = commits.fixed_in(commit);
    if !version.has_branch() {
        return None;
    }
    let order = |release: &str| version.order(release);
    let of_own_branch = |release: &&(String, String)| {
        version.is_branch(&release.0)
            || version.branch_of(&release.1).is_some_and(|branch| version.is_branch(&branch))
    };
    if let Some((_, release)) = first_releases.iter().find(of_own_branch) {
        return match order(release) {
            Order::Less => Some(false),
            Order::Equal | Order::Greater => Some(true),
            Order::Incomparable(_) => None,
        };
    }
    let orders: Vec<Order> = first_releases.iter().map(|(_, release)| order(release)).collect();
    match orders.as_slice() {
        [] => None,
        orders if orders.iter().all(|order| *order == Order::Greater) => Some(true),
        orders if orders.iter().any(|order| matches!(order, Order::Incomparable(_))) => None,
        _ => Some(false),
    }
}
