//! NGINX Plus: `R31 P3`, `R31-P3`, `r31`. Releases of NGINX itself are not of this scheme.

use std::cmp::Ordering;

use crate::digits;
use crate::order::{Order, Why};

/// Compares two texts.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    match (read(a), read(b)) {
        (Some(a), Some(b)) => by_parts(a, b).into(),
        _ => Order::Incomparable(Why::Unreadable),
    }
}

/// True when the text can be read.
pub(crate) fn is_readable(text: &str) -> bool {
    read(text).is_some()
}

fn by_parts(a: (&[u8], &[u8]), b: (&[u8], &[u8])) -> Ordering {
    digits::by_value(a.0, b.0).then_with(|| digits::by_value(a.1, b.1))
}

/// Release and patch number.
fn read(text: &str) -> Option<(&[u8], &[u8])> {
    let bytes = text.as_bytes();
    let (release, rest) = match bytes {
        [b'R' | b'r', after @ ..] => digits::split(after),
        _ => digits::split(bytes),
    };
    if release.is_empty() {
        return None;
    }
    let (separator, patch) = digits::split_while(rest, |byte| matches!(byte, b' ' | b'-' | b'_' | b':'));
    let number = match patch {
        [b'P' | b'p', number @ ..] => number,
        [] => return separator.is_empty().then_some((release, &[])),
        _ => return None,
    };
    number.iter().all(u8::is_ascii_digit).then_some((release, number))
}
