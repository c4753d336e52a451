//! ISC: BIND and ISC DHCP. `-P1` after the release, `b1` and `rc1` before it.
//!
//! `-S1` marks the subscription edition: ordered within itself, never against the other one. `-ESV` (extended
//! support) is a line of its own behind the releases of the same `X.Y`: `9.6-ESV-R3` against `9.6.3` is not decided.

use std::cmp::Ordering;

use crate::digits;
use crate::order::{Order, Why};
use crate::segments::{self, Rank, Reading, Word};

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    let (left, right) = (Edition::of(a), Edition::of(b));
    let another_line = left.extended != right.extended && same_line(a, b);
    if left.subscription != right.subscription || another_line {
        return Order::Incomparable(Why::Edition);
    }
    segments::compare(a, b, read).into()
}

pub(crate) fn read(word: Word<'_>) -> Reading {
    let is = |name: &str| word.letters.eq_ignore_ascii_case(name.as_bytes());
    if is("esv") || (word.numbered && (is("r") || is("s"))) {
        return Reading::Word(Rank::Post);
    }
    crate::generic::read(word)
}

/// What the words of a version say about its edition.
#[derive(Default)]
struct Edition {
    /// `9.16.50-S1`.
    subscription: bool,
    /// `9.6-ESV-R3`.
    extended: bool,
}

impl Edition {
    fn of(text: &str) -> Edition {
        let mut edition = Edition::default();
        segments::each_word(text, read, |word| {
            edition.subscription |= word.numbered && word.letters.eq_ignore_ascii_case(b"s");
            edition.extended |= word.letters.eq_ignore_ascii_case(b"esv");
        });
        edition
    }
}

fn same_line(a: &str, b: &str) -> bool {
    let (left, right) = (segments::first_two_numbers(a), segments::first_two_numbers(b));
    left.iter().zip(right).all(|(a, b)| digits::by_value(a, b) == Ordering::Equal)
}
