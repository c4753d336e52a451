//! Free text of CVE `version` fields, read into ranges (matching.md 5.5.1).
//!
//! What is not consumed to the last character is [`TextRanges::Ambiguous`].

use model::version::Scheme;

use crate::order::Why;
use crate::range::{Bound, Contains, Interval};

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextRanges {
    /// Affected ranges; a version is affected when one of them holds it.
    Ranges(Vec<TextRange>),
    /// Fixed versions, one per branch: affected below in the same branch and below the lowest.
    FixedList(Vec<String>),
    /// Not read to the end, or readable in two ways.
    Ambiguous,
}

/// One end of a text range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextBound {
    /// The version text.
    pub text: String,
    /// True when the version itself is inside.
    pub inclusive: bool,
}

/// One range of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct TextRange {
    /// The product words before the version, as written (`Linux kernel`).
    pub product: Option<String>,
    /// The branch the range is restricted to (`4.9` of `all versions 4.9.x before 4.9.3`).
    pub branch: Option<String>,
    /// The start; `None` = from the beginning (of the branch).
    pub start: Option<TextBound>,
    /// The end; `None` = to the last version (of the branch).
    pub end: Option<TextBound>,
    /// The fixed version, where the text names it beside the range.
    pub fixed: Option<String>,
}

impl TextRange {
    /// The bounds as an interval of the `range` module; the branch is not part of it.
    pub fn interval(&self) -> Interval<'_> {
        fn bound(bound: &TextBound) -> Bound<'_> {
            Bound { text: &bound.text, inclusive: bound.inclusive }
        }
        Interval { start: self.start.as_ref().map(bound), end: self.end.as_ref().map(bound) }
    }

    /// Tells whether the version is in the range, the branch included.
    pub fn contains(&self, _scheme: Scheme, _version: &str) -> Contains {
        Contains::Undecided(Why::Unreadable)
    }
}

impl TextRanges {
    /// Tells whether the text says that the version is affected.
    pub fn contains(&self, _scheme: Scheme, _version: &str) -> Contains {
        Contains::Undecided(Why::Unreadable)
    }
}

/// Reads a text.
pub fn parse(_text: &str) -> TextRanges {
    TextRanges::Ambiguous
}
