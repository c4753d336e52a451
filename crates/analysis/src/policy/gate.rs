//! Gates of a pipeline: which findings let a build fail (assessment.md 5.6).
//!
//! A gate is one condition: short words joined by commas, or one expression. It is asked of every finding that is open
//! in effect. What cannot be answered is told apart from what passes: a gate that cannot see is not green.

use model::assessment::ResponseClass;

use super::expression::{Expression, Fault, nearest};
use super::facts::Subject;
use super::variables::vocabulary;

/// A gate's word and what it stands for; `CLASS` is any class but `none`.
const WORDS: &[(&str, &str)] = &[
    ("affected", "finding.status == \"affected\" || (finding.contested && finding.verdict == \"affected\")"),
    ("needs_review", "finding.status in [\"under_investigation\", \"unknown\"]"),
    ("kev", "vuln.kev && finding.status == \"affected\""),
    ("fixable", "finding.fixed_version != \"\" && class_at_least(\"routine\")"),
    ("unreviewed", "class_at_least(\"planned\") && !has(decision.id)"),
    ("new", "finding.new"),
];

/// Why a gate cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateError {
    /// The text as given.
    pub text: String,
    /// What is wrong, at its character.
    pub fault: Fault,
}

/// One part of a gate.
#[derive(Debug)]
struct Part {
    /// As written.
    name: String,
    condition: Expression,
}

/// A gate that was read.
#[derive(Debug)]
pub struct Gate {
    text: String,
    parts: Vec<Part>,
}

/// What a gate says of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does not concern it.
    Passes,
    /// It fails, by these parts.
    Fails(Vec<String>),
    /// It cannot be told.
    Unknown(Fault),
}

impl Gate {
    /// Reads a gate.
    ///
    /// # Errors
    /// The first fault, at its character.
    pub fn read(text: &str) -> Result<Gate, GateError> {
        let error = |fault| GateError { text: text.to_owned(), fault };
        let parts = match is_words(text) {
            true => words(text).map_err(error)?,
            false => {
                let condition = Expression::read(text, vocabulary()).map_err(error)?;
                vec![Part { name: text.trim().to_owned(), condition }]
            }
        };
        Ok(Gate { text: text.to_owned(), parts })
    }

    /// This gate or the other: any of both fails.
    pub fn or(mut self, other: Gate) -> Gate {
        self.text = format!("{}, {}", self.text, other.text);
        self.parts.extend(other.parts);
        self
    }

    /// The text as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it reads a variable.
    pub fn uses(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.condition.uses().any(|used| used == name))
    }

    /// Whether it looks at evidence: a scan must keep it then.
    pub fn needs_evidence(&self) -> bool {
        self.uses("finding.evidence") || self.uses("statement")
    }

    /// Asks it of a finding. One that is closed in effect fails no gate, unless new evidence contests that.
    pub fn ask(&self, subject: &Subject<'_>) -> Answer {
        if !subject.effect.is_open() && subject.effect.contested.is_empty() {
            return Answer::Passes;
        }
        let mut failing = Vec::new();
        let mut unknown = None;
        for part in &self.parts {
            match part.condition.holds(subject) {
                Ok(true) => failing.push(part.name.clone()),
                Ok(false) => {}
                Err(fault) => unknown = unknown.or(Some(fault)),
            }
        }
        match (failing.is_empty(), unknown) {
            (false, _) => Answer::Fails(failing),
            (true, Some(fault)) => Answer::Unknown(fault),
            (true, None) => Answer::Passes,
        }
    }
}

/// Words and commas only; a single name may still be a variable (`kev`), which means the same.
fn is_words(text: &str) -> bool {
    let is_letter = |one: char| one.is_ascii_alphanumeric() || "_-,= ".contains(one);
    !text.trim().is_empty() && text.chars().all(is_letter) && !text.contains("==") && !text.contains(" in ")
}

fn words(text: &str) -> Result<Vec<Part>, Fault> {
    let mut at = 0;
    let mut parts = Vec::new();
    for piece in text.split(',') {
        let word = piece.trim();
        let start = at + piece.len() - piece.trim_start().len();
        at += piece.len() + 1;
        let expression = expression_of(word, start)?;
        let condition =
            Expression::read(&expression, vocabulary()).map_err(|fault| Fault { at: start, ..fault })?;
        parts.push(Part { name: word.to_owned(), condition });
    }
    Ok(parts)
}

/// The expression that a word stands for.
pub fn expression_of(word: &str, at: usize) -> Result<String, Fault> {
    let class = |word: &str| ResponseClass::parse(word).filter(|class| *class > ResponseClass::None);
    if let Some((_, expression)) = WORDS.iter().find(|(known, _)| *known == word) {
        return Ok((*expression).to_owned());
    }
    if let Some(class) = class(word) {
        return Ok(format!("class_at_least(\"{}\")", class.word()));
    }
    if let Some(least) = word.strip_prefix("ceiling=").and_then(class) {
        let worse = ResponseClass::ALL.iter().filter(|class| **class >= least);
        let worse: Vec<String> = worse.map(|class| format!("\"{}\"", class.word())).collect();
        return Ok(format!("finding.ceiling in [{}]", worse.join(", ")));
    }
    let known = known();
    let why = match word {
        "" => "a word is missing".to_owned(),
        word => format!("unknown word `{word}`"),
    };
    let hint = match nearest(word, known.iter().map(String::as_str)) {
        Some(near) if !word.is_empty() => format!("did you mean `{near}`?"),
        _ => format!(
            "words: {}; or one expression, such as 'priority == \"immediate\" && kev'",
            known.join(", ")
        ),
    };
    Err(Fault::at(at, word.len().max(1), why).hint(hint))
}

/// Every word of a gate.
pub fn known() -> Vec<String> {
    let classes = ["immediate", "planned", "routine"].map(str::to_owned);
    let ceilings = ["immediate", "planned", "routine"].map(|class| format!("ceiling={class}"));
    let words = WORDS.iter().map(|(word, _)| (*word).to_owned());
    classes.into_iter().chain(words).chain(ceilings).collect()
}
