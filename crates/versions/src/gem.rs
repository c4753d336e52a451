//! RubyGems: numbers and words; a word makes a pre-release, `-` is `.pre.`, zeros at the end of a group do not count.

use std::cmp::Ordering;

use crate::digits;

/// Compares two gem versions. Any text has a place.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Segments::of(a), Segments::of(b));
    loop {
        let (left, right) = (a.next_segment(), b.next_segment());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = left.unwrap_or(ZERO).cmp_segment(right.unwrap_or(ZERO));
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Word(&'a [u8]),
    Number(&'a [u8]),
}

const ZERO: Segment<'static> = Segment::Number(&[]);

impl Segment<'_> {
    fn cmp_segment(self, other: Segment<'_>) -> Ordering {
        match (self, other) {
            (Segment::Number(a), Segment::Number(b)) => digits::by_value(a, b),
            (Segment::Word(a), Segment::Word(b)) => a.cmp(b),
            (Segment::Word(_), Segment::Number(_)) => Ordering::Less,
            (Segment::Number(_), Segment::Word(_)) => Ordering::Greater,
        }
    }
}

struct Segments<'a> {
    rest: &'a [u8],
    in_numbers: bool,
    /// How many of the next numbers are zeros that count, because the group goes on behind them.
    zeros: usize,
}

impl<'a> Segments<'a> {
    fn of(text: &'a str) -> Segments<'a> {
        Segments { rest: text.trim().as_bytes(), in_numbers: true, zeros: 0 }
    }

    fn next_segment(&mut self) -> Option<Segment<'a>> {
        let (segment, rest) = next_raw(self.rest)?;
        self.rest = rest;
        match segment {
            Segment::Number(number) if self.in_numbers && digits::is_zero(number) => {
                Some(self.after_zero().unwrap_or(segment))
            }
            Segment::Number(_) => Some(segment),
            Segment::Word(_) => {
                self.in_numbers = false;
                Some(segment)
            }
        }
    }

    /// `1.0.a` is `1.a`: zeros before the first word do not count. Returns that word.
    fn after_zero(&mut self) -> Option<Segment<'a>> {
        if self.zeros > 0 {
            self.zeros -= 1;
            return None;
        }
        let mut ahead = self.rest;
        loop {
            match next_raw(ahead) {
                Some((Segment::Number(number), rest)) if digits::is_zero(number) => {
                    self.zeros += 1;
                    ahead = rest;
                }
                Some((word @ Segment::Word(_), rest)) => {
                    (self.rest, self.zeros, self.in_numbers) = (rest, 0, false);
                    return Some(word);
                }
                _ => return None,
            }
        }
    }
}

/// The next number or word; a dash between two is the word `pre`.
fn next_raw(bytes: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let (between, rest) = digits::split_while(bytes, |byte| !byte.is_ascii_alphanumeric());
    if between.contains(&b'-') {
        return Some((Segment::Word(b"pre"), rest));
    }
    let (number, after) = digits::split(rest);
    if !number.is_empty() {
        return Some((Segment::Number(number), after));
    }
    let (word, after) = digits::split_while(rest, |byte| byte.is_ascii_alphabetic());
    (!word.is_empty()).then_some((Segment::Word(word), after))
}
