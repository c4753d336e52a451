//! OSV records as YAML: known by the keys at the beginning of their lines, then read as the JSON they stand for.

use model::note::{NoteCode, Severity};

use crate::limits::{FormatError, Limits};
use crate::records::Reading;
use crate::text::yaml;

/// True for a text that can be an OSV record as YAML: no JSON, and a key `id` stands at the beginning of a line.
pub fn is_yaml(text: &str) -> bool {
    !text.trim_start().starts_with(['{', '[']) && value_of(text, "id").is_some()
}

/// True when one of the outer keys is `key`.
pub fn has_key(text: &str, key: &str) -> bool {
    value_of(text, key).is_some()
}

/// The value that stands on the line of an outer key, without quotes; empty when it begins below.
pub fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let is_key = value.is_empty() || value.starts_with([' ', '\t']);
    is_key.then(|| value.trim().trim_matches(['\'', '"']))
}

/// The record as JSON text. OSV has no numbers: a version `1.10` that nobody quoted is a text all the same.
pub(super) fn json(text: &str) -> Result<String, FormatError> {
    yaml::to_json_of_texts(text, "the record", &Limits::FEED)
}

/// The note for a record that is no YAML.
pub(super) fn note(text: &str, error: &FormatError, reading: &mut Reading) {
    let id = value_of(text, "id").unwrap_or_default();
    reading.note(NoteCode::BadRecord, Severity::Error, id, &error.to_string());
}
