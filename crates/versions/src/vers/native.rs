//! Native range notations of package managers, turned into `vers:` ranges.

use super::{Comparator, Constraint, Kind, Vers, VersError};
use crate::digits;

/// Turns a native range into a `vers:` range.
///
/// # Errors
/// When the type is unknown or the range cannot be read to its end.
///
/// ```
/// use versions::vers::from_native;
/// assert_eq!(from_native("npm", "^1.2.9 || 3.0.0")?.to_string(), "vers:npm/>=1.2.9|<2.0.0|3.0.0");
/// # Ok::<(), versions::vers::VersError>(())
/// ```
pub fn from_native(name: &str, range: &str) -> Result<Vers, VersError> {
    let kind = Kind::from_name(name).ok_or_else(|| VersError::UnknownType(name.to_owned()))?;
    let constraints = match name {
        "npm" => alternatives(&range.replace(',', " "), npm),
        "conan" => alternatives(range.split(',').next().unwrap_or_default(), conan),
        "gem" | "rubygems" => list(range, gem),
        "pypi" | "pep440" => list(range, pypi),
        "nginx" => list(range, nginx),
        "maven" | "nuget" if range.contains(['[', '(']) => brackets(range),
        _ => list(range, signed),
    };
    match constraints {
        Some(constraints) if !constraints.is_empty() => Ok(Vers::of(name, kind, constraints)),
        _ => Err(VersError::Native(range.to_owned())),
    }
}

type Constraints = Vec<Constraint>;

fn of(comparator: Comparator, version: impl Into<String>) -> Constraint {
    Constraint { comparator, version: version.into() }
}

/// `a b || c d`.
fn alternatives(range: &str, read: fn(&str) -> Option<Constraints>) -> Option<Constraints> {
    let mut constraints = Vec::new();
    for alternative in range.split("||") {
        for part in parts(alternative) {
            constraints.extend(read(&part)?);
        }
    }
    Some(constraints)
}

/// `a, b`, and `a, b || c` as advisories write it; without a comma also `a b`.
fn list(range: &str, read: fn(&str) -> Option<Constraints>) -> Option<Constraints> {
    let mut constraints = Vec::new();
    for part in range.split("||").flat_map(|alternative| alternative.split(',')) {
        let part = part.trim();
        let many = part.contains(' ') && part.contains(['<', '>', '=']);
        let pieces = if many { parts(part) } else { vec![part.to_owned()] };
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            constraints.extend(read(piece)?);
        }
    }
    Some(constraints)
}

/// The constraints of one alternative: signs may stand apart from their version; `a - b` is `>=a <=b`.
fn parts(alternative: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut words = alternative.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let bare_signs = word.bytes().all(|byte| b"<>=~^!".contains(&byte));
        if bare_signs {
            parts.push(format!("{word}{}", words.next().unwrap_or_default()));
        } else if words.peek() == Some(&"-") {
            words.next();
            parts.push(format!(">={word}"));
            parts.push(format!("<={}", words.next().unwrap_or_default()));
        } else {
            parts.push(word.to_owned());
        }
    }
    parts
}

fn signed(part: &str) -> Option<Constraints> {
    let (comparator, version) = Comparator::split(part);
    let version = version.trim_start_matches('=').trim();
    let readable = !version.is_empty() && !version.contains(['<', '>', '=', '!', ' ', '^', '[', '(']);
    readable.then(|| vec![of(comparator, version)])
}

fn npm(part: &str) -> Option<Constraints> {
    if matches!(part, "*" | "x" | "X") {
        return Some(vec![of(Comparator::GreaterOrEqual, "0.0.0")]);
    }
    if let Some(version) = part.strip_prefix('^') {
        return Some(up_to(&three_parts(version)?, caret_limit));
    }
    if let Some(version) = part.strip_prefix("~>").or_else(|| part.strip_prefix('~')) {
        let limit = if version.contains('.') { tilde_limit } else { major_limit };
        return Some(up_to(&three_parts(version)?, limit));
    }
    let (comparator, version) = Comparator::split(part);
    if let Some(branch) = crate::branch_wildcard(version) {
        let limit = if branch.contains('.') { tilde_limit } else { major_limit };
        return Some(up_to(&three_parts(branch)?, limit));
    }
    Some(vec![of(comparator, three_parts(version)?)])
}

fn conan(part: &str) -> Option<Constraints> {
    let part = part.trim_end_matches('-');
    if part == "*" {
        return Some(vec![of(Comparator::GreaterOrEqual, "0.0.0")]);
    }
    if let Some(version) = part.strip_prefix('^') {
        return Some(conan_up_to(
            version,
            leading(version).iter().position(|n| !digits::is_zero(n.as_bytes()))?,
        ));
    }
    if let Some(version) = part.strip_prefix('~') {
        return Some(conan_up_to(version, leading(version).len().min(2).saturating_sub(1)));
    }
    signed(part)
}

/// From a version to the next one at the given place, whose pre-releases do not belong to the range either.
fn conan_up_to(version: &str, place: usize) -> Constraints {
    let limit = raised(&leading(version), place, 0);
    vec![of(Comparator::GreaterOrEqual, version), of(Comparator::Less, format!("{limit}-"))]
}

fn gem(part: &str) -> Option<Constraints> {
    let Some(version) = part.strip_prefix("~>").map(str::trim) else {
        return signed(part);
    };
    let numbers = leading(version);
    let limit = raised(&numbers, numbers.len().saturating_sub(2), 0);
    Some(vec![of(Comparator::GreaterOrEqual, version), of(Comparator::Less, limit)])
}

fn pypi(part: &str) -> Option<Constraints> {
    if let Some(version) = part.strip_prefix("~=").map(str::trim) {
        let numbers = leading(version);
        let limit = raised(&numbers, numbers.len().checked_sub(2)?, 0);
        return Some(vec![of(Comparator::GreaterOrEqual, version), of(Comparator::Less, limit)]);
    }
    let exact = part.strip_prefix("===").or_else(|| part.strip_prefix("==")).map(str::trim);
    match exact {
        Some(version) => match crate::branch_wildcard(version) {
            Some(branch) => {
                let numbers = leading(branch);
                let limit = raised(&numbers, numbers.len().checked_sub(1)?, 0);
                Some(vec![of(Comparator::GreaterOrEqual, branch), of(Comparator::Less, limit)])
            }
            None => Some(vec![of(Comparator::Equal, version)]),
        },
        None => signed(part),
    }
}

/// `1.4.1+`: from there on, in the stable branches (even second number) to the end of the branch; `a-b` is closed.
fn nginx(part: &str) -> Option<Constraints> {
    if let Some(version) = part.strip_suffix('+') {
        let numbers = leading(version);
        let is_stable = numbers.get(1)?.bytes().last().is_some_and(|digit| digit % 2 == 0);
        let mut constraints = vec![of(Comparator::GreaterOrEqual, version)];
        if is_stable {
            constraints.push(of(Comparator::Less, raised(&numbers, 1, 3)));
        }
        return Some(constraints);
    }
    match part.split_once('-') {
        Some((from, to)) => {
            Some(vec![of(Comparator::GreaterOrEqual, from.trim()), of(Comparator::LessOrEqual, to.trim())])
        }
        None => signed(part),
    }
}

/// Maven and NuGet: `[1.0,2.0)`, `(,1.0]`, `[1.0]`, several separated by commas.
fn brackets(range: &str) -> Option<Constraints> {
    let mut constraints = Vec::new();
    let mut rest = range.trim();
    while !rest.is_empty() {
        let end = rest.find([']', ')'])?;
        let (interval, after) = rest.split_at(end + 1);
        constraints.extend(bracket(interval.trim())?);
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Some(constraints)
}

fn bracket(interval: &str) -> Option<Constraints> {
    let lower = match interval.as_bytes().first()? {
        b'[' => Comparator::GreaterOrEqual,
        b'(' => Comparator::Greater,
        _ => return None,
    };
    let upper = if interval.ends_with(']') { Comparator::LessOrEqual } else { Comparator::Less };
    let inner = interval.get(1..interval.len() - 1)?;
    let Some((from, to)) = inner.split_once(',') else {
        return (!inner.trim().is_empty()).then(|| vec![of(Comparator::Equal, inner.trim())]);
    };
    let bounds = [(lower, from.trim()), (upper, to.trim())];
    Some(
        bounds
            .into_iter()
            .filter(|(_, version)| !version.is_empty())
            .map(|(c, version)| of(c, version))
            .collect(),
    )
}

fn up_to(version: &str, limit: fn(&[&str]) -> String) -> Constraints {
    vec![of(Comparator::GreaterOrEqual, version), of(Comparator::Less, limit(&leading(version)))]
}

/// The first number that is not zero is raised.
fn caret_limit(numbers: &[&str]) -> String {
    let place = numbers.iter().position(|number| !digits::is_zero(number.as_bytes())).unwrap_or(2);
    raised(numbers, place, 3)
}

fn tilde_limit(numbers: &[&str]) -> String {
    raised(numbers, 1, 3)
}

fn major_limit(numbers: &[&str]) -> String {
    raised(numbers, 0, 3)
}

/// The numbers up to `place`, that one raised by one, filled up with zeros to `length` parts.
fn raised(numbers: &[&str], place: usize, length: usize) -> String {
    let mut parts: Vec<String> = numbers.iter().take(place).map(|part| (*part).to_owned()).collect();
    let last = numbers.get(place).and_then(|part| part.parse::<u64>().ok()).unwrap_or_default();
    parts.push(last.saturating_add(1).to_string());
    while parts.len() < length {
        parts.push("0".to_owned());
    }
    parts.join(".")
}

/// The numbers at the front of a version.
fn leading(version: &str) -> Vec<&str> {
    let end = version.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    version.get(..end).unwrap_or_default().split('.').filter(|part| !part.is_empty()).collect()
}

/// npm writes out missing parts: `4` is `4.0.0`.
fn three_parts(version: &str) -> Option<String> {
    let version = version.trim().trim_start_matches('=').trim_start_matches(['v', 'V']);
    let numbers = leading(version);
    if numbers.is_empty() {
        return None;
    }
    let length: usize = numbers.iter().map(|number| number.len() + 1).sum::<usize>() - 1;
    let rest = version.get(length..).unwrap_or_default();
    if numbers.len() >= 3 || !rest.is_empty() {
        return Some(version.to_owned());
    }
    let mut parts = numbers;
    parts.resize(3, "0");
    Some(parts.join("."))
}
