//! Commit ids: equal or not; no order without ancestry, which only version control knows.

use crate::order::{Order, Why};

/// Compares two commit ids by letters.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    if a.eq_ignore_ascii_case(b) { Order::Equal } else { Order::Incomparable(Why::Commit) }
}

/// Tells whether two ids, one of them perhaps shortened, name the same commit. At least seven digits count.
///
/// Not part of [`compare`]: two different commits can begin with the same short id.
pub fn same_commit(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() >= 7 && long.get(..short.len()).is_some_and(|start| start.eq_ignore_ascii_case(short))
}
