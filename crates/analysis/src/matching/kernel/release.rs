//! Kernel releases as numbers: the fast half of the `linux` scheme, for thousands of comparisons per image.
//!
//! A line (branch) is `X.Y`, and `2.6.Z` in the numbering before 3.0. Local suffixes (`-yocto-standard`,
//! `+gitAUTOINC+…`) are not part of a release.

/// A release of Linux. The derived order is the order of releases: line, stable number, candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    line: Line,
    stable: u32,
    /// Number of the release candidate; [`RELEASED`] for the release itself, so that it sorts after them.
    candidate: u16,
}

/// A line of releases (`6.12`, `2.6.32`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line([u16; 3]);

const RELEASED: u16 = u16::MAX;

/// What stands behind the numbers of a version text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Nothing,
    Candidate(u16),
    Local,
}

impl Release {
    /// Reads a release; `None` for commits, branch names (`5.4.y`, `6.1.*`) and everything that is no release.
    pub fn parse(text: &str) -> Option<Release> {
        Release::parse_with_suffix(text).map(|(release, _)| release)
    }

    /// Reads a release and tells whether a local suffix was cut off.
    pub fn parse_with_suffix(text: &str) -> Option<(Release, bool)> {
        let text = text.trim();
        let text = text.strip_prefix("linux-").unwrap_or(text);
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, count, rest) = numbers(text)?;
        let tail = tail(rest)?;
        let (line, stable) = split(numbers, count)?;
        let candidate = match tail {
            Tail::Candidate(number) => number,
            Tail::Nothing | Tail::Local => RELEASED,
        };
        Some((Release { line, stable, candidate }, tail == Tail::Local))
    }

    /// The line the release belongs to.
    pub fn line(self) -> Line {
        self.line
    }

    /// True for a release of the mainline: `6.12`, `2.6.32`, and their candidates.
    pub fn is_mainline(self) -> bool {
        self.stable == 0
    }

    /// True for a release candidate.
    pub fn is_candidate(self) -> bool {
        self.candidate != RELEASED
    }

    /// True when this is a candidate of `release`. Two candidates of one release are ordered by their numbers.
    pub fn is_candidate_of(self, release: Release) -> bool {
        self.is_candidate()
            && !release.is_candidate()
            && self.line == release.line
            && self.stable == release.stable
    }
}

impl Line {
    /// Reads a branch wildcard: `6.12.*`, `2.6.32.*`, `5.4.x`, `5.4.y`.
    pub fn parse_wildcard(text: &str) -> Option<Line> {
        let stem = text.trim().strip_suffix(['*', 'x', 'X', 'y'])?.strip_suffix('.')?;
        let (numbers, count, rest) = numbers(stem)?;
        let (line, stable) = split(numbers, count)?;
        (rest.is_empty() && stable == 0).then_some(line)
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Line([major, minor, patch]) = *self;
        if major < 3 { write!(f, "{major}.{minor}.{patch}") } else { write!(f, "{major}.{minor}") }
    }
}

/// Up to four dotted numbers from the start of a text, how many there were, and the rest.
fn numbers(text: &str) -> Option<([u32; 4], usize, &str)> {
    let bytes = text.as_bytes();
    let mut numbers = [0u32; 4];
    let mut count = 0;
    let mut at = 0;
    for number in &mut numbers {
        let start = at;
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            *number = number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
            at += 1;
        }
        if at == start {
            // A dot without a number behind it: `5.4.y`, `5.4.*`, `5.4.`.
            return None;
        }
        count += 1;
        if count == 4 || bytes.get(at) != Some(&b'.') || !starts_number(bytes.get(at + 1)) {
            break;
        }
        at += 1;
    }
    (count >= 2).then(|| (numbers, count, text.get(at..).unwrap_or_default()))
}

/// A dot is followed by a number or by a branch letter; both are the business of the caller's next round.
fn starts_number(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'x' | b'X' | b'y'))
}

/// Line and stable number of the dotted numbers.
fn split(numbers: [u32; 4], count: usize) -> Option<(Line, u32)> {
    let [major, minor, third, fourth] = numbers;
    let small = |number: u32| u16::try_from(number).ok();
    if major < 3 {
        // Before 3.0 three numbers named a mainline release, the fourth its stable release.
        let third = if count >= 3 { third } else { 0 };
        return Some((Line([small(major)?, small(minor)?, small(third)?]), fourth));
    }
    // A fourth number belongs to a vendor (`5.4.0.1071`); the release is named by the first three.
    Some((Line([small(major)?, small(minor)?, 0]), third))
}

/// What follows the numbers: nothing, a candidate mark, or a local suffix; `None` when the text is no release.
fn tail(rest: &str) -> Option<Tail> {
    let Some(first) = rest.bytes().next() else { return Some(Tail::Nothing) };
    let word = rest.trim_start_matches(['-', '~', '_', '.', '+', ' ']);
    for mark in ["rc", "pre", "test"] {
        let Some(after) = strip_prefix_ignoring_case(word, mark) else { continue };
        let digits = after.trim_start_matches(['-', '.']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if let Some(number) = digits.get(..end).and_then(|digits| digits.parse().ok()) {
            return Some(Tail::Candidate(number));
        }
    }
    (!first.is_ascii_alphanumeric() && first != b'*').then_some(Tail::Local)
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> std::cmp::Ordering {
        Release::parse(a).expect(a).cmp(&Release::parse(b).expect(b))
    }

    #[test]
    fn releases_are_ordered_by_line_stable_number_and_candidate() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        assert_eq!(order("6.2-rc1", "6.2"), Less);
        assert_eq!(order("6.2_rc1", "6.2~rc1"), Equal);
        assert_eq!(order("6.3~rc2", "6.3.1"), Less);
        assert_eq!(order("5.10.9", "5.10.10"), Less);
        assert_eq!(order("v5.15.0", "5.15"), Equal);
        assert_eq!(order("2.6.32.60", "2.6.33"), Less);
        assert_eq!(order("2.6.39.4", "3.0"), Less);
        assert_eq!(order("6.12.38+gitAUTOINC+fe20c3f42e", "6.12.38"), Equal);
        assert_eq!(order("5.10.201-yocto-standard", "5.10.202"), Less);
        assert_eq!(order("linux-6.1.22", "6.1.21"), Greater);
    }

    #[test]
    fn branches_commits_and_words_are_no_releases() {
        for text in
            ["5.4.y", "6.1.*", "6.6.x", "custom", "", "6", "2c02d41d71f90a5168391b6a5f2954112ba2307c", "6.1a"]
        {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }

    #[test]
    fn wildcards_name_lines() {
        assert_eq!(Line::parse_wildcard("6.12.*"), Some(Line([6, 12, 0])));
        assert_eq!(Line::parse_wildcard("2.6.32.*"), Some(Line([2, 6, 32])));
        assert_eq!(Line::parse_wildcard("6.12.38"), None);
        assert_eq!(Line::parse_wildcard("*"), None);
        assert_eq!(Line([2, 6, 32]).to_string(), "2.6.32");
        assert_eq!(Line([6, 12, 0]).to_string(), "6.12");
    }
}
