//! Squid: `2.5.STABLE9`, with `.DEVEL`, `.PRE`, `.RC` before; plain numbers from 3.1 on.

use std::cmp::Ordering;

use crate::segments;

/// Compares two cleaned texts. `STABLE` is a release word, and its number counts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, crate::generic::read)
}
