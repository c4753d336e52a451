//! Free text of CVE `version` fields, read into ranges (matching.md 5.5.1).
//!
//! A text is read to its last character or it is [`TextRanges::Ambiguous`]: a wrong range is worse than none. A list
//! of versions without any word (`4.11.15, 4.12.9`) may name the fixes and is ambiguous too. What a text says is
//! about affected versions; the status of the entry it stands in is the caller's business.

use model::version::Scheme;

use crate::branch::{branch_of, in_branch};
use crate::compare::compare;
use crate::order::{Order, Why};
use crate::range::{Bound, Contains, Interval, Side, contains};

mod clause;
mod grammar;
mod reader;
mod tokens;

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

/// Longer texts are prose.
const MAX_LENGTH: usize = 2000;

/// Reads a text.
///
/// ```
/// use versions::text::{TextRanges, parse};
/// use versions::{Contains, Scheme};
/// let said = parse("all versions 4.9.x before 4.9.3");
/// assert_eq!(said.contains(Scheme::Generic, "4.9.1"), Contains::Inside);
/// assert_eq!(parse("samba 4.11.15, samba 4.12.9"), TextRanges::Ambiguous);
/// ```
pub fn parse(text: &str) -> TextRanges {
    if text.len() > MAX_LENGTH {
        return TextRanges::Ambiguous;
    }
    tokens::tokens(text).and_then(|tokens| grammar::read(&tokens)).unwrap_or(TextRanges::Ambiguous)
}

impl TextRange {
    /// The bounds as an interval of the `range` module; the branch is not part of it.
    pub fn interval(&self) -> Interval<'_> {
        fn bound(bound: &TextBound) -> Bound<'_> {
            Bound { text: &bound.text, inclusive: bound.inclusive }
        }
        Interval { start: self.start.as_ref().map(bound), end: self.end.as_ref().map(bound) }
    }

    /// True when the range is one version.
    pub fn is_single_version(&self) -> bool {
        self.branch.is_none() && self.start.is_some() && self.start == self.end
    }

    /// Tells whether the version is in the range, the branch included.
    pub fn contains(&self, scheme: Scheme, version: &str) -> Contains {
        let Some(branch) = &self.branch else {
            return contains(scheme, &self.interval(), version);
        };
        match in_branch(scheme, branch, version) {
            Some(true) => contains(scheme, &self.interval(), version),
            Some(false) => match compare(scheme, version, branch) {
                Order::Less => Contains::Outside(Side::Before),
                Order::Incomparable(why) => Contains::Undecided(why),
                Order::Equal | Order::Greater => Contains::Outside(Side::After),
            },
            None => Contains::Undecided(Why::Unreadable),
        }
    }
}

impl TextRanges {
    /// Tells whether the text says that the version is affected. Outside several ranges the side is *before* only
    /// when the version is before all of them.
    pub fn contains(&self, scheme: Scheme, version: &str) -> Contains {
        match self {
            TextRanges::Ranges(ranges) => join(ranges.iter().map(|range| range.contains(scheme, version))),
            TextRanges::FixedList(fixed) => in_fixed_list(scheme, fixed, version),
            TextRanges::Ambiguous => Contains::Undecided(Why::Other("ambiguous text")),
        }
    }
}

/// Inside one is inside; otherwise one undecided makes the whole undecided.
fn join(answers: impl Iterator<Item = Contains>) -> Contains {
    let mut outside = None;
    let mut undecided = None;
    for answer in answers {
        match answer {
            Contains::Inside => return Contains::Inside,
            Contains::Undecided(why) => undecided = Some(why),
            Contains::Outside(side) if outside == Some(Side::After) || side == Side::After => {
                outside = Some(Side::After);
            }
            Contains::Outside(side) => outside = Some(side),
        }
    }
    match (undecided, outside) {
        (Some(why), _) => Contains::Undecided(why),
        (None, Some(side)) => Contains::Outside(side),
        (None, None) => Contains::Undecided(Why::Other("no range")),
    }
}

/// One fix per branch: below it in its branch, and below the lowest of all, is affected; above the highest is not.
///
/// A branch between two fixed ones that has no fix of its own is undecided.
pub fn in_fixed_list(scheme: Scheme, fixed: &[String], version: &str) -> Contains {
    let Some(branch) = branch_of(scheme, version) else {
        return Contains::Undecided(Why::Unreadable);
    };
    let (mut below, mut above) = (0, 0);
    for fix in fixed {
        let order = compare(scheme, version, fix);
        let same_branch = branch_of(scheme, fix).is_some_and(|fixed_branch| fixed_branch == branch);
        match order {
            Order::Incomparable(why) => return Contains::Undecided(why),
            Order::Less if same_branch => return Contains::Inside,
            Order::Equal | Order::Greater if same_branch => return Contains::Outside(Side::After),
            Order::Less => below += 1,
            Order::Equal | Order::Greater => above += 1,
        }
    }
    match (below, above) {
        (0, 0) => Contains::Undecided(Why::Other("no fixed version")),
        (_, 0) => Contains::Inside,
        (0, _) => Contains::Outside(Side::After),
        _ => Contains::Undecided(Why::Branch),
    }
}
