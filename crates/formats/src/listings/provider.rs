//! How a CSAF provider lists its documents: `provider-metadata.json`, ROLIE feeds, `changes.csv`, hash files.

use serde::Deserialize;

use crate::limits::FormatError;
use crate::records::{csv, dates::is_date};

/// Where a provider keeps its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Addresses of ROLIE feeds that are open to everyone (TLP WHITE or CLEAR, or unlabelled).
    pub rolie: Vec<String>,
    /// Addresses of directories with `changes.csv`.
    pub directories: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    distributions: Vec<Distribution>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Distribution {
    directory_url: String,
    rolie: Rolie,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rolie {
    feeds: Vec<RolieFeed>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RolieFeed {
    tlp_label: String,
    url: String,
}

/// Reads `provider-metadata.json`.
///
/// # Errors
/// When it is no such document.
pub fn metadata(bytes: &[u8], name: &str) -> Result<Provider, FormatError> {
    let metadata: Metadata = super::json(bytes, name)?;
    let mut provider = Provider::default();
    for distribution in metadata.distributions {
        if !distribution.directory_url.is_empty() {
            provider.directories.push(distribution.directory_url);
        }
        let is_open = |label: &str| {
            ["", "WHITE", "CLEAR", "UNLABELED"].iter().any(|open| label.eq_ignore_ascii_case(open))
        };
        let open = distribution.rolie.feeds.into_iter().filter(|feed| is_open(&feed.tlp_label));
        provider.rolie.extend(open.map(|feed| feed.url).filter(|url| !url.is_empty()));
    }
    Ok(provider)
}

/// A document of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its address; in `changes.csv` relative to the directory.
    pub url: String,
    /// Last change, ISO 8601.
    pub updated: String,
    /// Address of its SHA-256 or SHA-512 file; empty when none is named.
    pub hash: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RolieDocument {
    feed: RolieEntries,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RolieEntries {
    entry: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    updated: String,
    content: Content,
    link: Vec<Link>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    src: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    rel: String,
    href: String,
}

/// Reads a ROLIE feed.
///
/// # Errors
/// When it is no such feed.
pub fn rolie(bytes: &[u8], name: &str) -> Result<Vec<Listed>, FormatError> {
    let document: RolieDocument = super::json(bytes, name)?;
    let listed = document.feed.entry.into_iter().map(|entry| {
        let of = |rel: &str| -> Vec<String> {
            entry.link.iter().filter(|link| link.rel == rel).map(|link| link.href.clone()).collect()
        };
        let own = Some(entry.content.src.clone()).filter(|address| !address.is_empty());
        let url = own.or_else(|| of("self").into_iter().next());
        let mut hashes = of("hash");
        hashes.sort_by_key(|address| !address.ends_with(".sha512"));
        let hash = hashes.into_iter().next().unwrap_or_default();
        Listed { url: url.unwrap_or_default(), updated: entry.updated.clone(), hash }
    });
    Ok(listed.filter(|listed| !listed.url.is_empty()).collect())
}

/// Reads `changes.csv`: path and date, newest first.
///
/// # Errors
/// When a row is not a path and a date.
pub fn changes(bytes: &[u8], name: &str) -> Result<Vec<Listed>, FormatError> {
    let text = super::text(bytes, name)?;
    let mut list = Vec::new();
    for row in csv::rows(text, b',') {
        match row.as_slice() {
            [path, date, ..] if is_date(date.trim()) && path.ends_with(".json") => {
                list.push(Listed {
                    url: path.to_string(),
                    updated: date.trim().to_owned(),
                    hash: String::new(),
                });
            }
            _ => return Err(FormatError::Unknown { name: name.to_owned() }),
        }
    }
    Ok(list)
}

/// The checksum in a hash file (`<hex>  <file name>`), lower case; `None` when the file bears none.
pub fn checksum(bytes: &[u8]) -> Option<String> {
    let word = std::str::from_utf8(bytes).ok()?.split_whitespace().next()?.to_ascii_lowercase();
    let is_sum = matches!(word.len(), 64 | 128) && word.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_sum.then_some(word)
}
