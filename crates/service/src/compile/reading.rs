//! Reads every document below some folders and inside their archives, on all processors, within bounded
//! memory.
//!
//! One thread walks: it hands over batches of small files by name, streams large files and archives itself,
//! cuts JSON lines into pieces, and waits when the readers are behind. The readers know each document by its
//! content and give it to a [`Taker`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use feeds::feed::{Feed, HEAD_BYTES, ReadSummary};
use formats::archives;
use formats::limits::{FormatError, Limits};
use formats::records::elements;
use model::note::{Note, NoteCode, Severity};

use super::Progress;
use super::lines::{PIECE_BYTES, Pieces};
use crate::outside::directory::{self, FoundFile};

/// What becomes of a document whose feed is known.
pub trait Taker: Sync {
    /// Takes one document, or some lines of one.
    fn take(&self, feed: &'static Feed, name: &Name, bytes: &[u8]) -> ReadSummary;

    /// True for a document that is no feed's but wanted, by its beginning.
    fn wants_other(&self, head: &[u8]) -> bool;

    /// Takes such a document; returns what could not be used.
    fn take_other(&self, name: &str, bytes: &[u8]) -> Vec<Note>;
}

/// How a document is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// To people: from the given folder downwards.
    pub shown: String,
    /// With everything above it too: whoever points at `cve/rejected/2024` still means rejected records.
    pub whole: String,
}

impl Name {
    fn of(file: &FoundFile) -> Name {
        let whole = match file.is_renamed {
            true => file.name.clone(),
            false => file.path.to_string_lossy().replace('\\', "/"),
        };
        Name { shown: file.name.clone(), whole }
    }

    /// The name of a member. The content of a compressed single file is no member: it has the name of the
    /// file without the last extension.
    fn member(&self, member: &str) -> Name {
        if self.shown.starts_with(member) {
            return self.clone();
        }
        Name { shown: format!("{}/{member}", self.shown), whole: format!("{}/{member}", self.whole) }
    }
}

/// What was found on the way.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Documents, tallies and notes of all feeds.
    pub summary: ReadSummary,
    /// Bytes of documents that some feed read, decompressed.
    pub bytes: u64,
    /// Files and archive members that were read by some feed.
    pub documents: u64,
    /// Files of no known kind: number and first name, by extension.
    pub unknown: BTreeMap<String, (u64, String)>,
}

impl Outcome {
    fn unknown(&mut self, name: &str) {
        let entry = self.unknown.entry(extension(name)).or_insert_with(|| (0, name.to_owned()));
        entry.0 += 1;
        if name < entry.1.as_str() {
            entry.1 = name.to_owned();
        }
    }

    fn note(&mut self, code: NoteCode, name: &str, value: &str) {
        let mut note = Note::new(code, Severity::Error, "file", value);
        note.file = name.to_owned();
        self.summary.notes.push(note);
    }

    /// What a walk over an archive left to say.
    fn walked(&mut self, name: &str, walked: Result<Vec<Note>, FormatError>) {
        match walked {
            Ok(notes) => {
                self.summary
                    .notes
                    .extend(notes.into_iter().map(|note| Note { file: name.to_owned(), ..note }));
            }
            Err(error) => self.note(error.code(), name, &error.to_string()),
        }
    }

    fn add(&mut self, other: Outcome) {
        self.summary.add(other.summary);
        self.bytes += other.bytes;
        self.documents += other.documents;
        for (extension, (count, name)) in other.unknown {
            let entry = self.unknown.entry(extension).or_insert_with(|| (0, name.clone()));
            entry.0 += count;
            entry.1 = entry.1.clone().min(name);
        }
    }
}

/// The extension of a file name in lower case; the word "none" where there is none.
fn extension(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        _ => "none".to_owned(),
    }
}

/// Up to this size a file is read whole by a reader; larger ones are streamed by the walker.
const SMALL: u64 = 4 << 20;
/// How many bytes of small documents make a batch.
const BATCH_BYTES: u64 = 4 << 20;
/// How many small documents make a batch.
const BATCH_FILES: usize = 256;

enum Job {
    Files(Vec<FoundFile>),
    Documents(Vec<Document>),
    /// A document whose feed is known, or some lines of one.
    Known(&'static Feed, Document),
}

struct Document {
    name: Name,
    bytes: Vec<u8>,
}

/// Reads everything. The result does not depend on the number of threads but for the order of its notes.
pub fn run(files: Vec<FoundFile>, threads: usize, taker: &dyn Taker, progress: &dyn Progress) -> Outcome {
    let outcome = Mutex::new(Outcome::default());
    let (sender, receiver) = sync_channel(threads);
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut reader = Reader { taker, progress, outcome: Outcome::default() };
                while let Some(job) = next(&receiver) {
                    reader.job(job);
                }
                lock(&outcome).add(reader.outcome);
            });
        }
        let mut walker = Walker {
            sender,
            taker,
            progress,
            batch: Vec::new(),
            batch_bytes: 0,
            outcome: Outcome::default(),
        };
        walker.walk(files);
        let Walker { sender, outcome: found, .. } = walker;
        // The readers end when there is no sender left.
        drop(sender);
        lock(&outcome).add(found);
    });
    outcome.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn next(receiver: &Mutex<Receiver<Job>>) -> Option<Job> {
    lock(receiver).recv().ok()
}

/// A lock that a panicking reader cannot spoil: the panic itself ends the scope.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Walker<'p> {
    sender: SyncSender<Job>,
    taker: &'p dyn Taker,
    progress: &'p dyn Progress,
    batch: Vec<Document>,
    batch_bytes: u64,
    outcome: Outcome,
}

impl Walker<'_> {
    fn walk(&mut self, files: Vec<FoundFile>) {
        let (mut large, small): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.bytes > SMALL);
        // The largest first: whatever takes longest must not be begun last.
        large.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        for file in large {
            self.large(&file);
            self.flush();
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        for file in small {
            bytes += file.bytes;
            batch.push(file);
            if bytes >= BATCH_BYTES || batch.len() >= BATCH_FILES {
                self.send(Job::Files(std::mem::take(&mut batch)));
                bytes = 0;
            }
        }
        self.send(Job::Files(batch));
    }

    fn send(&mut self, job: Job) {
        // Fails only when all readers are gone, which they are not before the sender is.
        let _ = self.sender.send(job);
    }

    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        self.send(Job::Documents(batch));
    }

    /// Streams a large file: an archive member by member, anything else as one document.
    fn large(&mut self, file: &FoundFile) {
        let opened = match directory::open(&file.path) {
            Ok(opened) => opened,
            Err(error) => return self.outcome.note(NoteCode::BadRecord, &file.name, &error.to_string()),
        };
        let archive = Name::of(file);
        let mut counted = Counted { file: opened, progress: self.progress };
        let walked = archives::walk_seek(&mut counted, &file.name, &Limits::FEED, &mut |member, reader| {
            let name = archive.member(member);
            // A file that is no archive is its own only member: its size is known.
            let size = if member == file.name { file.bytes } else { 0 };
            match self.document(&name, reader, size) {
                Ok(()) => Ok(ControlFlow::Continue(())),
                Err(error) => Err(archives::io_error(&name.shown, &error)),
            }
        });
        self.outcome.walked(&file.name, walked);
    }

    /// Takes one document off a stream: whole when it is small, in pieces when it is JSON lines. `size` is 0
    /// when it is not known.
    fn document(&mut self, name: &Name, reader: &mut dyn Read, size: u64) -> io::Result<()> {
        let mut bytes = Vec::new();
        reader.take(PIECE_BYTES as u64).read_to_end(&mut bytes)?;
        if bytes.len() < PIECE_BYTES {
            self.batch_bytes += bytes.len() as u64;
            self.batch.push(Document { name: name.clone(), bytes });
            if self.batch_bytes >= BATCH_BYTES || self.batch.len() >= BATCH_FILES {
                self.flush();
            }
            return Ok(());
        }
        let feed = match detect(name, &bytes) {
            Some((feed, true)) => return self.pieces(feed, name, bytes, reader, size),
            Some((feed, false)) => Some(feed),
            None if self.taker.wants_other(&bytes) => None,
            None => {
                self.outcome.unknown(&name.shown);
                return Ok(());
            }
        };
        let more = usize::try_from(size).unwrap_or_default().saturating_sub(bytes.len());
        bytes.reserve_exact(more);
        reader.read_to_end(&mut bytes)?;
        let document = Document { name: name.clone(), bytes };
        self.send(match feed {
            Some(feed) => Job::Known(feed, document),
            None => Job::Documents(vec![document]),
        });
        Ok(())
    }

    fn pieces(
        &mut self,
        feed: &'static Feed,
        name: &Name,
        begun: Vec<u8>,
        reader: &mut dyn Read,
        size: u64,
    ) -> io::Result<()> {
        let left = usize::try_from(size).unwrap_or_default().saturating_sub(begun.len());
        let mut pieces = Pieces::new(begun, reader, left, PIECE_BYTES);
        while let Some(bytes) = pieces.next_piece()? {
            self.send(Job::Known(feed, Document { name: name.clone(), bytes }));
        }
        Ok(())
    }
}

/// The feed that knows a document by its beginning, and whether it is JSON lines.
fn detect(name: &Name, bytes: &[u8]) -> Option<(&'static Feed, bool)> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let (text, _) = formats::text::decode(head);
    let feed = feeds::list::detect(&text, &name.whole)?;
    // A first line longer than the head cannot be told from a document: then the name helps.
    let named = name.shown.ends_with(".jsonl") || name.shown.ends_with(".ndjson");
    Some((feed, elements::is_lines(&text) || (named && text.trim_start().starts_with('{'))))
}

struct Reader<'t> {
    taker: &'t dyn Taker,
    progress: &'t dyn Progress,
    outcome: Outcome,
}

impl Reader<'_> {
    fn job(&mut self, job: Job) {
        match job {
            Job::Files(files) => files.iter().for_each(|file| self.file(file)),
            Job::Documents(documents) => {
                documents.iter().for_each(|document| self.document(&document.name, &document.bytes));
            }
            Job::Known(feed, document) => self.known(feed, &document.name, &document.bytes),
        }
    }

    fn file(&mut self, file: &FoundFile) {
        let name = Name::of(file);
        match directory::read(&file.path) {
            Ok(bytes) if archives::container(&bytes).is_some() => self.archive(&name, &bytes),
            Ok(bytes) => self.document(&name, &bytes),
            Err(error) => self.outcome.note(NoteCode::BadRecord, &file.name, &error.to_string()),
        }
        self.progress.advance(file.bytes);
    }

    fn archive(&mut self, name: &Name, bytes: &[u8]) {
        let walked = archives::members(bytes, &name.shown, &Limits::FEED, &mut |member, bytes| {
            self.document(&name.member(member), bytes);
            Ok(ControlFlow::Continue(()))
        });
        self.outcome.walked(&name.shown, walked);
    }

    fn document(&mut self, name: &Name, bytes: &[u8]) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match detect(name, bytes) {
            Some((feed, _)) => self.known(feed, name, bytes),
            None if self.taker.wants_other(bytes) => {
                self.outcome.summary.notes.extend(self.taker.take_other(&name.shown, bytes));
                self.outcome.documents += 1;
                self.outcome.bytes += bytes.len() as u64;
            }
            None => self.outcome.unknown(&name.shown),
        }
    }

    fn known(&mut self, feed: &'static Feed, name: &Name, bytes: &[u8]) {
        let summary = self.taker.take(feed, name, bytes);
        self.outcome.summary.add(summary);
        self.outcome.documents += 1;
        self.outcome.bytes += bytes.len() as u64;
    }
}

/// A file whose reading shows in the progress.
struct Counted<'p> {
    file: File,
    progress: &'p dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

impl io::Seek for Counted<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
