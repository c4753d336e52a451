//! The answer of a comparison: three values and a fourth, *cannot be decided*, which says why.

use std::cmp::Ordering;

/// The relation of a left version to a right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The left version is before the right one.
    Less,
    /// Both name the same release under the scheme.
    Equal,
    /// The left version is after the right one.
    Greater,
    /// No order can be given.
    Incomparable(Why),
}

/// Why no order or no membership can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The two are releases of different editions (BIND `-S1` beside the stable edition).
    Edition,
    /// One side names a branch (`5.4.y`), not a version.
    Branch,
    /// One side cannot be read under the scheme.
    Unreadable,
    /// One side is a commit or a snapshot that only version control can place.
    Commit,
    /// The two are numbered in ways that have no common order (a date against `2.8`).
    Shape,
    /// Another reason, in words.
    Other(&'static str),
}

impl Why {
    /// The word used on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Why::Edition => "edition",
            Why::Branch => "branch",
            Why::Unreadable => "unreadable",
            Why::Commit => "commit",
            Why::Shape => "shape",
            Why::Other(text) => text,
        }
    }
}

impl Order {
    /// The relation seen from the right side.
    #[must_use]
    pub fn reverse(self) -> Order {
        match self {
            Order::Less => Order::Greater,
            Order::Greater => Order::Less,
            other => other,
        }
    }

    /// The ordering, where there is one.
    pub fn ordering(self) -> Option<Ordering> {
        match self {
            Order::Less => Some(Ordering::Less),
            Order::Equal => Some(Ordering::Equal),
            Order::Greater => Some(Ordering::Greater),
            Order::Incomparable(_) => None,
        }
    }

    /// The word of `version-order.tsv` and of `patchwright version compare`.
    pub fn symbol(self) -> &'static str {
        match self {
            Order::Less => "<",
            Order::Equal => "=",
            Order::Greater => ">",
            Order::Incomparable(Why::Edition) => "edition",
            Order::Incomparable(Why::Branch) => "branch",
            Order::Incomparable(_) => "incomparable",
        }
    }
}

impl From<Ordering> for Order {
    fn from(ordering: Ordering) -> Order {
        match ordering {
            Ordering::Less => Order::Less,
            Ordering::Equal => Order::Equal,
            Ordering::Greater => Order::Greater,
        }
    }
}
