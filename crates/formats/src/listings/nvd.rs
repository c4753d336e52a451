//! The counts of an NVD API 2.0 page, and the `.meta` file beside a yearly feed.

use serde::Deserialize;

use crate::limits::FormatError;

/// Where a page stands in its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Number of the first record.
    pub start_index: u64,
    /// Records of all pages.
    pub total_results: u64,
    /// When the answer was made, ISO 8601.
    #[serde(default)]
    pub timestamp: String,
    /// Records of this page; what they say is read elsewhere.
    #[serde(rename = "vulnerabilities", deserialize_with = "count")]
    pub records: u64,
}

/// Counts the elements of a list without keeping them.
fn count<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(Vec::<serde::de::IgnoredAny>::deserialize(from)?.len() as u64)
}

/// Reads the counts of a page.
///
/// # Errors
/// When it is no page, or the page is cut short.
pub fn page(bytes: &[u8], name: &str) -> Result<Page, FormatError> {
    super::json(bytes, name)
}

/// What a `.meta` file says of a yearly feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Last change, ISO 8601.
    pub modified: String,
    /// SHA-256 of the decompressed feed, lower case.
    pub sha256: String,
}

/// Reads a `.meta` file.
///
/// # Errors
/// When it bears no checksum.
pub fn meta(bytes: &[u8], name: &str) -> Result<Meta, FormatError> {
    let mut meta = Meta::default();
    for line in super::text(bytes, name)?.lines() {
        match line.trim().split_once(':') {
            Some(("lastModifiedDate", date)) => meta.modified = date.trim().to_owned(),
            Some(("sha256", sum)) => meta.sha256 = sum.trim().to_ascii_lowercase(),
            _ => {}
        }
    }
    let is_sum = meta.sha256.len() == 64 && meta.sha256.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_sum { Ok(meta) } else { Err(FormatError::Unknown { name: name.to_owned() }) }
}
