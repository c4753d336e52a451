//! What all knowledge readers share: the sink they emit into, one record read strictly first and tolerantly
//! second, and the framing of records in larger documents.
//!
//! A reader never fails for one record: a record that cannot be read costs one `F_BAD_RECORD` note and the
//! others go on. Fields of another type than expected are repaired on a slow path that only runs for the
//! record concerned, so that the usual record pays nothing for it.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod commits;
pub mod csv;
pub mod dates;
pub mod elements;
pub mod peek;
pub mod shape;
pub mod tags;
pub mod wire;

use std::borrow::Cow;

use model::note::{Note, NoteCode, Severity};
use model::record::Item;
use serde::Deserialize;
use serde_json::Value;

use shape::Shape;

/// Where readers put what they find. The item borrows from the text being read.
pub type Sink<'s> = dyn FnMut(Item<'_>) + 's;

/// What a reader says about one text it read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Documents understood (CVE records, OSV records, KEV or EPSS rows), whatever number of items each gave.
    pub documents: u64,
    /// The date the text as a whole bears (catalogue, score date), as written; empty when it bears none.
    pub as_of: String,
    /// The revision the text as a whole bears (catalogue version, model version); empty when none.
    pub revision: String,
    /// Dates the text states for single feeds (feed id, date): a file in our own format may hold several.
    pub feed_dates: Vec<(String, String)>,
    /// What could not be used.
    pub notes: Vec<Note>,
}

impl Reading {
    /// Adds a note.
    pub fn note(&mut self, code: NoteCode, severity: Severity, place: impl Into<String>, value: &str) {
        self.notes.push(Note::new(code, severity, place, value));
    }
}

/// The foreign shape of one record: what serde reads, and what the tolerant path may repair.
pub trait Wire: 'static {
    /// The shape, borrowing from the text.
    type Of<'a>: Deserialize<'a>;
    /// The types it expects, for the tolerant path.
    const SHAPE: Shape;
}

/// Records above this size are not read a second time on the tolerant path, which needs many times the memory.
const REPAIR_LIMIT: usize = 32 << 20;

/// Reads one JSON record: strictly, and if that fails tolerantly, with a note for each repair. Calls `take`
/// with the shape and the reading; returns false (and leaves an `F_BAD_RECORD` note) when no reading works.
pub fn read_one<W: Wire>(
    text: &str,
    reading: &mut Reading,
    take: &mut dyn FnMut(W::Of<'_>, &mut Reading),
) -> bool {
    match serde_json::from_str::<W::Of<'_>>(text) {
        Ok(wire) => {
            reading.documents += 1;
            take(wire, reading);
            true
        }
        Err(error) => repaired::<W>(text, &error, reading, take),
    }
}

/// The tolerant path: the record as a tree, its fields brought to the expected types, then read again.
fn repaired<W: Wire>(
    text: &str,
    error: &serde_json::Error,
    reading: &mut Reading,
    take: &mut dyn FnMut(W::Of<'_>, &mut Reading),
) -> bool {
    let id = peek::record_id(text);
    let tree = if text.len() <= REPAIR_LIMIT { serde_json::from_str::<Value>(text).ok() } else { None };
    let Some(mut tree) = tree else {
        reading.note(NoteCode::BadRecord, Severity::Error, id, &error.to_string());
        return false;
    };
    let mut repairs = Vec::new();
    shape::repair(&mut tree, &W::SHAPE, &id, &mut repairs);
    match W::Of::deserialize(&tree) {
        Ok(wire) => {
            if repairs.is_empty() {
                repairs.push(Note::new(NoteCode::FieldType, Severity::Warn, id, &error.to_string()));
            }
            reading.notes.append(&mut repairs);
            reading.documents += 1;
            take(wire, reading);
            true
        }
        Err(error) => {
            reading.note(NoteCode::BadRecord, Severity::Error, id, &error.to_string());
            false
        }
    }
}

/// Calls `each` with every record text of a document: the elements of the array under one of `keys`, the
/// elements of a bare array, or the lines of JSON lines. A document that is none of these is one record.
pub fn for_each(text: &str, keys: &[&str], reading: &mut Reading, each: &mut dyn FnMut(&str, &mut Reading)) {
    match elements::framing(text, keys) {
        elements::Framing::Single => each(text, reading),
        elements::Framing::Lines => {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                each(line, reading);
            }
        }
        elements::Framing::Array(list) => {
            for element in list {
                match element {
                    Ok(element) => each(element, reading),
                    Err(at) => reading.note(
                        NoteCode::Truncated,
                        Severity::Error,
                        format!("byte {at}"),
                        "the list of records ends early",
                    ),
                }
            }
        }
    }
}

/// True for a text that marks a dispute (`** DISPUTED **`).
pub(crate) fn says_disputed(text: &str) -> bool {
    text.contains("** DISPUTED **") || text.contains("**DISPUTED**")
}

/// The `CWE-…` id a text is or begins with.
pub(crate) fn cwe_in<'a>(text: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    let id = cwe_prefix(text)?;
    if id.len() == text.len() {
        return Some(text.clone());
    }
    let length = id.len();
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..length)?),
        Cow::Owned(text) => Cow::Owned(text.get(..length)?.to_owned()),
    })
}

fn cwe_prefix(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("CWE-")?;
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 { None } else { text.get(..4 + count) }
}

/// A base score in tenths, rounded; `None` for a number that is no score.
pub(crate) fn tenths(score: Option<f64>) -> Option<u16> {
    let score = score.filter(|score| (0.0..=10.0).contains(score))?;
    // In range by the line above: at most 100.
    Some((score * 10.0).round() as u16)
}
