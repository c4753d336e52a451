//! Bounds of everything that is read, and the one error of this crate: hostile input costs bounded
//! time and memory, and ends in a sentence instead of a panic.

use model::note::NoteCode;
use thiserror::Error;

/// Limits of one reading job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document or archive member after decompression.
    pub document_bytes: u64,
    /// Bytes of a whole archive after decompression.
    pub archive_bytes: u64,
    /// Members of an archive.
    pub members: u64,
    /// Decompressed bytes per compressed byte (checked once 1 MiB has come out).
    pub ratio: u64,
    /// Nesting of JSON values.
    pub depth: usize,
    /// Components of one SBOM.
    pub components: usize,
}

impl Limits {
    /// Limits for SBOMs and evidence: 1 GiB documents, 4 GiB archives, 200,000 members, ratio 1,000, depth 64.
    pub const INVENTORY: Limits = Limits {
        document_bytes: 1 << 30,
        archive_bytes: 4 << 30,
        members: 200_000,
        ratio: 1_000,
        depth: 64,
        components: 2_000_000,
    };
    /// Limits for feeds: whole archives of records.
    pub const FEED: Limits = Limits {
        document_bytes: 2 << 30,
        archive_bytes: 64 << 30,
        members: 5_000_000,
        ratio: 1_000,
        depth: 64,
        components: 0,
    };
}

/// Why bytes are no document that a reader can use. Everything smaller is a note.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FormatError {
    /// No bytes, or only blanks.
    #[error("{name} is empty")]
    Empty {
        /// The input.
        name: String,
    },
    /// No reader recognises it.
    #[error("{name} is of no known kind; see docs/manual/formats.md for what can be read")]
    Unknown {
        /// The input.
        name: String,
    },
    /// Recognised, but its reader does not exist yet.
    #[error("{name}: {what}")]
    NotYet {
        /// The input.
        name: String,
        /// What it is and what to do instead.
        what: &'static str,
    },
    /// Recognised, but not in the form its kind demands.
    #[error("cannot read {name}: {why}")]
    Malformed {
        /// The input.
        name: String,
        /// Why, with the position.
        why: String,
    },
    /// It ends early; nothing of it was used.
    #[error("cannot read {name}: it ends early ({why})")]
    Truncated {
        /// The input.
        name: String,
        /// Where.
        why: String,
    },
    /// Nested more deeply than the limit.
    #[error("cannot read {name}: nested deeper than {limit} levels at byte {at}")]
    TooDeep {
        /// The input.
        name: String,
        /// The limit.
        limit: usize,
        /// Where the limit was passed.
        at: usize,
    },
    /// Cannot be written in the form that is asked for.
    #[error("cannot write {name}: {why}")]
    Unwritable {
        /// The form.
        name: String,
        /// What is missing.
        why: String,
    },
    /// Larger than a limit.
    #[error("cannot read {name}: {what}")]
    TooBig {
        /// The input.
        name: String,
        /// Which limit.
        what: String,
    },
}

impl FormatError {
    /// The note code that stands for this error in lists of notes.
    pub fn code(&self) -> NoteCode {
        match self {
            FormatError::Truncated { .. } => NoteCode::Truncated,
            FormatError::TooDeep { .. } => NoteCode::TooDeep,
            FormatError::TooBig { .. } => NoteCode::TooBig,
            FormatError::Empty { .. }
            | FormatError::Unknown { .. }
            | FormatError::NotYet { .. }
            | FormatError::Unwritable { .. }
            | FormatError::Malformed { .. } => NoteCode::UnknownKind,
        }
    }

    /// Wraps an error of the JSON parser: an early end is told apart from a wrong character.
    pub fn json(name: &str, error: &serde_json::Error) -> FormatError {
        let why = error.to_string();
        if error.is_eof() {
            FormatError::Truncated { name: name.to_owned(), why }
        } else {
            FormatError::Malformed { name: name.to_owned(), why: format!("not valid JSON: {why}") }
        }
    }
}
