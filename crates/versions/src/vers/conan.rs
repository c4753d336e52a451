//! Conan packages: parts separated by dots, `-pre` before and `+build` after; zeros at the end do not count.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Package::of(a.trim()), Package::of(b.trim()));
    compare_items(a.items, b.items)
        .then_with(|| match (a.pre, b.pre) {
            (Some(a), Some(b)) => compare_items(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        })
        .then_with(|| compare_items(a.build, b.build))
}

struct Package<'a> {
    items: &'a str,
    pre: Option<&'a str>,
    build: &'a str,
}

impl<'a> Package<'a> {
    fn of(text: &'a str) -> Package<'a> {
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        match text.split_once('-') {
            Some((items, pre)) => Package { items, pre: Some(pre), build },
            None => Package { items: text, pre: None, build },
        }
    }
}

/// Item by item; a missing item is zero.
fn compare_items(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = compare_item(left.unwrap_or_default().as_bytes(), right.unwrap_or_default().as_bytes());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Alternately numbers and letters; numbers are before letters, the longer item is after.
fn compare_item<'a>(mut a: &'a [u8], mut b: &'a [u8]) -> Ordering {
    loop {
        let ((a_number, a_rest), (b_number, b_rest)) = (digits::split(a), digits::split(b));
        let text = |rest| digits::split_while(rest, |byte: u8| !byte.is_ascii_digit());
        let ((a_text, a_rest), (b_text, b_rest)) = (text(a_rest), text(b_rest));
        let has_number = |number: &[u8], text: &[u8]| !number.is_empty() || text.is_empty();
        let order = has_number(b_number, b_text)
            .cmp(&has_number(a_number, a_text))
            .then_with(|| digits::by_value(a_number, b_number))
            .then_with(|| a_text.cmp(b_text));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (a_rest, b_rest);
        if a.is_empty() && b.is_empty() {
            return Ordering::Equal;
        }
    }
}
