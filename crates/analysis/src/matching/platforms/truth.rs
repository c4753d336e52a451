//! Three-valued logic with the blame for *false* kept.

use model::finding::Evidence;
use model::reason::Reason;

/// The value of a platform condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold, and this is the reason to give.
    False(Reason),
    /// Cannot be told.
    Unknown,
}

impl Truth {
    /// Both: false wins over unknown, unknown over true; of two falses the plainer reason.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False(a), Truth::False(b)) => Truth::False(plainer(a, b)),
            (Truth::False(reason), _) | (_, Truth::False(reason)) => Truth::False(reason),
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
            (Truth::True, Truth::True) => Truth::True,
        }
    }

    /// One of both: true wins over unknown, unknown over false; of two falses the plainer reason.
    pub fn or(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::True, _) | (_, Truth::True) => Truth::True,
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
            (Truth::False(a), Truth::False(b)) => Truth::False(plainer(a, b)),
        }
    }

    /// Inverted; the blame of a true condition that was to be false is that other software is present.
    pub fn negated(self) -> Truth {
        match self {
            Truth::True => Truth::False(Reason::PCoComponentAbsent),
            Truth::False(_) => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// The word for evidence.
    pub fn word(self) -> &'static str {
        match self {
            Truth::True => "true",
            Truth::False(_) => "false",
            Truth::Unknown => "unknown",
        }
    }
}

/// Which of two reasons a person understands at once: operating system before architecture before the rest.
fn plainer(a: Reason, b: Reason) -> Reason {
    let weight = |reason: Reason| match reason {
        Reason::POsMismatch => 0,
        Reason::PBitsMismatch => 1,
        Reason::PArchMismatch => 2,
        Reason::PDistroMismatch => 3,
        Reason::PHwMismatch => 4,
        _ => 5,
    };
    if weight(b) < weight(a) { b } else { a }
}

/// A judged condition, for evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its value.
    pub truth: Truth,
    /// What was asked.
    pub asked: String,
    /// Why it has that value.
    pub because: String,
}

impl Condition {
    /// As evidence of a verdict.
    pub fn into_evidence(self) -> Evidence {
        Evidence::Platform {
            condition: self.asked,
            value: self.truth.word().to_owned(),
            because: self.because,
        }
    }
}
