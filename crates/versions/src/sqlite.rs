//! SQLite: `3.39.2`, and the amalgamation number `3390200`, in which every two digits behind the first are one part.

use std::cmp::Ordering;

use crate::digits;
use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (amalgamation(a), amalgamation(b)) {
        (None, None) => segments::compare(a, b, crate::generic::read),
        (a_dotted, b_dotted) => {
            let (a, b) = (a_dotted.as_deref().unwrap_or(a), b_dotted.as_deref().unwrap_or(b));
            segments::compare(a, b, crate::generic::read)
        }
    }
}

/// `3390200` as `3.39.02.00`.
fn amalgamation(text: &str) -> Option<String> {
    if text.len() != 7 || !digits::all(text) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    Some(format!("{}.{}.{}.{}", part(0, 1), part(1, 3), part(3, 5), part(5, 7)))
}
