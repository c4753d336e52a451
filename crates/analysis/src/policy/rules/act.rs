//! What a rule makes of a finding, and what is not for a rule.

use model::assessment::ResponseClass;
use model::effect::{Effect, Tier};
use model::finding::Verdict;
use model::rule::Rule;

/// Why an action is left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Only a person takes a finding out of `immediate`.
    LeavesImmediate,
    /// A class for a finding on which there is nothing to do.
    IsClosed,
}

impl Refusal {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::LeavesImmediate => "leaves_immediate",
            Refusal::IsClosed => "is_closed",
        }
    }

    /// In words.
    pub fn about(self) -> &'static str {
        match self {
            Refusal::LeavesImmediate => "only a person takes a finding out of immediate",
            Refusal::IsClosed => "the finding is closed, so it has no class",
        }
    }
}

/// What holds after the rule. `reopened` tells class and ceiling of a finding, were it affected.
pub(super) fn act(
    rule: &Rule,
    before: &Effect,
    reopened: &dyn Fn() -> Option<(ResponseClass, ResponseClass)>,
) -> Result<Effect, Refusal> {
    let mut after = before.clone();
    if let Some(status) = rule.then.status {
        after.status = status;
        after.justification = rule.then.justification;
        if status.verdict() == Verdict::NotAffected {
            (after.class, after.ceiling) = (None, None);
        } else if after.class.is_none() {
            let classes = reopened();
            after.class = classes.map(|(class, _)| class);
            after.ceiling = classes.map(|(_, ceiling)| ceiling);
        }
    }
    if rule.then.class_floor.is_some() || rule.then.class_ceiling.is_some() {
        if !after.is_open() {
            return Err(Refusal::IsClosed);
        }
        let class = after.class.unwrap_or(ResponseClass::None);
        let class = rule.then.class_floor.map_or(class, |floor| class.max(floor));
        let class = rule.then.class_ceiling.map_or(class, |ceiling| class.min(ceiling));
        after.class = Some(class);
        // What unknown facts allow is not changed by a rule; it is never below what holds.
        after.ceiling = Some(after.ceiling.unwrap_or(class).max(class));
    }
    let is_immediate = |effect: &Effect| effect.class == Some(ResponseClass::Immediate);
    if is_immediate(before) && !is_immediate(&after) {
        return Err(Refusal::LeavesImmediate);
    }
    after.tier = Tier::Policy;
    after.source = format!("rule {}", rule.id);
    Ok(after)
}

/// Whether people would notice: another status, reason or class.
pub(super) fn differs(before: &Effect, after: &Effect) -> bool {
    (before.status, before.justification, before.class, before.ceiling)
        != (after.status, after.justification, after.class, after.ceiling)
}
