//! What a build says when it is done.

use std::collections::BTreeMap;
use std::fmt;

use index::CompileReport;
use model::feed::FeedStatus;
use model::note::{Note, NoteCode, Severity};

use super::reading::Outcome;

/// How many notes are kept with their place; all are counted.
const MOST_NOTES: usize = 1000;
/// How many notes are printed; those that lost nothing are only counted.
const MOST_PRINTED: usize = 10;

/// What was read, what not, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Files found below the folders.
    pub files: usize,
    /// Files and archive members that some feed read.
    pub documents: u64,
    /// Bytes of them, decompressed.
    pub bytes: u64,
    /// Each feed with its count and date, as the index has it.
    pub feeds: Vec<FeedStatus>,
    /// Files of no known kind by extension: how many, and the first by name.
    pub unknown: BTreeMap<String, (u64, String)>,
    /// Notes by code.
    pub note_counts: BTreeMap<NoteCode, u64>,
    /// The first notes, sorted by severity, file and place.
    pub notes: Vec<Note>,
    /// What the compiler of the index says; `None` before it has run.
    pub index: Option<CompileReport>,
}

impl Report {
    pub(super) fn new(files: usize, feeds: Vec<FeedStatus>, outcome: Outcome) -> Report {
        let mut notes = outcome.summary.notes;
        let mut note_counts = BTreeMap::new();
        for note in &notes {
            *note_counts.entry(note.code).or_insert(0) += 1;
        }
        notes.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then_with(|| (&a.file, &a.place, a.code).cmp(&(&b.file, &b.place, b.code)))
        });
        notes.truncate(MOST_NOTES);
        let Outcome { bytes, documents, unknown, .. } = outcome;
        Report { files, documents, bytes, feeds, unknown, note_counts, notes, index: None }
    }
}

impl Report {
    /// Takes over what the compiler says: its counts are those of the index, its notes join the others.
    pub(super) fn set_index(&mut self, compiled: CompileReport) {
        for note in &compiled.notes {
            *self.note_counts.entry(note.code).or_insert(0) += 1;
        }
        let room = MOST_NOTES.saturating_sub(self.notes.len());
        self.notes.extend(compiled.notes.iter().take(room).cloned());
        self.feeds = compiled.header.feeds.clone();
        self.index = Some(compiled);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes / 1_000_000;
        writeln!(f, "{} files, {} documents read, {megabytes} MB", self.files, self.documents)?;
        for feed in &self.feeds {
            let date = feed.as_of.get(..10).unwrap_or("no date");
            writeln!(f, "  {:<18} {:>9} records  {date}", feed.id, feed.records)?;
        }
        if let Some(index) = &self.index {
            write_index(f, index)?;
        }
        for (extension, (count, first)) in &self.unknown {
            writeln!(f, "not read: {count} of extension {extension}, such as {first}")?;
        }
        for (code, count) in &self.note_counts {
            writeln!(f, "{count} x {code}: {}", code.meaning())?;
        }
        let serious = self.notes.iter().filter(|note| note.severity > Severity::Info);
        for note in serious.take(MOST_PRINTED) {
            writeln!(f, "  {} {} {}: {}", note.code, note.file, note.place, note.value)?;
        }
        Ok(())
    }
}

fn write_index(f: &mut fmt::Formatter<'_>, index: &CompileReport) -> fmt::Result {
    let CompileReport { vulnerabilities, records, keys, bytes, .. } = index;
    let megabytes = bytes / 1_000_000;
    writeln!(
        f,
        "{vulnerabilities} vulnerabilities from {records} records under {keys} keys, {megabytes} MB"
    )?;
    if index.superseded > 0 {
        writeln!(f, "{} records passed over: a newer one of the same id was there", index.superseded)?;
    }
    if index.facts_without_record > 0 {
        writeln!(f, "{} scores or entries for ids without a record", index.facts_without_record)?;
    }
    writeln!(f, "fingerprint {}", index.header.fingerprint)
}

/// What was parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Documents: CVE records, OSV records, rows.
    pub documents: u64,
    /// Bytes of the files that hold them, decompressed.
    pub bytes: u64,
}

impl fmt::Display for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} documents parsed, {} bytes", self.documents, self.bytes)
    }
}
