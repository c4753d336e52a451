//! The index a scan uses: a file, or the starter knowledge compiled in memory; how old it is.

use std::path::{Path, PathBuf};

use index::Index;
use model::feed::FeedStatus;

/// Where the knowledge comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An index file.
    File(PathBuf),
    /// The starter set inside the program.
    Starter,
}

/// An open index and its origin.
pub struct Knowledge {
    /// The index.
    pub index: Index,
    /// Where it comes from.
    pub origin: Origin,
}

/// Why knowledge could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The file is missing, damaged or of another layout.
    #[error("cannot use index {path}: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
}

/// Opens an index file; the header is checked, sections when they are used.
pub fn open(path: &Path) -> Result<Knowledge, KnowledgeError> {
    let index = Index::open(path)
        .map_err(|error| KnowledgeError::Unusable { path: path.display().to_string(), why: error.to_string() })?;
    Ok(Knowledge { index, origin: Origin::File(path.to_owned()) })
}

impl Knowledge {
    /// The newest `as_of` of the feeds, `YYYY-MM-DD…`; empty when none carries a date.
    pub fn as_of(&self) -> &str {
        self.feeds().iter().map(|feed| feed.as_of.as_str()).max().unwrap_or_default()
    }

    /// Whole days from the newest `as_of` to `at`; `None` when no feed carries a date.
    pub fn age_days(&self, at: jiff::Timestamp) -> Option<i64> {
        age_days(self.as_of(), at)
    }

    /// The feeds of the header.
    pub fn feeds(&self) -> &[FeedStatus] {
        &self.index.header().feeds
    }

    /// True for the starter set.
    pub fn is_starter(&self) -> bool {
        self.origin == Origin::Starter
    }

    /// A name for people: the path, or "starter knowledge".
    pub fn name(&self) -> String {
        match &self.origin {
            Origin::File(path) => path.display().to_string(),
            Origin::Starter => "starter knowledge".to_owned(),
        }
    }
}

/// Whole days from a date text (`YYYY-MM-DD…`) to `at`; `None` when it is no date.
pub fn age_days(date: &str, at: jiff::Timestamp) -> Option<i64> {
    let day: jiff::civil::Date = date.get(..10)?.parse().ok()?;
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(i64::from(day.until(today).ok()?.get_days()))
}
