//! Maven's version order: tokens behind `.` and `-`, known qualifiers, zeros and release words at the end do not count.
//!
//! Between tokens at the same place: known qualifiers < nothing < `sp` < other words < `-number` < `.number`; of two
//! words on the same side of the release the one behind a dot is before.
//!
//! One liberty: zeros before `.alpha1` (or another word before the release) do not count against the release. Maven
//! up to 3.9.0 counts them and so puts `1.0.alpha1 < 1 < 1-1 < 1.0.alpha1`, which is no order. What is left of them:
//! among the words at that place `1.0.alpha1` is behind `1.0-beta1`.

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
    place: Place,
    text: Text<'a>,
}

/// What stands before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A dot.
    Dot,
    /// `-`, or the change between digits and letters: a new group.
    Dash,
    /// A dot, and zeros that do not count.
    Zeros,
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
                other.place.cmp(&self.place).then_with(|| digits::by_value(a.as_bytes(), b.as_bytes()))
            }
            (Text::Word(a, a_word), Text::Word(b, b_word)) => {
                let sides = a.cmp(&RELEASE).cmp(&b.cmp(&RELEASE));
                let words = a.cmp(&b).then_with(|| compare_letters(a_word, b_word));
                sides.then(self.place.cmp(&other.place)).then(words)
            }
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

fn compare_letters(a: &str, b: &str) -> Ordering {
    a.bytes().map(|c| c.to_ascii_lowercase()).cmp(b.bytes().map(|c| c.to_ascii_lowercase()))
}

/// The tokens, without what does not count.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = text.trim();
    let mut place = Place::Dot;
    loop {
        let (text, after) = next_text(rest);
        let is_pre_release = matches!(text, Text::Word(place, _) if place < RELEASE);
        if place == Place::Dash || is_pre_release {
            let left_out = trim_nulls(&mut tokens);
            if left_out && place == Place::Dot {
                place = Place::Zeros;
            }
        }
        tokens.push(Token { place, text });
        let Some(first) = after.chars().next() else {
            break;
        };
        place = if first == '.' { Place::Dot } else { Place::Dash };
        rest = if matches!(first, '.' | '-') { after.get(1..).unwrap_or_default() } else { after };
    }
    trim_nulls(&mut tokens);
    tokens
}

/// Takes zeros and release words off the end; the very first token stays. True when there were some.
fn trim_nulls(tokens: &mut Vec<Token<'_>>) -> bool {
    let length = tokens.len();
    while tokens.len() > 1 && tokens.last().is_some_and(Token::is_null) {
        tokens.pop();
    }
    tokens.len() < length
}

/// A run of digits or of other signs; nothing between two separators is zero.
fn next_text(text: &str) -> (Text<'_>, &str) {
    let is_end = |c: char| matches!(c, '.' | '-');
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| is_end(c) || c.is_ascii_digit() != starts_with_digit).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    if run.is_empty() || starts_with_digit {
        return (Text::Number(run), rest);
    }
    let numbered = rest.starts_with(|c: char| c.is_ascii_digit());
    let (place, word) = qualifier(run, numbered);
    (Text::Word(place, word), rest)
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
