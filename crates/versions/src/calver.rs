//! Versions that are dates: tzdata `2024a`, iputils `20240905`, `2023-07-06`, `2024.01.09`, `edk2-stable202011`.
//!
//! Two dates are ordered when they have the same shape. A date against `2.8` has no order.

use crate::digits;
use crate::generic;
use crate::order::{Order, Why};
use crate::shape::looks_like_date;

/// Compares two texts.
pub(crate) fn compare(a: &str, b: &str) -> Order {
    let (Some(a), Some(b)) = (Dated::read(a), Dated::read(b)) else {
        return Order::Incomparable(Why::Unreadable);
    };
    if a.shape == b.shape { generic::compare(a.text, b.text).into() } else { Order::Incomparable(Why::Shape) }
}

/// True when the text has one of the shapes.
pub(crate) fn is_readable(text: &str) -> bool {
    Dated::read(text).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape<'a> {
    /// `20240905`, `s20161105`.
    Compact,
    /// `2024a`, `2024`.
    YearLetter,
    /// `2023-07-06`.
    Dashed,
    /// `2024.01.09`.
    Dotted,
    /// `edk2-stable202011`: a date behind the words of a tag.
    Tagged(&'a str),
    /// `r118`: a count.
    Counted,
    /// `2.8`: no date.
    Plain,
}

struct Dated<'a> {
    shape: Shape<'a>,
    /// The part that is compared.
    text: &'a str,
}

impl<'a> Dated<'a> {
    fn read(text: &'a str) -> Option<Dated<'a>> {
        let text = match text.as_bytes() {
            [b'v' | b'V', digit, ..] if digit.is_ascii_digit() => text.get(1..)?,
            _ => text,
        };
        if text.as_bytes().first()?.is_ascii_digit() {
            return Some(Dated { shape: shape_of(text), text });
        }
        Dated::behind_letters(text)
    }

    fn behind_letters(text: &'a str) -> Option<Dated<'a>> {
        let last = text.bytes().rposition(|byte| !byte.is_ascii_digit())?;
        let (tag, date) = text.split_at_checked(last + 1)?;
        match tag {
            "s" | "S" if shape_of(date) == Shape::Compact => {
                Some(Dated { shape: Shape::Compact, text: date })
            }
            "r" | "R" if digits::all(date) => Some(Dated { shape: Shape::Counted, text: date }),
            _ if looks_like_date(date.as_bytes()) => Some(Dated { shape: Shape::Tagged(tag), text: date }),
            _ => None,
        }
    }
}

/// The shape of a text that begins with a digit.
fn shape_of(text: &str) -> Shape<'_> {
    let (first, rest) = digits::split(text.as_bytes());
    if looks_like_date(first) {
        return Shape::Compact;
    }
    if first.len() != 4 || !matches!(first, [b'1', b'9', ..] | [b'2', b'0', ..]) {
        return Shape::Plain;
    }
    match rest {
        [] => Shape::YearLetter,
        [letter, ..] if letter.is_ascii_alphabetic() => Shape::YearLetter,
        [b'-', digit, ..] if digit.is_ascii_digit() => Shape::Dashed,
        [b'.', digit, ..] if digit.is_ascii_digit() => Shape::Dotted,
        _ => Shape::Plain,
    }
}
