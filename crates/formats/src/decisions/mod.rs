//! Decisions as files: `patchwright.decisions.toml`, or the same as JSON (assessment.md 4.4).
//!
//! Strict like the profile: a decision that loses a key by a typing error would exclude more than was decided. Any
//! unknown key or word refuses the file, with its line. What a decision may say is checked in
//! `analysis::statements::decision_check`; here only its form. Start with [`read`]; [`entry`] writes one decision so
//! that it can be appended to a file without touching the rest of it.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod read;
mod write;

use model::decision::Decision;

pub use crate::profile::Fault;
use crate::profile::tree;

/// What the key `schema` must say.
pub const SCHEMA: &str = "patchwright/decisions/1";

/// Why a file holds no decisions that may be used: every fault of it, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {file}: {}", first(faults))]
pub struct DecisionsError {
    /// The file.
    pub file: String,
    /// At least one.
    pub faults: Vec<Fault>,
}

fn first(faults: &[Fault]) -> String {
    match faults {
        [] => "it holds no decisions".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} (and {} more)", rest.len()),
    }
}

/// Reads the decisions of a file, each with the lines of its keys; TOML and JSON are told apart by content.
///
/// # Errors
/// When the bytes are neither, or a key or value is missing, unknown or of the wrong form.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Decision>, DecisionsError> {
    let error = |faults| DecisionsError { file: name.to_owned(), faults };
    let document = tree::parse(bytes).map_err(|fault| error(vec![fault]))?;
    read::decisions(&document, name).map_err(error)
}

/// Tells whether bytes are a file of decisions rather than a VEX document: by its key `schema`, or because it is no
/// JSON at all.
pub fn is_ours(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes.get(..4096.min(bytes.len())).unwrap_or_default());
    let text = text.trim_start_matches('\u{feff}').trim_start();
    !text.starts_with('{') || text.contains(SCHEMA)
}

/// The head of a new file.
pub fn head() -> String {
    format!(
        "# Decisions on findings: who decided what, on which ground. The keys are listed in docs/manual/decisions.md.\n\
         schema = {SCHEMA:?}\n"
    )
}

/// One decision as TOML, beginning with an empty line.
pub fn entry(decision: &Decision) -> String {
    write::entry(decision)
}

/// A whole file.
pub fn to_toml(decisions: &[Decision]) -> String {
    decisions.iter().map(entry).fold(head(), |text, entry| text + &entry)
}
