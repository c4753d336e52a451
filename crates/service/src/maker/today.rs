//! What needs somebody today.

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::vex::VexStatus;
use store::finding_list::{FindingFilter, Sort};
use store::totals::{ByClass, day_of};
use store::{Moment, Page};

use super::{Counts, FindingRow, Maker};
use crate::house::Fault;

/// The facts of *Today*.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodayFacts {
    /// Releases in sight.
    pub releases: u64,
    /// Pairs that shared a key, over all releases, when they were judged last.
    pub matches: u64,
    /// Open findings.
    pub open: Counts,
    /// Components that could not be evaluated.
    pub not_evaluated: u64,
    /// What comes first: one line for each vulnerability in a component.
    pub urgent: Vec<Urgent>,
    /// Open findings of class immediate or planned on which nobody has decided.
    pub undecided: u64,
    /// What happened since yesterday: kind of event and number.
    pub happened: BTreeMap<String, u64>,
    /// The newest of it.
    pub changes: Vec<Change>,
    /// Why components could not be evaluated, the most frequent first: state and number.
    pub gaps: Vec<(String, u64)>,
    /// Open findings at the end of each day (days since 1970), oldest first.
    pub trend: Vec<(i64, ByClass)>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urgent {
    /// The most urgent of its findings.
    pub finding: FindingRow,
    /// Releases that have it.
    pub releases: u64,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Kind of the event.
    pub kind: String,
    /// Class before and after, where the event is of one.
    pub class: (String, String),
    /// The finding.
    pub finding: FindingRow,
}

/// Days of the trend.
const TREND_DAYS: i64 = 90;

/// Lines of the page.
const SHOWN: usize = 7;

impl Maker {
    /// What needs somebody, and what changed since a moment.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn today(&self, since: Moment, now: Moment) -> Result<TodayFacts, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let mut facts =
            TodayFacts { open: Counts::of(&look.counts_by_product(scope).await?), ..TodayFacts::default() };
        let totals = look.release_totals(scope, None).await?;
        (facts.releases, facts.matches) = (totals.releases, totals.matches);
        for (word, number) in look.coverage_of_all(scope).await? {
            if !super::release::is_evaluated(&word) {
                facts.not_evaluated += number;
                facts.gaps.push((word, number));
            }
        }
        facts.gaps.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        let today = day_of(now);
        facts.trend = look.trend(scope, today - TREND_DAYS + 1, today).await?;
        let open = FindingFilter {
            classes: vec![Some(ResponseClass::Immediate), Some(ResponseClass::Planned)],
            statuses: OPEN.to_vec(),
            ..FindingFilter::default()
        };
        let first = Page { after: None, limit: 200 };
        facts.urgent = urgent(look.findings(scope, &open, Sort::default(), &first).await?.rows);
        let undecided = FindingFilter { tiers: vec![Tier::Match, Tier::Upstream], ..open };
        facts.undecided =
            look.findings(scope, &undecided, Sort::default(), &Page { after: None, limit: 1 }).await?.total;
        for event in look.events(scope, "", since, &Page { after: None, limit: 1000 }).await?.rows {
            *facts.happened.entry(event.kind.clone()).or_default() += 1;
            if facts.changes.len() < SHOWN && event.finding != 0 {
                let finding = look.finding(scope, event.finding).await?;
                let body: serde_json::Value = serde_json::from_str(&event.body).unwrap_or_default();
                let word = |name: &str| body["class"][name].as_str().unwrap_or_default().to_owned();
                let class = (word("from"), word("to"));
                facts.changes.extend(finding.map(|finding| Change { kind: event.kind, class, finding }));
            }
        }
        Ok(facts)
    }
}

/// Statuses that are not settled.
pub(crate) const OPEN: &[VexStatus] =
    &[VexStatus::UnderInvestigation, VexStatus::Affected, VexStatus::Unknown];

/// One line for each vulnerability in a component, in the order of the findings.
fn urgent(findings: Vec<FindingRow>) -> Vec<Urgent> {
    let mut lines: Vec<Urgent> = Vec::new();
    for finding in findings {
        let is_same = |line: &&mut Urgent| {
            line.finding.vulnerability == finding.vulnerability
                && line.finding.component_name == finding.component_name
        };
        match lines.iter_mut().find(is_same) {
            Some(line) => line.releases += 1,
            None => lines.push(Urgent { finding, releases: 1 }),
        }
    }
    lines.truncate(SHOWN);
    lines
}
