//! What decisions tell the assessment beside what they decide: what people know of attacks, and what tests show about
//! hardening (assessment.md 2.3 M8, 2.5).

use std::collections::BTreeMap;

use analysis::risk::facts::{FactSheet, Losses};
use analysis::statements::carry::DecisionResult;
use model::decision::{Attacks, Decision, EvidenceKind};
use model::finding::{Finding, Verdict};

/// What is told about one finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// What a person knows of attacks, and in words who and when.
    pub attacks: Option<(Attacks, String)>,
    /// Services with the losses that a test shows to stay low.
    pub hardened: Vec<(String, Losses)>,
}

impl Told {
    /// Puts it into the facts.
    pub(crate) fn fill(&self, sheet: &mut FactSheet) {
        if let Some((attacks, words)) = &self.attacks {
            sheet.exploited_in_product = *attacks == Attacks::InProduct;
            sheet.reported = Some((attacks.level(), words.clone()));
        }
        sheet.hardened.clone_from(&self.hardened);
    }
}

/// What the decisions in force tell, by the place of the finding. Of what matching settled only attacks on the product
/// are told: they contradict it.
pub(crate) fn told(
    decisions: &[Decision],
    carried: &[DecisionResult],
    findings: &[Finding],
) -> BTreeMap<usize, Told> {
    let mut all: BTreeMap<usize, Told> = BTreeMap::new();
    for (decision, result) in decisions.iter().zip(carried) {
        let hardened = hardened(decision);
        if decision.attacks.is_none() && hardened.is_empty() {
            continue;
        }
        for one in result.uses.iter().filter(|one| one.standing.is_in_force()) {
            let is_settled = findings.get(one.finding).is_none_or(|one| one.verdict == Verdict::NotAffected);
            if is_settled && decision.attacks != Some(Attacks::InProduct) {
                continue;
            }
            let told = all.entry(one.finding).or_default();
            let attacks = decision.attacks.map(|attacks| (attacks, words(decision, attacks)));
            // The worst word counts; of equal ones the first in the order of their text.
            let known = told.attacks.take().into_iter();
            told.attacks = known.chain(attacks).max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
            told.hardened.extend(hardened.iter().cloned());
        }
    }
    all
}

/// `exploited in this product: decision D-2026-007 by jane on 2026-11-20`.
fn words(decision: &Decision, attacks: Attacks) -> String {
    let what = match attacks {
        Attacks::InProduct => "exploited in this product",
        Attacks::Active => "being exploited",
        Attacks::PublicPoc => "an exploit can be had",
    };
    let day = decision.created.get(..10).unwrap_or(&decision.created);
    format!("{what}: decision {} by {} on {day}", decision.id, decision.author)
}

/// Services with evidence of both kinds: hardening seen at run time, and a test whose value names the losses that it
/// shows to stay low.
fn hardened(decision: &Decision) -> Vec<(String, Losses)> {
    let of = |kind| decision.evidence.iter().filter(move |one| one.kind == kind);
    of(EvidenceKind::TestResult)
        .filter(|test| of(EvidenceKind::HardeningRuntime).any(|one| one.subject == test.subject))
        .map(|test| {
            let names = |word: &str| test.value.split(|c: char| !c.is_alphanumeric()).any(|one| one == word);
            let losses = Losses {
                confidentiality: names("confidentiality"),
                integrity: names("integrity"),
                availability: names("availability"),
            };
            (test.subject.clone(), losses)
        })
        .collect()
}
