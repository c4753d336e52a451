//! RPM: `[epoch:]version[-release]`, runs of letters and digits, `~` before and `^` after.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions. Any text has a place; no release is before any release.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Package::of(a.trim()), Package::of(b.trim()));
    digits::by_value(a.epoch, b.epoch).then_with(|| compare_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => compare_part(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    })
}

struct Package<'a> {
    epoch: &'a [u8],
    version: &'a [u8],
    release: Option<&'a [u8]>,
}

impl<'a> Package<'a> {
    /// Only digits before the first colon are an epoch.
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

/// The order of rpm's own comparison of one part; also used for Arch packages.
pub(crate) fn compare_part<'a>(mut a: &'a [u8], mut b: &'a [u8]) -> Ordering {
    loop {
        (a, b) = (skip_separators(a), skip_separators(b));
        match (a, b) {
            ([b'~', a_rest @ ..], [b'~', b_rest @ ..]) | ([b'^', a_rest @ ..], [b'^', b_rest @ ..]) => {
                (a, b) = (a_rest, b_rest);
                continue;
            }
            ([b'~', ..], _) => return Ordering::Less,
            (_, [b'~', ..]) => return Ordering::Greater,
            ([], []) => return Ordering::Equal,
            // A caret is after the end and before everything else.
            ([b'^', ..], []) => return Ordering::Greater,
            ([], [b'^', ..]) => return Ordering::Less,
            ([b'^', ..], _) | ([], _) => return Ordering::Less,
            (_, [b'^', ..]) | (_, []) => return Ordering::Greater,
            _ => {}
        }
        let (order, a_rest, b_rest) = compare_run(a, b);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (a_rest, b_rest);
    }
}

/// One run of digits or letters; digits are after letters.
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

fn skip_separators(bytes: &[u8]) -> &[u8] {
    digits::split_while(bytes, |byte| !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^').1
}
