//! The contract of a feed.

use std::borrow::Cow;

use formats::records::dates;
use formats::records::peek::Peek;
use formats::records::{Reading, Sink};
use model::note::Note;
use model::record::{Item, Source};

use crate::list::by_id;

/// One place where knowledge comes from.
pub struct Feed {
    /// The id under which the index lists it (matching.md 2.1).
    pub id: &'static str,
    /// Age limit in days; 0 = none (historic or the installation's own).
    pub max_age_days: u16,
    /// What it speaks about, in the words of the manual.
    pub covers: &'static [&'static str],
    /// Knows its own documents by their head and, as a help only, by the shape of their path.
    pub detect: fn(&Head<'_>) -> bool,
    /// Reads one document, or some lines of one.
    pub read: fn(&str, &str, &mut Sink<'_>) -> Reading,
    /// Parses what `read` parses and drops it; returns the number of documents.
    pub parse: fn(&str) -> u64,
    /// Under which feed an item of its documents is filed: an OSV document may speak for several.
    pub file_under: FileUnder,
}

/// Under which feed id the items of a document are filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUnder {
    /// All under the id of the feed that read them.
    Own,
    /// Each record under the feed its source belongs to.
    Source,
}

/// The beginning of a document: enough to know its kind.
pub struct Head<'a> {
    /// The first bytes as text, up to [`HEAD_BYTES`]; the whole document when it is shorter.
    pub text: &'a str,
    /// The outer JSON keys in it.
    pub peek: Peek<'a>,
    /// The path below the folder or inside the archive, with `/`.
    pub path: &'a str,
}

/// How many bytes of a document are looked at to know its kind, at most.
pub const HEAD_BYTES: usize = 64 << 10;
/// How many bytes are enough for nearly all documents.
pub const GLANCE_BYTES: usize = 2 << 10;

impl<'a> Head<'a> {
    /// Looks at the first `bytes` of a document.
    pub fn new(text: &'a str, path: &'a str, bytes: usize) -> Head<'a> {
        let text = formats::records::peek::head(text, bytes);
        Head { text, peek: Peek::new(text), path }
    }
}

/// Where items go: with the id of the feed they belong to.
pub type FeedSink<'s> = dyn FnMut(&'static str, Item<'_>) + 's;

/// What reading a document gave for one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Feed id.
    pub feed: &'static str,
    /// Records, or rows of a feed of facts. Several records of one CVE (its containers) count each.
    pub records: u64,
    /// The newest date among its records, or the date of the document.
    pub newest: String,
    /// The revision the document bears (catalogue version, model version); empty when none.
    pub revision: String,
}

/// What reading a document gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSummary {
    /// Documents understood: CVE records, OSV records, rows.
    pub documents: u64,
    /// Records, newest date and revision per feed.
    pub tallies: Vec<Tally>,
    /// What could not be used; the file is filled in.
    pub notes: Vec<Note>,
}

impl ReadSummary {
    fn tally(&mut self, feed: &'static str) -> &mut Tally {
        match self.tallies.iter().position(|tally| tally.feed == feed) {
            Some(at) => &mut self.tallies[at],
            None => {
                self.tallies.push(Tally { feed, ..Tally::default() });
                let last = self.tallies.len() - 1;
                &mut self.tallies[last]
            }
        }
    }

    /// Adds the counts of another document; notes are moved.
    pub fn add(&mut self, other: ReadSummary) {
        self.documents += other.documents;
        self.notes.extend(other.notes);
        for tally in other.tallies {
            let own = self.tally(tally.feed);
            own.records += tally.records;
            dates::keep_newest(&mut own.newest, &tally.newest);
            if tally.revision > own.revision {
                own.revision = tally.revision;
            }
        }
    }
}

impl Feed {
    /// Reads a document, or some lines of one. `path` names it in notes.
    pub fn read(&self, bytes: &[u8], path: &str, sink: &mut FeedSink<'_>) -> ReadSummary {
        let (text, mut notes) = formats::text::decode(bytes);
        let mut summary = ReadSummary::default();
        let reading = (self.read)(&text, path, &mut |item| {
            let feed = self.feed_of(&item);
            let tally = summary.tally(feed);
            match &item {
                Item::Record(record) => {
                    tally.records += 1;
                    dates::keep_newest(&mut tally.newest, &record.modified);
                }
                // The mention of exploitation in a record is no record.
                Item::Kev(_) if feed != "kev" => {}
                _ => tally.records += 1,
            }
            sink(feed, item);
        });
        summary.documents = reading.documents;
        if !reading.as_of.is_empty() && self.file_under == FileUnder::Own {
            // A document without any item still says how new its feed is.
            dates::keep_newest(&mut summary.tally(self.id).newest, &reading.as_of);
        }
        if let Some(tally) = summary.tallies.iter_mut().find(|tally| tally.feed == self.id) {
            tally.revision = reading.revision;
        }
        for (feed, date) in &reading.feed_dates {
            if let Some(feed) = by_id(feed) {
                dates::keep_newest(&mut summary.tally(feed.id).newest, date);
            }
        }
        notes.extend(reading.notes);
        for note in &mut notes {
            note.file = path.to_owned();
        }
        summary.notes = notes;
        summary
    }

    /// Parses a document and drops the result; returns the number of documents.
    pub fn parse_only(&self, bytes: &[u8]) -> u64 {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => formats::text::decode(bytes).0,
        };
        (self.parse)(&text)
    }

    fn feed_of(&self, item: &Item<'_>) -> &'static str {
        match (self.file_under, item) {
            (FileUnder::Source, Item::Record(record)) => record.source.map_or(self.id, feed_of_source),
            (FileUnder::Source, Item::Kev(_)) => "kev",
            (FileUnder::Source, Item::Epss(..)) => "epss",
            _ => self.id,
        }
    }
}

/// The feed a source belongs to: the part of its name before the slash.
fn feed_of_source(source: Source) -> &'static str {
    source.name().split('/').next().unwrap_or("local")
}
