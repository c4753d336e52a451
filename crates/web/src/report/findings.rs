//! Open findings as the page shows them: grouped by component, the most urgent first, everything they rest on folded
//! away below each.

use std::collections::{BTreeMap, HashMap};

use model::assessment::{Assessment, Path, WouldChange};
use model::component::{Component, Role};
use model::effect::{Effect, Tier};
use model::finding::{Evidence, Finding, Verdict};
use service::assess::Assessed;

use super::bars::{Classes, face};
use super::evidence::{Line, Voice, line, voice};
use super::{Report, is_build_only};
use crate::{link, words};

/// A finding.
pub struct FindingView<'a> {
    /// Its number in the page, for links.
    pub number: usize,
    /// The vulnerability.
    pub id: &'a str,
    /// Its other ids.
    pub aliases: &'a [String],
    /// Where it is described in public.
    pub href: Option<String>,
    /// The class in effect as a face.
    pub class: &'static str,
    /// The worst class that the unknowns allow, where it is worse.
    pub ceiling: Option<&'static str>,
    /// True when it is not certain to be affected.
    pub is_review: bool,
    /// Known exploited since; empty.
    pub kev: &'a str,
    /// The answer.
    pub sentence: String,
    /// Fixed in; empty.
    pub fixed: &'a str,
    /// Highest stated base score.
    pub base: Option<String>,
    /// EPSS in percent.
    pub epss: Option<String>,
    /// How EPSS has changed, where an earlier score is known.
    pub trend: Option<String>,
    /// True when that is a rise to look at.
    pub is_rising: bool,
    /// References to exploits: words, address, and the address again where a page may link to it.
    pub exploits: Vec<(String, &'a str, Option<&'a str>)>,
    /// Sort keys: EPSS in millionths, score in tenths, first day known.
    pub keys: (u32, u16, &'a str),
    /// The component's name and version, where the finding stands alone.
    pub component: (&'a str, &'a str),
    /// Reason code and meaning.
    pub reason: (&'static str, &'static str),
    /// Verdict and confidence.
    pub verdict: (&'static str, &'static str),
    /// Codes of what was taken into account.
    pub qualifiers: Vec<&'static str>,
    /// The judgement; none where it is said at the head of the group.
    pub judgement: Option<Judgement<'a>>,
    /// The judgement at the head of the group: group, number there, how many share it.
    pub judged_as: Option<(usize, usize, usize)>,
    /// Base score, environmental score, vector.
    pub cvss: Option<(String, String, &'a str)>,
    /// What people, policy or suppliers say of it.
    pub word: Option<&'a Effect>,
    /// What it rests on, without what stands at the head of its group.
    pub evidence: Vec<Line>,
    /// What it rests on and stands at the head of its group: kind and number there.
    pub common: Vec<(&'static str, usize)>,
    /// What each source says.
    pub voices: Vec<Voice<'a>>,
}

/// The judgement in the deployment, without the score.
#[derive(PartialEq)]
pub struct Judgement<'a> {
    /// Four sentences and the assumptions.
    pub rationale: &'a [String],
    /// Input, value, what it rests on, why.
    pub inputs: [(&'static str, &'static str, &'static str, String); 5],
    /// Ways in, the easiest first.
    pub paths: &'a [Path],
    /// What would change the class.
    pub changes: &'a [WouldChange],
    /// Overrides that fired.
    pub overrides: &'a [&'static str],
    /// Worse under misuse: misuse, class.
    pub misuse: Vec<(&'a str, &'static str)>,
    /// The table's row and rule.
    pub row: (u16, &'static str),
    /// Table and outcome with its row.
    pub ssvc: Vec<(String, &'static str, u16)>,
}

/// The findings of one component.
pub struct Group<'a> {
    /// Its number in the page.
    pub number: usize,
    /// The component.
    pub component: &'a Component,
    /// How many of each class.
    pub classes: Classes,
    /// Unfolded at first.
    pub is_open: bool,
    /// Evidence of several findings of the group, said once.
    pub shared: Vec<Line>,
    /// Judgements that findings of the group share, said once, with how many share each.
    pub judgements: Vec<(Judgement<'a>, usize)>,
    /// Findings, the most urgent first.
    pub findings: Vec<FindingView<'a>>,
}

/// Groups of more findings are folded at first.
const UNFOLDED: usize = 8;

/// The open findings of the device (or of the build) by component: the group with the most urgent finding first.
pub fn groups<'a>(report: &Report<'a>, order: &[usize], of_build: bool) -> Vec<Group<'a>> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut turn: Vec<usize> = Vec::new();
    for at in order {
        let Some(finding) = report.judged.scan.findings.get(*at) else { continue };
        let Some(component) = report.component(finding) else { continue };
        if is_build_only(component) != of_build {
            continue;
        }
        let list = members.entry(finding.component).or_default();
        if list.is_empty() {
            turn.push(finding.component);
        }
        list.push(*at);
    }
    let mut groups: Vec<Group<'a>> = Vec::new();
    for at in turn {
        let (Some(component), Some(list)) = (report.inventory.components.get(at), members.get(&at)) else {
            continue;
        };
        groups.push(group(report, component, list, of_build));
    }
    groups
}

fn group<'a>(report: &Report<'a>, component: &'a Component, members: &[usize], of_build: bool) -> Group<'a> {
    let shared = shared(report, members);
    let number = members.first().copied().unwrap_or_default();
    let mut findings: Vec<FindingView<'a>> =
        members.iter().filter_map(|at| finding(report, *at, &shared)).collect();
    let mut classes = Classes::default();
    for at in members {
        classes.add(report.judged.effects.get(*at).and_then(|effect| effect.class));
    }
    let judgements = shared_judgements(&mut findings, number);
    Group {
        number,
        component,
        classes,
        is_open: !of_build && findings.len() <= UNFOLDED && component.role != Role::Kernel,
        shared: shared.into_iter().map(line).collect(),
        judgements,
        findings,
    }
}

/// Findings of a group that share a piece of evidence before it is said at the head of the group.
const SHARED: usize = 4;

/// Evidence of several findings is said once: by which name the component is known, which configuration was read.
fn shared<'a>(report: &Report<'a>, members: &[usize]) -> Vec<&'a Evidence> {
    let judged = report.judged;
    let findings = members.iter().filter_map(|at| judged.scan.findings.get(*at));
    let mut numbers: Vec<(&'a Evidence, usize)> = Vec::new();
    for one in findings.flat_map(|finding| &finding.evidence) {
        if !matches!(one, Evidence::Identity { .. } | Evidence::Input { .. }) {
            continue;
        }
        match numbers.iter_mut().find(|(other, _)| *other == one) {
            Some((_, number)) => *number += 1,
            None => numbers.push((one, 1)),
        }
    }
    numbers.into_iter().filter(|(_, number)| *number >= SHARED).map(|(one, _)| one).collect()
}

/// Takes judgements that several findings share out of them: thousands of a kernel are judged in some dozens of ways.
fn shared_judgements<'a>(findings: &mut [FindingView<'a>], group: usize) -> Vec<(Judgement<'a>, usize)> {
    let mut kinds: Vec<(usize, usize)> = Vec::new();
    let mut kind_of: Vec<Option<usize>> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let is_same = |(first, _): &(usize, usize)| {
            findings.get(*first).is_some_and(|first| first.judgement == finding.judgement)
        };
        let kind = finding.judgement.is_some().then(|| kinds.iter().position(is_same).unwrap_or(kinds.len()));
        match kind.and_then(|kind| kinds.get_mut(kind)) {
            Some((_, number)) => *number += 1,
            None if kind.is_some() => kinds.push((at, 1)),
            None => {}
        }
        kind_of.push(kind);
    }
    let mut said = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; kinds.len()];
    for (finding, kind) in findings.iter_mut().zip(kind_of) {
        let Some((kind, number)) = kind.and_then(|kind| Some((kind, kinds.get(kind)?.1))) else { continue };
        let (Some(place), true) = (places.get_mut(kind), number >= SHARED) else { continue };
        let judgement = finding.judgement.take();
        let at = *place.get_or_insert_with(|| {
            said.extend(judgement.map(|judgement| (judgement, number)));
            said.len()
        });
        finding.judged_as = Some((group, at, number));
    }
    said
}

/// One finding; `shared` is not said again.
pub fn finding<'a>(report: &Report<'a>, at: usize, shared: &[&Evidence]) -> Option<FindingView<'a>> {
    let judged = report.judged;
    let (finding, effect) = (judged.scan.findings.get(at)?, judged.effects.get(at)?);
    let assessed = judged.assessed.get(at).and_then(Option::as_deref);
    let component = report.component(finding)?;
    let facts = &finding.facts;
    let base = facts.severities.iter().filter_map(|severity| severity.base_tenths).max();
    let said: Vec<&Evidence> = finding.evidence.iter().collect();
    Some(FindingView {
        number: at,
        id: &finding.vulnerability,
        aliases: &finding.aliases,
        href: link::of_vulnerability(&finding.vulnerability),
        class: face(effect.class),
        ceiling: effect
            .ceiling
            .filter(|ceiling| Some(*ceiling) > effect.class)
            .map(model::assessment::ResponseClass::word),
        is_review: effect.verdict() == Verdict::NeedsReview,
        kev: facts.kev.as_ref().map_or("", |kev| kev.date_added.as_str()),
        sentence: service::sentence::sentence(finding, assessed, effect),
        fixed: &finding.fixed,
        base: base.map(words::tenths),
        epss: facts.epss.map(|epss| percent(epss.probability)),
        trend: facts.epss.and_then(|epss| words::trend(&epss)),
        is_rising: facts.epss.is_some_and(|epss| epss.is_rising()),
        exploits: (facts.exploits.iter())
            .map(|one| (words::exploit(one), one.url.as_str(), link::web_address(&one.url)))
            .collect(),
        keys: (
            facts.epss.map_or(0, |epss| (epss.probability.clamp(0.0, 1.0) * 1e6) as u32),
            base.unwrap_or_default(),
            first_day(finding),
        ),
        component: (&component.name, &component.version),
        reason: (finding.reason.code(), finding.reason.meaning()),
        verdict: (finding.verdict.word(), finding.confidence.word()),
        qualifiers: finding.qualifiers.iter().map(|one| one.code()).collect(),
        judgement: assessed.map(judgement),
        judged_as: None,
        cvss: assessed
            .and_then(|one| one.assessment.environmental.as_ref())
            .map(|(vector, base, here)| (words::tenths(*base), words::tenths(*here), vector.as_str())),
        word: (effect.tier > Tier::Match || !effect.contested.is_empty()).then_some(effect),
        evidence: finding.evidence.iter().filter(|one| !shared.contains(one)).map(line).collect(),
        common: (finding.evidence.iter())
            .filter_map(|one| {
                shared.iter().position(|other| *other == one).map(|at| (line(one).kind, at + 1))
            })
            .collect(),
        voices: finding
            .opinions
            .iter()
            .map(|opinion| voice(opinion, &finding.vulnerability, &said))
            .collect(),
    })
}

fn judgement(assessed: &Assessed) -> Judgement<'_> {
    let assessment = &assessed.assessment;
    Judgement {
        rationale: &assessment.rationale,
        inputs: inputs(assessment),
        paths: &assessment.paths,
        changes: &assessment.would_change,
        overrides: &assessment.overrides,
        misuse: assessed.under_misuse.iter().map(|(misuse, class)| (misuse.as_str(), class.word())).collect(),
        row: (assessment.row.number, assessment.row.rule),
        ssvc: assessment.ssvc.iter().map(|one| (one.table.replace('_', " "), one.outcome, one.row)).collect(),
    }
}

fn inputs(assessment: &Assessment) -> [(&'static str, &'static str, &'static str, String); 5] {
    let words = |value: &'static str, basis: model::profile::Basis, because: &[String]| {
        (value, basis.word(), because.join("; "))
    };
    let of = |name, (value, basis, because)| (name, value, basis, because);
    let (reach, attacks) = (&assessment.reach, &assessment.exploitation);
    let (holds, control) = (&assessment.preconditions, &assessment.technical_impact);
    let impact = &assessment.product_impact;
    [
        of("reach", words(reach.value.word(), reach.basis, &reach.because)),
        of("exploitation", words(attacks.value.word(), attacks.basis, &attacks.because)),
        of("preconditions", words(holds.value.word(), holds.basis, &holds.because)),
        of("technical impact", words(control.value.word(), control.basis, &control.because)),
        of("product impact", words(impact.value.word(), impact.basis, &impact.because)),
    ]
}

/// A probability for people: `12 %`, `0.3 %`, `<0.1 %`.
fn percent(probability: f32) -> String {
    let percent = probability * 100.0;
    if percent >= 10.0 {
        format!("{percent:.0}\u{202f}%")
    } else if percent >= 0.1 {
        format!("{percent:.1}\u{202f}%")
    } else {
        "<0.1\u{202f}%".to_owned()
    }
}

/// The first day the vulnerability was known; the year of its id where no source gives one.
pub fn first_day(finding: &Finding) -> &str {
    match finding.facts.published.as_str() {
        "" => finding.vulnerability.split('-').nth(1).unwrap_or_default(),
        day => day.get(..10).unwrap_or(day),
    }
}

/// What is not affected, by reason: code, meaning, number, and with `--all` each finding.
pub struct Excluded<'a> {
    /// The reason.
    pub reason: (&'static str, &'static str),
    /// How many.
    pub number: usize,
    /// Component, its version, the vulnerabilities.
    pub list: Vec<(&'a str, &'a str, Vec<&'a str>)>,
}

/// What is not affected, the most frequent reason first.
pub fn excluded<'a>(report: &Report<'a>) -> Vec<Excluded<'a>> {
    let judged = report.judged;
    let mut closed = judged.scan.counts.by_reason.clone();
    let mut lists: HashMap<model::reason::Reason, BTreeMap<usize, Vec<&'a str>>> = HashMap::new();
    for finding in &judged.scan.findings {
        if finding.verdict == Verdict::NotAffected {
            let of_reason = lists.entry(finding.reason).or_default();
            of_reason.entry(finding.component).or_default().push(&finding.vulnerability);
        } else if let Some(number) = closed.get_mut(&finding.reason) {
            *number = number.saturating_sub(1);
        }
    }
    let mut excluded: Vec<Excluded<'a>> = closed
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(reason, number)| {
            let of_reason = lists.remove(&reason).unwrap_or_default();
            let list = of_reason.into_iter().filter_map(|(at, ids)| {
                let component = report.inventory.components.get(at)?;
                Some((component.name.as_str(), component.version.as_str(), ids))
            });
            Excluded { reason: (reason.code(), reason.meaning()), number, list: list.collect() }
        })
        .collect();
    excluded.sort_by(|a, b| b.number.cmp(&a.number).then(a.reason.cmp(&b.reason)));
    excluded
}
