//! A place where knowledge comes from, as named in the index header.

/// What the index says of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedStatus {
    /// Feed id (`nvd2`, `cve-list`, `kernel-cna`, ...; matching.md 2.1).
    pub id: String,
    /// Upstream revision as told by the source (commit, model version); empty when none.
    pub revision: String,
    /// The source's own newest date, `YYYY-MM-DD` or longer; empty when the records carry none.
    pub as_of: String,
    /// When it was fetched or read, ISO 8601; empty when unknown.
    pub fetched_at: String,
    /// Number of records.
    pub records: u64,
    /// Hex fingerprint over its sorted records.
    pub fingerprint: String,
    /// Age limit in days; 0 = none (historic).
    pub max_age_days: u16,
}
