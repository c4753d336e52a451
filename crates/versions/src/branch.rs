//! Branches: the line of releases a version belongs to, and texts that name a line instead of a version.

use std::cmp::Ordering;

use model::version::Scheme;

use crate::clean::clean;
use crate::{digits, plain, segments, shape};

/// Returns the branch prefix of a branch wildcard: `5.10` of `5.10.*`, `5.10.x`, `5.10.y`; `6` of `6.*`.
///
/// ```
/// use versions::branch_wildcard;
/// assert_eq!(branch_wildcard("v5.4.y"), Some("5.4"));
/// assert_eq!(branch_wildcard("5.4"), None);
/// ```
pub fn branch_wildcard(text: &str) -> Option<&str> {
    if text.as_bytes().last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mut prefix = text.trim();
    let mut found = false;
    while let Some(shorter) = without_wildcard(prefix) {
        (prefix, found) = (shorter, true);
    }
    if !found {
        return None;
    }
    let prefix = prefix.strip_prefix("linux-").unwrap_or(prefix);
    let prefix = prefix.strip_prefix(['v', 'V']).unwrap_or(prefix);
    prefix.split('.').all(digits::all).then_some(prefix)
}

/// The text without one `.*`, `.x`, `.y`, `.z` at its end.
fn without_wildcard(text: &str) -> Option<&str> {
    match text.as_bytes() {
        [.., b'.', b'*' | b'x' | b'X' | b'y' | b'Y' | b'z' | b'Z'] => text.get(..text.len() - 2),
        _ => None,
    }
}

/// Tells whether `version` belongs to the branch; `None` when it cannot be told.
///
/// A version with fewer parts goes on with zeros: `5` belongs to `5.0`, not to `5.10`.
pub fn in_branch(scheme: Scheme, branch_prefix: &str, version: &str) -> Option<bool> {
    let branch = numbers_of(scheme, branch_prefix)?;
    let version = numbers_of(scheme, version)?;
    let mut parts = segments::leading_numbers(&version);
    let inside = segments::leading_numbers(&branch).all(|wanted| {
        let part = parts.next().unwrap_or_default();
        digits::by_value(wanted.as_bytes(), part.as_bytes()) == Ordering::Equal
    });
    Some(inside)
}

/// Returns the line a version belongs to: Linux `X.Y` (`2.6.Z`), OpenSSL `1.1.1` and `3.0`, otherwise `X.Y`.
pub fn branch_of(scheme: Scheme, version: &str) -> Option<String> {
    let numbers = numbers_of(scheme, version)?;
    let [first, second, third] = line_of(scheme, &numbers)?;
    Some(if third.is_empty() { format!("{first}.{second}") } else { format!("{first}.{second}.{third}") })
}

/// True when two versions are of one line; false where either has none.
///
/// ```
/// use versions::{Scheme, same_branch};
/// assert!(same_branch(Scheme::Openssl, "1.1.1k", "1.1.1"));
/// assert!(!same_branch(Scheme::Openssl, "1.1.1k", "1.1.0l"));
/// ```
pub fn same_branch(scheme: Scheme, a: &str, b: &str) -> bool {
    if plain::is_plain(a) && plain::is_plain(b) && scheme != Scheme::Git {
        let line = line_of(scheme, a);
        return line.is_some() && line == line_of(scheme, b);
    }
    let line = branch_of(scheme, a);
    line.is_some() && line == branch_of(scheme, b)
}

/// The numbers of a line; the third is empty where the scheme has lines of two.
fn line_of(scheme: Scheme, numbers: &str) -> Option<[&str; 3]> {
    let mut parts = segments::leading_numbers(numbers).map(unpadded);
    let first = parts.next()?;
    let second = parts.next().unwrap_or("0");
    let has_three_parts = match scheme {
        Scheme::Linux => matches!((first, second), ("2", "6")),
        Scheme::Openssl => matches!(first, "0" | "1"),
        _ => false,
    };
    Some([first, second, if has_three_parts { parts.next().unwrap_or("0") } else { "" }])
}

/// The text from its first number on, without epoch and prefix; `None` when it is no version.
fn numbers_of(scheme: Scheme, text: &str) -> Option<String> {
    if plain::is_plain(text) && scheme != Scheme::Git {
        return Some(text.to_owned());
    }
    if shape::is_unknown(text)
        || (shape::looks_like_commit(text) && !text.contains('.'))
        || scheme == Scheme::Git
    {
        return None;
    }
    let text = branch_wildcard(text).unwrap_or(text);
    let upstream = if scheme.is_native() { Scheme::Generic } else { scheme };
    let cleaned = clean(upstream, text).text.into_owned();
    cleaned.as_bytes().first()?.is_ascii_digit().then_some(cleaned)
}

/// A part without padding: `06` is `6`.
fn unpadded(part: &str) -> &str {
    let trimmed = part.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }
}
