//! The funnel adds up, whoever speaks: every match is lost at one step, or needs action now.

use model::assessment::ResponseClass;
use model::component::{Component, Scope};
use model::effect::{Effect, Tier};
use model::finding::{Confidence, Finding, Verdict};
use model::reason::Reason;
use model::sbom::Inventory;
use model::vex::VexStatus;
use model::vulnerability::Facts;
use proptest::prelude::*;
use service::funnel::{Funnel, Question};
use service::judge::Judged;
use service::scan::Scan;

/// One candidate: its reason and verdict (none = removed), what holds in the end, and where it is.
type Candidate = (Reason, Option<Verdict>, Option<VexStatus>, Option<ResponseClass>, Scope);

fn judged(candidates: &[Candidate], with_not_affected: bool) -> (Judged, Inventory) {
    let mut scan = Scan::default();
    let mut effects = Vec::new();
    let mut inventory = Inventory::default();
    for (number, (reason, verdict, word, class, scope)) in candidates.iter().enumerate() {
        scan.counts.candidates += 1;
        *scan.counts.by_reason.entry(*reason).or_default() += 1;
        inventory.components.push(Component { scope: *scope, ..Component::default() });
        let Some(verdict) = verdict.filter(|one| with_not_affected || *one != Verdict::NotAffected) else {
            continue;
        };
        scan.findings.push(Finding {
            vulnerability: format!("CVE-2026-{number:04}"),
            aliases: Vec::new(),
            component: number,
            verdict,
            reason: *reason,
            qualifiers: Vec::new(),
            confidence: Confidence::High,
            evidence: Vec::new(),
            opinions: Vec::new(),
            fixed: String::new(),
            files: Vec::new(),
            facts: Facts::default().into(),
        });
        let computed = match verdict {
            Verdict::Affected => VexStatus::Affected,
            Verdict::NeedsReview => VexStatus::UnderInvestigation,
            Verdict::NotAffected => VexStatus::NotAffected,
        };
        effects.push(Effect {
            tier: if word.is_some() { Tier::Human } else { Tier::Match },
            status: word.unwrap_or(computed),
            justification: None,
            class: *class,
            ceiling: *class,
            source: String::new(),
            says: String::new(),
            contested: Vec::new(),
        });
    }
    let assessed = vec![None; scan.findings.len()];
    let profile = service::profile::infer(&inventory);
    (Judged::unspoken(scan, profile, assessed, effects), inventory)
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let reasons: Vec<Reason> = Reason::ALL.iter().map(|row| row.0).collect();
    let verdict = prop::sample::select(vec![
        None,
        Some(Verdict::Affected),
        Some(Verdict::NeedsReview),
        Some(Verdict::NotAffected),
    ]);
    let word = prop::option::weighted(0.3, prop::sample::select(VexStatus::ALL.to_vec()));
    let class = prop::option::weighted(0.9, prop::sample::select(ResponseClass::ALL.to_vec()));
    let scope = prop::sample::select(vec![Scope::Target, Scope::BuildOnly, Scope::Test]);
    (prop::sample::select(reasons), verdict, word, class, scope)
}

proptest! {
    #[test]
    fn every_match_is_lost_once_or_left(
        candidates in prop::collection::vec(candidate(), 0..60),
        with_not_affected: bool,
    ) {
        let (judged, inventory) = judged(&candidates, with_not_affected);
        let funnel = Funnel::of(&judged, &inventory);
        let lost: usize = funnel.steps.iter().map(|step| step.lost).sum();
        prop_assert_eq!(funnel.all + funnel.raised, lost + funnel.last());
        prop_assert_eq!(funnel.all, candidates.len());
        let immediate = judged.rows().filter(|(finding, _, effect)| {
            effect.is_open()
                && effect.class == Some(ResponseClass::Immediate)
                && inventory.components[finding.component].scope == Scope::Target
        });
        prop_assert_eq!(funnel.last(), immediate.count());
        for step in &funnel.steps {
            prop_assert_eq!(step.lost, step.causes.iter().map(|cause| cause.number).sum::<usize>());
        }
        let asked: Vec<Question> = funnel.steps.iter().map(|step| step.question).collect();
        prop_assert_eq!(asked.as_slice(), Question::ALL);
    }
}
