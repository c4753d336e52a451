//! Versions that are lists of numbers: R, Haskell, and the bare `intdot`.

use std::cmp::Ordering;

use crate::digits;

/// R packages: `.` and `-` alike; the longer list is after.
pub(super) fn compare_cran(a: &str, b: &str) -> Ordering {
    compare_lists(a.split(['.', '-']), b.split(['.', '-']), false)
}

/// Haskell packages: the longer list is after.
pub(super) fn compare_hackage(a: &str, b: &str) -> Ordering {
    compare_lists(a.split('.'), b.split('.'), false)
}

/// Numbers; a missing one is zero, and what follows the numbers does not count.
pub(super) fn compare_intdot(a: &str, b: &str) -> Ordering {
    compare_lists(numbers(a), numbers(b), true)
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let end = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    text.get(..end).unwrap_or_default().split('.')
}

fn compare_lists<'a>(
    mut a: impl Iterator<Item = &'a str>,
    mut b: impl Iterator<Item = &'a str>,
    missing_is_zero: bool,
) -> Ordering {
    loop {
        let (left, right) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => (left, right),
            (left, right) if missing_is_zero => (left.unwrap_or_default(), right.unwrap_or_default()),
            (left, right) => return left.is_some().cmp(&right.is_some()),
        };
        let order = compare_part(left, right);
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers by value; anything else after the numbers, by letters.
fn compare_part(a: &str, b: &str) -> Ordering {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(a), is_number(b)) {
        (true, true) => digits::by_value(a.as_bytes(), b.as_bytes()),
        (false, false) => a.cmp(b),
        (a, b) => b.cmp(&a),
    }
}
