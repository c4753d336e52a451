//! Vim: `9.1.0038`, numbers by value; the leading zeros of a patch number are padding.

use std::cmp::Ordering;

use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, crate::generic::read)
}
