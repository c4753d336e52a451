//! The first layer: what a CVE version list says word for word (matching.md 5.5).
//!
//! The first row that holds the version gives its status, then the changes inside it; otherwise the default;
//! without a default nothing is known. A row that cannot be compared may be the one that holds the version, so
//! it takes the certainty from everything after it that says something else.

use model::reason::Reason;
use model::record::{Entry, Status};
use model::version::Scheme;
use versions::Order;

use super::commits::NoCommits;
use super::row::{Place, Row, reason_of};
use super::version::ComponentVersion;

/// The literal status of a version and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The status; `Unknown` also where a comparison could not be made.
    pub status: Status,
    /// Index of the row that decided; `None` = the default did.
    pub entry: Option<usize>,
    /// Index of the change inside the row that decided.
    pub change: Option<usize>,
    /// Why a comparison could not be made, where that left the status unknown.
    pub undecided: Option<Reason>,
}

impl Literal {
    fn unknown(undecided: Option<Reason>) -> Literal {
        Literal { status: Status::Unknown, entry: None, change: None, undecided }
    }
}

/// Evaluates a version list literally. A version that cannot be read gives *unknown*, whatever the list says.
pub fn literal(entries: &[Entry<'_>], default: Option<Status>, scheme: Scheme, version: &str) -> Literal {
    let version = ComponentVersion::new(version, scheme);
    if let Some(reason) = version.unusable() {
        return Literal::unknown(Some(reason));
    }
    let rows: Vec<Row<'_>> = entries.iter().map(|entry| Row::read(entry, &version, &NoCommits)).collect();
    first_match(&rows, default, &version, status_by_changes)
}

/// How the status inside a row is found: index of the deciding change, and the status.
pub(crate) type Inside = fn(&Row<'_>, &ComponentVersion<'_>) -> Result<(Status, Option<usize>), Reason>;

/// First match, changes, default.
pub(crate) fn first_match(
    rows: &[Row<'_>],
    default: Option<Status>,
    version: &ComponentVersion<'_>,
    inside: Inside,
) -> Literal {
    let mut pending = Pending::default();
    for (index, row) in rows.iter().enumerate() {
        match row.place(version) {
            Place::Outside(_) | Place::Undecided(Reason::IOtherEdition) => {}
            Place::Undecided(reason) => pending.add(row, reason),
            Place::Inside => {
                return match inside(row, version) {
                    Ok((status, change)) => match pending.contradicting(status) {
                        None => Literal { status, entry: Some(index), change, undecided: None },
                        reason => Literal::unknown(reason),
                    },
                    Err(reason) => Literal::unknown(Some(reason)),
                };
            }
        }
    }
    let status = default.unwrap_or(Status::Unknown);
    if status == Status::Unknown && pending.reason.is_some() {
        return Literal::unknown(pending.reason);
    }
    match pending.contradicting(status) {
        None => Literal { status, entry: None, change: None, undecided: None },
        reason => Literal::unknown(reason),
    }
}

/// Rows passed over because they could not be compared.
#[derive(Default)]
struct Pending {
    statuses: Vec<Status>,
    reason: Option<Reason>,
}

impl Pending {
    fn add(&mut self, row: &Row<'_>, reason: Reason) {
        self.statuses.push(row.status());
        self.statuses.extend(row.entry.changes.iter().map(|change| change.status));
        // "No usable range" is the least that can be said; anything more telling replaces it.
        if matches!(self.reason, None | Some(Reason::VNoUsableRange)) {
            self.reason = Some(reason);
        }
    }

    /// The reason, when some row passed over could have said something else.
    fn contradicting(&self, status: Status) -> Option<Reason> {
        if self.statuses.iter().all(|held| *held == status) { None } else { self.reason }
    }
}

/// The status inside a row by its changes as one line of versions: the last change at or before the version.
/// Changes may stand in any order.
pub(crate) fn status_by_changes(
    row: &Row<'_>,
    version: &ComponentVersion<'_>,
) -> Result<(Status, Option<usize>), Reason> {
    let changes = &row.entry.changes;
    let mut last: Option<usize> = None;
    for (index, change) in changes.iter().enumerate() {
        match version.order(change.at.trim()) {
            Order::Less => continue,
            Order::Greater | Order::Equal => {}
            // A change to the status that already holds changes nothing, readable or not.
            Order::Incomparable(_) if change.status == row.status() => continue,
            Order::Incomparable(why) => return Err(reason_of(why)),
        }
        let held = last.and_then(|held| changes.get(held));
        let is_later = held.is_none_or(|held| {
            match version.order_of(change.at.trim(), held.at.trim()) {
                Order::Greater => true,
                // Two changes at one version: the one that says affected counts.
                Order::Equal => change.status == Status::Affected,
                Order::Less | Order::Incomparable(_) => false,
            }
        });
        if is_later {
            last = Some(index);
        }
    }
    let status = last.and_then(|index| changes.get(index)).map_or(row.status(), |change| change.status);
    Ok((status, last))
}
