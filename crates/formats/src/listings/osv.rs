//! `modified_id.csv` of an OSV ecosystem: date and id, newest first.

use crate::limits::FormatError;
use crate::records::dates::is_date;

/// A changed record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// When, ISO 8601.
    pub date: String,
    /// The id, without the ecosystem before it.
    pub id: String,
}

/// Reads the list.
///
/// # Errors
/// When a line is not a date and an id: a list that cannot be believed would hide changes.
pub fn changed(bytes: &[u8], name: &str) -> Result<Vec<Changed>, FormatError> {
    let mut list = Vec::new();
    for line in super::text(bytes, name)?.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once(',') {
            Some((date, id)) if is_date(date) && !id.is_empty() => {
                let id = id.rsplit('/').next().unwrap_or(id);
                list.push(Changed { date: date.to_owned(), id: id.to_owned() });
            }
            _ => return Err(FormatError::Unknown { name: name.to_owned() }),
        }
    }
    Ok(list)
}
