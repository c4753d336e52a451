//! What a source says it has: lists of releases, pages, changed records and documents. Small files that are read
//! to know what to fetch; none of them carries a record.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod github;
pub mod nvd;
pub mod osv;
pub mod provider;

use crate::limits::FormatError;

/// The text of a listing; bytes that are not UTF-8 are no listing.
fn text<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, FormatError> {
    std::str::from_utf8(bytes).map_err(|_| FormatError::Unknown { name: name.to_owned() })
}

fn json<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8], name: &str) -> Result<T, FormatError> {
    let text = text(bytes, name)?;
    if text.trim().is_empty() {
        return Err(FormatError::Empty { name: name.to_owned() });
    }
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| FormatError::json(name, &error))
}
