//! Debian package versions: `[epoch:]upstream[-revision]`, letters before other signs, `~` before everything.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions. Any text has a place.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Package::of(a.trim()), Package::of(b.trim()));
    digits::by_value(a.epoch, b.epoch)
        .then_with(|| compare_part(a.upstream, b.upstream))
        .then_with(|| compare_part(a.revision, b.revision))
}

struct Package<'a> {
    epoch: &'a [u8],
    upstream: &'a [u8],
    revision: &'a [u8],
}

impl<'a> Package<'a> {
    fn of(text: &'a str) -> Package<'a> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if digits::all(epoch) => (epoch, rest),
            _ => ("", text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Package { epoch: epoch.as_bytes(), upstream: upstream.as_bytes(), revision: revision.as_bytes() }
    }
}

/// Alternately the signs that are no digits, sign by sign, and a number.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let ((a_text, a_rest), (b_text, b_rest)) = (split_text(a), split_text(b));
        let text = compare_text(a_text, b_text);
        if text != Ordering::Equal {
            return text;
        }
        let ((a_number, a_rest), (b_number, b_rest)) = (digits::split(a_rest), digits::split(b_rest));
        let number = digits::by_value(a_number, b_number);
        if number != Ordering::Equal {
            return number;
        }
        (a, b) = (a_rest, b_rest);
        if a.is_empty() && b.is_empty() {
            return Ordering::Equal;
        }
    }
}

fn split_text(bytes: &[u8]) -> (&[u8], &[u8]) {
    digits::split_while(bytes, |byte| !byte.is_ascii_digit())
}

fn compare_text(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.iter(), b.iter());
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = weight(left).cmp(&weight(right));
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// `~`, then the end, then letters, then the rest.
fn weight(byte: Option<&u8>) -> i16 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i16::from(*letter),
        Some(other) => i16::from(*other) + 256,
    }
}
