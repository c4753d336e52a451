//! What waits for a person: findings that nobody has decided, that are contested or overtaken, or under investigation;
//! the worst first. One row per vulnerability, component and product line, with its releases (assessment.md 5.1).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use model::access::Act;
use model::assessment::ResponseClass;
use model::effect::Tier;
use model::vex::VexStatus;
use store::finding::Finding;
use store::finding_list::FindingFilter;
use store::{Look, Moment, Scope};

use super::decide::every;
use super::snooze::{Snooze, asleep};
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// Findings looked at at most, of each filter. Beyond it the least urgent ones are missing, and [`Queue::is_cut`] says so.
const MOST: usize = 1_000;

/// A row of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    /// The finding that counts: the worst of its releases, of equal ones the newest.
    pub finding: Finding,
    /// All findings of the row, newest release first: finding, release, version.
    pub releases: Vec<(i64, i64, String)>,
    /// Until when it would have slept, where something worse woke it up.
    pub woken: Option<Snooze>,
}

/// The queue, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Its rows.
    pub rows: Vec<QueueRow>,
    /// Rows that sleep, each with how long and why.
    pub asleep: Vec<(QueueRow, Snooze)>,
    /// There are more findings than were looked at.
    pub is_cut: bool,
}

/// Where somebody stands in the queue: `12 of 41`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1; `None` = it is not in the queue (any more).
    pub at: Option<usize>,
    /// Rows.
    pub of: usize,
    /// The finding to go on with; `None` at the end.
    pub next: Option<i64>,
}

/// The queue of what passes any of some filters (product, release, class and the like); what waits is decided here.
///
/// # Errors
/// `Denied` without any role.
pub async fn queue(
    house: &House,
    identity: &Identity,
    filters: &[FindingFilter],
    now: Moment,
) -> Result<Queue, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut look = house.store.look().await?;
    let (mut findings, mut is_cut) = (Vec::new(), false);
    let mut seen = BTreeSet::new();
    for filter in filters {
        let (found, more) = waiting(&mut look, &scope, filter).await?;
        is_cut |= more;
        findings.extend(found.into_iter().filter(|row| seen.insert(row.id)));
    }
    let sleeping = asleep(&mut look, &scope, now).await?;
    let mut queue = Queue { is_cut, ..Queue::default() };
    for mut row in grouped(findings) {
        let snoozes: Vec<&Snooze> =
            row.releases.iter().filter_map(|(finding, ..)| sleeping.get(finding)).collect();
        let sleeps = snoozes.iter().find(|snooze| snooze.holds(&row.finding, now)).copied().cloned();
        row.woken = snoozes.iter().find(|snooze| snooze.until > now.0).copied().cloned();
        match sleeps {
            Some(snooze) => queue.asleep.push((QueueRow { woken: None, ..row }, snooze)),
            None => queue.rows.push(row),
        }
    }
    Ok(queue)
}

impl Queue {
    /// Where a finding stands, and which comes next. Of one that was just decided, the next is what took its place:
    /// give the position it had.
    pub fn position(&self, finding: i64, had: Option<usize>) -> Position {
        let has = |row: &QueueRow| row.releases.iter().any(|(id, ..)| *id == finding);
        let at = self.rows.iter().position(has);
        let next = match (at, had) {
            (Some(at), _) => self.rows.get(at + 1),
            (None, Some(had)) => self.rows.get(had.saturating_sub(1)).or(self.rows.last()),
            (None, None) => self.rows.first(),
        };
        Position { at: at.map(|at| at + 1), of: self.rows.len(), next: next.map(|row| row.finding.id) }
    }
}

/// Three questions without overlap: nobody's decision; somebody's that is contested or overtaken; somebody's that says
/// that it is not known yet.
async fn waiting(
    look: &mut Look,
    scope: &Scope,
    filter: &FindingFilter,
) -> Result<(Vec<Finding>, bool), Fault> {
    let unknown = vec![VexStatus::UnderInvestigation, VexStatus::Unknown];
    let open = vec![VexStatus::Affected, VexStatus::UnderInvestigation, VexStatus::Unknown];
    let base = FindingFilter { is_active: Some(true), ..filter.clone() };
    let questions = [
        FindingFilter {
            tiers: vec![Tier::Match, Tier::Upstream, Tier::Policy],
            statuses: open,
            ..base.clone()
        },
        FindingFilter { tiers: vec![Tier::Human], is_contested: Some(true), ..base.clone() },
        FindingFilter { tiers: vec![Tier::Human], is_contested: Some(false), statuses: unknown, ..base },
    ];
    let (mut found, mut is_cut) = (Vec::new(), false);
    for question in questions {
        let (rows, total) = every(look, scope, &question, MOST).await?;
        is_cut |= total > rows.len() as u64;
        found.extend(rows);
    }
    Ok((found, is_cut))
}

/// Class and ceiling.
type Urgency = (Option<ResponseClass>, Option<ResponseClass>);

/// Class, then ceiling, the worst first; then what is due first; then the order of the store.
fn order(row: &Finding) -> (Reverse<Urgency>, i64) {
    let due = row.due.map_or(i64::MAX, |due| due.0);
    (Reverse((row.cell.class, row.cell.ceiling)), due)
}

fn grouped(findings: Vec<Finding>) -> Vec<QueueRow> {
    let mut order_of: Vec<(i64, String, String)> = Vec::new();
    let mut groups: BTreeMap<(i64, String, String), Vec<Finding>> = BTreeMap::new();
    for row in findings {
        let key = (row.product, row.component_name.clone(), row.vulnerability.clone());
        let group = groups.entry(key.clone()).or_default();
        if group.is_empty() {
            order_of.push(key);
        }
        group.push(row);
    }
    let mut rows: Vec<QueueRow> = Vec::with_capacity(order_of.len());
    for key in &order_of {
        let Some(mut group) = groups.remove(key) else { continue };
        group.sort_by_key(|row| Reverse(row.release));
        let releases = group.iter().map(|row| (row.id, row.release, row.release_version.clone())).collect();
        // The first of the least: of equal ones the newest release.
        let Some(finding) = group.into_iter().min_by_key(order) else { continue };
        rows.push(QueueRow { finding, releases, woken: None });
    }
    rows.sort_by_key(|row| order(&row.finding));
    rows
}
