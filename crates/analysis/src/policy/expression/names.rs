//! Literals that are understood once, at load: patterns, ranges, packages and times.

use model::identity::Purl;
use versions::vers::Vers;

use super::values::{Moment, Period, Prepared};

/// A regular expression may grow to so many bytes in memory.
const MOST_PATTERN: usize = 256 << 10;

/// A regular expression: linear in the text, bounded in size.
pub(super) fn pattern(text: &str) -> Result<Prepared, String> {
    let built = regex_lite::RegexBuilder::new(text).size_limit(MOST_PATTERN).build();
    built.map(Prepared::Pattern).map_err(|error| format!("this is no regular expression: {error}"))
}

/// A version range in the `vers:` notation.
pub(super) fn range(text: &str) -> Result<Prepared, String> {
    Vers::read(text).map(|range| Prepared::Range(Box::new(range))).map_err(|error| error.to_string())
}

/// `pkg:type/namespace/name@version?key=value`, each part with `*` for any text.
pub(super) fn package(text: &str) -> Result<Prepared, String> {
    let wrong = || "a package pattern is written pkg:type/namespace/name, with * for any text".to_owned();
    let rest = text.strip_prefix("pkg:").ok_or_else(wrong)?;
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    // An @ before the name belongs to a scope (`pkg:npm/@scope/name`).
    let (path, version) = match rest.rsplit_once('@') {
        Some((path, version)) if !version.contains('/') => (path, version),
        _ => (rest, ""),
    };
    let (kind, path) = path.split_once('/').ok_or_else(wrong)?;
    let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
    if kind.is_empty() || name.is_empty() {
        return Err(wrong());
    }
    let pairs = qualifiers.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        Ok((key.to_owned(), value.to_owned()))
    });
    Ok(Prepared::Package(Box::new(Purl {
        kind: kind.to_ascii_lowercase(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        qualifiers: pairs.collect::<Result<_, String>>()?,
        subpath: String::new(),
    })))
}

/// A point in time: `2026-10-01` or `2026-10-01T12:00:00Z`.
pub(super) fn time(text: &str) -> Result<Prepared, String> {
    let wrong = || "a time is written 2026-10-01 or 2026-10-01T12:00:00Z".to_owned();
    crate::policy::time::seconds(text).map(|seconds| Prepared::Time(Moment(seconds))).ok_or_else(wrong)
}

/// A length of time: `36h`, `1h30m`, `90s`.
pub(super) fn span(text: &str) -> Result<Prepared, String> {
    let wrong = || "a length of time is written 36h, 90m or 45s; for days use days(7)".to_owned();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut seconds: i64 = 0;
    let mut number = String::new();
    for letter in text.chars() {
        let unit = match letter {
            '0'..='9' => {
                number.push(letter);
                continue;
            }
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wrong()),
        };
        let count: i64 = number.parse().map_err(|_| wrong())?;
        let more = count.checked_mul(unit).and_then(|more| seconds.checked_add(more));
        seconds = more.ok_or_else(wrong)?;
        number.clear();
    }
    if text.is_empty() || !number.is_empty() {
        return Err(wrong());
    }
    Ok(Prepared::Span(Period(sign * seconds)))
}

/// So many days.
pub(super) fn days(number: i64) -> Result<Prepared, String> {
    let seconds = number.checked_mul(86_400).ok_or_else(|| "too many days".to_owned())?;
    Ok(Prepared::Span(Period(seconds)))
}
