//! A data directory of its own for one test, with a clock that passes at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use service::compile::Silent;
use service::outside::clock::Patience;
use service::outside::data_directory::DataDirectory;
use service::outside::http::{HttpOptions, Network};
use service::sync::settings::{FeedEntry, FeedSettings};
use service::sync::state::{Memory, StateFile, SyncState};
use service::sync::{FeedReport, Outcome, SyncError, SyncOptions, SyncReport, sync};

/// Time passes when it is waited for.
#[derive(Clone, Default)]
pub struct Clock(Arc<Mutex<(Duration, Vec<Duration>)>>);

impl Patience for Clock {
    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().0
    }

    fn wait(&self, span: Duration) {
        let mut clock = self.0.lock().unwrap();
        clock.0 += span;
        clock.1.push(span);
    }
}

impl Clock {
    /// How long was waited so far, in all.
    pub fn waited(&self) -> Duration {
        self.0.lock().unwrap().1.iter().sum()
    }
}

pub struct Site {
    pub folder: PathBuf,
    pub settings: FeedSettings,
    pub clock: Clock,
    pub now: String,
    pub accept: Vec<&'static str>,
    pub key: Option<&'static str>,
}

impl Site {
    pub fn new(name: &str) -> Site {
        let folder = std::env::temp_dir().join(format!("patchwright-sync-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let settings =
            FeedSettings { private_hosts: vec!["127.0.0.1".to_owned()], ..FeedSettings::default() };
        Site {
            folder,
            settings,
            clock: Clock::default(),
            now: "2026-11-22T12:00:00Z".to_owned(),
            accept: Vec::new(),
            key: None,
        }
    }

    /// Sets a feed up.
    pub fn feed(mut self, id: &str, address: &str) -> Site {
        let entry = FeedEntry { address: address.to_owned(), ..FeedEntry::default() };
        self.settings.feeds.insert(id.to_owned(), entry);
        self
    }

    pub fn parts(mut self, id: &str, parts: &[&str]) -> Site {
        self.settings.feeds.get_mut(id).unwrap().parts = parts.iter().map(ToString::to_string).collect();
        self
    }

    pub fn data(&self) -> DataDirectory {
        DataDirectory::new(&self.folder.join("data"))
    }

    pub fn state(&self) -> SyncState {
        StateFile::of(&self.data()).load().unwrap()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn try_sync(&self) -> Result<SyncReport, SyncError> {
        let http = HttpOptions { private_hosts: self.settings.private_hosts.clone(), proxy: String::new() };
        let network = Network::with_patience(&http, &Silent, Box::new(self.clock.clone())).unwrap();
        let options = SyncOptions {
            only: BTreeSet::new(),
            accept: self.accept.iter().map(ToString::to_string).collect(),
            replace_imported: false,
            recompile: false,
            now: self.now.parse().unwrap(),
            environment: &|_| self.key.map(str::to_owned),
        };
        let data = self.data();
        sync(&data, &self.settings, &options, &StateFile::of(&data), &network, &Silent)
    }

    pub fn sync(&self) -> SyncReport {
        self.try_sync().unwrap()
    }

    /// Syncs one feed; the code of what went wrong, or a word for what went well.
    pub fn outcome(&self) -> String {
        word(&self.sync().feeds[0])
    }

    /// Ids and kinds of what differs.
    pub fn changes(report: &SyncReport) -> Vec<(String, &'static str)> {
        let delta = &report.generation.as_ref().expect("a new generation").delta;
        delta.changes.iter().map(|change| (change.id.clone(), change.kind.word())).collect()
    }

    pub fn index(&self) -> index::Index {
        index::Index::open(&self.data().current()).unwrap()
    }
}

pub fn word(feed: &FeedReport) -> String {
    match &feed.outcome {
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Updated { is_delta: true, .. } => format!("delta {}", feed.records),
        Outcome::Updated { is_delta: false, .. } => format!("whole {}", feed.records),
        Outcome::Refused(trouble) | Outcome::Failed(trouble) => trouble.code.clone(),
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/feeds")
}
