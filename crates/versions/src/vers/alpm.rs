//! Arch Linux packages: `[epoch:]version[-release]`; letters glued to a number are before it (`1.0rc < 1.0 < 1.0.a`).
//!
//! A missing release equals any release, as pacman has it; so `Equal` is no equivalence between texts with and
//! without one.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Package::of(a.trim()), Package::of(b.trim()));
    digits::by_value(a.epoch, b.epoch).then_with(|| compare_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => compare_part(a, b),
            _ => Ordering::Equal,
        }
    })
}

struct Package<'a> {
    epoch: &'a [u8],
    version: &'a [u8],
    release: Option<&'a [u8]>,
}

impl<'a> Package<'a> {
    fn of(text: &'a str) -> Package<'a> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
            _ => ("", text),
        };
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release.as_bytes())),
            None => (rest, None),
        };
        Package { epoch: epoch.as_bytes(), version: version.as_bytes(), release }
    }
}

fn compare_part<'a>(mut a: &'a [u8], mut b: &'a [u8]) -> Ordering {
    while !a.is_empty() && !b.is_empty() {
        let separators = |bytes| digits::split_while(bytes, |byte: u8| !byte.is_ascii_alphanumeric());
        let ((a_separator, a_run), (b_separator, b_run)) = (separators(a), separators(b));
        (a, b) = (a_run, b_run);
        if a.is_empty() || b.is_empty() {
            break;
        }
        if a_separator.len() != b_separator.len() {
            return a_separator.len().cmp(&b_separator.len());
        }
        let (order, a_rest, b_rest) = compare_run(a, b);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (a_rest, b_rest);
    }
    compare_rest(a, b)
}

fn compare_run<'a>(a: &'a [u8], b: &'a [u8]) -> (Ordering, &'a [u8], &'a [u8]) {
    let is_digit = |bytes: &[u8]| bytes.first().is_some_and(u8::is_ascii_digit);
    match (is_digit(a), is_digit(b)) {
        (true, true) => {
            let ((a, a_rest), (b, b_rest)) = (digits::split(a), digits::split(b));
            (digits::by_value(a, b), a_rest, b_rest)
        }
        (false, false) => {
            let letters = |bytes| digits::split_while(bytes, |byte: u8| byte.is_ascii_alphabetic());
            let ((a, a_rest), (b, b_rest)) = (letters(a), letters(b));
            (a.cmp(b), a_rest, b_rest)
        }
        (a_digit, b_digit) => (a_digit.cmp(&b_digit), a, b),
    }
}

/// What is left on one side: letters make it the older one, anything else the newer.
fn compare_rest(a: &[u8], b: &[u8]) -> Ordering {
    let is_letter = |bytes: &[u8]| bytes.first().is_some_and(u8::is_ascii_alphabetic);
    match (a, b) {
        ([], []) => Ordering::Equal,
        ([], b) => {
            if is_letter(b) {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (a, _) => {
            if is_letter(a) {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    }
}
