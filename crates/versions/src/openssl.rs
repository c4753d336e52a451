//! OpenSSL: `X.Y.Z[letters]` up to 1.1.1, numbers only from 3.0; `-alphaN`, `-betaN`, `-preN`, `-dev` before.
//!
//! Letters run none < a .. y < z < za < zb, which is their dictionary order.

use std::cmp::Ordering;

use crate::segments::{self, Reading, Word};

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    segments::compare(a, b, read)
}

pub(crate) fn read(word: Word<'_>) -> Reading {
    let is_letter_release = word.glued && !word.numbered && word.letters.len() <= 3;
    match segments::common_word(word) {
        _ if is_letter_release && !is_stage(word.letters) => Reading::Letters,
        Some(rank) => Reading::Word(rank),
        None => Reading::Unknown,
    }
}

/// `1.1.1dev`, `1.1.1pre`: glued, and still no letter release.
fn is_stage(letters: &[u8]) -> bool {
    [&b"dev"[..], b"pre", b"rc"].iter().any(|stage| letters.eq_ignore_ascii_case(stage))
}
