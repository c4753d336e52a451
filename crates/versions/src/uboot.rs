//! U-Boot: `YYYY.MM[.N][-rcN]`. Before October 2008 it counted `1.3.4`, which is below every year.

use std::cmp::Ordering;

use crate::segments::{self, Rank, Reading, Word};

/// Compares two cleaned texts. Only `-rcN` has a meaning; vendor words are left out.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, read)
}

pub(crate) fn read(word: Word<'_>) -> Reading {
    match segments::common_word(word) {
        Some(rank @ (Rank::Candidate | Rank::Release)) => Reading::Word(rank),
        _ => Reading::Unknown,
    }
}
