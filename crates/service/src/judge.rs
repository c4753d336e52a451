//! One release judged in full: verdicts, the deployment, what people and policy say, and what holds in the end.
//!
//! Every verb and report starts with [`judge`]; [`Judged::effects`] is what lists, gates, plans and comparisons count.

use std::sync::Arc;

use analysis::risk::table_set::TableSet;
use model::assessment::{Assessment, ResponseClass};
use model::effect::{Effect, Tier};
use model::finding::Finding;
use model::profile::Profile;
use model::sbom::Inventory;

use crate::assess::{Assessed, assess_scan};
use crate::gate::GateAnswer;
use crate::knowledge::Knowledge;
use crate::rules::{self, Before, Policy, RuleSet};
use crate::scan::{Options, Scan};

/// What people give beside the release itself.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// The deployment; inferred where nobody has described it.
    pub profile: Profile,
    /// Rules of the own organisation.
    pub rules: Arc<RuleSet>,
}

impl Grounds {
    /// The deployment alone.
    pub fn new(profile: Profile) -> Grounds {
        Grounds { profile, rules: Arc::default() }
    }
}

/// The answer on a release.
#[derive(Debug)]
pub struct Judged {
    /// Verdicts with evidence.
    pub scan: Scan,
    /// The deployment the findings were assessed in.
    pub profile: Profile,
    /// The computed assessments, one place for each finding of the scan; `None` where nothing is open.
    pub assessed: Vec<Option<Assessed>>,
    /// What holds, one for each finding of the scan.
    pub effects: Vec<Effect>,
    /// The rules that were given, and what they did.
    pub policy: Policy,
    /// The tables that judged.
    pub tables: TableSet,
    /// The answer of a gate, where one was asked.
    pub gate: Option<GateAnswer>,
}

/// Judges a release.
pub fn judge(knowledge: &Knowledge, inventory: &Inventory, grounds: &Grounds, options: &Options) -> Judged {
    // A rule is held against every finding, those that matching settles among them.
    let scan = crate::scan::judge(
        knowledge,
        inventory,
        &Options {
            with_not_affected: options.with_not_affected || !grounds.rules.is_idle(),
            verdicts_only: options.verdicts_only && !grounds.rules.needs_evidence(),
            ..options.clone()
        },
    );
    let mut assessed = assess_scan(knowledge, inventory, &scan, &grounds.profile);
    let mut effects: Vec<Effect> = (scan.findings.iter().zip(&assessed))
        .map(|(finding, assessed)| computed(finding, assessed.as_ref().map(|one| &one.assessment)))
        .collect();
    let profile = &grounds.profile;
    let before = Before { knowledge, inventory, profile, scan: &scan, assessed: &assessed, at: &options.at };
    let policy = rules::settle(&grounds.rules, &before, &mut effects);
    // What a rule reopens is assessed as if matching had left it open.
    for (at, _) in effects.iter().enumerate().filter(|(_, effect)| effect.is_open()) {
        if let Some(place) = assessed.get_mut(at).filter(|place| place.is_none()) {
            *place = rules::assess_open(knowledge, inventory, profile, &scan, at);
        }
    }
    Judged {
        scan,
        profile: grounds.profile.clone(),
        assessed,
        effects,
        policy,
        tables: knowledge.tables,
        gate: None,
    }
}

/// What holds while nobody says anything: the verdict and the computed class.
fn computed(finding: &Finding, assessment: Option<&Assessment>) -> Effect {
    let (status, justification) = analysis::statements::publish::position(finding);
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

impl Judged {
    /// Findings with what was computed and what holds, in the order of the scan.
    pub fn rows(&self) -> impl Iterator<Item = (&Finding, Option<&Assessed>, &Effect)> {
        (self.scan.findings.iter().zip(&self.assessed).zip(&self.effects))
            .map(|((finding, assessed), effect)| (finding, assessed.as_ref(), effect))
    }

    /// How many findings are of each class in effect, the worst first.
    pub fn classes(&self) -> Vec<(ResponseClass, usize)> {
        let of = |class| self.effects.iter().filter(|effect| effect.class == Some(class)).count();
        ResponseClass::ALL.iter().rev().map(|class| (*class, of(*class))).collect()
    }
}
