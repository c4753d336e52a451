//! Feeds into an index: fetch, keep the raw bytes, look whether they can be believed, compile a new generation, tell
//! what differs, and only then switch.
//!
//! One feed that fails keeps its last good state and says so; the others go on. Nothing is replaced by something that
//! is empty, has shrunk, is older or cannot be read, unless the caller names the feed whose change is accepted.

mod examine;
mod folder;
mod generation;
pub mod asked;
pub mod overview;
pub mod settings;
pub mod state;

use std::collections::BTreeSet;
use std::io;

use feeds::fetch::{Fetched, Holdings, Visit};
use feeds::list;
use feeds::transport::{FetchCode, FetchError, Transport};
use index::compile::delta::Delta;
use jiff::Timestamp;

use crate::compile::{self, Progress};
use crate::outside::data_directory::DataDirectory;
use crate::step::reached;
use examine::{Examined, Refusal};
use settings::{FeedEntry, FeedSettings, SHRINK_PERCENT, UNREADABLE_PERCENT, folder_of};
use state::{FeedState, Memory, SyncState, Trouble};

pub(crate) use generation::switch as switch_to;
pub use generation::{Generation, as_of_options, documents_of, read_delta};

/// What the caller decides.
pub struct SyncOptions<'o> {
    /// The feeds to visit; empty = all of the settings.
    pub only: BTreeSet<String>,
    /// Feeds whose change is accepted whatever it looks like.
    pub accept: BTreeSet<String>,
    /// Replaces knowledge that came by an imported bundle.
    pub replace_imported: bool,
    /// Compile also when nothing has changed: after an update of the program, or of its tables.
    pub recompile: bool,
    /// The time.
    pub now: Timestamp,
    /// Answers for environment variables that may hold keys.
    pub environment: &'o dyn Fn(&str) -> Option<String>,
}

/// What became of one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing new.
    Unchanged,
    /// Something new, in use from now on.
    Updated {
        /// Records before.
        before: u64,
        /// True when only what is new was sent.
        is_delta: bool,
    },
    /// What came is not used; the last good state stays.
    Refused(Trouble),
    /// Nothing came; the last good state stays.
    Failed(Trouble),
}

/// One feed of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedReport {
    /// The id.
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Records in use.
    pub records: u64,
    /// The newest date in use.
    pub as_of: String,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// The feeds, by id.
    pub feeds: Vec<FeedReport>,
    /// The new generation; `None` = the old one stands.
    pub generation: Option<Generation>,
}

impl SyncReport {
    /// True when every feed was reached and taken.
    pub fn is_complete(&self) -> bool {
        !self.feeds.iter().any(|feed| matches!(feed.outcome, Outcome::Refused(_) | Outcome::Failed(_)))
    }

    /// What differs from the generation before.
    pub fn delta(&self) -> Option<&Delta> {
        self.generation.as_ref().map(|generation| &generation.delta)
    }
}

/// Why there was no sync at all.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The data directory cannot be used, or another sync is at work.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The settings name no feed.
    #[error("no feed is set up")]
    NoFeeds,
    /// A feed was named that is not set up.
    #[error("feed {0} is not set up")]
    NotSetUp(String),
    /// What is in use came by a bundle, and the feeds would take its place.
    #[error("the knowledge in use was imported on {0}; a sync would replace it by the feeds set up here")]
    Imported(String),
    /// The new generation could not be made; the old one stands.
    #[error("{0}")]
    Compile(#[from] compile::Error),
    /// An index could not be read.
    #[error("{0}")]
    Index(#[from] index::Error),
}

/// Visits the feeds and makes a new generation when something has changed.
///
/// # Errors
/// When the data directory cannot be used, no feed is set up, or nothing can be compiled. What one feed does wrong is no
/// error but stands in the report.
pub fn sync(
    data: &DataDirectory,
    settings: &FeedSettings,
    options: &SyncOptions<'_>,
    memory: &dyn Memory,
    transport: &dyn Transport,
    progress: &dyn Progress,
) -> Result<SyncReport, SyncError> {
    check(settings, options)?;
    let _lock = data.lock()?;
    let mut state = memory.load()?;
    // A sync that was killed after it had switched: its number is taken, and whoever follows may have seen it.
    state.generation = state.generation.max(data.current_number().unwrap_or_default());
    match state.imported.take() {
        Some(imported) if !options.replace_imported => return Err(SyncError::Imported(imported.imported_at)),
        _ => {}
    }
    let mut job = Job { data, options, transport, progress, changed: options.recompile };
    let mut report = SyncReport::default();
    // A feed that is no longer set up leaves the index.
    let known = state.feeds.len();
    state.feeds.retain(|id, _| settings.feeds.contains_key(id));
    job.changed |= state.feeds.len() != known;
    for (id, entry) in &settings.feeds {
        let feed = state.feeds.entry(id.clone()).or_default();
        if !options.only.is_empty() && !options.only.contains(id) {
            continue;
        }
        progress.phase(&format!("fetching {id}"));
        let outcome = job.feed(id, entry, feed);
        reached("sync.fetched");
        let (records, as_of) = (feed.records, feed.as_of.clone());
        report.feeds.push(FeedReport { id: id.clone(), outcome, records, as_of });
    }
    let is_missing = !data.current().exists();
    let is_readable = |(id, feed): (&String, &FeedState)| feed.records > 0 && list::by_id(id).is_some();
    if state.feeds.iter().any(is_readable) && (job.changed || is_missing) {
        report.generation = Some(generation::make(data, &mut state, options.now, progress)?);
        reached("sync.switched");
    }
    finish(data, memory, &state, &report)?;
    Ok(report)
}

fn check(settings: &FeedSettings, options: &SyncOptions<'_>) -> Result<(), SyncError> {
    if settings.feeds.is_empty() {
        return Err(SyncError::NoFeeds);
    }
    let unknown = options.only.iter().chain(&options.accept).find(|id| !settings.feeds.contains_key(*id));
    unknown.map_or(Ok(()), |id| Err(SyncError::NotSetUp(id.clone())))
}

/// Remembers first, then forgets what nobody names any more.
fn finish(
    data: &DataDirectory,
    memory: &dyn Memory,
    state: &SyncState,
    report: &SyncReport,
) -> Result<(), SyncError> {
    memory.save(state)?;
    reached("sync.saved");
    if report.generation.is_some() {
        data.forget_generations(state.generation, generation::KEPT)?;
    }
    let held: Vec<Holdings> = state.feeds.values().map(FeedState::holdings).collect();
    let named: BTreeSet<&str> =
        held.iter().flat_map(|held| &held.documents).map(|document| document.sha256.as_str()).collect();
    data.forget_raw(&|sha256| named.contains(sha256))?;
    Ok(())
}

struct Job<'j> {
    data: &'j DataDirectory,
    options: &'j SyncOptions<'j>,
    transport: &'j dyn Transport,
    progress: &'j dyn Progress,
    changed: bool,
}

impl Job<'_> {
    /// Visits one feed; its state changes only when what came is good.
    fn feed(&mut self, id: &str, entry: &FeedEntry, feed: &mut FeedState) -> Outcome {
        let now = self.options.now.to_string();
        feed.attempted_at.clone_from(&now);
        let outcome = match self.fetch(id, entry, feed) {
            Err(error) => Outcome::Failed(trouble(error.code.word(), &error.to_string())),
            Ok(Fetched::Unchanged(holdings)) => {
                feed.hold(holdings);
                feed.fetched_at = now;
                Outcome::Unchanged
            }
            Ok(Fetched::Snapshot(holdings)) => self.take(id, entry, feed, holdings, false),
            Ok(Fetched::Delta(holdings)) => self.take(id, entry, feed, holdings, true),
        };
        feed.error = match &outcome {
            Outcome::Refused(trouble) | Outcome::Failed(trouble) => Some(trouble.clone()),
            Outcome::Unchanged | Outcome::Updated { .. } => None,
        };
        outcome
    }

    fn fetch(&self, id: &str, entry: &FeedEntry, feed: &FeedState) -> Result<Fetched, FetchError> {
        let settings = entry.settings(id, self.data, self.options.environment);
        let settings =
            settings.map_err(|error| FetchError::new(FetchCode::BadSetting, id, error.to_string()))?;
        let mut since = feed.holdings();
        let held = since.documents.len();
        // A raw document that was lost must be sent again, and what builds on it too.
        since.documents.retain(|document| self.data.raw(&document.sha256).exists());
        if since.documents.len() != held {
            since.full_at.clear();
        }
        let mut shelf = self.data.shelf();
        let mut visit = Visit {
            settings: &settings,
            since: &since,
            now: self.options.now,
            transport: self.transport,
            shelf: &mut shelf,
        };
        match (folder_of(&settings.address), list::remote(id)) {
            (Some(path), _) => {
                let path = if path.is_absolute() { path.to_owned() } else { self.data.path("").join(path) };
                folder::fetch(&mut visit, &path)
            }
            (None, Some(remote)) => (remote.fetch)(&mut visit),
            (None, None) => Err(FetchError::new(FetchCode::BadSetting, id, "comes from folders only")),
        }
    }

    fn take(
        &mut self,
        id: &str,
        entry: &FeedEntry,
        feed: &mut FeedState,
        holdings: Holdings,
        is_delta: bool,
    ) -> Outcome {
        let mut next = FeedState { error: None, fetched_at: self.options.now.to_string(), ..feed.clone() };
        next.hold(holdings);
        let before = feed.records;
        match self.examine(id, &next) {
            Err(error) => return Outcome::Failed(trouble("S_NOT_KEPT", &error.to_string())),
            Ok(examined) => {
                let refused = refusal(entry, feed, &examined);
                if let Some(refused) = refused.filter(|_| !self.options.accept.contains(id)) {
                    return Outcome::Refused(trouble(refused.code(), &refused.to_string()));
                }
                (next.records, next.as_of) = (examined.records, examined.as_of);
            }
        }
        *feed = next;
        self.changed |= list::by_id(id).is_some();
        Outcome::Updated { before, is_delta }
    }

    fn examine(&self, id: &str, next: &FeedState) -> Result<Examined, compile::Error> {
        self.progress.phase(&format!("checking {id}"));
        if list::by_id(id).is_none() {
            // Statements of suppliers: documents, not records.
            return Ok(Examined { records: next.documents.len() as u64, ..Examined::default() });
        }
        let options = as_of_options(std::iter::once((id, next)), self.options.now);
        examine::examine(id, documents_of(self.data, std::iter::once((id, next))), &options)
    }
}

fn refusal(entry: &FeedEntry, feed: &FeedState, now: &Examined) -> Option<Refusal> {
    let shrink = entry.shrink_percent.unwrap_or(SHRINK_PERCENT);
    let unreadable = entry.unreadable_percent.unwrap_or(UNREADABLE_PERCENT);
    examine::refusal(now, feed.records, &feed.as_of, shrink, unreadable)
}

fn trouble(code: &str, message: &str) -> Trouble {
    let message = message.strip_prefix(code).map_or(message, |rest| rest.trim_start_matches(": "));
    Trouble { code: code.to_owned(), message: message.to_owned() }
}
