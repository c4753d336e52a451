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
struct Group<'e> {
    start: &'e str,
    introduced: Option<bool>,
    fixed: Option<bool>,
    /// The fix that was found.
    by: &'e str,
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
    let mut starts: Vec<&'e Cow<'e, str>> = rows.clone().map(|row| &row.start).collect();
    starts.sort_unstable();
    starts.dedup();
    // A stable branch got the flaw as a copy of the main line's commit. Where the copy has rows of its own, they know the
    // branch's fix, and the main line's rows have nothing to add.
    let is_copied = |start: &str| {
        let copy = commits.brought_by(start, version.commit);
        copy.is_some_and(|copy| starts.iter().any(|other| is_same_commit(other, copy)))
    };
    let groups: Vec<Group<'e>> = starts
        .iter()
        .filter(|start| !is_copied(start))
        .map(|start| {
            let of_start = rows.clone().filter(|row| row.start == **start);
            group(of_start, start, version, commits, inclusive_end)
        })
        .collect();
    conclude(&groups, version, commits)
}

/// Commit ids are equal when one begins with the other; twelve digits suffice.
fn is_same_commit(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    shorter >= 12 && a.get(..shorter).zip(b.get(..shorter)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn group<'e>(
    rows: impl Iterator<Item = &'e Entry<'e>>,
    start: &'e str,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
    inclusive_end: InclusiveEnd,
) -> Group<'e> {
    let introduced =
        if versions::is_no_bound(start) { Some(true) } else { commits.is_ancestor(start, version.commit) };
    let (mut fixed, mut by) = (Some(false), "");
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
                (fixed, by) = (Some(true), end_of(row).unwrap_or_default());
                break;
            }
            None => fixed = None,
            Some(false) => {}
        }
    }
    Group { start, introduced, fixed, by }
}

fn conclude(
    groups: &[Group<'_>],
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> Option<RangeAnswer> {
    let open = groups.iter().find(|group| group.introduced == Some(true) && group.fixed == Some(false));
    let is_undecided = |group: &Group<'_>| match group.introduced {
        Some(true) => group.fixed.is_none(),
        Some(false) => false,
        None => group.fixed != Some(true),
    };
    let fixed = groups.iter().find(|group| group.fixed == Some(true));
    let (verdict, reason, deciding) = match (open, fixed) {
        (Some(open), _) => (Verdict::Affected, Reason::GInRange, Some(open)),
        _ if groups.is_empty() || groups.iter().any(is_undecided) => return None,
        (None, Some(fixed)) => (Verdict::NotAffected, Reason::GFixInHistory, Some(fixed)),
        (None, None) => (Verdict::NotAffected, Reason::GNotIntroduced, None),
    };
    let mut answer = RangeAnswer::new(verdict, reason, Confidence::High);
    answer.decided_by_git = true;
    if reason == Reason::GNotIntroduced && version.vendor_tree {
        // Vendors bring code over without a word, too: what is not in the history may be in the tree.
        answer.qualifiers.push(Reason::KVendorTree);
        answer.cap(Confidence::Medium);
    }
    if version.is_detailed() {
        explain(&mut answer, deciding, version, commits);
    }
    Some(answer)
}

fn explain(
    answer: &mut RangeAnswer,
    deciding: Option<&Group<'_>>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) {
    let brought = |commit: &str| match commits.brought_by(commit, version.commit) {
        Some(by) => format!("{commit} (brought over by {by})"),
        None => commit.to_owned(),
    };
    let says = match (answer.reason, deciding) {
        (Reason::GInRange, Some(group)) if versions::is_no_bound(group.start) => {
            "contains none of the fixes of a flaw that was always there".to_owned()
        }
        (Reason::GInRange, Some(group)) => {
            format!("contains the introducing commit {} and none of its fixes", brought(group.start))
        }
        (Reason::GFixInHistory, Some(group)) => {
            format!("contains the fix of every introducing commit it contains: {}", brought(group.by))
        }
        _ => "contains no introducing commit".to_owned(),
    };
    answer.evidence.push(Evidence::Remark(format!("the history of commit {} {says}", version.commit)));
    let asked = commits.history();
    if !asked.is_empty() {
        let what = format!("git history of {}", version.commit);
        answer.evidence.push(Evidence::Input { what, says: asked });
    }
}

/// Decides a kernel whose record names fixes and no range of commits (references of older records): with all of them in
/// the history it is fixed. One of several may be a part of the fix only, or the same fix in another branch: nothing
/// follows from it.
pub(crate) fn by_fixes(
    fixes: &[&str],
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> Option<RangeAnswer> {
    let is_here = |fix: &&str| commits.is_ancestor(fix, version.commit) == Some(true);
    if version.commit.is_empty() || fixes.is_empty() || !fixes.iter().all(is_here) {
        return None;
    }
    let mut answer = RangeAnswer::new(Verdict::NotAffected, Reason::GFixInHistory, Confidence::High);
    answer.decided_by_git = true;
    if version.is_detailed() {
        let group = Group { start: "", introduced: None, fixed: Some(true), by: fixes.first().copied()? };
        explain(&mut answer, Some(&group), version, commits);
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
