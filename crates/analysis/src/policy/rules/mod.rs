//! Rules of the organisation: read once, tried on every finding, and never stronger than a person (assessment.md 4.7).
//!
//! A [`RuleSet`] is what was read and checked; [`apply`] says what it does to the findings of a release at a time.
//! Nothing is remembered: a rule that is switched off, has ended or matches no more has no effect, and what held
//! before it holds again.

mod check;
mod act;
mod note;

use std::collections::BTreeMap;

use model::assessment::{Assessment, ResponseClass};
use model::effect::{Effect, Tier};
use model::finding::Finding;
use model::rule::{Rule, RuleMode};

use super::expression::{Expression, Fault};
use super::facts::{Scene, Subject};
use super::pattern::like;
use super::time;
pub use act::Refusal;
pub use check::RuleFault;

/// Faults of evaluation that are kept for each rule; the rest is counted.
const MOST_FAULTS: usize = 5;

/// A checked rule with its condition.
#[derive(Debug)]
pub struct ReadRule {
    /// As written.
    pub rule: Rule,
    /// Its condition.
    pub when: Expression,
}

/// Rules that may be used, the highest priority first.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<ReadRule>,
}

impl RuleSet {
    /// Checks rules and reads their conditions.
    ///
    /// # Errors
    /// Every fault, in the order of the rules.
    pub fn read(rules: Vec<Rule>) -> Result<RuleSet, Vec<RuleFault>> {
        let mut faults = check::together(&rules);
        let mut read = Vec::new();
        for rule in rules {
            faults.extend(check::rule(&rule));
            match Expression::read(&rule.when, super::variables::vocabulary()) {
                Ok(when) => read.push(ReadRule { rule, when }),
                Err(fault) => faults.push(RuleFault::of_condition(&rule, &fault)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        read.sort_by(|a, b| b.rule.priority.cmp(&a.rule.priority).then_with(|| a.rule.id.cmp(&b.rule.id)));
        Ok(RuleSet { rules: read })
    }

    /// The rules, the highest priority first.
    pub fn rules(&self) -> &[ReadRule] {
        &self.rules
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// True where no rule is tried, whatever the time: all are switched off.
    pub fn is_idle(&self) -> bool {
        self.rules.iter().all(|one| one.rule.mode == RuleMode::Off)
    }

    /// Things that are allowed and probably not meant: rules that another one always hides.
    pub fn warnings(&self) -> Vec<RuleFault> {
        check::hidden(&self.rules)
    }

    /// Whether a rule looks at evidence or tells of it: a scan must keep it then.
    pub fn needs_evidence(&self) -> bool {
        self.rules.iter().filter(|one| one.rule.mode != RuleMode::Off).any(|one| {
            one.when.uses().any(|name| matches!(name, "finding.evidence" | "statement"))
                || one.rule.then.note.contains("{{files}}")
        })
    }
}

/// Whether a rule holds on a release at a time, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleState {
    /// It is tried.
    Holds,
    /// Its mode is `off`.
    Off,
    /// Its window has not begun.
    NotYet,
    /// Its window is over.
    Ended,
    /// Its scope names other products.
    OtherProduct,
    /// Its scope names other releases.
    OtherRelease,
}

impl RuleState {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            RuleState::Holds => "holds",
            RuleState::Off => "off",
            RuleState::NotYet => "not_yet",
            RuleState::Ended => "ended",
            RuleState::OtherProduct => "other_product",
            RuleState::OtherRelease => "other_release",
        }
    }

    /// The state of a rule.
    pub fn of(rule: &Rule, scene: &Scene<'_>) -> RuleState {
        let is_in = |patterns: &[String], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| like(pattern, text))
        };
        let begins = time::seconds(&rule.valid_from);
        let ends = time::seconds(&rule.valid_until);
        if rule.mode == RuleMode::Off {
            RuleState::Off
        } else if begins.is_some_and(|begins| scene.now < begins) {
            RuleState::NotYet
        } else if ends.is_some_and(|ends| scene.now >= ends) {
            RuleState::Ended
        } else if !is_in(&rule.products, scene.product()) && !is_in(&rule.products, &scene.inventory.product)
        {
            RuleState::OtherProduct
        } else if !is_in(&rule.releases, &scene.inventory.release) {
            RuleState::OtherRelease
        } else {
            RuleState::Holds
        }
    }
}

/// What rules say about one finding, beside its effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// The rule that settles status or class: its place in the set.
    pub settled_by: Option<usize>,
    /// Who deals with it; empty = nobody is named.
    pub assign: String,
    /// Labels, sorted.
    pub tags: Vec<String>,
    /// Hours until it is due: the shortest of all matching rules.
    pub due_in_hours: Option<u32>,
    /// A person has to look at it.
    pub require_review: bool,
    /// Hours that a notice is held back: the shortest.
    pub hold_notice_hours: Option<u32>,
    /// Who is told, sorted.
    pub notify: Vec<String>,
    /// What rules in other modes would do: (place of the rule, effect).
    pub would: Vec<(usize, Effect)>,
    /// Actions that are not for a rule: (place of the rule, why).
    pub refused: Vec<(usize, Refusal)>,
}

impl Touch {
    fn is_empty(&self) -> bool {
        *self == Touch::default()
    }
}

/// What one rule did on a release.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleReport {
    /// Whether it was tried.
    pub state: RuleState,
    /// Findings that it matches.
    pub matched: usize,
    /// Findings whose status or class another rule settles, of a higher priority.
    pub behind: usize,
    /// Findings whose status or class it changes; in `log` and `propose`: would change.
    pub changed: Vec<Change>,
    /// Findings that a person has decided, which it leaves alone.
    pub protected: usize,
    /// Findings on which its action is not for a rule.
    pub refused: usize,
    /// Findings on which its condition could not be evaluated.
    pub failed: usize,
    /// The first of those: (place of the finding, fault in the condition).
    pub faults: Vec<(usize, Fault)>,
}

/// Status and class of a finding before and after a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Place of the finding.
    pub finding: usize,
    /// What held before.
    pub before: Effect,
    /// What holds then.
    pub after: Effect,
}

/// What rules did on a release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// For each rule of the set, in its order.
    pub reports: Vec<RuleReport>,
    /// By place of the finding; those that no rule touches are left out.
    pub touches: BTreeMap<usize, Touch>,
}

/// The findings of a release, as rules see them.
pub struct Ground<'g> {
    /// Release, deployment and time.
    pub scene: Scene<'g>,
    /// The findings.
    pub findings: &'g [Finding],
    /// Their computed assessments.
    pub assessments: &'g [Option<&'g Assessment>],
    /// Class and ceiling of a finding by its place, were it affected.
    pub classes: &'g dyn Fn(usize) -> Option<(ResponseClass, ResponseClass)>,
}

/// Applies rules to what holds so far: matching, accepted statements, decisions.
pub fn apply(set: &RuleSet, ground: &Ground<'_>, effects: &mut [Effect]) -> Applied {
    let reports = set.rules.iter().map(|one| RuleReport {
        state: RuleState::of(&one.rule, &ground.scene),
        matched: 0,
        behind: 0,
        changed: Vec::new(),
        protected: 0,
        refused: 0,
        failed: 0,
        faults: Vec::new(),
    });
    let mut applied = Applied { reports: reports.collect(), touches: BTreeMap::new() };
    if applied.reports.iter().all(|report| report.state != RuleState::Holds) {
        return applied;
    }
    for (at, (finding, effect)) in ground.findings.iter().zip(effects).enumerate() {
        let Some(component) = ground.scene.inventory.components.get(finding.component) else { continue };
        let before = effect.clone();
        let subject = Subject {
            scene: ground.scene,
            finding,
            component,
            assessment: ground.assessments.get(at).copied().flatten(),
            effect: &before,
            is_new: true,
        };
        let mut turn = Turn { set, ground, at, subject, touch: Touch::default() };
        for number in 0..set.rules.len() {
            turn.try_rule(number, effect, &mut applied.reports);
        }
        let mut touch = turn.touch;
        if !touch.is_empty() {
            touch.tags.sort();
            touch.tags.dedup();
            touch.notify.sort();
            touch.notify.dedup();
            if effect.class == Some(ResponseClass::Immediate) {
                touch.hold_notice_hours = None;
            }
            applied.touches.insert(at, touch);
        }
    }
    applied
}

/// All rules on one finding.
struct Turn<'t> {
    set: &'t RuleSet,
    ground: &'t Ground<'t>,
    at: usize,
    subject: Subject<'t>,
    touch: Touch,
}

impl Turn<'_> {
    fn try_rule(&mut self, number: usize, effect: &mut Effect, reports: &mut [RuleReport]) {
        let (Some(one), Some(report)) = (self.set.rules.get(number), reports.get_mut(number)) else { return };
        if report.state != RuleState::Holds {
            return;
        }
        match one.when.holds(&self.subject) {
            Ok(true) => report.matched += 1,
            Ok(false) => return,
            Err(fault) => {
                // No effect on this finding: an error never settles anything.
                report.failed += 1;
                if report.faults.len() < MOST_FAULTS {
                    report.faults.push((self.at, fault));
                }
                return;
            }
        }
        let before = self.subject.effect;
        if before.tier == Tier::Human {
            report.protected += 1;
            return;
        }
        let is_active = one.rule.mode == RuleMode::Active;
        if one.rule.then.settles() {
            if is_active && self.touch.settled_by.is_some() {
                report.behind += 1;
            } else {
                self.settle(number, one, effect, report);
            }
        }
        if is_active {
            self.side_effects(&one.rule);
        }
    }

    fn settle(&mut self, number: usize, one: &ReadRule, effect: &mut Effect, report: &mut RuleReport) {
        let before = self.subject.effect;
        let reopened = || (self.ground.classes)(self.at);
        let mut after = match act::act(&one.rule, before, &reopened) {
            Ok(after) => after,
            Err(refusal) => {
                report.refused += 1;
                self.touch.refused.push((number, refusal));
                return;
            }
        };
        after.says = note::fill(&one.rule, &self.subject);
        if act::differs(before, &after) {
            let change = Change { finding: self.at, before: before.clone(), after: after.clone() };
            report.changed.push(change);
        }
        match one.rule.mode {
            RuleMode::Active => {
                self.touch.settled_by = Some(number);
                *effect = after;
            }
            _ => self.touch.would.push((number, after)),
        }
    }

    /// What every matching rule adds, whichever settles the finding.
    fn side_effects(&mut self, rule: &Rule) {
        let (then, touch) = (&rule.then, &mut self.touch);
        if touch.assign.is_empty() {
            touch.assign.clone_from(&then.assign);
        }
        touch.tags.extend(then.tags.iter().cloned());
        touch.notify.extend(then.notify.iter().cloned());
        touch.require_review |= then.require_review;
        touch.due_in_hours = shortest(touch.due_in_hours, then.due_in_hours);
        touch.hold_notice_hours = shortest(touch.hold_notice_hours, then.hold_notice_hours);
    }
}

fn shortest(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
