//! *Today*.

use jiff::Timestamp;

use super::findings::{filter, says};
use super::translate::{DAY, at, class, counts, failure, maker};
use super::{HouseBackend, knowledge, words};
use crate::backend::{Failure, Identity};
use crate::pages::at::At;
use crate::pages::chart::Day;
use crate::pages::class::{Class, Counts};
use crate::pages::list::Query;
use crate::pages::today::{Changed, Changes, Gap, Today, Urgent};
use service::maker::{ByClass, FindingQuestion, FindingRow, GapNumbers, Maker, Moment, Page, Sort};

pub(super) async fn today(of: &HouseBackend, who: &Identity) -> Result<Today, Failure> {
    let maker = maker(of, who)?;
    let now = of.moment();
    let facts = maker.today(now).await.map_err(failure)?;
    let count = async |pairs: &[(&'static str, &str)]| counted(&maker, pairs, now).await;
    let mut urgent = Vec::with_capacity(facts.urgent.len());
    for finding in &facts.urgent {
        let (vulnerability, component) = (finding.vulnerability.as_str(), finding.component_name.as_str());
        let same = [("state", "open"), ("vulnerability", vulnerability), ("component", component)];
        urgent.push(Urgent {
            finding: finding.id.to_string(),
            class: class(finding.cell.class),
            vulnerability: vulnerability.to_owned(),
            component: words::component(component, &finding.component_version),
            component_name: component.to_owned(),
            releases: count(&same).await?,
            because: says(&maker, finding),
            due: finding.due.map(at),
        });
    }
    let changes = Changes {
        new: count(&[("change", "new")]).await?,
        worse: count(&[("change", "worse")]).await?,
        better: count(&[("change", "better")]).await?,
        gone: count(&[("change", "gone")]).await?,
    };
    Ok(Today {
        releases: facts.releases,
        matches: facts.matches,
        open: counts(&facts.open),
        not_evaluated: facts.not_evaluated,
        urgent,
        undecided: count(&[("state", "open"), ("decision", "none")]).await?,
        since: at(Moment(now.0.saturating_sub(DAY))),
        changes,
        changed: changed(&maker, now).await?,
        feeds: knowledge::feeds(of, &maker).await?,
        gaps: facts.gaps.iter().map(gap).collect(),
        trend: facts.trend.iter().map(|(day, open)| on_day(*day, open)).collect(),
    })
}

/// An address of the list, as the page links to it: the very filter that the list uses counts the number.
fn asked(pairs: &[(&'static str, &str)]) -> Query {
    let mut query = Query::default();
    for (key, value) in pairs {
        query.chosen.entry(key).or_default().push((*value).to_owned());
    }
    query
}

async fn counted(maker: &Maker, pairs: &[(&'static str, &str)], now: Moment) -> Result<u64, Failure> {
    let question = FindingQuestion {
        filter: filter(&asked(pairs), now, &|id| maker.display_id(id)),
        page: Page { limit: 1, ..Page::default() },
        ..FindingQuestion::default()
    };
    Ok(maker.findings(&question).await.map_err(failure)?.total)
}

/// Changes of the page.
const SHOWN: u32 = 7;

/// The changes that matter most.
async fn changed(maker: &Maker, now: Moment) -> Result<Vec<Changed>, Failure> {
    let pairs = Changes::default().parts().map(|(word, ..)| ("change", word));
    let question = FindingQuestion {
        filter: filter(&asked(&pairs), now, &|id| maker.display_id(id)),
        sort: Sort::default(),
        page: Page { limit: SHOWN, ..Page::default() },
    };
    let rows = maker.findings(&question).await.map_err(failure)?.rows;
    let changed = |finding: &FindingRow| Changed {
        kind: finding.turned.map_or("new", |(turn, _)| turn.word()).to_owned(),
        finding: finding.id.to_string(),
        class: class(finding.cell.class),
        vulnerability: finding.vulnerability.clone(),
        component: words::component(&finding.component_name, &finding.component_version),
        because: says(maker, finding),
    };
    Ok(rows.iter().map(changed).collect())
}

fn gap(numbers: &GapNumbers) -> Gap {
    let (says, remedy) = words::gap(numbers.word);
    Gap {
        says: crate::words::capital(says),
        remedy: remedy.to_owned(),
        reason: numbers.word.to_owned(),
        components: numbers.components,
        decides: numbers.decides,
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
