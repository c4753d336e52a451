//! Foreign words made harmless before they stand in a message, and the escapes of what messages are written in.

/// Longest name or version that is shown whole.
const MOST_LETTERS: usize = 160;

/// A text of unknown origin as one line: no control characters (they would end a mail header), none that turn the
/// direction of writing (they would show another name), no runs of blanks, and not longer than a line can be.
pub(super) fn plain(text: &str) -> String {
    shortened(text, MOST_LETTERS)
}

/// The same with another length: sentences may be longer than names.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let visible = text.chars().map(|letter| if is_hidden(letter) { ' ' } else { letter });
    let mut line = String::new();
    for (number, letter) in visible.enumerate() {
        // What is far longer than a line is not looked at to its end.
        if number > most * 4 {
            break;
        }
        if !(letter.is_whitespace() && (line.is_empty() || line.ends_with(' '))) {
            line.push(if letter.is_whitespace() { ' ' } else { letter });
        }
    }
    let line = line.trim_end();
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let kept: String = line.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Controls, and the invisible letters that change how their neighbours are read.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{61c}')
}

/// For texts and attributes of HTML and XML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML 1.0 knows no other controls, escaped or not.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A part of a URL's path: everything but letters, digits and `-._~` is written in percent.
pub(super) fn path_part(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                part.push(char::from(byte))
            }
            byte => part.push_str(&format!("%{byte:02X}")),
        }
    }
    part
}

/// A whole number with thin blanks between the thousands.
pub(super) fn count(number: usize) -> String {
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

/// `22 Nov 2026, 14:05 UTC`.
pub(super) fn date(moment: store::Moment) -> String {
    let at = jiff::Timestamp::from_millisecond(moment.0).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_word_is_one_visible_line() {
        assert_eq!(plain("lib\r\nBcc: a@b\u{202e}c"), "lib Bcc: a@b c");
        assert_eq!(plain("  \t"), "");
        assert_eq!(plain(&"x".repeat(500)).chars().count(), MOST_LETTERS);
        assert_eq!(shortened("ab cd", 4), "ab…");
        assert_eq!(plain("straße 1.0"), "straße 1.0");
    }

    #[test]
    fn escapes() {
        assert_eq!(escaped("<a href=\"x\" o='y'>&\u{1}"), "&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp; ");
        assert_eq!(path_part("../a b?"), "..%2Fa%20b%3F");
        assert_eq!(
            (count(7), count(1612), count(1_000_000)),
            ("7".into(), "1\u{2009}612".into(), "1\u{2009}000\u{2009}000".into())
        );
        assert_eq!(date(store::Moment(1_795_356_300_000)), "22 Nov 2026, 14:05 UTC");
    }
}
