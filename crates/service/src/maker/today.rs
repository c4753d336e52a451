//! What needs somebody today.

use model::assessment::ResponseClass;
use model::vex::VexStatus;
use store::finding_list::{FindingFilter, Sort};
use store::totals::{ByClass, day_of};
use store::{Moment, Page};

use super::gaps::{GapNumbers, gaps};
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
    pub urgent: Vec<FindingRow>,
    /// What is missing so that findings could be decided.
    pub gaps: Vec<GapNumbers>,
    /// Open findings at the end of each day (days since 1970), oldest first.
    pub trend: Vec<(i64, ByClass)>,
}

/// Days of the trend.
const TREND_DAYS: i64 = 90;

/// Lines of the page.
const SHOWN: usize = 7;
/// Findings that are asked for at a time, and how often.
const FIRST: u32 = 40;
const PAGES: usize = 5;

impl Maker {
    /// What needs somebody.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn today(&self, now: Moment) -> Result<TodayFacts, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let mut facts =
            TodayFacts { open: Counts::of(&look.counts_by_product(scope).await?), ..TodayFacts::default() };
        let totals = look.release_totals(scope, None).await?;
        (facts.releases, facts.matches) = (totals.releases, totals.matches);
        let coverage = look.coverage_of_all(scope).await?;
        let lacking = coverage.iter().filter(|(word, _)| !super::release::is_evaluated(word));
        facts.not_evaluated = lacking.map(|(_, number)| number).sum();
        facts.gaps = gaps(&look.counts_by_reason(scope).await?, &coverage);
        let today = day_of(now);
        facts.trend = look.trend(scope, today - TREND_DAYS + 1, today).await?;
        let open = FindingFilter {
            classes: vec![Some(ResponseClass::Immediate), Some(ResponseClass::Planned)],
            statuses: OPEN.to_vec(),
            ..FindingFilter::default()
        };
        // The same flaw in many releases stands in many rows: a page more until there are enough lines.
        let mut page = Page { after: None, limit: FIRST };
        for _ in 0..PAGES {
            let listed = look.findings(scope, &open, Sort::default(), &page).await?;
            add_urgent(&mut facts.urgent, listed.rows);
            page = Page { after: listed.next, limit: FIRST };
            if facts.urgent.len() >= SHOWN || page.after.is_none() {
                break;
            }
        }
        facts.urgent.truncate(SHOWN);
        Ok(facts)
    }
}

/// Statuses that are not settled.
pub(crate) const OPEN: &[VexStatus] =
    &[VexStatus::UnderInvestigation, VexStatus::Affected, VexStatus::Unknown];

/// One line for each vulnerability in a component, in the order of the findings.
fn add_urgent(lines: &mut Vec<FindingRow>, findings: Vec<FindingRow>) {
    for finding in findings {
        let is_same = |line: &FindingRow| {
            line.vulnerability == finding.vulnerability && line.component_name == finding.component_name
        };
        if !lines.iter().any(is_same) {
            lines.push(finding);
        }
    }
}
