//! The default order: numbers by value, missing numbers are zero, pre-release words before, patch words and letters after.

use std::cmp::Ordering;

use crate::segments::{self, Reading, Word};

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, read)
}

/// A single letter, or two directly behind a number, is a letter release (`1.0b`); other unknown words are left out.
pub(crate) fn read(word: Word<'_>) -> Reading {
    if let Some(rank) = segments::common_word(word) {
        return Reading::Word(rank);
    }
    match word.letters.len() {
        1 => Reading::Letters,
        2 if word.glued => Reading::Letters,
        _ => Reading::Unknown,
    }
}
