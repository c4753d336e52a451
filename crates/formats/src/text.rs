//! From bytes to text: UTF-8 checked once, byte order marks stripped, UTF-16 converted, each with a note.
//! JSON gets two tools on top: [`survey`] (shape, depth, top-level keys in one cheap pass) and [`loose`]
//! (fields of any type).

pub mod base64;
pub mod entries;
pub mod loose;
pub mod quotes;
pub mod survey;
pub mod xml;
pub mod yaml;

use std::borrow::Cow;

use model::note::{Note, NoteCode, Severity};

use crate::limits::{FormatError, Limits};

/// Returns the bytes as text, with a note for each repair.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Vec<Note>) {
    let mut notes = Vec::new();
    let bytes = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            notes.push(Note::new(NoteCode::BomStripped, Severity::Info, "byte 0", "UTF-8 byte order mark"));
            rest
        }
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes, notes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes, notes),
        _ => bytes,
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), notes),
        Err(error) => {
            let place = format!("byte {}", error.valid_up_to());
            notes.push(Note::new(NoteCode::BadUtf8, Severity::Warn, place, "bytes that are not UTF-8"));
            (Cow::Owned(String::from_utf8_lossy(bytes).into_owned()), notes)
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, mut notes: Vec<Note>) -> (Cow<'_, str>, Vec<Note>) {
    notes.push(Note::new(NoteCode::Utf16, Severity::Info, "byte 0", "converted from UTF-16"));
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        notes.push(Note::new(NoteCode::Truncated, Severity::Warn, "end", "half a UTF-16 unit"));
    }
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    (Cow::Owned(text), notes)
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    // A text can always be written as JSON.
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// Refuses a JSON text that nests deeper than the limit, before any parser sees it.
///
/// # Errors
/// [`FormatError::TooDeep`].
pub fn check_depth(text: &str, name: &str, limits: &Limits) -> Result<(), FormatError> {
    match survey::Survey::of(text, limits.depth).too_deep_at {
        Some(at) => Err(FormatError::TooDeep { name: name.to_owned(), limit: limits.depth, at }),
        None => Ok(()),
    }
}
