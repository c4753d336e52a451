//! What is remembered between syncs: which documents make each feed up, how far it has been followed, what went wrong.
//! Kept in `feeds-state.json`, behind [`Memory`], so that a store can take its place.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use feeds::fetch::{Document, Holdings};
use serde::{Deserialize, Serialize};

use crate::outside::data_directory::DataDirectory;
use crate::outside::directory;

/// Where the state is kept.
pub trait Memory {
    /// Reads it; a first time there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn load(&self) -> io::Result<SyncState>;

    /// Keeps it.
    ///
    /// # Errors
    /// When it cannot be written.
    fn save(&self, state: &SyncState) -> io::Result<()>;
}

/// The state of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SyncState {
    /// The shape of this file.
    pub version: u32,
    /// The newest index generation; 0 = none yet.
    pub generation: u64,
    /// The feeds, by id.
    pub feeds: BTreeMap<String, FeedState>,
    /// What was imported last, if the knowledge comes from a bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
}

/// Where imported knowledge comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Imported {
    /// The id of the key that signed it.
    pub key_id: String,
    /// The generation at the origin.
    pub generation: u64,
    /// When it was made there.
    pub made_at: String,
    /// When it was imported here.
    pub imported_at: String,
}

/// The state of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FeedState {
    /// Documents in use.
    pub documents: Vec<KeptDocument>,
    /// How far deltas have been followed.
    pub cursor: String,
    /// When it was last fetched whole.
    pub full_at: String,
    /// Distinct records in use.
    pub records: u64,
    /// The newest date among them.
    pub as_of: String,
    /// When the documents in use were fetched or confirmed.
    pub fetched_at: String,
    /// When it was last tried.
    pub attempted_at: String,
    /// What went wrong then; `None` = nothing.
    pub error: Option<Trouble>,
}

/// What went wrong with a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Stable code (`S_SHRUNK`, `S_UNAVAILABLE`, …).
    pub code: String,
    /// For people.
    pub message: String,
}

/// A document in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KeptDocument {
    name: String,
    url: String,
    sha256: String,
    bytes: u64,
    etag: String,
    last_modified: String,
}

impl FeedState {
    /// As feeds see it.
    pub fn holdings(&self) -> Holdings {
        let document = |kept: &KeptDocument| {
            let KeptDocument { name, url, sha256, bytes, etag, last_modified } = kept.clone();
            Document { name, url, sha256, bytes, etag, last_modified }
        };
        Holdings {
            documents: self.documents.iter().map(document).collect(),
            cursor: self.cursor.clone(),
            full_at: self.full_at.clone(),
        }
    }

    /// Takes over what a feed holds now.
    pub fn hold(&mut self, holdings: Holdings) {
        let kept = |document: Document| {
            let Document { name, url, sha256, bytes, etag, last_modified } = document;
            KeptDocument { name, url, sha256, bytes, etag, last_modified }
        };
        self.documents = holdings.documents.into_iter().map(kept).collect();
        self.cursor = holdings.cursor;
        self.full_at = holdings.full_at;
    }
}

/// The state as a file of the data directory.
pub struct StateFile(PathBuf);

/// The shape that this program writes.
const VERSION: u32 = 1;

impl StateFile {
    /// The file of a data directory.
    pub fn of(data: &DataDirectory) -> StateFile {
        StateFile(data.path("feeds-state.json"))
    }
}

impl Memory for StateFile {
    fn load(&self) -> io::Result<SyncState> {
        let bytes = match directory::read(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(SyncState::default()),
            bytes => bytes?,
        };
        let invalid =
            |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", self.0.display()));
        let state: SyncState = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
        if state.version > VERSION {
            return Err(invalid(format!("was written by a newer version (shape {})", state.version)));
        }
        Ok(state)
    }

    fn save(&self, state: &SyncState) -> io::Result<()> {
        let state = SyncState { version: VERSION, ..state.clone() };
        let mut text = serde_json::to_string_pretty(&state).map_err(io::Error::other)?;
        text.push('\n');
        directory::write(&self.0, text.as_bytes())
    }
}
