//! The queue.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::vex::VexStatus;
use service::maker::{FindingFilter, Maker, Moment};
use service::triage::queue::{QueueRow, queue as waiting};

use super::HouseBackend;
use super::translate::{failure, known, maker};
use crate::backend::{Failure, Identity, Kind};
use crate::pages::queue::{Queue, VIEWS};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

pub(super) async fn queue(of: &HouseBackend, who: &Identity, view: &str, at: &str) -> Result<Queue, Failure> {
    let view = if view.is_empty() { "urgent" } else { view };
    if !VIEWS.iter().any(|(word, _)| *word == view) {
        return Err(Failure::new(Kind::NotFound, "There is no such view of the queue"));
    }
    let now = of.moment();
    let maker = maker(of, who)?;
    let all = waiting(&of.house, known(who)?, &FindingFilter::default(), now).await.map_err(failure)?;
    let proposed = maker.proposed().await.map_err(failure)?;
    let is_in = |row: &QueueRow, view: &str| belongs(row, view, now, &proposed);
    let count = |view: &str| all.rows.iter().filter(|row| is_in(row, view)).count() as u64;
    let rows: Vec<&QueueRow> = all.rows.iter().filter(|row| is_in(row, view)).collect();
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
        waiting: VIEWS.iter().map(|(word, _)| count(word)).collect(),
        total: rows.len() as u64,
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

fn belongs(row: &QueueRow, view: &str, now: Moment, proposed: &[(String, String)]) -> bool {
    let (finding, cell) = (&row.finding, &row.finding.cell);
    let is_immediate = |class: Option<ResponseClass>| class == Some(ResponseClass::Immediate);
    match view {
        "urgent" => is_immediate(cell.class) || is_immediate(cell.ceiling),
        "new" => finding.first_seen.0 >= now.0.saturating_sub(DAY),
        "contested" => cell.is_contested && cell.tier == Tier::Human,
        "proposed" => proposed.iter().any(|(vulnerability, component)| {
            *vulnerability == finding.vulnerability && *component == finding.component_name
        }),
        "unknown" => {
            cell.class.is_none() || matches!(cell.status, VexStatus::UnderInvestigation | VexStatus::Unknown)
        }
        _ => true,
    }
}
