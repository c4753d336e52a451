//! One release judged in full: verdicts, the deployment, what people and policy say, and what holds in the end.
//!
//! Every verb and report starts with [`judge`]; [`Judged::effects`] is what lists, gates, plans and comparisons count.

use model::assessment::{Assessment, ResponseClass};
use model::effect::{Effect, Tier};
use model::finding::Finding;
use model::profile::Profile;
use model::sbom::Inventory;

use crate::assess::{Assessed, assess_scan};
use crate::knowledge::Knowledge;
use crate::scan::{Options, Scan};

/// What people give beside the release itself.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// The deployment; inferred where nobody has described it.
    pub profile: Profile,
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
}

/// Judges a release.
pub fn judge(knowledge: &Knowledge, inventory: &Inventory, grounds: &Grounds, options: &Options) -> Judged {
    let scan = crate::scan::judge(knowledge, inventory, options);
    judge_scan(knowledge, inventory, grounds, scan)
}

/// Judges the findings of a scan, which may be one of some components only: each finding is judged by itself.
pub fn judge_scan(knowledge: &Knowledge, inventory: &Inventory, grounds: &Grounds, scan: Scan) -> Judged {
    let assessed = assess_scan(knowledge, inventory, &scan, &grounds.profile);
    let effects = (scan.findings.iter().zip(&assessed))
        .map(|(finding, assessed)| computed(finding, assessed.as_ref().map(|one| &one.assessment)))
        .collect();
    Judged { scan, profile: grounds.profile.clone(), assessed, effects }
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
