//! Splitting a package URL into its parts, strictly and tolerantly.

use super::codec::{decode, decode_lossy};
use super::{Purl, PurlError, rules};

/// Splits and decodes; the rules of the type are not applied yet.
pub(super) fn split(text: &str) -> Result<Purl, PurlError> {
    let text = text.trim();
    let rest = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("pkg:") => text.get(4..).unwrap_or_default(),
        _ => return Err(PurlError::Scheme),
    };
    let (rest, subpath) = rest.rsplit_once('#').unwrap_or((rest, ""));
    let (rest, qualifiers) = rest.rsplit_once('?').unwrap_or((rest, ""));
    let (kind, path) = rest.trim_start_matches('/').split_once('/').ok_or(PurlError::Name)?;
    let kind = kind.to_ascii_lowercase();
    let (path, version) = split_version(path);
    if path.ends_with('/') && !version.is_empty() {
        return Err(PurlError::Name);
    }
    let path = path.trim_matches('/');
    let (namespace, name) = split_name(&kind, path);
    Ok(Purl {
        namespace: segments(namespace, |_| true)?,
        name: decode(name)?,
        version: decode(version)?,
        qualifiers: split_qualifiers(qualifiers, !rules::refuses_upper_keys(&kind))?,
        subpath: segments(subpath, |segment| segment != "." && segment != "..")?,
        kind,
    })
}

/// The name is the last segment; of a `git` package URL it is everything after the host.
fn split_name<'a>(kind: &str, path: &'a str) -> (&'a str, &'a str) {
    let parts = if kind == "git" { path.split_once('/') } else { path.rsplit_once('/') };
    parts.unwrap_or(("", path))
}

/// The version follows the last `@` of the path, unless a `/` follows that `@`: then it belongs to a name.
fn split_version(path: &str) -> (&str, &str) {
    match path.rsplit_once('@') {
        Some((front, version)) if !version.contains('/') => (front, version),
        _ => (path, ""),
    }
}

/// Decodes each segment of a path, dropping the empty and the unwanted ones.
fn segments(path: &str, wanted: fn(&str) -> bool) -> Result<String, PurlError> {
    let mut joined = String::with_capacity(path.len());
    for segment in path.split('/') {
        let segment = decode(segment)?;
        if segment.is_empty() || !wanted(&segment) {
            continue;
        }
        if !joined.is_empty() {
            joined.push('/');
        }
        joined.push_str(&segment);
    }
    Ok(joined)
}

fn split_qualifiers(text: &str, fold: bool) -> Result<Vec<(String, String)>, PurlError> {
    let mut qualifiers = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = if fold { key.to_ascii_lowercase() } else { key.to_owned() };
        qualifiers.push((key, decode(value)?));
    }
    Ok(qualifiers)
}

/// Reads what SBOM writers get wrong: a forge's host as type, unencoded scopes, upper-case qualifier keys,
/// broken percent codes, missing required parts. A missing scheme or name is beyond repair.
pub(super) fn repair(text: &str) -> Result<Purl, PurlError> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']);
    let mut purl = match split(&rewrite(text)) {
        Ok(purl) => purl,
        Err(PurlError::Encoding) => split(&text.replace('%', "%25"))?,
        Err(error) => return Err(error),
    };
    purl.namespace = decode_lossy(&purl.namespace);
    for (key, _) in &mut purl.qualifiers {
        key.make_ascii_lowercase();
    }
    purl.qualifiers.retain(|(key, value)| rules::is_qualifier_key(key) && !value.is_empty());
    purl.qualifiers.sort();
    purl.qualifiers.dedup_by(|one, other| one.0 == other.0);
    rules::settle_tolerantly(purl)
}

/// True when the text has a forge's host name in the place of the type, or the like.
pub(super) fn is_rewritten(text: &str) -> bool {
    rewrite(text) != text
}

/// Rewrites a forge's host name in the place of the type, and a scope's bare `@`.
fn rewrite(text: &str) -> String {
    const FORGES: [(&str, &str); 6] = [
        ("pkg:github.com/", "pkg:github/"),
        ("pkg:www.github.com/", "pkg:github/"),
        ("pkg:https://github.com/", "pkg:github/"),
        ("pkg:git@github.com:", "pkg:github/"),
        ("pkg:bitbucket.org/", "pkg:bitbucket/"),
        ("pkg:gitlab.com/", "pkg:gitlab/"),
    ];
    let start = FORGES.iter().find_map(|(wrong, right)| {
        let head = text.get(..wrong.len())?;
        head.eq_ignore_ascii_case(wrong)
            .then(|| format!("{right}{}", text.get(wrong.len()..).unwrap_or_default()))
    });
    let mut fixed = start.unwrap_or_else(|| text.to_owned());
    if let Some(at) = fixed.find("/@") {
        let scoped =
            fixed.get(at + 2..).is_some_and(|rest| rest.split(['?', '#']).next().unwrap_or("").contains('/'));
        if scoped {
            fixed.replace_range(at..at + 2, "/%40");
        }
    }
    if fixed.starts_with("pkg:github/")
        || fixed.starts_with("pkg:bitbucket/")
        || fixed.starts_with("pkg:gitlab/")
    {
        fixed = fixed.replacen(".git@", "@", 1);
        if let Some(bare) = fixed.strip_suffix(".git") {
            fixed.truncate(bare.len());
        }
    }
    fixed
}
