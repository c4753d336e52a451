//! A new index generation: compiled beside the old one, compared with it, switched to at the end.

use std::io;

use index::Index;
use index::compile::delta::{self, Change, ChangeKind, Delta};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SyncError;
use super::state::{FeedState, SyncState};
use crate::compile::{self, Options, Progress};
use crate::outside::data_directory::DataDirectory;
use crate::outside::directory::{self, Found, FoundFile};

/// Generations that are kept: readers of the one before finish undisturbed.
pub(super) const KEPT: u64 = 3;

/// A generation that has just been made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generation {
    /// Its number.
    pub number: u64,
    /// The one that it was compared with; 0 = none.
    pub before: u64,
    /// Vulnerabilities in it.
    pub vulnerabilities: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// What differs. Without a generation before, everything does.
    pub delta: Delta,
}

/// The documents of some feeds, named as the feeds name them.
pub fn documents_of<'f>(
    data: &DataDirectory,
    feeds: impl Iterator<Item = (&'f str, &'f FeedState)>,
) -> Found {
    let mut found = Found::default();
    for (id, feed) in feeds {
        for document in feed.holdings().documents {
            found.files.push(FoundFile {
                path: data.raw(&document.sha256),
                name: format!("{id}/{}", document.name),
                bytes: document.bytes,
                is_renamed: true,
            });
        }
    }
    found
}

/// The feed whose records carry no dates: its archive's `Last-Modified` stands in, else the day it was fetched.
const UNDATED: &str = "kernel-cna";

/// How the documents are to be read: with the dates that they do not carry.
pub fn as_of_options<'f>(feeds: impl Iterator<Item = (&'f str, &'f FeedState)>, now: Timestamp) -> Options {
    let mut options =
        Options { compiled_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), ..Options::default() };
    for (id, feed) in feeds.filter(|(id, feed)| *id == UNDATED && !feed.documents.is_empty()) {
        let holdings = feed.holdings();
        let has_dated_folder =
            holdings.documents.iter().any(|document| compile::folder_date(&document.name).is_some());
        if has_dated_folder {
            continue;
        }
        let told = holdings.documents.iter().filter_map(|document| day_of(&document.last_modified)).max();
        let fetched = feed.fetched_at.get(..10).map(str::to_owned);
        if let Some(day) = told.or(fetched).filter(|day| !day.is_empty()) {
            options.as_of.insert(id.to_owned(), day);
        }
    }
    options
}

/// The day of an HTTP date (`Sun, 22 Nov 2026 10:00:00 GMT`).
fn day_of(http_date: &str) -> Option<String> {
    let zoned = jiff::fmt::rfc2822::parse(http_date).ok()?;
    Some(zoned.timestamp().strftime("%Y-%m-%d").to_string())
}

/// Compiles all feeds of the state into the next generation and switches to it.
pub(super) fn make(
    data: &DataDirectory,
    state: &mut SyncState,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Generation, SyncError> {
    let feeds = || {
        let readable = state.feeds.iter().filter(|(id, _)| feeds::list::by_id(id).is_some());
        readable.map(|(id, feed)| (id.as_str(), feed))
    };
    let number = state.generation + 1;
    let out = data.generation(number);
    let options = as_of_options(feeds(), now);
    let report = compile::build_found(documents_of(data, feeds()), &out, &options, progress)?;
    switch(data, state, number, report.index.map_or(0, |index| index.vulnerabilities), progress)
}

/// Compares the file of a generation with the current one, writes the delta, and makes it current.
pub(crate) fn switch(
    data: &DataDirectory,
    state: &mut SyncState,
    number: u64,
    vulnerabilities: u64,
    progress: &dyn Progress,
) -> Result<Generation, SyncError> {
    progress.phase("comparing generations");
    let new = Index::open(&data.generation(number))?;
    // An old file that cannot be opened is no reason to stay with it: everything differs.
    let old = Index::open(&data.current()).ok();
    let delta = match &old {
        Some(old) => delta::compare(old, &new)?,
        None => Delta { everything: true, ..Delta::default() },
    };
    let before = if old.is_some() { state.generation } else { 0 };
    write_delta(data, number, before, &delta)?;
    crate::step::reached("sync.compiled");
    data.switch(number)?;
    state.generation = number;
    Ok(Generation { number, before, vulnerabilities, bytes: new.size(), delta })
}

/// The delta as a file beside its generation.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeltaFile {
    generation: u64,
    before: u64,
    everything: bool,
    surroundings: Vec<String>,
    changes: Vec<ChangeRow>,
}

#[derive(Serialize, Deserialize)]
struct ChangeRow {
    id: String,
    ids: Vec<String>,
    kind: String,
    facts: bool,
    keys: Vec<String>,
}

fn write_delta(data: &DataDirectory, number: u64, before: u64, delta: &Delta) -> io::Result<()> {
    let row = |change: &Change| ChangeRow {
        id: change.id.clone(),
        ids: change.ids.clone(),
        kind: change.kind.word().to_owned(),
        facts: change.facts,
        keys: change.keys.clone(),
    };
    let file = DeltaFile {
        generation: number,
        before,
        everything: delta.everything,
        surroundings: delta.surroundings.clone(),
        changes: delta.changes.iter().map(row).collect(),
    };
    let text = serde_json::to_string(&file).map_err(io::Error::other)?;
    directory::write(&data.delta(number), text.as_bytes())
}

/// Reads the delta of a generation: its number before, and what differs. A watch that was away reads one after another.
///
/// # Errors
/// When it is not there, or is damaged.
pub fn read_delta(data: &DataDirectory, number: u64) -> io::Result<(u64, Delta)> {
    let path = data.delta(number);
    let invalid =
        |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()));
    let file: DeltaFile =
        serde_json::from_slice(&directory::read(&path)?).map_err(|error| invalid(error.to_string()))?;
    let mut delta =
        Delta { everything: file.everything, surroundings: file.surroundings, changes: Vec::new() };
    for row in file.changes {
        let ChangeRow { id, ids, kind, facts, keys } = row;
        let kind =
            ChangeKind::parse(&kind).ok_or_else(|| invalid(format!("there is no kind of change {kind}")))?;
        delta.changes.push(Change { id, ids, kind, facts, keys });
    }
    Ok((file.before, delta))
}
