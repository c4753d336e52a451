//! A calendar day, small enough to stand beside a number.

use std::fmt;

use crate::vex::{Instant, date_of};

/// A day, counted from 1970-01-01. Written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// Reads the day at the beginning of a date or time (`2026-07-16`, `2024-05-01T00:00:00+0000`).
    ///
    /// ```
    /// use model::day::Day;
    /// let day = Day::parse("2026-07-16T00:00:00Z").unwrap();
    /// assert_eq!(day.to_string(), "2026-07-16");
    /// assert_eq!(Day::parse("2026-02-30"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Day> {
        let seconds = Instant::parse(text.trim().get(..10)?)?.seconds;
        u32::try_from(seconds.div_euclid(86_400)).ok().map(Day)
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The day of a number; `None` beyond the year 9999.
    pub fn from_number(number: u32) -> Option<Day> {
        (number <= 2_932_896).then_some(Day(number))
    }

    /// The day before by so many days; the first one where there is none so early.
    pub fn before(self, days: u32) -> Day {
        Day(self.0.saturating_sub(days))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(i64::from(self.0));
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
