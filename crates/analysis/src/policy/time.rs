//! Days and times as texts of records and rules carry them, as seconds since 1970. No clock is read here.

/// Seconds of `2026-10-01`, `2026-10-01T12:00:00` (UTC) or `2026-10-01T12:00:00+02:00`; `None` for anything else.
pub fn seconds(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_second());
    }
    let utc = |time: jiff::civil::DateTime| {
        time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second())
    };
    if text.len() == 10 {
        return utc(text.parse::<jiff::civil::Date>().ok()?.to_datetime(jiff::civil::Time::midnight()));
    }
    utc(text.parse::<jiff::civil::DateTime>().ok()?)
}

/// The day of a number of seconds, `YYYY-MM-DD`; empty beyond the calendar.
pub fn day(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds);
    time.map_or(String::new(), |time| time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}
