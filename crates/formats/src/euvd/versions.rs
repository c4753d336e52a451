//! Version texts: `1.2.3`, `< 1.2.3`, `1.0 <2.0`, `0 ≤ 4.5`. Anything else says nothing.

use model::record::{End, Entry, Text};

/// The row of a text; `None` where it is not wholly understood.
pub(super) fn bounds(text: &str) -> Option<Entry<'_>> {
    let text = text.trim();
    let (start, end) = match text.find(['<', '≤']) {
        None => (version(text)?, End::Single),
        Some(at) => {
            let (start, rest) = text.split_at_checked(at)?;
            let start = match start.trim() {
                "" | "0" | "n/a" | "unspecified" => "0",
                start => version(start)?,
            };
            let inclusive = rest.strip_prefix("<=").or_else(|| rest.strip_prefix('≤'));
            let end = match inclusive {
                Some(end) => End::Through(Text::Borrowed(version(end.trim())?)),
                None => End::Before(Text::Borrowed(version(rest.strip_prefix('<')?.trim())?)),
            };
            (start, end)
        }
    };
    Some(Entry {
        start: Text::Borrowed(start),
        end,
        version_type: Text::Borrowed("custom"),
        ..Entry::default()
    })
}

/// One word that begins with a digit: no wildcard, no prose.
fn version(word: &str) -> Option<&str> {
    let word = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let fits =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+' | '~' | ':');
    (word.len() <= 64 && word.starts_with(|first: char| first.is_ascii_digit()) && word.chars().all(fits))
        .then_some(word)
}

#[cfg(test)]
mod tests {
    use super::bounds;
    use model::record::End;

    fn told(text: &str) -> String {
        bounds(text).map_or("-".to_owned(), |row| match row.end {
            End::Single => row.start.into_owned(),
            End::Before(end) => format!("{}..<{end}", row.start),
            End::Through(end) => format!("{}..={end}", row.start),
            End::Open => unreachable!(),
        })
    }

    #[test]
    fn only_plain_bounds() {
        let lines = ["1.2.3", "v1.2", "<1.2", "< 1.2", "0 <2.0", "1.0 < 2.0", "n/a ≤3", "1 ≤ 3.4-r1", "<= 7"];
        let told: Vec<String> = lines.iter().map(|line| told(line)).collect();
        assert_eq!(told.join(" "), "1.2.3 1.2 0..<1.2 0..<1.2 0..<2.0 1.0..<2.0 0..=3 1..=3.4-r1 0..=7");
        for none in [
            "",
            "n/a",
            "patch: 6.6",
            "all versions",
            "1.*",
            "1.2 and earlier",
            "1.0 <2.0 <3.0",
            "< *",
            "unspecified",
        ] {
            assert_eq!(super::tests::told(none), "-", "{none}");
        }
    }
}
