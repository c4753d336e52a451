//! *Today*.

use jiff::Timestamp;

use super::translate::{at, class, counts, failure, maker};
use super::{HouseBackend, knowledge, words};
use crate::backend::{Failure, Identity};
use crate::pages::at::At;
use crate::pages::chart::Day;
use crate::pages::class::{Class, Counts};
use crate::pages::today::{Changed, Changes, Gap, Today, Urgent};
use service::maker::{ByClass, Change, Maker, Moment};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

pub(super) async fn today(of: &HouseBackend, who: &Identity) -> Result<Today, Failure> {
    let maker = maker(of, who)?;
    let now = of.moment();
    let since = Moment(now.0.saturating_sub(DAY));
    let facts = maker.today(since, now).await.map_err(failure)?;
    let urgent = facts.urgent.iter().map(|one| Urgent {
        finding: one.finding.id.to_string(),
        class: class(one.finding.cell.class),
        vulnerability: one.finding.vulnerability.clone(),
        component: words::component(&one.finding.component_name, &one.finding.component_version),
        component_name: one.finding.component_name.clone(),
        releases: one.releases,
        because: maker.says(&one.finding),
        due: one.finding.due.map(at),
    });
    let number = |kind: &str| facts.happened.get(kind).copied().unwrap_or_default();
    Ok(Today {
        releases: facts.releases,
        matches: facts.matches,
        open: counts(&facts.open),
        not_evaluated: facts.not_evaluated,
        urgent: urgent.collect(),
        undecided: facts.undecided,
        since: at(since),
        changes: Changes {
            new: number("new"),
            worse: number("worse"),
            better: number("better"),
            gone: number("gone"),
        },
        changed: facts.changes.iter().map(|change| changed(&maker, change)).collect(),
        feeds: knowledge::feeds(of, &maker).await?,
        gaps: facts.gaps.iter().map(|(state, number)| gap(state, *number)).collect(),
        trend: facts.trend.iter().map(|(day, open)| on_day(*day, open)).collect(),
    })
}

fn changed(maker: &Maker, change: &Change) -> Changed {
    let finding = &change.finding;
    let because = match (change.class.0.as_str(), change.class.1.as_str()) {
        (from, to) if from != to && !from.is_empty() && !to.is_empty() => format!("Was {from}, is {to}."),
        _ => maker.says(finding),
    };
    Changed {
        kind: change.kind.clone(),
        finding: finding.id.to_string(),
        class: class(finding.cell.class),
        vulnerability: finding.vulnerability.clone(),
        component: words::component(&finding.component_name, &finding.component_version),
        because,
    }
}

fn gap(state: &str, number: u64) -> Gap {
    let (says, remedy) = words::coverage(state);
    Gap {
        says: says.to_owned(),
        remedy: remedy.to_owned(),
        reason: words::reason(state).to_owned(),
        components: number,
        decides: 0,
    }
}

fn on_day(day: i64, open: &ByClass) -> Day {
    let mut counts = Counts::default();
    for (of, number) in open {
        let place = match class(*of) {
            Class::Immediate => &mut counts.immediate,
            Class::Planned => &mut counts.planned,
            Class::Routine => &mut counts.routine,
            Class::None => &mut counts.none,
            Class::Unknown => &mut counts.unknown,
        };
        *place = place.saturating_add(*number);
    }
    Day { at: At(Timestamp::from_millisecond(day.saturating_mul(DAY)).unwrap_or_default()), open: counts }
}
