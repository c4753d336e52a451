//! Composer (Packagist): PHP's `version_compare`. Unknown words < dev < alpha < beta < RC < release < number < pl.
//!
//! Letter case does not count (Composer writes stabilities in lower case before it compares). `#` equals any number
//! there, so `Equal` is no equivalence for texts that hold one; no release does.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions. Any text has a place; `dev-<branch>` is before every number.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Parts::of(a), Parts::of(b));
    loop {
        let (left, right) = (a.next_part(), b.next_part());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = match (left, right) {
            (Some(Part::Number(a)), Some(Part::Number(b))) => digits::by_value(a, b),
            (Some(Part::Word(b"#")), None) | (None, Some(Part::Word(b"#"))) => Ordering::Equal,
            (left, right) => place(left).cmp(&place(right)),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// True for `dev-master`, `2.x-dev`: branches, not releases.
pub(crate) fn names_branch(text: &str) -> bool {
    let text = text.trim();
    let starts = |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    starts("dev-")
        || text.strip_suffix("-dev").is_some_and(|version| crate::branch_wildcard(version).is_some())
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Number(&'a [u8]),
    Word(&'a [u8]),
}

struct Parts<'a> {
    rest: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Parts<'a> {
        let bytes = text.trim().as_bytes();
        Parts {
            rest: match bytes {
                [b'v' | b'V', rest @ ..] => rest,
                _ => bytes,
            },
        }
    }

    fn next_part(&mut self) -> Option<Part<'a>> {
        let is_separator = |byte| matches!(byte, b'.' | b'-' | b'_' | b'+');
        let rest = digits::split_while(self.rest, is_separator).1;
        let (number, after) = digits::split(rest);
        if !number.is_empty() {
            self.rest = after;
            return Some(Part::Number(number));
        }
        let (word, after) = digits::split_while(rest, |byte| !byte.is_ascii_digit() && !is_separator(byte));
        self.rest = after;
        (!word.is_empty()).then_some(Part::Word(word))
    }
}

/// The places, by the beginning of the word, as PHP reads them.
fn place(part: Option<Part<'_>>) -> i8 {
    const WORDS: &[(&[u8], i8)] = &[
        (b"dev", 0),
        (b"alpha", 1),
        (b"a", 1),
        (b"beta", 2),
        (b"b", 2),
        (b"rc", 3),
        (b"#", 5),
        (b"pl", 6),
        (b"p", 6),
    ];
    match part {
        None => 4,
        Some(Part::Number(_)) => 5,
        Some(Part::Word(word)) => WORDS
            .iter()
            .find(|(start, _)| word.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
            .map_or(-1, |(_, place)| *place),
    }
}
