//! Maven's version order: tokens behind `.` and `-`, known qualifiers, zeros and release words at the end do not count.
//!
//! Between tokens at the same place: known qualifiers < nothing < `sp` < other words < `-number` < `.number`.

use std::cmp::Ordering;

use crate::digits;

/// Compares two artifact versions. Any text has a place.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (tokens(a), tokens(b));
    let (mut left, mut right) = (a.iter(), b.iter());
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(a), Some(b)) => a.cmp_token(b),
            (Some(a), None) => a.cmp_end(),
            (None, Some(b)) => b.cmp_end().reverse(),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Text<'a> {
    Number(&'a str),
    /// The place of a known qualifier; unknown words share one place and go by letters.
    Word(u8, &'a str),
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    /// Opens a new group: behind `-`, `_`, or between digits and letters.
    dashed: bool,
    text: Text<'a>,
}

const RELEASE: u8 = 5;
const UNKNOWN: u8 = 7;

impl Token<'_> {
    fn is_null(&self) -> bool {
        match self.text {
            Text::Number(number) => digits::is_zero(number.as_bytes()),
            Text::Word(place, _) => place == RELEASE,
        }
    }

    fn cmp_token(&self, other: &Token<'_>) -> Ordering {
        match (self.text, other.text) {
            (Text::Number(a), Text::Number(b)) => {
                other.dashed.cmp(&self.dashed).then_with(|| digits::by_value(a.as_bytes(), b.as_bytes()))
            }
            (Text::Word(a, a_word), Text::Word(b, b_word)) => a.cmp(&b).then_with(|| {
                a_word.bytes().map(|c| c.to_ascii_lowercase()).cmp(b_word.bytes().map(|c| c.to_ascii_lowercase()))
            }),
            (Text::Number(_), Text::Word(..)) => Ordering::Greater,
            (Text::Word(..), Text::Number(_)) => Ordering::Less,
        }
    }

    /// Against the end of the other version.
    fn cmp_end(&self) -> Ordering {
        match self.text {
            Text::Number(number) if digits::is_zero(number.as_bytes()) => Ordering::Equal,
            Text::Number(_) => Ordering::Greater,
            Text::Word(place, _) => place.cmp(&RELEASE),
        }
    }
}

/// The tokens, without what does not count.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = text.trim();
    let mut dashed = false;
    loop {
        let (token, after) = next_token(rest, dashed);
        let opens_group = token.dashed || matches!(token.text, Text::Word(..));
        if opens_group {
            trim_nulls(&mut tokens);
        }
        tokens.push(token);
        let Some(first) = after.chars().next() else {
            break;
        };
        dashed = first != '.';
        rest = if matches!(first, '.' | '-' | '_') { after.get(1..).unwrap_or_default() } else { after };
    }
    trim_nulls(&mut tokens);
    tokens
}

/// Takes zeros and release words off the end; the very first token stays.
fn trim_nulls(tokens: &mut Vec<Token<'_>>) {
    while tokens.len() > 1 && tokens.last().is_some_and(Token::is_null) {
        tokens.pop();
    }
}

/// A run of digits or of other signs; nothing between two separators is zero.
fn next_token(text: &str, dashed: bool) -> (Token<'_>, &str) {
    let is_end = |c: char| matches!(c, '.' | '-' | '_');
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| is_end(c) || c.is_ascii_digit() != starts_with_digit).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    if run.is_empty() || starts_with_digit {
        return (Token { dashed, text: Text::Number(run) }, rest);
    }
    let numbered = rest.starts_with(|c: char| c.is_ascii_digit());
    let (place, word) = qualifier(run, numbered);
    (Token { dashed, text: Text::Word(place, word) }, rest)
}

/// The place of a qualifier; `a1`, `b1`, `m1` are alpha, beta, milestone.
fn qualifier(word: &str, numbered: bool) -> (u8, &str) {
    const KNOWN: &[(&str, u8)] = &[
        ("alpha", 0),
        ("beta", 1),
        ("milestone", 2),
        ("rc", 3),
        ("cr", 3),
        ("snapshot", 4),
        ("ga", RELEASE),
        ("final", RELEASE),
        ("release", RELEASE),
        ("sp", 6),
    ];
    if numbered {
        match word {
            "a" | "A" => return (0, ""),
            "b" | "B" => return (1, ""),
            "m" | "M" => return (2, ""),
            _ => {}
        }
    }
    KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word))
        .map_or((UNKNOWN, word), |(_, place)| (*place, ""))
}
