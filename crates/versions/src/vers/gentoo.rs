//! Gentoo packages: numbers, a letter, suffixes, revision. A part with a leading zero is compared as text.

use std::cmp::Ordering;

use crate::digits;
use crate::order::{Order, Why};

/// Compares two package versions.
pub(super) fn compare(a: &str, b: &str) -> Order {
    match (Package::read(a), Package::read(b)) {
        (Some(a), Some(b)) => a.cmp_with(&b).into(),
        _ => Order::Incomparable(Why::Unreadable),
    }
}

struct Package<'a> {
    numbers: &'a str,
    letter: Option<u8>,
    suffixes: &'a str,
    revision: &'a str,
}

impl<'a> Package<'a> {
    fn read(text: &'a str) -> Option<Package<'a>> {
        let text = text.trim();
        let (text, revision) = match text.rsplit_once("-r") {
            Some((text, revision)) if digits::all(revision) => (text, revision),
            _ => (text, ""),
        };
        let (text, suffixes) = text.split_at(text.find('_').unwrap_or(text.len()));
        let (numbers, letter) = match text.as_bytes() {
            [.., last] if last.is_ascii_lowercase() => (text.get(..text.len() - 1)?, Some(*last)),
            _ => (text, None),
        };
        let readable =
            numbers.split('.').all(digits::all) && suffixes_of(suffixes).all(|suffix| suffix.is_some());
        readable.then_some(Package { numbers, letter, suffixes, revision })
    }

    fn cmp_with(&self, other: &Package<'_>) -> Ordering {
        compare_numbers(self.numbers, other.numbers)
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| compare_suffixes(self.suffixes, other.suffixes))
            .then_with(|| digits::by_value(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    let mut first = true;
    loop {
        let (left, right) = match (a.next(), b.next()) {
            (Some(left), Some(right)) => (left, right),
            (left, right) => return left.is_some().cmp(&right.is_some()),
        };
        let is_text = !first && (left.starts_with('0') || right.starts_with('0'));
        let order = if is_text {
            left.trim_end_matches('0').cmp(right.trim_end_matches('0'))
        } else {
            digits::by_value(left.as_bytes(), right.as_bytes())
        };
        if order != Ordering::Equal {
            return order;
        }
        first = false;
    }
}

/// The suffixes with their places; a missing one stands between `rc` and `p`.
fn compare_suffixes(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (suffixes_of(a), suffixes_of(b));
    loop {
        let (left, right) = (a.next().flatten(), b.next().flatten());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let ((a_place, a_number), (b_place, b_number)) = (left.unwrap_or((4, "")), right.unwrap_or((4, "")));
        let order =
            a_place.cmp(&b_place).then_with(|| digits::by_value(a_number.as_bytes(), b_number.as_bytes()));
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn suffixes_of(text: &str) -> impl Iterator<Item = Option<(u8, &str)>> {
    text.split('_').skip(1).map(|suffix| {
        let at = suffix.find(|c: char| c.is_ascii_digit()).unwrap_or(suffix.len());
        let (word, number) = suffix.split_at(at);
        let place = ["alpha", "beta", "pre", "rc", "", "p"]
            .iter()
            .position(|known| *known == word && !word.is_empty())?;
        let place = u8::try_from(place).ok()?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some((place, number))
    })
}
