//! How good an SBOM is: rule sets as tables, each rule with its clause, its test, and how to produce what it asks for in
//! Yocto and Buildroot. Start with [`check`].
//!
//! A rule holds, fails, or cannot be told; what cannot be told never counts as passed.

/// A table of rules: id, clause, element, level, test, how to produce it.
macro_rules! rules {
    ($(($id:literal, $clause:expr, $element:literal, $level:expr, $test:expr, $how:expr),)+) => {
        &[$(Rule { id: $id, clause: $clause, element: $element, level: $level, test: $test, how: $how },)+]
    };
}

mod advice;
mod asked;
mod bsi;
mod cisa;
mod ntia;

use model::quality::{Part, Survey};

/// Whose rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSet {
    /// NTIA, "The Minimum Elements For a Software Bill of Materials", July 2021.
    Ntia,
    /// CISA, "2025 Minimum Elements for a Software Bill of Materials", draft of August 2025.
    Cisa2025,
    /// BSI TR-03183-2, versions 2.0 and 2.1.
    Bsi,
}

impl RuleSet {
    /// All of them, in the order of the manual.
    pub const ALL: &'static [RuleSet] = &[RuleSet::Ntia, RuleSet::Cisa2025, RuleSet::Bsi];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            RuleSet::Ntia => "ntia",
            RuleSet::Cisa2025 => "cisa-2025",
            RuleSet::Bsi => "bsi-tr-03183-2",
        }
    }

    /// The name of the document.
    pub fn title(self) -> &'static str {
        match self {
            RuleSet::Ntia => "NTIA minimum elements, July 2021",
            RuleSet::Cisa2025 => "CISA minimum elements, draft of August 2025",
            RuleSet::Bsi => "BSI TR-03183-2, versions 2.0 and 2.1",
        }
    }

    /// Its rules, in the order of the document.
    pub fn rules(self) -> &'static [Rule] {
        match self {
            RuleSet::Ntia => ntia::RULES,
            RuleSet::Cisa2025 => cisa::RULES,
            RuleSet::Bsi => bsi::RULES,
        }
    }
}

/// How much a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to have, or demanded where the data exists.
    Recommended,
    /// Demanded.
    Required,
}

impl Level {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Level::Recommended => "recommended",
            Level::Required => "required",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Stable id inside of its set.
    pub id: &'static str,
    /// Where the document demands it.
    pub clause: &'static str,
    /// What it demands, in the document's words.
    pub element: &'static str,
    /// How much it binds.
    pub level: Level,
    /// How it is tested.
    pub test: Test,
    /// How Yocto and Buildroot produce it.
    pub how: How,
}

/// How to produce what a rule asks for.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// In Yocto.
    pub yocto: &'static str,
    /// In Buildroot.
    pub buildroot: &'static str,
    /// After the build.
    pub afterwards: &'static str,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Test {
    /// The document as a whole.
    Document(fn(&Survey) -> Holds),
    /// Each component.
    Parts(fn(&Part) -> Holds),
}

impl std::fmt::Debug for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Test::Document(_) => "document",
            Test::Parts(_) => "each component",
        })
    }
}

/// Whether something holds, with the reason why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It holds.
    Yes,
    /// It does not.
    No(String),
    /// The document does not tell.
    Unknown(String),
}

/// The answer to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds everywhere.
    Passed,
    /// It fails somewhere.
    Failed,
    /// It fails nowhere, and somewhere nobody can tell.
    CannotTell,
}

impl Outcome {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::CannotTell => "cannot_tell",
        }
    }
}

/// What became of one rule.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it holds.
    pub outcome: Outcome,
    /// Places where it fails.
    pub failed: usize,
    /// Places where nobody can tell.
    pub unknown: usize,
    /// Places looked at.
    pub of: usize,
    /// The first places where it does not hold.
    pub examples: Vec<Example>,
}

/// A place where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Where: JSON pointer or id; empty for the document.
    pub place: String,
    /// The component; empty for the document.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// Examples that are kept of each rule.
const EXAMPLES: usize = 5;

/// Holds an SBOM against all rules of a set.
pub fn check(survey: &Survey, set: RuleSet) -> Vec<Answer> {
    set.rules().iter().map(|rule| answer(survey, rule)).collect()
}

fn answer(survey: &Survey, rule: &'static Rule) -> Answer {
    let mut answer =
        Answer { rule, outcome: Outcome::Passed, failed: 0, unknown: 0, of: 0, examples: Vec::new() };
    let mut unclear = Vec::new();
    match rule.test {
        Test::Document(test) => answer.add(test(survey), "", "", &mut unclear),
        Test::Parts(_) if survey.parts.is_empty() => {
            let none = Holds::No("the SBOM has no component".to_owned());
            answer.add(none, "", "", &mut unclear);
        }
        Test::Parts(test) => {
            for part in &survey.parts {
                answer.add(test(part), &part.place, &part.name, &mut unclear);
            }
        }
    }
    // What fails is shown before what nobody can tell.
    unclear.truncate(EXAMPLES.saturating_sub(answer.examples.len()));
    answer.examples.append(&mut unclear);
    answer.outcome = match (answer.failed, answer.unknown) {
        (0, 0) => Outcome::Passed,
        (0, _) => Outcome::CannotTell,
        _ => Outcome::Failed,
    };
    answer
}

impl Answer {
    fn add(&mut self, holds: Holds, place: &str, name: &str, unclear: &mut Vec<Example>) {
        self.of += 1;
        let (why, examples) = match holds {
            Holds::Yes => return,
            Holds::No(why) => {
                self.failed += 1;
                (why, &mut self.examples)
            }
            Holds::Unknown(why) => {
                self.unknown += 1;
                (why, unclear)
            }
        };
        if examples.len() < EXAMPLES {
            examples.push(Example { place: place.to_owned(), name: name.to_owned(), why });
        }
    }
}

/// True when a check of these answers fails a gate that asks for `least` and for certainty.
pub fn fails(answers: &[Answer], least: Level, certainty: bool) -> bool {
    answers.iter().any(|answer| {
        let counts =
            answer.outcome == Outcome::Failed || (certainty && answer.outcome == Outcome::CannotTell);
        answer.rule.level >= least && counts
    })
}
