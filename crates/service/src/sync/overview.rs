//! What there is to fetch, what is fetched, how old it is.

use feeds::list::{self, REMOTES};
use jiff::Timestamp;

use super::settings::FeedSettings;
use super::state::{SyncState, Trouble};
use crate::knowledge::age_days;

/// One feed for the eye.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedRow {
    /// The id.
    pub id: String,
    /// Where it is fetched from; the public address where it is not set up.
    pub source: String,
    /// Its parts, where it has any.
    pub parts: Vec<String>,
    /// The settings name it.
    pub is_set_up: bool,
    /// Distinct records in use.
    pub records: u64,
    /// Raw bytes in use.
    pub bytes: u64,
    /// The newest date in use; empty when unknown.
    pub as_of: String,
    /// Days from that date; `None` when unknown.
    pub age_days: Option<i64>,
    /// The limit in days; 0 = none.
    pub max_age_days: u16,
    /// Older than the limit, or of unknown age, though the feed has one.
    pub is_stale: bool,
    /// When the documents in use were fetched or confirmed.
    pub fetched_at: String,
    /// When it was last tried.
    pub attempted_at: String,
    /// What went wrong then.
    pub error: Option<Trouble>,
}

/// Every feed that is set up, by id; with `all` also every one that could be.
pub fn overview(settings: &FeedSettings, state: &SyncState, now: Timestamp, all: bool) -> Vec<FeedRow> {
    let possible = REMOTES.iter().map(|remote| remote.id).filter(|_| all);
    let mut ids: Vec<&str> = settings.feeds.keys().map(String::as_str).chain(possible).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| row(id, settings, state, now)).collect()
}

fn row(id: &str, settings: &FeedSettings, state: &SyncState, now: Timestamp) -> FeedRow {
    let entry = settings.feeds.get(id).cloned().unwrap_or_default();
    let remote = list::remote(id);
    let state = state.feeds.get(id).cloned().unwrap_or_default();
    let public = || remote.map_or("", |remote| remote.address).to_owned();
    let standard = || remote.map(|remote| remote.parts).unwrap_or_default().iter().map(ToString::to_string);
    let max_age_days = list::by_id(id).map_or(0, |feed| feed.max_age_days);
    let age = age_days(&state.as_of, now);
    let is_stale = max_age_days > 0 && age.is_none_or(|age| age > i64::from(max_age_days));
    FeedRow {
        id: id.to_owned(),
        source: if entry.address.is_empty() { public() } else { entry.address },
        parts: if entry.parts.is_empty() { standard().collect() } else { entry.parts },
        is_set_up: settings.feeds.contains_key(id),
        records: state.records,
        bytes: state.holdings().documents.iter().map(|document| document.bytes).sum(),
        as_of: state.as_of,
        age_days: age,
        max_age_days,
        is_stale,
        fetched_at: state.fetched_at,
        attempted_at: state.attempted_at,
        error: state.error,
    }
}

/// The feeds that most installations want.
pub const RECOMMENDED: &[&str] = &["cve-list", "epss", "kernel-cna", "kev", "nvd-overrides", "nvd2", "osv"];
