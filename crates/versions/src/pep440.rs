//! Python, PEP 440. Texts outside the PEP are before every valid one, in the order of the old tools.

use std::cmp::Ordering;

use crate::digits;

/// Compares two package versions. Any text has a place.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (Version::read(a), Version::read(b)) {
        (Some(a), Some(b)) => a.cmp_with(&b),
        (None, None) => legacy_key(a).cmp(&legacy_key(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// True for a text the PEP allows.
pub(crate) fn is_valid(text: &str) -> bool {
    Version::read(text).is_some()
}

/// A stage with its number.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stage<'a> {
    rank: u8,
    number: &'a [u8],
}

impl Stage<'_> {
    fn cmp_with(self, other: Stage<'_>) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| digits::by_value(self.number, other.number))
    }
}

struct Version<'a> {
    epoch: &'a [u8],
    release: &'a [u8],
    pre: Option<Stage<'a>>,
    post: Option<&'a [u8]>,
    dev: Option<&'a [u8]>,
    local: Option<&'a [u8]>,
}

impl<'a> Version<'a> {
    fn read(text: &'a str) -> Option<Version<'a>> {
        let bytes = text.trim().as_bytes();
        let bytes = match bytes {
            [b'v' | b'V', rest @ ..] => rest,
            _ => bytes,
        };
        let (epoch, bytes) = split_epoch(bytes);
        let (release, rest) = split_release(bytes)?;
        let (pre, rest) = read_pre(rest);
        let (post, rest) = read_post(rest);
        let (dev, rest) =
            read_word(rest, &[b"dev"]).map_or((None, rest), |(_, number, rest)| (Some(number), rest));
        let local = match rest {
            [] => None,
            [b'+', local @ ..] if is_local(local) => Some(local),
            _ => return None,
        };
        Some(Version { epoch, release, pre, post, dev, local })
    }

    fn cmp_with(&self, other: &Version<'_>) -> Ordering {
        digits::by_value(self.epoch, other.epoch)
            .then_with(|| compare_release(self.release, other.release))
            .then_with(|| self.pre_key().cmp_with(other.pre_key()))
            .then_with(|| compare_optional(self.post, other.post))
            .then_with(|| compare_optional(other.dev, self.dev).reverse_if_both(self.dev, other.dev))
            .then_with(|| compare_local(self.local, other.local))
    }

    /// A development release without a pre-release is before every pre-release.
    fn pre_key(&self) -> Stage<'a> {
        match self.pre {
            Some(pre) => pre,
            None if self.post.is_none() && self.dev.is_some() => Stage { rank: 0, number: &[] },
            None => Stage { rank: u8::MAX, number: &[] },
        }
    }
}

/// `None` is before `Some`; two numbers by value.
fn compare_optional(a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => digits::by_value(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// For `dev` the missing one is after, while numbers keep their order.
trait ReverseIfBoth {
    fn reverse_if_both(self, a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering;
}

impl ReverseIfBoth for Ordering {
    fn reverse_if_both(self, a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
        if a.is_some() && b.is_some() { self.reverse() } else { self }
    }
}

fn split_epoch(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (epoch, rest) = digits::split(bytes);
    match rest {
        [b'!', rest @ ..] if !epoch.is_empty() => (epoch, rest),
        _ => (&[], bytes),
    }
}

/// `1.2.3` at the start.
fn split_release(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    loop {
        let (number, after) = digits::split(rest);
        if number.is_empty() {
            return None;
        }
        rest = match after {
            [b'.', digit, ..] if digit.is_ascii_digit() => after.split_at(1).1,
            _ => return Some((bytes.split_at(bytes.len() - after.len()).0, after)),
        };
    }
}

fn compare_release(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        let order = digits::by_value(left.unwrap_or_default(), right.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn read_pre(bytes: &[u8]) -> (Option<Stage<'_>>, &[u8]) {
    const WORDS: &[&[u8]] = &[b"alpha", b"beta", b"preview", b"pre", b"rc", b"a", b"b", b"c"];
    let Some((word, number, rest)) = read_word(bytes, WORDS) else {
        return (None, bytes);
    };
    let rank = match word.first() {
        Some(b'a') => 1,
        Some(b'b') => 2,
        _ => 3,
    };
    (Some(Stage { rank, number }), rest)
}

/// `.post1`, `rev2`, `r3`, and `-4` alone.
fn read_post(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    if let Some((_, number, rest)) = read_word(bytes, &[b"post", b"rev", b"r"]) {
        return (Some(number), rest);
    }
    match bytes {
        [b'-', digit, ..] if digit.is_ascii_digit() => {
            let (number, rest) = digits::split(bytes.split_at(1).1);
            (Some(number), rest)
        }
        _ => (None, bytes),
    }
}

/// One of the words, with a separator before and before its number.
fn read_word<'a>(bytes: &'a [u8], words: &[&'static [u8]]) -> Option<(&'static [u8], &'a [u8], &'a [u8])> {
    let separator = |bytes: &'a [u8]| match bytes {
        [b'.' | b'-' | b'_', rest @ ..] => rest,
        _ => bytes,
    };
    let text = separator(bytes);
    let word = words
        .iter()
        .find(|word| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))?;
    let after = text.get(word.len()..)?;
    let (number, rest) = digits::split(separator(after));
    if number.is_empty() {
        return Some((word, number, after));
    }
    Some((word, number, rest))
}

fn is_local(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| is_local_separator(*byte))
        .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric))
}

fn is_local_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// Part by part: words before numbers, the longer label after.
fn compare_local(a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else {
        return a.is_some().cmp(&b.is_some());
    };
    let (mut a, mut b) =
        (a.split(|byte| is_local_separator(*byte)), b.split(|byte| is_local_separator(*byte)));
    loop {
        let (left, right) = match (a.next(), b.next()) {
            (Some(left), Some(right)) => (left, right),
            (left, right) => return left.is_some().cmp(&right.is_some()),
        };
        let order = compare_label(left, right);
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn compare_label(a: &[u8], b: &[u8]) -> Ordering {
    let is_number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match (is_number(a), is_number(b)) {
        (true, true) => digits::by_value(a, b),
        (false, false) => a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase)),
        (a, b) => a.cmp(&b),
    }
}

/// The key of a text outside the PEP: numbers padded to eight digits, words behind a star, `*final` at the end.
fn legacy_key(text: &str) -> Vec<String> {
    let text = text.trim().to_lowercase();
    let mut key: Vec<String> = Vec::new();
    for part in legacy_parts(&text) {
        if part.starts_with('*') {
            while part.as_str() < "*final" && key.last().is_some_and(|last| last == "*final-") {
                key.pop();
            }
            while key.last().is_some_and(|last| last == "00000000") {
                key.pop();
            }
        }
        key.push(part);
    }
    key
}

fn legacy_parts(text: &str) -> impl Iterator<Item = String> + '_ {
    let kind = |c: char| match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        '.' => 2,
        '-' => 3,
        _ => 4,
    };
    let mut rest = text;
    let runs = std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let single = matches!(first, 2 | 3);
        let end = rest
            .char_indices()
            .find(|(at, c)| *at > 0 && (single || kind(*c) != first))
            .map_or(rest.len(), |(at, _)| at);
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    });
    runs.filter(|run| *run != ".").map(legacy_part).chain(std::iter::once("*final".to_owned()))
}

fn legacy_part(run: &str) -> String {
    match run {
        "pre" | "preview" | "rc" => "*c".to_owned(),
        "-" => "*final-".to_owned(),
        "dev" => "*@".to_owned(),
        number if digits::all(number) => format!("{number:0>8}"),
        word => format!("*{word}"),
    }
}
