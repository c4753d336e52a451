//! Rules of the own organisation: what follows from a finding without asking a person each time (assessment.md 4.7).
//!
//! A rule is a condition and an action. The file is read in `formats`; what a rule may say and what it does is the
//! business of `analysis::policy::rules`.

use crate::assessment::ResponseClass;
use crate::vex::{Justification, VexStatus};
use crate::words::words;

words! {
    /// What a rule does with the findings that it matches.
    RuleMode {
        /// Nothing: it is kept for later.
        Off = "off",
        /// Says what it would have done.
        Log = "log",
        /// Proposes it to a person.
        Propose = "propose",
        /// Does it.
        Active = "active",
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, unique in all files given together.
    pub id: String,
    /// 0 to 100; the highest wins, of equal ones the smallest id.
    pub priority: u8,
    /// What it does.
    pub mode: RuleMode,
    /// The first day on which it holds, `YYYY-MM-DD`; empty = always.
    pub valid_from: String,
    /// The first day on which it holds no more; empty = never.
    pub valid_until: String,
    /// Products, with `*` for any text; empty = all.
    pub products: Vec<String>,
    /// Releases, with `*` for any text; empty = all.
    pub releases: Vec<String>,
    /// The condition.
    pub when: String,
    /// What follows.
    pub then: Action,
    /// Its effect ends with the rule. Without a store every effect is computed anew, so it always does.
    pub auto_revert: bool,
    /// Where it stands.
    pub place: RulePlace,
}

/// What follows from a rule. At least one of them is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The status that holds.
    pub status: Option<VexStatus>,
    /// Why it is not affected.
    pub justification: Option<Justification>,
    /// The class is at least this.
    pub class_floor: Option<ResponseClass>,
    /// The class is at most this; never takes a finding out of `immediate`.
    pub class_ceiling: Option<ResponseClass>,
    /// Who deals with it; empty = nobody is named.
    pub assign: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Hours until it is due.
    pub due_in_hours: Option<u32>,
    /// A person has to look at it.
    pub require_review: bool,
    /// Hours that a notice is held back, at most 72; not for `immediate`.
    pub hold_notice_hours: Option<u32>,
    /// Who is told.
    pub notify: Vec<String>,
    /// Why, in words, with placeholders in double braces.
    pub note: String,
}

impl Action {
    /// Sets status or class: only one rule does that for a finding.
    pub fn settles(&self) -> bool {
        self.status.is_some() || self.class_floor.is_some() || self.class_ceiling.is_some()
    }
}

/// Where a rule stands in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePlace {
    /// The file.
    pub file: String,
    /// Line of its first key, from 1.
    pub line: usize,
    /// Where the text of the condition begins: line and column from 1.
    pub when: (usize, usize),
    /// The condition's lines stand in the file as they are, so that a place inside of it is a place in the file.
    pub when_is_verbatim: bool,
}

impl RulePlace {
    /// The place in the file of a place in the condition: line and column from 1.
    pub fn inside(&self, line: usize, column: usize) -> (usize, usize) {
        match (self.when_is_verbatim, line) {
            (false, _) => self.when,
            (true, 1) => (self.when.0, self.when.1 + column - 1),
            (true, _) => (self.when.0 + line - 1, column),
        }
    }
}
