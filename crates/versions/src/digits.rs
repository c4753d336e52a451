//! Digit runs of any length, compared by value without converting them: a version never overflows.

use std::cmp::Ordering;

/// Compares two runs of ASCII digits by value; the empty run is zero.
pub(crate) fn by_value(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (significant(a), significant(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The run without its leading zeros; empty for zero.
pub(crate) fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    digits.split_at(zeros).1
}

/// True when the run has the value zero.
pub(crate) fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|byte| *byte == b'0')
}

/// Splits the leading digits off.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    split_while(bytes, |byte| byte.is_ascii_digit())
}

/// Splits the longest prefix off whose bytes satisfy `keep`.
pub(crate) fn split_while(bytes: &[u8], keep: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let count = bytes.iter().take_while(|byte| keep(**byte)).count();
    bytes.split_at(count)
}

/// True when the text is one or more ASCII digits.
pub(crate) fn all(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
