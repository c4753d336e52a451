//! SPDX 2 XML as the official tools write it: the keys of the JSON form are elements, a list is its element repeated.

use model::note::Note;

use crate::limits::{FormatError, Limits};
use crate::text::xml::{self, Row, Vocabulary};

const VOCABULARY: Vocabulary = Vocabulary {
    // The second name is that of early versions of the tools.
    roots: &["Document", "SpdxDocument"],
    namespace: "",
    row: |_, _, _| Row::default(),
    members: |_| String::new(),
};

/// Turns a document into JSON text.
///
/// # Errors
/// As for [`xml::to_json`].
pub fn to_json(
    text: &str,
    name: &str,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<String, FormatError> {
    xml::to_json(text, name, limits, &VOCABULARY, notes)
}
