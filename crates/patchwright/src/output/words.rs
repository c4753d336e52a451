//! Small pieces of text that several outputs share: counts, ages, colours.

/// A count with thin separators for people: `1 612`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
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

/// An age in days for people.
pub fn age(days: Option<i64>) -> String {
    match days {
        None => "of unknown age".to_owned(),
        Some(days) if days < 0 => "from the future (check the clock)".to_owned(),
        Some(0) => "from today".to_owned(),
        Some(1) => "1 day old".to_owned(),
        Some(days) => format!("{days} days old"),
    }
}

/// Colours of a terminal; the stream strips them where there is none.
pub mod colour {
    /// Needs action.
    pub const ACTION: &str = "\x1b[1;31m";
    /// Needs review, unknown.
    pub const REVIEW: &str = "\x1b[1;33m";
    /// Not affected.
    pub const FINE: &str = "\x1b[32m";
    /// Less important.
    pub const DIM: &str = "\x1b[2m";
    /// Heading.
    pub const BOLD: &str = "\x1b[1m";
    /// Back to normal.
    pub const END: &str = "\x1b[0m";
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
}
