//! Linux kernel releases: `X.Y[.Z[.W]][-rcN][-local]`.
//!
//! The local suffix (`-yocto-standard`, `-imx`, `-91-generic`) does not take part. Which branch a release belongs
//! to, and what a bound in another branch means, is not decided here (`analysis`, kernel rules).

use std::cmp::Ordering;

use crate::digits;

/// Compares two texts that begin with a digit.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (left, left_rest) = next_number(a);
        let (right, right_rest) = next_number(b);
        if left.is_empty() && right.is_empty() {
            return stage(a).cmp_with(stage(b));
        }
        let order = digits::by_value(left, right);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (left_rest, right_rest);
    }
}

/// How much of the text takes part in the comparison.
pub(crate) fn base_length(text: &str) -> usize {
    let mut rest = text.as_bytes();
    loop {
        let (number, after) = next_number(rest);
        if number.is_empty() {
            break;
        }
        rest = after;
    }
    let rest = Stage::read(rest).map_or(rest, |(_, after)| after);
    text.len() - rest.len()
}

/// The next number, with the dot before it. A dot without a digit behind it is not taken.
fn next_number(rest: &[u8]) -> (&[u8], &[u8]) {
    let after_dot = match rest {
        [b'.', after @ ..] => after,
        _ => rest,
    };
    let (number, after) = digits::split(after_dot);
    if number.is_empty() { (number, rest) } else { (number, after) }
}

/// Where in the life of a release a text stands.
#[derive(Clone, Copy)]
struct Stage<'a> {
    rank: u8,
    number: &'a [u8],
}

const RELEASE: Stage<'static> = Stage { rank: 3, number: &[] };

fn stage(rest: &[u8]) -> Stage<'_> {
    Stage::read(rest).map_or(RELEASE, |(stage, _)| stage)
}

impl<'a> Stage<'a> {
    /// Reads `-rc4`, `~rc4`, `_rc4`, `:rc4`, `rc4`, and the old `-test9`, `-pre3`.
    fn read(rest: &'a [u8]) -> Option<(Stage<'a>, &'a [u8])> {
        let (_, word) =
            digits::split_while(rest, |byte| matches!(byte, b'-' | b'~' | b'_' | b':' | b'.' | b' '));
        let (letters, after) = digits::split_while(word, |byte| byte.is_ascii_alphabetic());
        let rank = [(&b"test"[..], 0), (b"pre", 1), (b"rc", 2)]
            .iter()
            .find(|(name, _)| letters.eq_ignore_ascii_case(name))
            .map(|(_, rank)| *rank)?;
        let after = match after {
            [b'-' | b'.' | b'_', digits @ ..]
                if rank == 2 && digits.first().is_some_and(u8::is_ascii_digit) =>
            {
                digits
            }
            _ => after,
        };
        let (number, after) = digits::split(after);
        Some((Stage { rank, number }, after))
    }

    fn cmp_with(self, other: Stage<'_>) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| digits::by_value(self.number, other.number))
    }
}
