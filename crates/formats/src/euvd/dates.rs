//! Dates of the API: `Apr 15, 2025, 8:30:58 PM`, the last space sometimes a narrow one. ISO dates are taken as they are.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The date and time in ISO 8601; `None` for a text that is none.
pub(super) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    if crate::records::dates::is_date(text) {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let [month, day, year, rest @ ..] = words.as_slice() else { return None };
    let month =
        MONTHS.iter().position(|name| month.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(name)))?
            + 1;
    let (day, year): (u8, u16) = (day.parse().ok()?, year.parse().ok()?);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if !crate::records::dates::is_date(&date) {
        return None;
    }
    match rest {
        [] => Some(date),
        [clock, half @ ..] => Some(format!("{date}T{}Z", time(clock, half.first().copied())?)),
    }
}

/// `8:30:58` with `PM` as `20:30:58`.
fn time(clock: &str, half: Option<&str>) -> Option<String> {
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let hour = match half.map(str::to_ascii_uppercase).as_deref() {
        Some("PM") if hour < 12 => hour + 12,
        Some("AM") if hour == 12 => 0,
        Some("AM" | "PM") | None => hour,
        Some(_) => return None,
    };
    (hour < 24 && minute < 60 && second < 60).then(|| format!("{hour:02}:{minute:02}:{second:02}"))
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn both_forms() {
        assert_eq!(iso("Apr 15, 2025, 8:30:58 PM").as_deref(), Some("2025-04-15T20:30:58Z"));
        assert_eq!(iso("Apr 5, 2025, 12:00:01\u{202f}AM").as_deref(), Some("2025-04-05T00:00:01Z"));
        assert_eq!(iso("2025-04-15T08:30:58").as_deref(), Some("2025-04-15T08:30:58"));
        assert_eq!(iso("Dec 1, 2024").as_deref(), Some("2024-12-01"));
        for none in [
            "",
            "soon",
            "Foo 1, 2024",
            "Apr 31x, 2024",
            "Apr 15, 2025, 28:00:00 PM",
            "Apr 15, 2025, 8:30:58 XM",
        ] {
            assert_eq!(iso(none), None, "{none}");
        }
    }
}
