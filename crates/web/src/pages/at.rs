//! Moments on pages: `22 Nov 2026, 14:05 UTC`, and how long ago that is.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::words;

/// A moment; in JSON as RFC 3339 text in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub Timestamp);

impl At {
    /// For people.
    pub fn says(&self) -> String {
        words::moment(self.0)
    }

    /// For machines.
    pub fn iso(&self) -> String {
        self.0.to_string()
    }

    /// The day alone, for people.
    pub fn day(&self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }

    /// How far from `now`: `38 min ago`, `in 6 days`.
    pub fn distance(&self, now: Timestamp) -> String {
        let seconds = now.as_second().saturating_sub(self.0.as_second());
        let amount = amount(seconds.unsigned_abs());
        match seconds {
            -59..=59 => "now".to_owned(),
            60.. => format!("{amount} ago"),
            _ => format!("in {amount}"),
        }
    }

    /// True when it lies before `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.0 < now
    }
}

fn amount(seconds: u64) -> String {
    const DAY: u64 = 86_400;
    match seconds {
        0..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", words::separated(&(seconds / DAY).to_string())),
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_said_as_people_say_them() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        for (at, says) in [
            ("2026-11-22T11:22:00Z", "38 min ago"),
            ("2026-11-22T12:00:30Z", "now"),
            ("2026-11-21T11:00:00Z", "25 h ago"),
            ("2026-11-28T12:00:00Z", "in 6 days"),
            ("2023-11-22T12:00:00Z", "1\u{2009}096 days ago"),
        ] {
            assert_eq!(At(at.parse().expect("a time")).distance(now), says);
        }
    }
}
