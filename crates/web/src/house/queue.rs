//! The queue.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use service::maker::{FindingFilter, FindingQuestion, Maker, Moment, Page, Standing};
use service::triage::queue::QueueRow;

use super::HouseBackend;
use super::translate::{DAY, failure, known, maker};
use crate::backend::{Failure, Identity, Kind};
use crate::pages::queue::{Queue, VIEWS};

pub(super) async fn queue(of: &HouseBackend, who: &Identity, view: &str, at: &str) -> Result<Queue, Failure> {
    let view = if view.is_empty() { "urgent" } else { view };
    if !VIEWS.iter().any(|(word, _)| *word == view) {
        return Err(Failure::new(Kind::NotFound, "There is no such view of the queue"));
    }
    let now = of.moment();
    let maker = maker(of, who)?;
    let proposed = maker.proposed().await.map_err(failure)?;
    let filters = |view: &str| filters(view, now, &proposed);
    let found =
        service::triage::queue::queue(&of.house, known(who)?, &filters(view), now).await.map_err(failure)?;
    let rows: Vec<&QueueRow> = found.rows.iter().filter(|row| belongs(row, view)).collect();
    let mut waiting = Vec::with_capacity(VIEWS.len());
    for (word, _) in VIEWS {
        waiting.push(number(&maker, &filters(word)).await?);
    }
    let place = match at {
        "" => 0,
        at => rows.iter().position(|row| has(row, at)).unwrap_or(0),
    };
    let item = match rows.get(place) {
        Some(row) => Some(super::finding::finding(of, who, &row.finding.id.to_string()).await?),
        None => None,
    };
    let neighbour = |at: Option<usize>| {
        let row = at.and_then(|at| rows.get(at));
        row.map_or_else(String::new, |row| row.finding.id.to_string())
    };
    Ok(Queue {
        view: view.to_owned(),
        waiting,
        total: rows.len() as u64,
        is_cut: found.is_cut,
        place: if item.is_some() { place as u64 + 1 } else { 0 },
        next: neighbour(Some(place + 1)),
        previous: neighbour(place.checked_sub(1)),
        item,
        releases: releases(&maker).await?,
    })
}

async fn releases(maker: &Maker) -> Result<u64, Failure> {
    Ok(maker.totals().await.map_err(failure)?.releases)
}

/// True for the row of a finding: one row stands for all releases that have it.
fn has(row: &QueueRow, finding: &str) -> bool {
    row.releases.iter().any(|(id, ..)| id.to_string() == finding)
}

/// What a view holds, of all that waits: any of these.
fn filters(view: &str, now: Moment, proposed: &[(String, String)]) -> Vec<FindingFilter> {
    let all = FindingFilter::default();
    let immediate = vec![Some(ResponseClass::Immediate)];
    let not_immediate = ResponseClass::ALL.iter().copied().filter(|class| *class != ResponseClass::Immediate);
    let others = not_immediate.map(Some).chain([None]).collect();
    match view {
        "urgent" => vec![
            FindingFilter { classes: immediate.clone(), ..all.clone() },
            FindingFilter { classes: others, ceilings: immediate, ..all },
        ],
        "new" => vec![FindingFilter { seen_since: Some(Moment(now.0.saturating_sub(DAY))), ..all }],
        "contested" => {
            vec![FindingFilter { tiers: vec![Tier::Human], is_contested: Some(true), ..all }]
        }
        "proposed" if proposed.is_empty() => Vec::new(),
        "proposed" => vec![FindingFilter {
            vulnerabilities: proposed.iter().map(|(vulnerability, _)| vulnerability.clone()).collect(),
            component_names: proposed.iter().map(|(_, component)| component.clone()).collect(),
            ..all
        }],
        "unknown" => vec![FindingFilter { verdicts: vec![Verdict::NeedsReview], ..all }],
        _ => vec![all],
    }
}

/// What the filters of the questions behind the queue leave to be looked at.
fn belongs(row: &QueueRow, view: &str) -> bool {
    let cell = &row.finding.cell;
    match view {
        "contested" => cell.is_contested && cell.tier == Tier::Human,
        "unknown" => cell.verdict == Verdict::NeedsReview,
        _ => true,
    }
}

/// How many findings pass; no finding passes two of the filters of a view.
async fn number(maker: &Maker, filters: &[FindingFilter]) -> Result<u64, Failure> {
    let mut sum: u64 = 0;
    for filter in filters {
        // What somebody has decided waits only where it is contested.
        let filter = match filter.is_contested {
            None => {
                FindingFilter { is_open: Some(true), standings: vec![Standing::Undecided], ..filter.clone() }
            }
            Some(_) => filter.clone(),
        };
        let question = FindingQuestion {
            filter,
            page: Page { limit: 1, ..Page::default() },
            ..FindingQuestion::default()
        };
        sum = sum.saturating_add(maker.findings(&question).await.map_err(failure)?.total);
    }
    Ok(sum)
}
