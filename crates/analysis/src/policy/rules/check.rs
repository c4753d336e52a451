//! What a rule may say: what is always wrong is refused when the file is read, not when it first matters.

use std::fmt;

use model::assessment::ResponseClass;
use model::finding::Verdict;
use model::rule::Rule;
use model::vex::VexStatus;

use super::super::expression::Fault;
use super::{ReadRule, note};

/// The longest that a notice may be held back, in hours.
const MOST_HOLD: u32 = 72;

/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1; 0 = the rule as a whole.
    pub column: usize,
    /// The rule.
    pub rule: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// The line of the condition with a caret; empty where it is not about the condition.
    pub shown: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)?;
        if self.column > 0 {
            write!(out, ":{}", self.column)?;
        }
        write!(out, ": rule {}: {}", self.rule, self.message)
    }
}

impl RuleFault {
    fn of(rule: &Rule, message: impl Into<String>, hint: impl Into<String>) -> RuleFault {
        RuleFault {
            file: rule.place.file.clone(),
            line: rule.place.line,
            column: 0,
            rule: rule.id.clone(),
            message: message.into(),
            hint: hint.into(),
            shown: String::new(),
        }
    }

    /// A fault of the condition, at its character in the file.
    pub fn of_condition(rule: &Rule, fault: &Fault) -> RuleFault {
        let (line, column) = fault.place(&rule.when);
        let (line, column) = rule.place.inside(line, column);
        let (message, hint) = (fault.message.clone(), fault.hint.clone());
        RuleFault { line, column, shown: fault.shown(&rule.when), ..RuleFault::of(rule, message, hint) }
    }
}

/// The faults of one rule's action.
pub(super) fn rule(rule: &Rule) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    let mut add = |message: String, hint: &str| faults.push(RuleFault::of(rule, message, hint));
    let then = &rule.then;
    let is_something = then.settles()
        || !then.assign.is_empty()
        || !then.tags.is_empty()
        || !then.notify.is_empty()
        || then.due_in_hours.is_some()
        || then.hold_notice_hours.is_some()
        || then.require_review;
    if !is_something {
        add(
            "then does nothing".to_owned(),
            "give a status, a class_floor, a class_ceiling, a tag, assign, notify, …",
        );
    }
    justification(rule, &mut add);
    let closes = then.status.is_some_and(|status| status.verdict() == Verdict::NotAffected);
    if closes && (then.class_floor.is_some() || then.class_ceiling.is_some()) {
        add("a finding that is closed has no class".to_owned(), "leave class_floor and class_ceiling out");
    }
    if let (Some(floor), Some(ceiling)) = (then.class_floor, then.class_ceiling)
        && floor > ceiling
    {
        let why = format!("class_floor {} is above class_ceiling {}", floor.word(), ceiling.word());
        add(why, "the floor is the least, the ceiling the most that the class can be");
    }
    if then.due_in_hours == Some(0) {
        add("due_in is no time at all".to_owned(), "write for example 7d");
    }
    match then.hold_notice_hours {
        Some(hours) if hours > MOST_HOLD => {
            add(format!("hold_notice_until is {hours} hours, more than the limit of {MOST_HOLD}"), "");
        }
        Some(_) if then.class_floor == Some(ResponseClass::Immediate) => {
            add(
                "a notice of an immediate finding is never held back".to_owned(),
                "leave hold_notice_until out",
            );
        }
        _ => {}
    }
    if let Some(wrong) = note::wrong(&then.note) {
        add(format!("note: {}", wrong.message), &wrong.hint);
    }
    faults
}

fn justification(rule: &Rule, add: &mut impl FnMut(String, &str)) {
    const FOR_PEOPLE: &str =
        "justifications 3 to 5 depend on the deployment: a person decides them (--decisions)";
    let then = &rule.then;
    match (then.status, then.justification) {
        (_, Some(justification)) if justification.number() > 2 => {
            let (number, word) = (justification.number(), justification.word());
            add(format!("justification {number} ({word}) is not for a rule"), FOR_PEOPLE);
        }
        (Some(VexStatus::NotAffected), None) => add(
            "status not_affected needs a justification".to_owned(),
            "component_not_present or vulnerable_code_not_present",
        ),
        (Some(VexStatus::NotAffected | VexStatus::FalsePositive), Some(_)) | (_, None) => {}
        (Some(status), Some(_)) => {
            add(format!("status {} takes no justification", status.word()), "leave the justification out");
        }
        (None, Some(_)) => {
            add("a justification without a status".to_owned(), "add status = \"not_affected\"");
        }
    }
}

/// Faults of rules beside each other: the same id in two files.
pub(super) fn together(rules: &[Rule]) -> Vec<RuleFault> {
    let twice = rules.iter().enumerate().filter_map(|(number, rule)| {
        let earlier = rules.iter().take(number).find(|earlier| earlier.id == rule.id)?;
        let (file, line) = (&earlier.place.file, earlier.place.line);
        let why = format!("the id is given twice: it is that of a rule in {file}, line {line} too");
        Some(RuleFault::of(rule, why, "give it another id"))
    });
    twice.collect()
}

/// Active rules that never settle anything, because one of at least their priority has the same condition.
pub(super) fn hidden(rules: &[ReadRule]) -> Vec<RuleFault> {
    let settles = |one: &&ReadRule| one.rule.mode == model::rule::RuleMode::Active && one.rule.then.settles();
    let settling: Vec<&ReadRule> = rules.iter().filter(settles).collect();
    let words = |text: &str| text.split_whitespace().collect::<String>();
    let hidden = settling.iter().enumerate().filter_map(|(number, one)| {
        let reaches = |other: &&&ReadRule| {
            let (first, second) = (&other.rule, &one.rule);
            let is_as_wide = |wide: &[String], narrow: &[String]| wide.is_empty() || wide == narrow;
            words(&first.when) == words(&second.when)
                && is_as_wide(&first.products, &second.products)
                && is_as_wide(&first.releases, &second.releases)
                && (first.valid_from.is_empty() || first.valid_from <= second.valid_from)
                && (first.valid_until.is_empty()
                    || (!second.valid_until.is_empty() && first.valid_until >= second.valid_until))
        };
        let other = settling.iter().take(number).find(reaches)?;
        let id = &other.rule.id;
        let why = match other.rule.priority == one.rule.priority {
            true => format!("it contradicts rule {id} of the same priority, which wins by its id"),
            false => {
                format!("it never settles anything: rule {id} has the same condition and a higher priority")
            }
        };
        Some(RuleFault::of(&one.rule, why, "join them, or give them different conditions"))
    });
    hidden.collect()
}
