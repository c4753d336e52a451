//! What a bundle says of itself. The signature is over these bytes.

use index::Index;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sync::state::SyncState;

/// What a bundle says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Manifest {
    /// `patchwright.knowledge`.
    pub format: String,
    /// The shape of the manifest.
    pub version: u32,
    /// The generation at its origin; 0 = not from a data directory.
    pub generation: u64,
    /// When it was exported.
    pub made_at: String,
    /// The program that compiled the index.
    pub builder: String,
    /// The fingerprint of the index.
    pub fingerprint: String,
    /// The feeds in it.
    pub feeds: Vec<ManifestFeed>,
    /// The files in it.
    pub members: Vec<Member>,
    /// The index that a delta applies to; absent in a bundle that holds a whole index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Member>,
    /// The index that comes of a delta; absent in a bundle that holds a whole index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Member>,
}

impl Manifest {
    /// SHA-256 of the index that one has after taking the bundle.
    pub fn index_sha256(&self) -> &str {
        self.result.as_ref().or(self.members.first()).map_or("", |member| member.sha256.as_str())
    }
}

/// A feed of a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManifestFeed {
    /// The id.
    pub id: String,
    /// Where its documents came from; empty when not known.
    pub source: String,
    /// The source's revision.
    pub revision: String,
    /// The source's own newest date.
    pub as_of: String,
    /// When it was fetched.
    pub fetched_at: String,
    /// Records.
    pub records: u64,
    /// Fingerprint over its records.
    pub fingerprint: String,
}

/// A file of a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

pub(super) const FORMAT: &str = "patchwright.knowledge";
pub(super) const VERSION: u32 = 1;

/// Of an index, without its members.
pub(super) fn manifest_of(index: &Index, state: &SyncState, now: Timestamp) -> Manifest {
    let header = index.header();
    let feed = |status: &model::feed::FeedStatus| {
        let known = state.feeds.get(&status.id);
        let source = known.and_then(|feed| feed.holdings().documents.into_iter().next());
        ManifestFeed {
            id: status.id.clone(),
            source: source.map(|document| document.url).unwrap_or_default(),
            revision: status.revision.clone(),
            as_of: status.as_of.clone(),
            fetched_at: known.map(|feed| feed.fetched_at.clone()).unwrap_or_default(),
            records: status.records,
            fingerprint: status.fingerprint.clone(),
        }
    };
    Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        generation: state.generation,
        made_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        builder: header.builder.clone(),
        fingerprint: header.fingerprint.clone(),
        feeds: header.feeds.iter().map(feed).collect(),
        ..Manifest::default()
    }
}
