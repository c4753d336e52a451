//! What needs somebody today.

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::vex::VexStatus;
use store::finding_list::{FindingFilter, Sort};
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
    /// The finding.
    pub finding: FindingRow,
}

/// Lines of the page.
const SHOWN: usize = 7;

impl Maker {
    /// What needs somebody, and what changed since a moment.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn today(&self, since: Moment) -> Result<TodayFacts, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let mut facts =
            TodayFacts { open: Counts::of(&look.counts_by_product(scope).await?), ..TodayFacts::default() };
        for product in look.products(scope).await? {
            for release in super::releases(&mut look, scope, product.id).await? {
                facts.releases += 1;
                facts.matches += super::release::matches(&release.summary);
                for (word, number) in look.coverage(scope, release.id).await? {
                    facts.not_evaluated += if super::release::is_evaluated(&word) { 0 } else { number };
                }
            }
        }
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
                facts.changes.extend(finding.map(|finding| Change { kind: event.kind, finding }));
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
