//! Is a version inside an interval? Inside, outside (and on which side), or undecided.

use model::version::Scheme;

use crate::compare::{self, compare};
use crate::order::{Order, Why};

/// One end of an interval: the version text, and whether that version belongs to the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bound<'a> {
    /// The version text as the source wrote it.
    pub text: &'a str,
    /// True when the bound itself is inside.
    pub inclusive: bool,
}

impl<'a> Bound<'a> {
    /// A bound that belongs to the interval.
    pub fn including(text: &'a str) -> Bound<'a> {
        Bound { text, inclusive: true }
    }

    /// A bound that does not belong to the interval.
    pub fn excluding(text: &'a str) -> Bound<'a> {
        Bound { text, inclusive: false }
    }
}

/// From a start to an end; a missing bound is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Interval<'a> {
    /// Where it begins; `None` = no lower bound.
    pub start: Option<Bound<'a>>,
    /// Where it ends; `None` = no upper bound.
    pub end: Option<Bound<'a>>,
}

impl<'a> Interval<'a> {
    /// The interval that holds one version.
    pub fn exactly(text: &'a str) -> Interval<'a> {
        Interval { start: Some(Bound::including(text)), end: Some(Bound::including(text)) }
    }
}

/// On which side of an interval a version lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Below the start.
    Before,
    /// Above the end.
    After,
}

/// The answer to "is this version inside?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contains {
    /// Inside.
    Inside,
    /// Outside, on the side named.
    Outside(Side),
    /// Cannot be decided.
    Undecided(Why),
}

/// Tells whether `version` lies in `interval`.
///
/// A bound that proves the version outside decides alone, also where the other bound cannot be compared. A text
/// that only the rules for odd texts give a place (`dev-master`) is undecided.
///
/// ```
/// use versions::{Bound, Contains, Interval, Scheme, Side, contains};
/// let interval = Interval { start: Some(Bound::including("1.0.2")), end: Some(Bound::excluding("1.0.2zb")) };
/// assert_eq!(contains(Scheme::Openssl, &interval, "1.0.2u"), Contains::Inside);
/// assert_eq!(contains(Scheme::Openssl, &interval, "1.0.2zc"), Contains::Outside(Side::After));
/// ```
pub fn contains(scheme: Scheme, interval: &Interval<'_>, version: &str) -> Contains {
    if let Some(why) = compare::unplaced(scheme, version) {
        return Contains::Undecided(why);
    }
    let against = |bound: Bound<'_>| match compare::unplaced(scheme, bound.text) {
        Some(why) => Order::Incomparable(why),
        None => compare(scheme, version, bound.text),
    };
    let mut undecided = None;
    if let Some(start) = interval.start {
        match against(start) {
            Order::Less => return Contains::Outside(Side::Before),
            Order::Equal if !start.inclusive => return Contains::Outside(Side::Before),
            Order::Incomparable(why) => undecided = Some(why),
            Order::Equal | Order::Greater => {}
        }
    }
    if let Some(end) = interval.end {
        match against(end) {
            Order::Greater => return Contains::Outside(Side::After),
            Order::Equal if !end.inclusive => return Contains::Outside(Side::After),
            Order::Incomparable(why) => undecided = undecided.or(Some(why)),
            Order::Equal | Order::Less => {}
        }
    }
    undecided.map_or(Contains::Inside, Contains::Undecided)
}
