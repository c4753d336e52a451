//! The one list of jobs: what each is called, what it is about, and who does it.

use serde::{Deserialize, Serialize};
use store::Moment;
use store::jobs::{Lane, NewJob};

/// A queued job. `kind` and `key` are unique while it is open, so that asking twice is harmless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Judge a release in full.
    AnalyseRelease {
        /// Its organisation.
        organisation: i64,
        /// The release.
        release: i64,
        /// What has changed (`documents 9f2c…`, `knowledge 77ab…`): a change that comes while the release is being judged
        /// is a job of its own.
        because: String,
    },
    /// Judge again what a change of knowledge touches.
    RescanChanged {
        /// Hash of the generation that the change led to.
        generation: String,
        /// Blob of the delta: what differs from the generation before.
        delta: String,
    },
    /// Write the digests of organisations whose hour it is.
    SendDigests {
        /// The full hour, in milliseconds since 1970.
        due: i64,
    },
    /// Tell the teams of feeds that are refused or too old.
    CheckKnowledge {
        /// The full hour, in milliseconds since 1970.
        due: i64,
    },
    /// Visit feeds and take a new generation of the index into use.
    SyncFeeds {
        /// Which; in order.
        feeds: Vec<String>,
        /// Somebody asked for it; else their time has come.
        asked: bool,
    },
    /// Remove what is done and old; mark the decisions whose time is over.
    Sweep,
}

/// How often a job is tried before it is parked.
const ATTEMPTS: u32 = 8;

impl Job {
    /// The stable word.
    pub fn kind(&self) -> &'static str {
        match self {
            Job::AnalyseRelease { .. } => "analyse_release",
            Job::RescanChanged { .. } => "rescan_changed",
            Job::SendDigests { .. } => "send_digests",
            Job::CheckKnowledge { .. } => "check_knowledge",
            Job::SyncFeeds { .. } => "sync_feeds",
            Job::Sweep => "sweep",
        }
    }

    /// What it is about, unique among open jobs of its kind.
    pub fn key(&self) -> String {
        match self {
            Job::AnalyseRelease { release, because, .. } => format!("{release} {because}"),
            Job::RescanChanged { generation, .. } => generation.clone(),
            Job::SendDigests { due } | Job::CheckKnowledge { due } => due.to_string(),
            // One visit at a time for all whose time has come: they are compiled together.
            Job::SyncFeeds { asked: false, .. } => "due".to_owned(),
            Job::SyncFeeds { feeds, asked: true } => feeds.join(" "),
            Job::Sweep => String::new(),
        }
    }

    /// For whom; `None` = for the installation.
    fn organisation(&self) -> Option<i64> {
        match self {
            Job::AnalyseRelease { organisation, .. } => Some(*organisation),
            _ => None,
        }
    }

    /// As the store queues it.
    pub fn queued(&self, lane: Lane, run_after: Moment) -> NewJob {
        NewJob {
            kind: self.kind().to_owned(),
            key: self.key(),
            lane,
            organisation: self.organisation(),
            body: serde_json::to_string(self).unwrap_or_default(),
            run_after,
            most_attempts: ATTEMPTS,
        }
    }

    /// A job from the store.
    ///
    /// # Errors
    /// When it was queued by a newer program.
    pub fn read(body: &str) -> Result<Job, String> {
        serde_json::from_str(body).map_err(|error| format!("the job cannot be read: {error}"))
    }
}
