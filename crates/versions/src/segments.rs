//! The engine of most upstream schemes: a version is numbers, then words, each word with its numbers.
//!
//! `4.2.8p1-rc1` is `[4 2 8] post[1] rc[1]`. Two versions are compared segment by segment; the shorter one goes
//! on with empty release segments, and numbers go on with zeros. So the order is total and `Equal` an equivalence.
//! A scheme says only what its words mean ([`Reading`]).

use std::cmp::Ordering;

use crate::digits;

/// What a word says about the place of a version; in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// `~` before something that is no pre-release word.
    Tilde,
    Dev,
    Alpha,
    Beta,
    Milestone,
    Pre,
    Candidate,
    /// No word, or one that only says "this is the release" (`Final`, `GA`, `stable`).
    Release,
    /// Patch levels, service packs, updates.
    Post,
    /// A letter release: `0.9.8zh`.
    Letters,
}

/// What a scheme makes of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A word with a place.
    Word(Rank),
    /// Compare the letters themselves.
    Letters,
    /// Not known: it and what follows is left out of the comparison.
    Unknown,
}

/// A word where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    /// The letters.
    pub letters: &'a [u8],
    /// True when nothing stands between the number before and the letters.
    pub glued: bool,
    /// True when a digit follows directly.
    pub numbered: bool,
}

impl Word<'_> {
    fn is(&self, word: &str) -> bool {
        self.letters.eq_ignore_ascii_case(word.as_bytes())
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

/// The common words; schemes add to it.
pub(crate) fn common_word(word: Word<'_>) -> Option<Rank> {
    let first = word.letters.first()?.to_ascii_lowercase();
    if word.letters.len() == 1 {
        return match first {
            b'a' if word.numbered => Some(Rank::Alpha),
            b'b' if word.numbered => Some(Rank::Beta),
            b'm' if word.numbered => Some(Rank::Milestone),
            b'p' if word.numbered => Some(Rank::Post),
            _ => None,
        };
    }
    let rank = match first {
        b'a' if word.is("alpha") => Rank::Alpha,
        b'b' if word.is("beta") => Rank::Beta,
        b'c' if word.is_any(&["cr", "candidate"]) => Rank::Candidate,
        b'd' if word.is_any(&["dev", "devel", "development"]) => Rank::Dev,
        b'e' if word.is("ea") => Rank::Alpha,
        b'f' if word.is("final") => Rank::Release,
        b'g' if word.is("ga") => Rank::Release,
        b'h' if word.is_any(&["hotfix", "hf"]) => Rank::Post,
        b'l' if word.is("lts") => Rank::Release,
        b'm' if word.is("milestone") => Rank::Milestone,
        b'n' if word.is("nightly") => Rank::Dev,
        b'p' if word.is_any(&["pre", "preview", "prerelease"]) => Rank::Pre,
        b'p' if word.is_any(&["post", "patch", "patchlevel", "pl"]) => Rank::Post,
        b'r' if word.is("rc") => Rank::Candidate,
        b'r' if word.is("release") => Rank::Release,
        b's' if word.is("sp") => Rank::Post,
        b's' if word.is("stable") => Rank::Release,
        b's' if word.is("snapshot") => Rank::Dev,
        b'u' if word.is("update") => Rank::Post,
        _ => return None,
    };
    Some(rank)
}

/// Compares two cleaned texts; `read` says what words mean.
pub(crate) fn compare(a: &str, b: &str, read: impl Fn(Word<'_>) -> Reading) -> Ordering {
    let (mut a, mut b) = (Cursor::new(a), Cursor::new(b));
    loop {
        let numbers = compare_numbers(&mut a, &mut b);
        if numbers != Ordering::Equal {
            return numbers;
        }
        let (left, right) = (a.word(&read), b.word(&read));
        match (left, right) {
            (None, None) => return Ordering::Equal,
            (left, right) => {
                let words = compare_words(left.unwrap_or(RELEASE), right.unwrap_or(RELEASE));
                if words != Ordering::Equal {
                    return words;
                }
            }
        }
    }
}

/// The segment a version goes on with after its end.
const RELEASE: (Rank, &[u8]) = (Rank::Release, &[]);

fn compare_words(a: (Rank, &[u8]), b: (Rank, &[u8])) -> Ordering {
    a.0.cmp(&b.0).then_with(|| {
        let (left, right) = (a.1.iter(), b.1.iter());
        left.map(u8::to_ascii_lowercase).cmp(right.map(u8::to_ascii_lowercase))
    })
}

fn compare_numbers(a: &mut Cursor<'_>, b: &mut Cursor<'_>) -> Ordering {
    loop {
        let (left, right) = (a.number(), b.number());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = digits::by_value(left.unwrap_or_default(), right.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// True when every word of the text is known to the scheme: nothing was left out of the comparison.
pub(crate) fn is_fully_read(text: &str, read: impl Fn(Word<'_>) -> Reading) -> bool {
    let mut cursor = Cursor::new(text);
    loop {
        while cursor.number().is_some() {}
        if cursor.word(&read).is_none() {
            return !cursor.left_out;
        }
    }
}

/// Shows every word that takes part in a comparison to `see`.
pub(crate) fn each_word(text: &str, read: impl Fn(Word<'_>) -> Reading, mut see: impl FnMut(Word<'_>)) {
    let mut cursor = Cursor::new(text);
    loop {
        while cursor.number().is_some() {}
        match cursor.next_word() {
            Some((word, _, rest)) if read(word) != Reading::Unknown => {
                see(word);
                (cursor.rest, cursor.separated) = (rest, false);
            }
            _ => return,
        }
    }
}

/// The first two numbers; a missing one is zero.
pub(crate) fn first_two_numbers(text: &str) -> [&[u8]; 2] {
    let mut cursor = Cursor::new(text);
    [cursor.number().unwrap_or_default(), cursor.number().unwrap_or_default()]
}

/// The leading numbers of a text, as far as they are separated by `.` or `_`.
pub(crate) fn leading_numbers(text: &str) -> impl Iterator<Item = &str> {
    let end = text.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_')).count();
    text.get(..end).unwrap_or_default().split(['.', '_']).take_while(|part| !part.is_empty())
}

/// Walks over a version text.
struct Cursor<'a> {
    rest: &'a [u8],
    /// A separator stands between the last number and `rest`.
    separated: bool,
    /// Something was left out of the comparison.
    left_out: bool,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Cursor<'a> {
        Cursor { rest: text.as_bytes(), separated: false, left_out: false }
    }

    fn skip_separators(&mut self) {
        let (skipped, rest) = digits::split_while(self.rest, is_separator);
        self.rest = rest;
        self.separated |= !skipped.is_empty();
    }

    /// The next number of the present segment.
    fn number(&mut self) -> Option<&'a [u8]> {
        self.skip_separators();
        let (number, rest) = digits::split(self.rest);
        if number.is_empty() {
            return None;
        }
        self.rest = rest;
        self.separated = false;
        Some(number)
    }

    /// The word that stands here, whether a tilde is before it, and what follows. Called where `number` found none.
    fn next_word(&self) -> Option<(Word<'a>, bool, &'a [u8])> {
        let (tildes, rest) = digits::split_while(self.rest, |byte| byte == b'~');
        let (letters, rest) = digits::split_while(rest, |byte| byte.is_ascii_alphabetic());
        if letters.is_empty() && tildes.is_empty() {
            return None;
        }
        let numbered = rest.first().is_some_and(u8::is_ascii_digit);
        Some((Word { letters, glued: !self.separated, numbered }, !tildes.is_empty(), rest))
    }

    /// The next word, which opens a segment.
    fn word(&mut self, read: &impl Fn(Word<'_>) -> Reading) -> Option<(Rank, &'a [u8])> {
        let Some((word, tilde, rest)) = self.next_word() else {
            self.left_out |= !self.rest.is_empty();
            self.rest = &[];
            return None;
        };
        (self.rest, self.separated) = (rest, false);
        match read(word) {
            Reading::Word(rank) if !tilde || rank < Rank::Release => Some((rank, &[])),
            _ if tilde => Some((Rank::Tilde, &[])),
            Reading::Letters => Some((Rank::Letters, word.letters)),
            Reading::Word(_) | Reading::Unknown => {
                self.left_out = true;
                self.rest = &[];
                None
            }
        }
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'_' | b'-' | b':' | b' ' | b'/')
}
