//! Small pieces of text that pages and terminals share: counts, ages, days.

/// A count with thin separators for people: `1 612`.
pub fn count(number: usize) -> String {
    separated(&number.to_string())
}

/// Digits with thin separators.
pub fn separated(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// `1 component`, `2 components`.
pub fn counted(number: usize, singular: &str, plural: &str) -> String {
    format!("{} {}", count(number), if number == 1 { singular } else { plural })
}

/// A size for people: `512 bytes`, `3.4 MB` (a megabyte is a million bytes).
pub fn size(bytes: u64) -> String {
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let units = ["KB", "MB", "GB", "TB"];
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 9_995 && unit + 1 < units.len() {
        tenths = (tenths + 500) / 1_000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
    } else {
        format!("{} {}", (tenths + 5) / 10, units[unit])
    }
}

/// An age in days for people.
pub fn age(days: Option<i64>) -> String {
    match days {
        None => "of unknown age".to_owned(),
        Some(days) if days < 0 => "from the future (check the clock)".to_owned(),
        Some(0) => "from today".to_owned(),
        Some(1) => "1 day old".to_owned(),
        Some(days) => format!("{} days old", count(usize::try_from(days).unwrap_or_default())),
    }
}

/// How an EPSS score has changed: `rising, ×4.2 since 2026-06-16`, `×0.8 since 2026-06-16`; none where no earlier score
/// is known.
pub fn trend(epss: &model::vulnerability::Epss) -> Option<String> {
    let (trend, before) = (epss.trend()?, epss.before?);
    let rising = if epss.is_rising() { "rising, " } else { "" };
    let times = if trend >= 10.0 { format!("{trend:.0}") } else { format!("{trend:.1}") };
    Some(format!("{rising}×{times} since {}", before.on))
}

/// A reference to an exploit without its address: `Exploit-DB, tagged exploit by nvd2`.
pub fn exploit(one: &model::vulnerability::ExploitReference) -> String {
    match (one.tagged_by.as_str(), one.kind) {
        ("", kind) => format!("{}, by its address", kind.title()),
        (by, model::vulnerability::ExploitKind::Tagged) => format!("tagged exploit by {by}"),
        (by, kind) => format!("{}, tagged exploit by {by}", kind.title()),
    }
}

/// A moment for people: `22 Nov 2026, 14:05 UTC`.
pub fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// The day of an ISO 8601 text for people: `22 Nov 2026`; the text itself where it is no day.
pub fn day(text: &str) -> String {
    let day = text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    day.map_or_else(|| text.to_owned(), |day| day.strftime("%-d %b %Y").to_string())
}

/// The first letter large.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A score in tenths: `7.8`.
pub fn tenths(score: u16) -> String {
    format!("{}.{}", score / 10, score % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thin_separators() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1612), "1\u{2009}612");
        assert_eq!(count(1_234_567), "1\u{2009}234\u{2009}567");
    }

    #[test]
    fn days_are_written_for_people() {
        assert_eq!(day("2026-11-02T10:00:00Z"), "2 Nov 2026");
        assert_eq!(day("soon"), "soon");
    }
}
