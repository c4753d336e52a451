//! The one place through which a file system is handed over: counts, checks limits, keeps notes, and asks the collector.

use std::io;
use std::rc::Rc;

use model::note::{Note, NoteCode, Severity};

use super::limits::ImageLimits;
use super::meter::Meter;
use super::paths;
use crate::archives;
use crate::limits::FormatError;
use crate::rootfs::{Collector, Entry, EntryKind, Want};

/// Notes that are kept one by one; the rest is counted.
const NOTES: usize = 1_000;

/// One reading of one image or directory.
pub struct Ledger<'c> {
    name: String,
    limits: ImageLimits,
    meter: Rc<Meter>,
    collector: &'c mut dyn Collector,
    volume: String,
    entries: u64,
    notes: Vec<Note>,
    more_notes: usize,
}

impl<'c> Ledger<'c> {
    /// Starts a reading; `name` is the image as the user knows it.
    pub fn new(name: &str, limits: &ImageLimits, collector: &'c mut dyn Collector) -> Ledger<'c> {
        Ledger {
            name: name.to_owned(),
            limits: *limits,
            meter: Meter::new(name, *limits),
            collector,
            volume: String::new(),
            entries: 0,
            notes: Vec::new(),
            more_notes: 0,
        }
    }

    /// What may be used.
    pub fn limits(&self) -> &ImageLimits {
        &self.limits
    }

    /// The counter of bytes, for readers that outlive a call.
    pub fn meter(&self) -> Rc<Meter> {
        Rc::clone(&self.meter)
    }

    /// Entries so far.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Begins another file system of the same image. Its name stands in the places of its notes and errors.
    pub fn enter(&mut self, volume: &str) {
        volume.clone_into(&mut self.volume);
        self.collector.volume(volume);
    }

    /// Ends it: what follows is told of the image itself.
    pub fn leave(&mut self) {
        self.volume.clear();
    }

    /// Makes a path of the bytes that a container has for it: no leading `/`, no `.`, no empty part. `None` for the root
    /// itself, and after a note for a path that points outside or cannot be one.
    ///
    /// # Errors
    /// A path of more directories than the limit.
    pub fn path(&mut self, raw: &[u8]) -> Result<Option<String>, FormatError> {
        let path = match paths::normal(raw) {
            Ok(path) => path,
            Err(why) => {
                let shown: String = String::from_utf8_lossy(raw).chars().take(200).collect();
                self.note(NoteCode::UnsafePath, Severity::Error, &shown, why);
                return Ok(None);
            }
        };
        if path.is_lossy {
            self.note(NoteCode::BadUtf8, Severity::Info, &path.text, "the path is not UTF-8");
        }
        if path.depth > self.limits.directories {
            let what = format!("directories in each other deeper than {}", self.limits.directories);
            return Err(self.too_big(&what));
        }
        Ok((!path.text.is_empty()).then_some(path.text))
    }

    /// Tells the collector of an entry. Returns how many bytes of it are wanted, `None` for no file or an unwanted one.
    ///
    /// # Errors
    /// More entries than the limit.
    pub fn offer(&mut self, entry: &Entry<'_>) -> Result<Option<usize>, FormatError> {
        self.room(1)?;
        self.entries += 1;
        let want = self.collector.entry(entry);
        if entry.kind != EntryKind::File {
            return Ok(None);
        }
        let bytes = match want {
            Want::Nothing => return Ok(None),
            Want::Head(most) => most.min(entry.size).min(self.limits.file_bytes),
            Want::Whole if entry.size > self.limits.file_bytes => {
                let value =
                    format!("{} bytes are more than {}, not read", entry.size, self.limits.file_bytes);
                self.note(NoteCode::TooBig, Severity::Warn, entry.path, &value);
                return Ok(None);
            }
            Want::Whole => entry.size,
        };
        Ok(usize::try_from(bytes).ok())
    }

    /// Says whether so many more entries may come; for those that are kept before they are handed over.
    ///
    /// # Errors
    /// More entries than the limit.
    pub fn room(&self, more: u64) -> Result<(), FormatError> {
        if self.entries.saturating_add(more) > self.limits.entries {
            return Err(self.too_big(&format!("more than {} files and directories", self.limits.entries)));
        }
        Ok(())
    }

    /// Gives the collector the bytes of a file that [`Ledger::offer`] asked for.
    pub fn hand(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        self.collector.file(entry, bytes);
    }

    /// Pays for bytes that were taken out of the image.
    ///
    /// # Errors
    /// More than the limit.
    pub fn give(&self, bytes: u64) -> Result<(), FormatError> {
        self.meter.give(bytes)
    }

    /// Keeps a remark; `place` is a path or a part of the image.
    pub fn note(&mut self, code: NoteCode, severity: Severity, place: &str, value: &str) {
        if self.notes.len() >= NOTES {
            self.more_notes += 1;
            return;
        }
        let place = self.place(place);
        self.notes.push(Note::new(code, severity, place, value));
    }

    /// An error of damage at a place.
    pub fn malformed(&self, place: &str, why: &str) -> FormatError {
        FormatError::Malformed { name: self.name.clone(), why: self.sentence(place, why) }
    }

    /// An error of an early end.
    pub fn truncated(&self, place: &str, why: &str) -> FormatError {
        FormatError::Truncated { name: self.name.clone(), why: self.sentence(place, why) }
    }

    /// An error of a limit; `what` names its number.
    pub fn too_big(&self, what: &str) -> FormatError {
        FormatError::TooBig { name: self.name.clone(), what: self.sentence("", what) }
    }

    /// An error of a stream: a limit that was passed inside of it, an early end, or damage.
    pub fn io(&self, place: &str, error: &io::Error) -> FormatError {
        match archives::io_error(&self.name, error) {
            FormatError::Truncated { why, .. } => self.truncated(place, &why),
            FormatError::Malformed { why, .. } => self.malformed(place, &why),
            limit => limit,
        }
    }

    /// The notes, once all is read.
    pub fn finish(mut self) -> Vec<Note> {
        if self.more_notes > 0 {
            let value = format!("{} more notes of this image are not shown", self.more_notes);
            self.notes.push(Note::new(NoteCode::TooBig, Severity::Warn, "image", &value));
        }
        self.notes
    }

    fn place(&self, place: &str) -> String {
        match (self.volume.as_str(), place) {
            ("", place) => place.to_owned(),
            (volume, "") => volume.to_owned(),
            (volume, place) => format!("{volume}: {place}"),
        }
    }

    fn sentence(&self, place: &str, why: &str) -> String {
        match self.place(place) {
            place if place.is_empty() => why.to_owned(),
            place => format!("{place}: {why}"),
        }
    }
}
