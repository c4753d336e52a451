//! Semantic Versioning 2, tolerant: parts may be missing or more than three, `v` and `=` may stand before.
//!
//! Also npm, Go, NuGet (letter case does not count) and runc (`rc-N` is `rc.N`).
//! What is no SemVer but common (`1.21rc1`, `2.0.0.Final`, `1.2.3p1`) is read by the common words; any other text
//! is unreadable.

use std::cmp::Ordering;

use crate::digits;
use crate::order::{Order, Why};
use crate::segments::{self, Rank, Word};

/// Compares two cleaned texts, or two npm versions.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    compare_as(a, b, |a, b| a.cmp(b))
}

/// Compares two NuGet versions: letter case does not count.
pub(crate) fn compare_nuget(a: &str, b: &str) -> Order {
    compare_as(a, b, |a, b| a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase)))
}

/// Compares two Go module versions, or releases of the tool chain (`go1.21.3`).
pub(crate) fn compare_go(a: &str, b: &str) -> Order {
    compare(a.strip_prefix("go").unwrap_or(a), b.strip_prefix("go").unwrap_or(b))
}

/// Compares two runc releases: words and numbers whatever stands between them.
pub(crate) fn compare_runc(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, crate::generic::read)
}

/// True when the text can be read.
pub(crate) fn is_readable(text: &str) -> bool {
    Version::read(text).is_some()
}

fn compare_as(a: &str, b: &str, letters: fn(&[u8], &[u8]) -> Ordering) -> Order {
    match (Version::read(a), Version::read(b)) {
        (Some(a), Some(b)) => a.cmp_with(b, letters).into(),
        _ => Order::Incomparable(Why::Unreadable),
    }
}

/// What follows the numbers.
#[derive(Clone, Copy)]
enum Stage<'a> {
    Pre(&'a str),
    Release,
    Post(&'a str),
}

/// A version taken apart. Build metadata is cut.
#[derive(Clone, Copy)]
pub(crate) struct Version<'a> {
    numbers: &'a str,
    stage: Stage<'a>,
    /// The build metadata, which only Pub compares.
    pub(crate) build: Option<&'a str>,
}

impl<'a> Version<'a> {
    pub(crate) fn read(text: &'a str) -> Option<Version<'a>> {
        let text = text.trim().trim_start_matches('=').trim_start();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let length = numbers_length(text.as_bytes());
        let (numbers, rest) = text.split_at_checked(length)?;
        if numbers.is_empty() {
            return None;
        }
        Some(Version { numbers, stage: Stage::read(rest)?, build })
    }

    pub(crate) fn cmp_with(self, other: Version<'_>, letters: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
        compare_numbers(self.numbers, other.numbers).then_with(|| match (self.stage, other.stage) {
            (Stage::Pre(a), Stage::Pre(b)) => compare_identifiers(a, b, letters),
            (Stage::Post(a), Stage::Post(b)) => segments::compare(a, b, crate::generic::read),
            (a, b) => a.place().cmp(&b.place()),
        })
    }
}

impl<'a> Stage<'a> {
    fn read(rest: &'a str) -> Option<Stage<'a>> {
        if let Some(identifiers) = rest.strip_prefix(['-', '~']) {
            return Some(Stage::Pre(identifiers));
        }
        if rest.is_empty() {
            return Some(Stage::Release);
        }
        let rest = rest.strip_prefix(['.', '_', ':']).unwrap_or(rest);
        let (letters, after) = digits::split_while(rest.as_bytes(), |byte| byte.is_ascii_alphabetic());
        let numbered = after.first().is_some_and(u8::is_ascii_digit);
        match segments::common_word(Word { letters, glued: true, numbered })? {
            Rank::Release => Some(Stage::Release),
            rank if rank < Rank::Release => Some(Stage::Pre(rest)),
            _ => Some(Stage::Post(rest)),
        }
    }

    fn place(self) -> u8 {
        match self {
            Stage::Pre(_) => 0,
            Stage::Release => 1,
            Stage::Post(_) => 2,
        }
    }
}

/// The length of `1.2.3`; a dot without a digit behind it does not belong to it.
fn numbers_length(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        let (number, after) = digits::split(rest);
        if number.is_empty() {
            return bytes.len() - rest.len();
        }
        rest = match after {
            [b'.', digit, ..] if digit.is_ascii_digit() => after.split_at(1).1,
            _ => return bytes.len() - after.len(),
        };
    }
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order =
            digits::by_value(left.unwrap_or_default().as_bytes(), right.unwrap_or_default().as_bytes());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Dot by dot: numbers before words, numbers by value, the longer list after.
pub(crate) fn compare_identifiers(a: &str, b: &str, letters: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (left, right) = match (a.next(), b.next()) {
            (Some(left), Some(right)) => (left, right),
            (left, right) => return left.is_some().cmp(&right.is_some()),
        };
        let order = match (digits::all(left), digits::all(right)) {
            (true, true) => digits::by_value(left.as_bytes(), right.as_bytes()),
            (false, false) => letters(left.as_bytes(), right.as_bytes()),
            (left_number, right_number) => right_number.cmp(&left_number),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Compares two Dart packages: build metadata counts, none before some.
pub(crate) fn compare_pub(a: &str, b: &str) -> Order {
    let (Some(a), Some(b)) = (Version::read(a), Version::read(b)) else {
        return Order::Incomparable(Why::Unreadable);
    };
    let letters = |a: &[u8], b: &[u8]| a.cmp(b);
    let order = a.cmp_with(b, letters).then_with(|| match (a.build, b.build) {
        (Some(a), Some(b)) => compare_identifiers(a, b, letters),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    order.into()
}
