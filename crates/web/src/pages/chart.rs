//! Drawings made by the server. Lengths are thousandths of the width, heights thousandths of the height; the numbers
//! stand beside them as text, and every drawing has a table as its twin.

use jiff::Timestamp;
use serde::Serialize;

use super::at::At;
use super::class::{Class, Counts, clamp};
use crate::report::bars::{Piece, pieces};

/// Width and height of the trend in its own units.
const WIDTH: u64 = 1000;
const HEIGHT: u64 = 1000;

/// Open findings at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The day.
    pub at: At,
    /// Open findings then.
    pub open: Counts,
}

/// One area of the trend.
pub struct Area {
    /// Whose it is.
    pub class: Class,
    /// The corners, `x,y x,y …`.
    pub points: String,
    /// How many there are on the last day.
    pub last: u64,
}

/// The classes that the trend stacks, from the ground up: what is urgent stands on the ground, where it can be compared.
const STACKED: [Class; 4] = [Class::Immediate, Class::Planned, Class::Routine, Class::Unknown];

/// Stacked areas of open findings by class. Fewer than two days are no trend.
pub fn trend(days: &[Day]) -> Vec<Area> {
    let sum = |day: &Day| STACKED.iter().map(|class| day.open.of(*class)).sum::<u64>();
    let highest = days.iter().map(sum).max().unwrap_or_default().max(1);
    let (Some(last), true) = (days.last(), days.len() > 1) else { return Vec::new() };
    let height = |upto: usize, day: &Day| {
        let below: u64 = STACKED.iter().take(upto).map(|class| day.open.of(*class)).sum();
        HEIGHT.saturating_sub(below.saturating_mul(HEIGHT) / highest)
    };
    let x = |at: usize| (at as u64).saturating_mul(WIDTH) / (days.len() as u64 - 1);
    let corner = |at: usize, upto: usize, day: &Day| format!("{},{}", x(at), height(upto, day));
    (STACKED.iter().enumerate())
        .map(|(place, class)| {
            let upper = days.iter().enumerate().map(|(at, day)| corner(at, place + 1, day));
            let lower = days.iter().enumerate().rev().map(|(at, day)| corner(at, place, day));
            let points = upper.chain(lower).collect::<Vec<_>>().join(" ");
            Area { class: *class, points, last: last.open.of(*class) }
        })
        .collect()
}

/// Where a moment stands on a line of ages, in thousandths: an hour ago at the left, a year and more at the right.
/// The line is logarithmic; that a feed is an hour or a day old matters as much as a month or a year.
pub fn age(at: &At, now: Timestamp) -> u64 {
    const YEAR_IN_HOURS: f64 = 8760.0;
    let seconds = now.as_second().saturating_sub(at.0.as_second()).max(0);
    let hours = (seconds as f64 / 3600.0).clamp(1.0, YEAR_IN_HOURS);
    (hours.ln() / YEAR_IN_HOURS.ln() * 980.0) as u64 + 10
}

/// A question of the funnel: what is left, what is gone, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The stable word of the question, the value of the filters `passed` and `stopped`.
    pub question: &'static str,
    /// What is true of those that are left.
    pub left_says: String,
    /// What is true of those that are gone.
    pub lost_says: String,
    /// How many are left.
    pub left: u64,
    /// How many are gone.
    pub lost: u64,
    /// Why, the most frequent first.
    pub causes: Vec<Cause>,
}

/// One reason of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Reason code; empty where the reason has none.
    pub code: String,
    /// In words.
    pub says: String,
    /// How many.
    pub number: u64,
}

/// Steps whose lost rows are kept. What matching alone closes is found again whenever a finding is judged, and is no row.
const KEPT: [&str; 5] = ["device", "assessed", "deployment", "release", "date"];

/// Steps after which those that are left are rows of the list.
pub const PASSED: [&str; 7] = ["build", "settled", "device", "assessed", "deployment", "release", "date"];

/// Steps at which those that are gone are rows of the list.
pub const STOPPED: [&str; 6] = ["settled", "device", "assessed", "deployment", "release", "date"];

/// Whose word settles a finding: causes of the step *settled* whose rows are kept.
pub const WORDS: [&str; 3] = ["upstream", "policy", "human"];

impl Step {
    /// True where those that are left are rows of the list.
    pub fn lists_left(&self) -> bool {
        PASSED.contains(&self.question)
    }

    /// True where all that are gone are rows of the list.
    pub fn lists_lost(&self) -> bool {
        KEPT.contains(&self.question)
    }

    /// True where the rows of a cause are rows of the list.
    pub fn lists_cause(&self, cause: &Cause) -> bool {
        self.question == "settled" && WORDS.contains(&cause.code.as_str())
    }

    /// Left and gone, to the scale of all matches.
    pub fn bar(&self, all: &u64) -> Vec<Piece> {
        let face = if self.question == "date" { "immediate" } else { "left" };
        pieces(&[(face, clamp(self.left)), ("gone", clamp(self.lost))], clamp(*all))
    }
}

/// The questions of `service::funnel` in order: (word, what is asked).
pub const QUESTIONS: &[(&str, &str)] = &[
    ("product", "is it this product"),
    ("version", "is it this version"),
    ("platform", "is it this platform"),
    ("build", "is it in the build"),
    ("settled", "has somebody settled it"),
    ("device", "is it on the device"),
    ("assessed", "could it be assessed"),
    ("deployment", "does it matter as installed"),
    ("release", "can it wait for the next release"),
    ("date", "does it need action now"),
];

/// A share of a whole, with its face.
pub fn share(parts: &[(&'static str, u64)]) -> Vec<Piece> {
    let whole = parts.iter().map(|(_, number)| *number).sum();
    pieces(&parts.iter().map(|(face, number)| (*face, clamp(*number))).collect::<Vec<_>>(), clamp(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(at: &str, immediate: u64, routine: u64) -> Day {
        Day { at: At(at.parse().expect("a time")), open: Counts { immediate, routine, ..Counts::default() } }
    }

    #[test]
    fn areas_stand_on_each_other() {
        let areas = trend(&[day("2026-11-20T00:00:00Z", 1, 3), day("2026-11-21T00:00:00Z", 2, 2)]);
        assert_eq!(areas[0].points, "0,750 1000,500 1000,1000 0,1000");
        assert_eq!(areas[2].points, "0,0 1000,0 1000,500 0,750");
        assert!(trend(&[day("2026-11-20T00:00:00Z", 1, 3)]).is_empty());
        assert!(trend(&[]).is_empty());
    }

    #[test]
    fn old_stands_right_of_young() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let at = |text: &str| age(&At(text.parse().expect("a time")), now);
        assert_eq!(at("2026-11-22T11:50:00Z"), 10);
        assert!(at("2026-11-21T12:00:00Z") < at("2026-10-21T12:00:00Z"));
        assert_eq!(at("2010-11-21T12:00:00Z"), 990);
        assert_eq!(at("2030-11-21T12:00:00Z"), 10);
    }
}
