//! What holds on each finding: statements laid upon the verdicts, decisions upon both (assessment.md 4.5). Nothing is
//! taken away from below: what contradicts is named, and urgency follows the worse.

use model::assessment::{Assessment, ResponseClass};
use model::decision::{Attacks, Decision};
use model::effect::{Effect, Tier};
use model::finding::{Finding, Verdict};
use model::vex::{Instant, VexStatement, VexStatus};

use super::carry::{DecisionResult, Standing};
use super::overtaken::Shift;
use super::{Application, Effective, Import, publish};

/// Class and ceiling of a finding were it affected; `None` for what is not on the device.
pub type Classes<'a> = &'a dyn Fn(usize) -> Option<(ResponseClass, ResponseClass)>;

/// What holds while nobody says anything: the verdict and the computed class.
pub fn computed(finding: &Finding, assessment: Option<&Assessment>) -> Effect {
    let (mut status, justification) = publish::position(finding);
    if status.verdict() != finding.verdict {
        // What is not repeated in our name for want of a justification still excludes here.
        status = VexStatus::NotAffected;
    }
    Effect {
        tier: Tier::Match,
        status,
        justification,
        class: assessment.map(|assessment| assessment.class),
        ceiling: assessment.map(|assessment| assessment.ceiling),
        source: "matching".to_owned(),
        says: String::new(),
        contested: Vec::new(),
    }
}

/// Lays the statements upon what was computed.
pub fn add_statements(
    effects: &mut [Effect],
    application: &Application,
    imports: &[Import<'_>],
    classes: Classes<'_>,
) {
    for (at, effect) in effects.iter_mut().enumerate() {
        let names = |places: &[(usize, usize)]| -> Vec<String> {
            places.iter().filter_map(|place| name(imports, *place)).collect()
        };
        if let Some(contradicting) = application.contradicting.get(at).filter(|list| !list.is_empty()) {
            let told = names(contradicting).join("; ");
            effect.contested.push(format!("statements contradict each other, none is applied: {told}"));
            reopen(effect, at, classes);
        }
        let Some(effective) = application.effective.get(at).and_then(Option::as_ref) else { continue };
        let Some(statement) = statement(imports, (effective.document, effective.statement)) else { continue };
        let is_doubt = matches!(statement.status, VexStatus::UnderInvestigation | VexStatus::Unknown);
        if is_doubt && effective.tier == Tier::Upstream {
            // Somebody else who does not know yet takes nothing away, and adds nothing.
            continue;
        }
        lay(effect, effective, statement);
        effect.source = name(imports, (effective.document, effective.statement)).unwrap_or_default();
        classify(effect, at, classes);
        let others = names(&newer(effective, imports));
        if !others.is_empty() {
            effect.contested.push(format!("a newer statement says otherwise: {}", others.join("; ")));
            worsen(effect, at, classes);
        }
    }
}

fn lay(effect: &mut Effect, effective: &Effective, statement: &VexStatement) {
    effect.tier = effective.tier;
    effect.status = statement.status;
    effect.justification = statement.justification;
    let texts = [&statement.impact, &statement.action, &statement.detail];
    effect.says = texts.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
}

fn statement<'a>(imports: &[Import<'a>], place: (usize, usize)) -> Option<&'a VexStatement> {
    imports.get(place.0).and_then(|import| import.document.statements.get(place.1))
}

/// `affected by Acme (acme.openvex.json /statements/3)`.
fn name(imports: &[Import<'_>], place: (usize, usize)) -> Option<String> {
    let document = imports.get(place.0)?.document;
    let statement = statement(imports, place)?;
    let by = if document.author.is_empty() { "an unnamed author" } else { document.author.as_str() };
    Some(format!("statement {} by {by} ({} {})", statement.status.word(), document.file, statement.position))
}

/// Statements of a lower tier that say worse, and were made later than what holds.
fn newer(effective: &Effective, imports: &[Import<'_>]) -> Vec<(usize, usize)> {
    let time = |place| statement(imports, place).and_then(|statement| Instant::parse(&statement.timestamp));
    let since = time((effective.document, effective.statement));
    let is_worse = |place: &(usize, usize)| {
        statement(imports, *place).is_some_and(|other| other.status.verdict() < effective.verdict)
            && imports.get(place.0).is_some_and(|import| import.tier < effective.tier)
            && time(*place) > since
    };
    effective.disagreeing.iter().copied().filter(is_worse).collect()
}

/// The class that follows from the status.
fn classify(effect: &mut Effect, at: usize, classes: Classes<'_>) {
    if !effect.is_open() {
        (effect.class, effect.ceiling) = (None, None);
    } else if effect.class.is_none() {
        let both = classes(at);
        (effect.class, effect.ceiling) = (both.map(|both| both.0), both.map(|both| both.1));
    }
}

/// Urgency follows the worse: at least what was computed, were the finding open.
fn worsen(effect: &mut Effect, at: usize, classes: Classes<'_>) {
    if let Some((class, ceiling)) = classes(at) {
        effect.class = effect.class.max(Some(class));
        effect.ceiling = effect.ceiling.max(Some(ceiling));
    }
}

/// Somebody must look: never settled by the machine alone.
fn reopen(effect: &mut Effect, at: usize, classes: Classes<'_>) {
    if !effect.is_open() {
        effect.status = VexStatus::UnderInvestigation;
        effect.justification = None;
    }
    worsen(effect, at, classes);
}

/// Lays the decisions upon what holds so far.
pub fn add_decisions(
    effects: &mut [Effect],
    decisions: &[Decision],
    results: &[DecisionResult],
    findings: &[Finding],
    newer: &dyn Fn(usize, &Decision) -> Vec<String>,
    classes: Classes<'_>,
) {
    let mut on: Vec<Vec<(&Decision, &Standing)>> = effects.iter().map(|_| Vec::new()).collect();
    for (decision, result) in decisions.iter().zip(results) {
        for one in &result.uses {
            if let Some(list) = on.get_mut(one.finding) {
                list.push((decision, &one.standing));
            }
        }
    }
    for (at, (effect, on)) in effects.iter_mut().zip(&mut on).enumerate() {
        let Some(finding) = findings.get(at) else { continue };
        // By content, not by the order in which they stand.
        on.sort_by_key(|(decision, _)| (Instant::parse(&decision.created), &decision.id));
        let below = effect.clone();
        let decides = |standing: &Standing, decision: &Decision| standing.is_in_force() && decision.decides();
        for (decision, _) in on.iter().filter(|(decision, standing)| decides(standing, decision)) {
            if effect.tier == Tier::Human && below.tier == Tier::Human && contradicts(decision, &below) {
                effect.contested.push(format!("{}: neither holds, somebody has to decide", told(decision)));
                undo(effect, finding, at, classes);
                continue;
            }
            decide(effect, decision, at, classes);
        }
        for (decision, _) in on.iter().filter(|(_, standing)| standing.is_in_force()) {
            contest(effect, decision, &below, finding, newer(at, decision), at, classes);
        }
        for (decision, _) in on.iter().filter(|(_, standing)| standing.is_in_force()) {
            attacked(effect, decision, at, classes);
        }
        for (decision, standing) in on.iter() {
            shifted(effect, decision, standing, at, classes);
        }
    }
}

/// An own statement that a decision contradicts.
fn contradicts(decision: &Decision, below: &Effect) -> bool {
    decision.verdict().is_some_and(|verdict| verdict != below.verdict())
}

/// Back to the verdict, open.
fn undo(effect: &mut Effect, finding: &Finding, at: usize, classes: Classes<'_>) {
    let (status, justification) = publish::position(finding);
    (effect.tier, effect.status, effect.justification) = (Tier::Match, status, justification);
    "matching".clone_into(&mut effect.source);
    reopen(effect, at, classes);
}

fn told(decision: &Decision) -> String {
    format!("decision {} by {} says {}", decision.id, decision.author, decision.says())
}

fn decide(effect: &mut Effect, decision: &Decision, at: usize, classes: Classes<'_>) {
    effect.tier = Tier::Human;
    effect.source = format!("decision {} by {}", decision.id, decision.author);
    effect.says.clone_from(&decision.reason);
    if let Some(status) = decision.status.or(decision.accepts_risk.then_some(VexStatus::Affected)) {
        effect.status = status;
        effect.justification = decision.justification;
        classify(effect, at, classes);
    }
    if let Some(class) = decision.class.or(decision.accepts_risk.then_some(ResponseClass::None))
        && effect.is_open()
    {
        effect.class = Some(class);
        effect.ceiling = effect.ceiling.max(Some(class));
    }
}

/// What is worse and newer than the decision contests it: it stays in force, urgency follows the worse.
fn contest(
    effect: &mut Effect,
    decision: &Decision,
    below: &Effect,
    finding: &Finding,
    newer: Vec<String>,
    at: usize,
    classes: Classes<'_>,
) {
    let decided = decision.verdict();
    let is_worse = |verdict: Verdict| decided.is_some_and(|decided| verdict < decided);
    let has_turned = decision.seen.verdict.is_some_and(|seen| finding.verdict < seen);
    if is_worse(finding.verdict) && has_turned {
        let (seen, now) = (decision.seen.verdict.map_or("", Verdict::word), finding.verdict.word());
        effect
            .contested
            .push(format!("decision {}: matching said {seen} when it was made, and says {now}", decision.id));
        worsen(effect, at, classes);
    }
    // A policy or a statement below may only speak against a decision with something newer.
    if below.tier != Tier::Match
        && below.tier != Tier::Human
        && is_worse(below.verdict())
        && !newer.is_empty()
    {
        worsen(effect, at, classes);
    }
    if decided.is_some_and(|decided| decided == Verdict::NotAffected) {
        for one in newer {
            effect.contested.push(format!("decision {}: {one} was made after it", decision.id));
            worsen(effect, at, classes);
        }
    }
}

/// Attacks on the product and a finding that is closed contradict each other, whoever closed it.
fn attacked(effect: &mut Effect, decision: &Decision, at: usize, classes: Classes<'_>) {
    if decision.attacks != Some(Attacks::InProduct) || effect.is_open() {
        return;
    }
    effect.contested.push(format!("{}, and {} by {}", told(decision), effect.status.word(), effect.source));
    reopen(effect, at, classes);
}

/// A decision whose ground has shifted no longer settles anything; where it said worse, the finding stays open.
fn shifted(effect: &mut Effect, decision: &Decision, standing: &Standing, at: usize, classes: Classes<'_>) {
    let why = match standing {
        Standing::Active | Standing::Carried => return,
        Standing::Overtaken(shifts) => {
            // What was meant to end takes nothing with it.
            if shifts.iter().any(|shift| matches!(shift, Shift::Expired(_))) {
                return;
            }
            format!("{}, and is overtaken", told(decision))
        }
        Standing::Disagrees(_) => {
            format!("{}, and another decision disagrees: neither holds", told(decision))
        }
    };
    let is_worse = decision.verdict().is_some_and(|verdict| verdict < effect.verdict())
        || decision.class.is_some_and(|class| Some(class) > effect.class);
    let disagrees = matches!(standing, Standing::Disagrees(_));
    if is_worse || disagrees {
        effect.contested.push(why);
        reopen(effect, at, classes);
        effect.class = effect.class.max(decision.class);
        effect.ceiling = effect.ceiling.max(effect.class);
    }
}
