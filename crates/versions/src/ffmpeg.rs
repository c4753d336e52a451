//! FFmpeg: tags `n4.4`; `N-113007-g8d24a28d06` is a snapshot that only git can place.

use crate::order::{Order, Why};
use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    if is_snapshot(a) || is_snapshot(b) {
        return if a == b { Order::Equal } else { Order::Incomparable(Why::Commit) };
    }
    segments::compare(a, b, crate::generic::read).into()
}

/// True for the numbers of the development line.
pub(crate) fn is_snapshot(text: &str) -> bool {
    text.starts_with("N-")
}
