//! Version requirements as Cargo writes them (`>= 1.2.3, < 2`, `^0.4.1`, `1.2.*`), read as stretches of the order of
//! Semantic Versioning. Only for the heads of advisories: comparing versions is the business of `versions`.

use std::cmp::Ordering;

/// A version with all three numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    /// Pre-release; empty for a release.
    pre: String,
}

/// A place between versions: just before one, or just after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    pub version: Version,
    pub is_after: bool,
}

/// A stretch; `None` = no end on that side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    pub from: Option<Cut>,
    pub to: Option<Cut>,
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => pre_release(&self.pre, &other.pre),
        })
    }
}

/// Identifiers one by one: numbers by value and below words (SemVer 2.0, 11.4).
fn pre_release(one: &str, other: &str) -> Ordering {
    let mut others = other.split('.');
    for a in one.split('.') {
        let Some(b) = others.next() else { return Ordering::Greater };
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    if others.next().is_some() { Ordering::Less } else { Ordering::Equal }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if self.pre.is_empty() { Ok(()) } else { write!(f, "-{}", self.pre) }
    }
}

impl Version {
    /// The lowest version above this one.
    pub fn next(&self) -> Version {
        if !self.pre.is_empty() {
            return Version { numbers: self.numbers, pre: format!("{}.0", self.pre) };
        }
        let [major, minor, patch] = self.numbers;
        lowest([major, minor, patch.saturating_add(1)])
    }
}

/// The lowest pre-release of a version: nothing of it or above lies below.
fn lowest(numbers: [u64; 3]) -> Version {
    Version { numbers, pre: "0".to_owned() }
}

/// Reads a requirement: the comparators of a list hold together. `None` when any of it cannot be read.
pub fn stretch(requirement: &str) -> Option<Stretch> {
    requirement.split(',').try_fold(Stretch::default(), |whole, part| Some(both(whole, comparator(part)?)))
}

/// What lies in both.
fn both(one: Stretch, other: Stretch) -> Stretch {
    let from = match (one.from, other.from) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    let to = match (one.to, other.to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Stretch { from, to }
}

fn comparator(text: &str) -> Option<Stretch> {
    const SIGNS: &[&str] = &[">=", "<=", ">", "<", "=", "^", "~"];
    let text = text.trim();
    if text == "*" {
        return Some(Stretch::default());
    }
    // `1.2.*` is all of 1.2, `1.2` all of 1 from there on.
    let plain = if text.ends_with(['*', 'x', 'X']) { "=" } else { "^" };
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign)).copied().unwrap_or(plain);
    let (version, given) = partial(text.strip_prefix(sign).unwrap_or(text).trim())?;
    // `1.2` stands for `1.2.0` where a bound is meant, and for all of 1.2 where a version is.
    let above = |part: usize| Cut { version: lowest(raised(version.numbers, part)), is_after: false };
    let before = Cut { version: version.clone(), is_after: false };
    let after = match given {
        3 => Cut { version: version.clone(), is_after: true },
        part => above(part - 1),
    };
    Some(match sign {
        ">=" => Stretch { from: Some(before), to: None },
        "<" => Stretch { from: None, to: Some(before) },
        ">" => Stretch { from: Some(after), to: None },
        "<=" => Stretch { from: None, to: Some(after) },
        "=" => Stretch { from: Some(before), to: Some(after) },
        "~" => Stretch { from: Some(before), to: Some(above((given - 1).min(1))) },
        _ => Stretch { from: Some(before), to: Some(above(leading(version.numbers, given))) },
    })
}

/// The part that a caret holds: the first that is not zero, among those given.
fn leading(numbers: [u64; 3], given: usize) -> usize {
    let first = numbers.iter().take(given).position(|number| *number != 0);
    first.unwrap_or(given - 1)
}

/// The numbers with one of them raised and those behind it zero.
fn raised(numbers: [u64; 3], part: usize) -> [u64; 3] {
    let [major, minor, patch] = numbers;
    match part {
        0 => [major.saturating_add(1), 0, 0],
        1 => [major, minor.saturating_add(1), 0],
        _ => [major, minor, patch.saturating_add(1)],
    }
}

/// A version of one to three numbers, and how many were given. `1.2.*` gives two.
fn partial(text: &str) -> Option<(Version, usize)> {
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let (numbers, pre) = text.split_once('-').unwrap_or((text, ""));
    let mut read = [0_u64; 3];
    let mut given = 0;
    let mut slots = read.iter_mut();
    for part in numbers.split('.') {
        let slot = slots.next()?;
        if matches!(part, "*" | "x" | "X") {
            break;
        }
        *slot = part.parse().ok()?;
        given += 1;
    }
    let is_whole = given == 3 || pre.is_empty();
    (given > 0 && is_whole).then(|| (Version { numbers: read, pre: pre.to_owned() }, given))
}
