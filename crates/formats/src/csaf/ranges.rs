//! Version texts of branches to rows: `vers:` ranges and texts that the text grammar of the matcher reads.

use std::borrow::Cow;

use model::record::{End, Entry, RangeKind, Status, Text};

/// Most constraints of one range; a longer one is read up to here and told as unreadable by the caller.
const MOST_CONSTRAINTS: usize = 1_000;

/// The rows of a text; `None` for a `vers:` range that cannot be read.
pub(super) fn rows<'w>(text: &Cow<'w, str>, status: Status, label: &Cow<'w, str>) -> Option<Vec<Entry<'w>>> {
    let row = |start: Cow<'w, str>, end: End<'w>| Entry {
        status,
        kind: RangeKind::Version,
        start,
        end,
        version_type: label.clone(),
        changes: Vec::new(),
    };
    let plain = text.trim();
    if plain.is_empty() {
        return Some(vec![row("0".into(), End::Open)]);
    }
    let Some(range) = plain.strip_prefix("vers:") else {
        return Some(vec![row(trimmed(text), End::Single)]);
    };
    let (kind, constraints) = range.split_once('/')?;
    if constraints.trim() == "*" {
        return Some(vec![row("0".into(), End::Open)]);
    }
    let label: Cow<'w, str> =
        if ["rpm", "deb", "apk", "semver"].contains(&kind) { kind.to_owned().into() } else { label.clone() };
    let mut rows: Vec<Entry<'w>> = Vec::new();
    let mut exceptions: Vec<Entry<'w>> = Vec::new();
    let mut open: Option<Cow<'w, str>> = None;
    let push = |start: Cow<'w, str>, end: End<'w>, status: Status, rows: &mut Vec<Entry<'w>>| {
        rows.push(Entry { status, version_type: label.clone(), ..row(start, end) });
    };
    let other = if status == Status::Affected { Status::Unaffected } else { Status::Unknown };
    for constraint in constraints.split('|').take(MOST_CONSTRAINTS) {
        let constraint = constraint.trim();
        let (sign, version) = constraint.split_at(constraint.find(|c: char| !"<>=!".contains(c))?);
        let version: Cow<'w, str> = Cow::Owned(decoded(version.trim()).into_owned());
        match sign {
            "" | "=" => push(version, End::Single, status, &mut rows),
            "!=" => push(version, End::Single, other, &mut exceptions),
            ">=" => open = Some(version),
            ">" => {
                push(version.clone(), End::Single, other, &mut exceptions);
                open = Some(version);
            }
            "<" => push(open.take().unwrap_or("0".into()), End::Before(version), status, &mut rows),
            "<=" => push(open.take().unwrap_or("0".into()), End::Through(version), status, &mut rows),
            _ => return None,
        }
    }
    if let Some(start) = open {
        push(start, End::Open, status, &mut rows);
    }
    // The first row that holds a version decides.
    exceptions.append(&mut rows);
    (!exceptions.is_empty()).then_some(exceptions)
}

fn trimmed<'w>(text: &Cow<'w, str>) -> Text<'w> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A text without percent signs in front of its bytes (`1%2B2` is `1+2`).
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let Some(rows) = rows(&text.into(), Status::Affected, &"known_affected".into()) else {
            return "-".into();
        };
        let row = |row: &Entry<'_>| {
            let sign = if row.status == Status::Affected { "" } else { "!" };
            match &row.end {
                End::Single => format!("{sign}{}", row.start),
                End::Before(end) => format!("{sign}{}..<{end}", row.start),
                End::Through(end) => format!("{sign}{}..={end}", row.start),
                End::Open => format!("{sign}{}..", row.start),
            }
        };
        rows.iter().map(row).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ranges() {
        assert_eq!(told(""), "0..");
        assert_eq!(told("vers:all/*"), "0..");
        assert_eq!(told("4.2"), "4.2");
        assert_eq!(told("All versions < V4.33"), "All versions < V4.33");
        assert_eq!(told("vers:generic/<1.2"), "0..<1.2");
        assert_eq!(
            told("vers:semver/>=1.0.0|<1.2.0|>=2.0.0|<=2.1.0|3.0.0"),
            "1.0.0..<1.2.0 2.0.0..=2.1.0 3.0.0"
        );
        assert_eq!(told("vers:generic/>1.0|!=1.5|<2"), "!1.0 !1.5 1.0..<2");
        assert_eq!(told("vers:deb/>=1%2Bdfsg"), "1+dfsg..");
        for bad in ["vers:generic", "vers:generic/<", "vers:generic/=>1", "vers:generic/"] {
            assert_eq!(told(bad), "-", "{bad}");
        }
    }
}
