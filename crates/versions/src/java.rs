//! OpenJDK: `8u392`, `1.8.0_392`, `1.8.0:update392`, `11.0.21+9`, all read as feature, interim, update.

use std::cmp::Ordering;

use crate::digits;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Release::of(a), Release::of(b));
    loop {
        let (left, right) = (a.number(), b.number());
        if left.is_none() && right.is_none() {
            return a.is_early_access().cmp(&b.is_early_access()).reverse();
        }
        let order = digits::by_value(left.unwrap_or_default(), right.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The numbers of a release, from the feature on.
struct Release<'a> {
    rest: &'a [u8],
    /// The zero that stands between feature and update in `8u392`.
    interim: bool,
}

impl<'a> Release<'a> {
    /// Drops the `1.` that stood before the feature up to Java 8.
    fn of(text: &'a str) -> Release<'a> {
        let bytes = text.as_bytes();
        let rest = match bytes {
            [b'1', b'.', feature, ..] if feature.is_ascii_digit() => bytes.split_at(2).1,
            _ => bytes,
        };
        Release { rest, interim: false }
    }

    fn number(&mut self) -> Option<&'a [u8]> {
        if self.interim {
            self.interim = false;
            return Some(&[]);
        }
        let (number, rest) = digits::split(self.after_separator());
        if number.is_empty() {
            return None;
        }
        self.rest = rest;
        self.interim = matches!(rest, [b'u' | b'U', digit, ..] if digit.is_ascii_digit());
        Some(number)
    }

    /// `.`, `_`, `u`, `:update_` before the next number.
    fn after_separator(&self) -> &'a [u8] {
        let (_, after) = digits::split_while(self.rest, |byte| matches!(byte, b'.' | b'_' | b':' | b' '));
        let (word, number) = digits::split_while(after, |byte| byte.is_ascii_alphabetic());
        if word.eq_ignore_ascii_case(b"u") || word.eq_ignore_ascii_case(b"update") {
            return digits::split_while(number, |byte| matches!(byte, b'_' | b' ' | b'-')).1;
        }
        after
    }

    fn is_early_access(&self) -> bool {
        let (_, word) = digits::split_while(self.rest, |byte| !byte.is_ascii_alphabetic());
        let (word, _) = digits::split_while(word, |byte| byte.is_ascii_alphabetic());
        word.eq_ignore_ascii_case(b"ea")
    }
}
