//! Stands in for the collector of facts until it is there: counts what is handed over.

use std::collections::BTreeMap;

use formats::rootfs::{Collector, Entry, Want};
use model::note::Note;

/// Counts.
#[derive(Default)]
pub struct Collect {
    volume: String,
    seen: BTreeMap<String, u64>,
    notes: Vec<String>,
}

impl Collect {
    /// Begins with nothing.
    pub fn new() -> Collect {
        Collect::default()
    }

    /// What was counted.
    pub fn finish(self) -> Collect {
        self
    }

    /// Adds what the reader of the image noted.
    pub fn with_notes(mut self, notes: &[Note]) -> Collect {
        self.notes = notes.iter().map(|note| format!("{}: {}", note.place, note.value)).collect();
        self
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::json!({"schema": "patchwright/rootfs/1", "seen": self.seen, "notes": self.notes})
            .to_string()
    }
}

impl Collector for Collect {
    fn volume(&mut self, name: &str) {
        name.clone_into(&mut self.volume);
    }

    fn entry(&mut self, _: &Entry<'_>) -> Want {
        *self.seen.entry(self.volume.clone()).or_default() += 1;
        Want::Head(4096)
    }

    fn file(&mut self, _: &Entry<'_>, _: &[u8]) {}
}
