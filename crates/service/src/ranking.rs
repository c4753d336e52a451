//! The order in which open findings are shown: the most urgent first (assessment.md 2.6).

use model::assessment::{Exploitation, ResponseClass};
use model::effect::Effect;
use model::finding::Finding;

use crate::assess::Assessed;
use crate::judge::Judged;

/// What decides the order, the greater the more urgent: class, ceiling, attacks, whether EPSS is rising, EPSS in
/// millionths, score in tenths.
pub type Urgency = (Option<ResponseClass>, Option<ResponseClass>, Option<Exploitation>, bool, u32, u16);

/// EPSS where nobody gives one: a missing probability is no small one.
const MISSING_EPSS: u32 = 50_000;

/// The score where there is none.
const MISSING_SCORE: u16 = 50;

/// How urgent a finding is, as far as the order goes.
pub fn urgency(finding: &Finding, assessed: Option<&Assessed>, effect: &Effect) -> Urgency {
    let assessment = assessed.map(|one| &one.assessment);
    let epss = finding.facts.epss.map(|epss| (epss.probability.clamp(0.0, 1.0) * 1e6) as u32);
    let score = assessment
        .and_then(|assessment| assessment.environmental.as_ref().map(|(_, _, score)| *score))
        .or_else(|| finding.facts.severities.iter().filter_map(|one| one.base_tenths).max());
    (
        effect.class,
        effect.ceiling,
        assessment.map(|assessment| assessment.exploitation.value),
        finding.facts.epss.is_some_and(|epss| epss.is_rising()),
        epss.unwrap_or(MISSING_EPSS),
        score.unwrap_or(MISSING_SCORE),
    )
}

/// The places of the open findings in the scan, the most urgent first; of equal ones the order of the scan stands.
pub(crate) fn open(judged: &Judged) -> Vec<usize> {
    let mut open: Vec<(Urgency, usize)> = judged
        .rows()
        .enumerate()
        .filter(|(_, (_, _, effect))| effect.is_open())
        .map(|(at, (finding, assessed, effect))| (urgency(finding, assessed, effect), at))
        .collect();
    open.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    open.into_iter().map(|(_, at)| at).collect()
}
