//! ISC: BIND and ISC DHCP. `-P1` after the release, `b1` and `rc1` before it.
//!
//! `-S1` marks the subscription edition: ordered within itself, never against the other one. `-ESV` (extended
//! support) is a line of its own behind the releases of the same `X.Y`: `9.6-ESV-R3` against `9.6.3` is not decided.

use std::cmp::Ordering;

use crate::order::{Order, Why};
use crate::segments::{self, Rank, Reading, Word};

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    if is_subscription(a) != is_subscription(b) {
        return Order::Incomparable(Why::Edition);
    }
    if is_extended(a) != is_extended(b) && same_line(a, b) {
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

/// True for `9.16.50-S1`.
fn is_subscription(text: &str) -> bool {
    text.rsplit(['-', '_', ':']).any(|part| {
        matches!(part.as_bytes(), [b'S' | b's', digits @ ..]
            if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
    })
}

/// True for `9.6-ESV-R3`.
fn is_extended(text: &str) -> bool {
    text.split(['-', '_', ':']).any(|part| part.eq_ignore_ascii_case("esv"))
}

fn same_line(a: &str, b: &str) -> bool {
    let line = |text: &str| {
        let mut numbers = segments::leading_numbers(text);
        (numbers.next().unwrap_or_default().to_owned(), numbers.next().unwrap_or("0").to_owned())
    };
    let ((a_major, a_minor), (b_major, b_minor)) = (line(a), line(b));
    let equal = |x: &str, y: &str| crate::digits::by_value(x.as_bytes(), y.as_bytes()) == Ordering::Equal;
    equal(&a_major, &b_major) && equal(&a_minor, &b_minor)
}
