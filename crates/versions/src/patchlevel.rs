//! ntp, sudo, ppp: `a.b.cpN`, and release candidates of a patch level: `4.2.8p1-rc1 < 4.2.8p1 < 4.2.8p2`.

use std::cmp::Ordering;

use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, crate::generic::read)
}
