//! From all matches to what matters: how many are left after each question, and what took the others away.
//!
//! The numbers add up exactly: every candidate is lost at one step, or is what needs action now.

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::component::Scope;
use model::effect::{Effect, Tier};
use model::finding::{Finding, Verdict};
use model::reason::Reason;
use model::sbom::Inventory;

use crate::judge::Judged;

/// The questions, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Does a valid record speak of this very product?
    Product,
    /// Is its version in the affected range?
    Version,
    /// Is the platform the one that the record requires?
    Platform,
    /// Is the affected code built, and not patched?
    Build,
    /// Has nobody settled it: supplier, rule, person?
    Settled,
    /// Is it on the device, not only in the build?
    Device,
    /// Could it be assessed?
    Assessed,
    /// Can it be exploited in the deployment, with consequence?
    Deployment,
    /// Is it more urgent than the next regular release?
    Release,
    /// Is it more urgent than a patch with a date?
    Date,
}

impl Question {
    /// All questions in order.
    pub const ALL: &'static [Question] = &[
        Question::Product,
        Question::Version,
        Question::Platform,
        Question::Build,
        Question::Settled,
        Question::Device,
        Question::Assessed,
        Question::Deployment,
        Question::Release,
        Question::Date,
    ];

    /// The stable word, as in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Question::Product => "product",
            Question::Version => "version",
            Question::Platform => "platform",
            Question::Build => "build",
            Question::Settled => "settled",
            Question::Device => "device",
            Question::Assessed => "assessed",
            Question::Deployment => "deployment",
            Question::Release => "release",
            Question::Date => "date",
        }
    }

    /// What is true of those that are left.
    pub fn left(self) -> &'static str {
        match self {
            Question::Product => "about this product",
            Question::Version => "in the affected versions",
            Question::Platform => "on this platform",
            Question::Build => "not excluded by the build",
            Question::Settled => "not settled by anybody",
            Question::Device => "on the device",
            Question::Assessed => "assessed",
            Question::Deployment => "of consequence in the deployment",
            Question::Release => "cannot wait for the next release",
            Question::Date => "need action now",
        }
    }

    /// What is true of those that are gone.
    pub fn lost(self) -> &'static str {
        match self {
            Question::Product => "about something else",
            Question::Version => "other versions",
            Question::Platform => "another platform",
            Question::Build => "not built, or patched",
            Question::Settled => "settled by a statement, rule or decision",
            Question::Device => "only took part in the build",
            Question::Assessed => "could not be assessed",
            Question::Deployment => "class none",
            Question::Release => "class routine",
            Question::Date => "class planned",
        }
    }

    /// The question at which a reason takes a candidate away.
    fn of(reason: Reason) -> Question {
        match reason {
            Reason::RLocalRule => Question::Settled,
            _ => match reason.code().as_bytes().first() {
                Some(b'I' | b'R') => Question::Product,
                Some(b'P') => Question::Platform,
                Some(b'E') => Question::Build,
                Some(b'S') => Question::Settled,
                // V, G, K, D and what sources disagree about: all of them compare versions.
                _ => Question::Version,
            },
        }
    }
}

/// One reason for which some were lost at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The reason's code or the word of the tier that spoke; empty where the step itself says it.
    pub code: &'static str,
    /// In words.
    pub says: String,
    /// How many.
    pub number: usize,
}

/// One step of the funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The question.
    pub question: Question,
    /// How many it took away.
    pub lost: usize,
    /// How many are left after it.
    pub left: usize,
    /// Why they were lost, the most frequent first.
    pub causes: Vec<Cause>,
}

/// The way from all matches to what needs action now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// All pairs of component and vulnerability that share a key.
    pub all: usize,
    /// What statements and decisions brought back: excluded by matching, affected by their word.
    pub raised: usize,
    /// Every question of [`Question::ALL`], in order.
    pub steps: Vec<Step>,
}

type Causes = BTreeMap<(Question, &'static str, String), usize>;

impl Funnel {
    /// Counts a judged release.
    pub fn of(judged: &Judged, inventory: &Inventory) -> Funnel {
        let mut causes = closed_by_matching(judged);
        let mut raised = 0;
        for (finding, _, effect) in judged.rows() {
            match (finding.verdict == Verdict::NotAffected, effect.is_open()) {
                (true, false) => continue,
                (true, true) => raised += 1,
                (false, _) => {}
            }
            if let Some(key) = gone(finding, effect, inventory) {
                *causes.entry(key).or_default() += 1;
            }
        }
        let all = judged.scan.counts.candidates;
        Funnel { all, raised, steps: steps(all, raised, causes) }
    }

    /// How many are left at the end.
    pub fn last(&self) -> usize {
        self.steps.last().map_or(self.all, |step| step.left)
    }
}

/// Candidates that matching closed: all of a reason, without the findings of it that are open.
fn closed_by_matching(judged: &Judged) -> Causes {
    let mut closed = judged.scan.counts.by_reason.clone();
    for finding in judged.scan.findings.iter().filter(|finding| finding.verdict != Verdict::NotAffected) {
        if let Some(number) = closed.get_mut(&finding.reason) {
            *number = number.saturating_sub(1);
        }
    }
    (closed.into_iter())
        .filter(|(_, number)| *number > 0)
        .map(|(reason, number)| ((Question::of(reason), reason.code(), reason.meaning().to_owned()), number))
        .collect()
}

/// Where an open finding is lost after matching; `None` for what needs action now.
fn gone(
    finding: &Finding,
    effect: &Effect,
    inventory: &Inventory,
) -> Option<(Question, &'static str, String)> {
    if !effect.is_open() {
        return Some((Question::Settled, effect.tier.word(), tier_words(effect.tier).to_owned()));
    }
    let component = inventory.components.get(finding.component)?;
    if matches!(component.scope, Scope::BuildOnly | Scope::Test) {
        return Some((Question::Device, "", "native, host, cross or test component".to_owned()));
    }
    let Some(class) = effect.class else {
        return Some((Question::Assessed, "", "open on the device, and no class was found".to_owned()));
    };
    let (question, says) = match class {
        ResponseClass::None => (Question::Deployment, "not exploitable there, or without consequence"),
        ResponseClass::Routine => (Question::Release, "cured by the next regular release"),
        ResponseClass::Planned => (Question::Date, "a notice and a patch with a date"),
        ResponseClass::Immediate => return None,
    };
    Some((question, "", says.to_owned()))
}

fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Match => "by matching",
        Tier::Upstream => "by a supplier's statement",
        Tier::Policy => "by a rule of the own policy",
        Tier::Human => "by a person's decision",
    }
}

fn steps(all: usize, raised: usize, causes: Causes) -> Vec<Step> {
    let mut left = all;
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by(|((_, _, a), x), ((_, _, b), y)| y.cmp(x).then_with(|| a.cmp(b)));
    let step = |question: &Question| {
        let of_step = causes.iter().filter(|((of, _, _), _)| of == question);
        let causes: Vec<Cause> = of_step
            .map(|((_, code, says), number)| Cause { code, says: says.clone(), number: *number })
            .collect();
        let lost = causes.iter().map(|cause| cause.number).sum();
        if *question == Question::Settled {
            left += raised;
        }
        left = left.saturating_sub(lost);
        Step { question: *question, lost, left, causes }
    };
    Question::ALL.iter().map(step).collect()
}
