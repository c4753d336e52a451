//! OpenSSH portable: `X.YpN`. `X.Y` alone is the OpenBSD release, before `X.Yp1`; `9.3_p2` and `9.3:p2` are `9.3p2`.

use std::cmp::Ordering;

use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, crate::generic::read)
}
