//! What a backup says of itself, in its first and in its last member.

use formats::backup::{BEGIN, MANIFEST};
use serde::{Deserialize, Serialize};

use super::{BackupError, refused};

/// The name of the format.
pub const FORMAT: &str = "patchwright.backup";
/// Its shape; a greater one is refused.
pub const VERSION: u32 = 1;

/// The first member, to be understood by every version of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begin {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The version of the program that made it.
    pub program: String,
}

/// The last member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the program that made it.
    pub program: String,
    /// When, RFC 3339 in UTC.
    pub made_at: String,
    /// `sqlite` or `postgres`: the engine that was saved; the file in the backup is SQLite's in either case.
    pub engine: String,
    /// The newest step of the schema.
    pub step: String,
    /// Every member but the blobs, this one and the first.
    pub files: Vec<File>,
    /// Blobs in it; their names are their hashes.
    pub blobs: u64,
    /// Bytes of these blobs.
    pub blob_bytes: u64,
    /// Whether blobs were to be saved.
    pub with_blobs: bool,
    /// Blobs that the database names and nobody had.
    pub missing: Vec<String>,
    /// Blobs that were not what their name says; they are not in it.
    pub damaged: Vec<String>,
}

/// A member with its hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// Reads the first member.
///
/// # Errors
/// When it is of another kind, or of a newer program.
pub fn begin(bytes: &[u8]) -> Result<Begin, BackupError> {
    let begin: Begin = serde_json::from_slice(bytes)
        .map_err(|error| refused(format!("it is no backup of Patchwright: {BEGIN}: {error}")))?;
    if begin.format != FORMAT {
        return Err(refused(format!("it is no backup of Patchwright: {BEGIN} names another format")));
    }
    if begin.version > VERSION {
        return Err(BackupError::Newer { program: begin.program, what: format!("form {}", begin.version) });
    }
    Ok(begin)
}

/// Reads the last member.
///
/// # Errors
/// When it is no manifest, or the database in it is of a newer program.
pub fn manifest(bytes: &[u8]) -> Result<Manifest, BackupError> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| refused(format!("{MANIFEST}: {error}")))?;
    if !store::MIGRATIONS.iter().any(|step| step.name == manifest.step) {
        let what = format!("step {} of the database", manifest.step);
        return Err(BackupError::Newer { program: manifest.program, what });
    }
    Ok(manifest)
}
