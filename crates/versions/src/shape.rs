//! What a text in a version field looks like: no bound, a commit, a package version, no version at all.

use crate::digits;
use crate::segments::{Word, common_word};

/// True for texts that stand for "no lower bound": `0`, empty, `n/a`, `unspecified`, `?`, `*`, `-`.
pub fn is_no_bound(text: &str) -> bool {
    let text = text.trim();
    if text.as_bytes().first().is_some_and(|byte| matches!(byte, b'1'..=b'9')) {
        return false;
    }
    matches!(text, "" | "0" | "?" | "*" | "-" | "--" | "0.0" | "0.0.0")
        || is_one_of(
            text,
            &["n/a", "na", "none", "unspecified", "unknown", "not specified", "undefined", "null"],
        )
}

/// True for at least seven hexadecimal digits that are not a plausible number version.
///
/// Digits alone are a number unless they have the length of a full id; `20240905a` is a date with a letter.
pub fn looks_like_commit(text: &str) -> bool {
    let text = text.trim().as_bytes();
    if text.len() < 7 || text.len() > 64 || !text.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    match (letters, text) {
        (0, _) => matches!(text.len(), 40 | 64),
        (1, [date @ .., last]) if last.is_ascii_alphabetic() => !looks_like_date(date),
        _ => true,
    }
}

/// True for eight (or six) digits that read as a date of the years 1980 to 2099.
pub(crate) fn looks_like_date(text: &[u8]) -> bool {
    let month_and_day = match text {
        [b'1', b'9', b'8' | b'9', _, rest @ ..] | [b'2', b'0', _, _, rest @ ..] => rest,
        _ => return false,
    };
    let is_month = |a: u8, b: u8| matches!((a, b), (b'0', b'1'..=b'9') | (b'1', b'0'..=b'2'));
    let is_day = |a: u8, b: u8| {
        matches!((a, b), (b'0', b'1'..=b'9') | (b'1' | b'2', b'0'..=b'9') | (b'3', b'0' | b'1'))
    };
    if !text.iter().all(u8::is_ascii_digit) {
        return false;
    }
    match *month_and_day {
        [a, b] => is_month(a, b),
        [a, b, c, d] => is_month(a, b) && is_day(c, d),
        _ => false,
    }
}

/// True for a whole day in the form of ISO 8601: `2021-05-05`.
pub(crate) fn is_iso_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return false };
    looks_like_date(&[y1, y2, y3, y4, m1, m2, d1, d2])
}

/// True for package versions of a distribution: `0:3.8.10-4.el9_8`, `2.12-1ubuntu5`, `0.8-4`, `9.9.4-65`.
pub fn looks_like_distribution(text: &str) -> bool {
    let text = text.trim();
    // Nearly all versions are digits and dots; this is asked for every row of every record.
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return false;
    }
    let (epoch, rest) = split_epoch(text);
    let starts_with_digit = |part: &str| part.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if !starts_with_digit(rest) {
        return false;
    }
    epoch.is_some() || has_distribution_mark(rest) || revision_of(rest).is_some()
}

/// Marks that only distributions write: `.el9`, `ubuntu`, `+deb12u1`, `.fc40`, `+dfsg`.
fn has_distribution_mark(text: &str) -> bool {
    const BEFORE_A_DIGIT: [&str; 14] = [
        ".el",
        "_el",
        ".fc",
        ".amzn",
        ".ael",
        ".oe",
        "ubuntu",
        "+deb",
        "~deb",
        "~bpo",
        ".module+el",
        ".mga",
        ".suse",
        "lp15",
    ];
    let may_begin = |byte: u8| matches!(byte, b'.' | b'_' | b'+' | b'~' | b'u' | b'U' | b'l' | b'L');
    let is_at = |rest: &[u8], mark: &str| {
        rest.get(..mark.len()).is_some_and(|front| front.eq_ignore_ascii_case(mark.as_bytes()))
    };
    let bytes = text.as_bytes();
    (0..bytes.len()).filter(|at| bytes.get(*at).is_some_and(|byte| may_begin(*byte))).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        let is_before_digit = |mark: &str| rest.get(mark.len()).is_some_and(u8::is_ascii_digit);
        is_at(rest, "+dfsg") || BEFORE_A_DIGIT.iter().any(|mark| is_before_digit(mark) && is_at(rest, mark))
    })
}

/// Splits a packaging epoch off: `2` of `2:1.30.1`.
pub(crate) fn split_epoch(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((epoch, rest))
            if digits::all(epoch) && rest.as_bytes().first().is_some_and(u8::is_ascii_digit) =>
        {
            (Some(epoch), rest)
        }
        _ => (None, text),
    }
}

/// The distribution revision of a dotted version: `5` of `2.39-5`, `4.el9_8` of `3.8.10-4.el9_8`.
///
/// A dash without a dot before it (`77-1`) and a date behind the dash (`6.4-20230219`) belong to the version.
pub(crate) fn revision_of(text: &str) -> Option<&str> {
    let (before, after) = text.rsplit_once('-')?;
    let (number, rest) = digits::split(after.as_bytes());
    let is_revision = !number.is_empty()
        && !ends_with_stage(before)
        && before.contains('.')
        && !looks_like_date(number)
        && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'+'));
    is_revision.then_some(after)
}

/// `1.0-rc-1`: the number belongs to the word.
fn ends_with_stage(text: &str) -> bool {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let word = text.get(letters..).unwrap_or_default();
    word.len() > 1 && common_word(Word { letters: word.as_bytes(), glued: false, numbered: false }).is_some()
}

/// True for words that stand where a version is unknown: `custom`, `git`, `AUTOINC`, `NOASSERTION`, `latest`, `master`.
pub fn is_unknown(text: &str) -> bool {
    if text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let text = text.trim();
    const WORDS: &[&str] = &[
        "",
        "?",
        "-",
        "*",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "unknown",
        "unspecified",
        "undefined",
        "custom",
        "git",
        "svn",
        "hg",
        "autoinc",
        "gitautoinc",
        "git+autoinc",
        "git-autoinc",
        "${autorev}",
        "autorev",
        "noassertion",
        "latest",
        "master",
        "main",
        "head",
        "trunk",
        "tip",
        "develop",
        "dev",
        "current",
        "local",
        "internal",
        "any",
        "all",
        "tbd",
        "nan",
        "version",
        "not specified",
        "not available",
        "no version",
        "rolling",
        "(devel)",
        "devel",
        "snapshot",
        "nightly",
        "unversioned",
        "various",
        "multiple",
    ];
    is_one_of(text, WORDS)
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}
