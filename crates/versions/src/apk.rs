//! Alpine packages: `digits{.digits}[letter]{_suffix[number]}[~hash][-rN]`.
//!
//! Follows apk-tools 3 where a part begins with zero (compared as text) and where the text is malformed (before
//! the well-formed one). A suffix without a number has the number zero, and so has `-r`.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions. Any text has a place.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim(), b.trim());
    let starts_with_digit = |text: &str| text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    match (starts_with_digit(a), starts_with_digit(b)) {
        (true, true) => compare_tokens(a, b),
        (false, false) => a.cmp(b),
        (a, b) => a.cmp(&b),
    }
}

fn compare_tokens(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Tokens::of(a), Tokens::of(b));
    loop {
        let (left, right) = (a.next_token(), b.next_token());
        let order = left.cmp_token(right);
        if order != Ordering::Equal {
            return order;
        }
        if matches!(left, Token::End | Token::Malformed) {
            return Ordering::Equal;
        }
    }
}

/// The parts of a version. Between unlike tokens the later variant is the greater one, but see [`Token::place`].
#[derive(Clone, Copy)]
enum Token<'a> {
    Malformed,
    End,
    Revision(&'a [u8]),
    Hash(&'a [u8]),
    /// The place of the suffix word, negative before the release.
    Suffix(i8, &'a [u8]),
    Letter(u8),
    /// Digits behind a letter, which apk-tools 2 allowed.
    LetterNumber(&'a [u8]),
    First(&'a [u8]),
    Part(&'a [u8]),
}

impl Token<'_> {
    /// The order of unlike tokens at the same place.
    fn place(self) -> i8 {
        match self {
            Token::Suffix(weight, _) if weight < 0 => -2,
            Token::Malformed => -1,
            Token::End => 0,
            Token::Revision(_) => 1,
            Token::Hash(_) => 2,
            Token::Suffix(..) => 3,
            Token::LetterNumber(_) => 4,
            Token::Letter(_) => 5,
            Token::First(_) => 6,
            Token::Part(_) => 7,
        }
    }

    fn cmp_token(self, other: Token<'_>) -> Ordering {
        match (self, other) {
            (Token::Part(a), Token::Part(b)) if a.first() == Some(&b'0') || b.first() == Some(&b'0') => {
                a.cmp(b)
            }
            (Token::First(a), Token::First(b))
            | (Token::Part(a), Token::Part(b))
            | (Token::LetterNumber(a), Token::LetterNumber(b))
            | (Token::Revision(a), Token::Revision(b)) => digits::by_value(a, b),
            (Token::Letter(a), Token::Letter(b)) => a.cmp(&b),
            (Token::Suffix(a, a_number), Token::Suffix(b, b_number)) => {
                a.cmp(&b).then_with(|| digits::by_value(a_number, b_number))
            }
            (Token::Hash(a), Token::Hash(b)) => a.cmp(b),
            (a, b) => a.place().cmp(&b.place()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Start,
    Digits,
    Letter,
    Suffixes,
    Hash,
    Revision,
}

struct Tokens<'a> {
    rest: &'a [u8],
    state: State,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Tokens<'a> {
        Tokens { rest: text.as_bytes(), state: State::Start }
    }

    fn next_token(&mut self) -> Token<'a> {
        let (token, rest) = self.read();
        self.rest = rest;
        token
    }

    fn read(&mut self) -> (Token<'a>, &'a [u8]) {
        let state = self.state;
        match self.rest {
            [] => (Token::End, &[]),
            [b'0'..=b'9', ..] if state == State::Start => self.number(State::Digits, Token::First, self.rest),
            [b'0'..=b'9', ..] if state == State::Letter => {
                self.number(State::Letter, Token::LetterNumber, self.rest)
            }
            [b'.', after @ ..] if state == State::Digits => self.after_dot(after),
            [letter @ b'a'..=b'z', after @ ..] if state == State::Digits => self.letter(*letter, after),
            [b'_', after @ ..] if state <= State::Suffixes => self.suffix(after),
            [b'~', after @ ..] if state <= State::Suffixes => self.hash(after),
            [b'-', b'r', after @ ..] if state < State::Revision => {
                self.number(State::Revision, Token::Revision, after)
            }
            _ => (Token::Malformed, &[]),
        }
    }

    fn number(
        &mut self,
        state: State,
        token: fn(&'a [u8]) -> Token<'a>,
        rest: &'a [u8],
    ) -> (Token<'a>, &'a [u8]) {
        self.state = state;
        let (number, rest) = digits::split(rest);
        (token(number), rest)
    }

    /// An empty part (`0..8`) is a part; the dot before a letter (`0.r1`) is passed over.
    fn after_dot(&mut self, after: &'a [u8]) -> (Token<'a>, &'a [u8]) {
        match after {
            [letter @ b'a'..=b'z', after @ ..] => self.letter(*letter, after),
            _ => self.number(State::Digits, Token::Part, after),
        }
    }

    fn letter(&mut self, letter: u8, after: &'a [u8]) -> (Token<'a>, &'a [u8]) {
        self.state = State::Letter;
        (Token::Letter(letter), after)
    }

    fn suffix(&mut self, after: &'a [u8]) -> (Token<'a>, &'a [u8]) {
        self.state = State::Suffixes;
        let (word, after) = digits::split_while(after, |byte| byte.is_ascii_lowercase());
        let Some(weight) = suffix_weight(word) else {
            return (Token::Malformed, &[]);
        };
        let (number, after) = digits::split(after);
        (Token::Suffix(weight, number), after)
    }

    fn hash(&mut self, after: &'a [u8]) -> (Token<'a>, &'a [u8]) {
        self.state = State::Hash;
        let (hash, after) = digits::split_while(after, |byte| byte.is_ascii_hexdigit());
        (Token::Hash(hash), after)
    }
}

fn suffix_weight(word: &[u8]) -> Option<i8> {
    Some(match word {
        b"alpha" => -4,
        b"beta" => -3,
        b"pre" => -2,
        b"rc" => -1,
        b"cvs" => 1,
        b"svn" => 2,
        b"git" => 3,
        b"hg" => 4,
        b"p" => 5,
        _ => return None,
    })
}
