//! Times of RFC 3339, compared as instants.

use std::cmp::Ordering;

use crate::order::{Order, Why};

/// Compares two times.
pub(super) fn compare(a: &str, b: &str) -> Order {
    match (Instant::read(a), Instant::read(b)) {
        (Some(a), Some(b)) => a.cmp_with(&b).into(),
        _ => Order::Incomparable(Why::Unreadable),
    }
}

/// True when the text is written with the capital letters `T` and `Z`.
pub(super) fn is_canonical(text: &str) -> bool {
    Instant::read(text).is_some() && !text.contains(['t', 'z'])
}

struct Instant<'a> {
    seconds: i64,
    /// Digits behind the point, without zeros at the end.
    fraction: &'a str,
}

impl<'a> Instant<'a> {
    fn read(text: &'a str) -> Option<Instant<'a>> {
        let (date, time) = text.trim().split_once(['T', 't'])?;
        let (year, month, day) = three_numbers(date, '-')?;
        let zone_at = time.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = time.split_at(zone_at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let (hour, minute, second) = three_numbers(clock, ':')?;
        let in_range =
            (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        if !in_range || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
        Some(Instant { seconds, fraction: fraction.trim_end_matches('0') })
    }

    fn cmp_with(&self, other: &Instant<'_>) -> Ordering {
        self.seconds.cmp(&other.seconds).then_with(|| self.fraction.cmp(other.fraction))
    }
}

fn three_numbers(text: &str, separator: char) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(separator).map(number);
    let numbers = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(numbers)
}

fn number(text: &str) -> Option<i64> {
    if text.len() > 4 || !crate::digits::all(text) {
        return None;
    }
    text.parse().ok()
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let seconds = number(hours)? * 3600 + number(minutes)? * 60;
    Some(if sign == "-" { -seconds } else { seconds })
}

/// Days since the first of March of the year 0, in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
}
