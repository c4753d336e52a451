//! What a value can be, and which names an expression may use: what the check at load asks.

use std::fmt;

/// A closed list of words, for telling a misspelt word from a false condition.
#[derive(Clone, Copy)]
pub struct Words {
    /// What they are words of (`class`).
    pub of: &'static str,
    /// All of them.
    pub all: fn() -> Vec<&'static str>,
}

impl fmt::Debug for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", (self.all)())
    }
}

/// The kind of a value.
#[derive(Clone, Debug)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Double,
    /// Any text.
    Text,
    /// One of a closed list of words; also a text.
    Word(Words),
    /// A point in time.
    Time,
    /// A length of time.
    Span,
    /// A list.
    List(Box<Kind>),
    /// One entry of a list, with named parts.
    Record(&'static str, Vec<Variable>),
    /// A map with text keys, written in the expression.
    Map(Box<Kind>),
    /// `null`.
    Null,
    /// The element of an empty list: fits everything.
    Nothing,
}

impl Kind {
    /// For messages.
    pub fn told(&self) -> String {
        match self {
            Kind::Bool => "true or false".to_owned(),
            Kind::Int => "a whole number".to_owned(),
            Kind::Double => "a number with a fraction".to_owned(),
            Kind::Text => "a text".to_owned(),
            Kind::Word(words) => format!("a {} (text)", words.of),
            Kind::Time => "a time".to_owned(),
            Kind::Span => "a length of time".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Record(name, _) => format!("one {name}"),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Nothing => "nothing".to_owned(),
        }
    }

    /// The two can be compared for equality, and stand in one list.
    pub(super) fn is_like(&self, other: &Kind) -> bool {
        use Kind::{Bool, Double, Int, List, Map, Nothing, Null, Record, Span, Text, Time, Word};
        match (self, other) {
            (Nothing, _) | (_, Nothing) => true,
            (Bool, Bool) | (Time, Time) | (Span, Span) | (Null, Null) => true,
            (Int | Double, Int | Double) => true,
            (Text | Word(_), Text | Word(_)) => true,
            (List(one), List(other)) | (Map(one), Map(other)) => one.is_like(other),
            (Record(one, _), Record(other, _)) => one == other,
            _ => false,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Kind::Text | Kind::Word(_))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Kind::Int | Kind::Double)
    }
}

/// A name that an expression may use.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its full name (`finding.component.role`), or that of a part of a record.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it means, one line.
    pub about: &'static str,
}

/// Everything that expressions of one purpose may say.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// The variables, in reading order.
    pub variables: Vec<Variable>,
    /// Names that people expect and that have no value here, each with the reason.
    pub missing: Vec<(&'static str, &'static str)>,
}

impl Vocabulary {
    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    pub(super) fn is_group(&self, name: &str) -> bool {
        let is_inside = |known: &str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.variables.iter().any(|variable| is_inside(variable.name))
            || self.missing.iter().any(|(known, _)| is_inside(known))
    }

    pub(super) fn why_missing(&self, name: &str) -> Option<&'static str> {
        let is_it =
            |known: &str| name == known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'));
        self.missing.iter().find(|(known, _)| is_it(known)).map(|(_, why)| *why)
    }
}

/// The known word that is nearest to a misspelt one; `None` where none is near.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let limit = (word.chars().count() / 3).max(1);
    let near = known.into_iter().map(|candidate| (distance(word, candidate), candidate));
    near.filter(|(steps, _)| *steps <= limit).min().map(|(_, candidate)| candidate)
}

/// Letters to change, add or take away.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, letter) in one.chars().take(80).enumerate() {
        let mut left = number + 1;
        let mut next = vec![left];
        for (known, pair) in other.iter().zip(row.windows(2)) {
            let [corner, above] = pair else { continue };
            left = (left + 1).min(above + 1).min(corner + usize::from(*known != letter));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
