//! Dates as texts: ISO 8601 sorts by its bytes.

/// True when a text begins with a calendar date `YYYY-MM-DD` of this or the last century.
pub fn is_date(text: &str) -> bool {
    let Some(date) = text.as_bytes().get(..10) else { return false };
    let shaped = date.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u16>().ok());
    shaped
        && number(0..4).is_some_and(|year| (1988..2200).contains(&year))
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
}

/// Keeps the later of two dates; a text that is no date never wins.
pub fn keep_newest(newest: &mut String, date: &str) {
    if date > newest.as_str() && is_date(date) {
        newest.clear();
        newest.push_str(date);
    }
}

/// The one calendar date in the names of a path (`snapshots-2026-07-20/…`), for documents that carry none; `None` when there is
/// none, or when names disagree.
pub fn in_path(path: &str) -> Option<&str> {
    let mut found: Option<&str> = None;
    for at in 0..path.len() {
        let Some(date) = path.get(at..at + 10) else { continue };
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = path.as_bytes();
        let alone =
            !digit(at.checked_sub(1).and_then(|before| bytes.get(before))) && !digit(bytes.get(at + 10));
        if !alone || !is_date(date) {
            continue;
        }
        match found {
            Some(other) if other != date => return None,
            _ => found = Some(date),
        }
    }
    found
}
