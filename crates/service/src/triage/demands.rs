//! Which acts a decision is, whether it needs a second person, and hence what becomes of it in somebody's hands
//! (assessment.md 4.3, 4.6).

use analysis::statements::decision_check::{self, Broken};
use model::access::{Act, May};
use model::assessment::ResponseClass;
use model::decision::{Decision, DecisionState, EvidenceKind};
use model::vex::VexStatus;

use super::word::TOOL;
use crate::access::identity::{Identity, denied};
use crate::house::Fault;

/// The acts that a decision is; each of them must be allowed.
pub fn acts(decision: &Decision) -> Vec<Act> {
    let mut acts = Vec::new();
    acts.extend(decision.status.map(|status| of_status(decision, status)));
    acts.extend(decision.class.map(|class| of_class(decision.seen.class, class)));
    if decision.accepts_risk {
        acts.push(Act::AcceptRisk);
    }
    if decision.attacks.is_some() {
        acts.push(Act::Raise);
    }
    acts.sort_unstable();
    acts.dedup();
    acts
}

fn of_status(decision: &Decision, status: VexStatus) -> Act {
    let is_identified = decision
        .evidence
        .iter()
        .any(|item| matches!(item.kind, EvidenceKind::Identity | EvidenceKind::PlatformMismatch));
    match status {
        VexStatus::UnderInvestigation | VexStatus::Unknown => Act::Investigate,
        VexStatus::Affected => Act::Raise,
        VexStatus::Fixed | VexStatus::FixedBackport => Act::CloseByEvidence,
        VexStatus::FalsePositive if is_identified => Act::CloseByEvidence,
        VexStatus::FalsePositive => Act::CloseByJudgement,
        VexStatus::NotAffected => {
            let is_by_machine = decision.evidence.iter().any(|item| item.tool == TOOL);
            match decision.justification.map(|known| known.number()) {
                Some(1 | 2) if is_by_machine => Act::CloseByEvidence,
                _ => Act::CloseByJudgement,
            }
        }
    }
}

fn of_class(seen: Option<ResponseClass>, class: ResponseClass) -> Act {
    let Some(seen) = seen else { return Act::LowerFar };
    match (seen as u8).checked_sub(class as u8) {
        None | Some(0) => Act::Raise,
        Some(1) if seen != ResponseClass::Immediate => Act::LowerOneStep,
        Some(_) => Act::LowerFar,
    }
}

/// True where it takes from *immediate*: never alone, whatever the settings say.
pub fn lowers_from_immediate(decision: &Decision) -> bool {
    let lowers = decision.class.is_some_and(|class| class < ResponseClass::Immediate);
    decision.seen.class == Some(ResponseClass::Immediate) && (lowers || decision.accepts_risk)
}

/// True where the rules of decisions demand another person than the author.
pub fn needs_second(decision: &Decision) -> bool {
    let alone = Decision { state: DecisionState::Active, reviewer: String::new(), ..decision.clone() };
    decision_check::check(&[alone]).iter().any(is_about_second) || acts(decision).contains(&Act::LowerFar)
}

fn is_about_second(broken: &Broken) -> bool {
    broken.key == "reviewer"
}

/// Checks the rules of decisions; `others` are those that it names.
///
/// # Errors
/// `Refused` with every broken rule.
pub(crate) fn check(decision: &Decision, others: &[Decision], is_alone_allowed: bool) -> Result<(), Fault> {
    let mut all = others.to_vec();
    all.push(decision.clone());
    let ours = all.len() - 1;
    let told: Vec<String> = (decision_check::check(&all).into_iter())
        .filter(|broken| broken.decision == ours && !(is_alone_allowed && is_about_second(broken)))
        .map(|broken| match broken.key.is_empty() {
            true => format!("{} [{}]", broken.text, broken.rule),
            false => format!("{}: {} [{}]", broken.key, broken.text, broken.rule),
        })
        .collect();
    if told.is_empty() { Ok(()) } else { Err(Fault::Refused(told.join("; "))) }
}

/// How far somebody goes with a decision: the least of its acts. A lone `Do` puts it into force.
///
/// # Errors
/// `Denied` when one of its acts is not allowed at all.
pub(crate) fn may(identity: &Identity, product: i64, decision: &Decision) -> Result<May, Fault> {
    let mut least = May::Do;
    for act in acts(decision) {
        least = least.min(identity.must(act, product)?);
    }
    Ok(least)
}

/// Refuses whoever cannot be the second person of a decision.
///
/// # Errors
/// `Denied`.
pub(crate) fn must_be_second(identity: &Identity, product: i64, decision: &Decision) -> Result<(), Fault> {
    match acts(decision).into_iter().find(|act| identity.may(*act, product) < May::Second) {
        Some(act) => Err(match identity.may(act, product) {
            May::No => denied(act),
            _ => {
                Fault::Denied(format!("your roles propose {}; somebody else puts it into force", act.word()))
            }
        }),
        None => Ok(()),
    }
}
