//! Deployment profiles as files: TOML for authors, JSON for exchange (assessment.md 1).
//!
//! Unlike the other readers this one is strict: a profile is written by people, and a typing error must not silently
//! remove a fact. Any unknown key or word refuses the file, and every fault is told with its key path and place.
//! What a profile says is checked in `analysis::risk::profile_check`; here only its form. Start with [`read`].
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod tree;
pub(crate) mod table;
mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use model::profile::Profile;

use crate::fingerprint::sha256;

/// What the key `schema` must say.
pub const SCHEMA: &str = "patchwright/deployment-profile/1";

/// One thing that is wrong with a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Key path (`service[2].listen[0].port`); empty where the text is no TOML or JSON at all.
    pub key: String,
    /// Line from 1; 0 = not known.
    pub line: usize,
    /// Column from 1, in characters; 0 = not known.
    pub column: usize,
    /// What is wrong, lower case, no full stop.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(out, "line {}, column {}: ", self.line, self.column)?;
        }
        if !self.key.is_empty() {
            write!(out, "{}: ", self.key)?;
        }
        out.write_str(&self.text)
    }
}

/// Why a file is no profile: every fault of it, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {file}: {}", summary(faults))]
pub struct ProfileError {
    /// The file.
    pub file: String,
    /// At least one.
    pub faults: Vec<Fault>,
}

fn summary(faults: &[Fault]) -> String {
    match faults {
        [] => "it is no profile".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// Reads a profile; TOML and JSON are told apart by content.
///
/// # Errors
/// When the bytes are neither, or a key or value is missing, unknown or of the wrong form.
pub fn read(bytes: &[u8], name: &str) -> Result<Profile, ProfileError> {
    let faults = |faults| ProfileError { file: name.to_owned(), faults };
    let document = tree::parse(bytes).map_err(|fault| faults(vec![fault]))?;
    read::profile(&document).map_err(faults)
}

/// Writes a profile as TOML. A comment belongs to a key path: that of a table (`service[0]`) stands above it, that of
/// a value (`service[0].peer_auth`) behind it.
pub fn to_toml(profile: &Profile, comments: &BTreeMap<String, String>) -> String {
    write::toml(&write::document(profile), comments)
}

/// Writes a profile as canonical JSON: sorted keys, no blanks.
pub fn to_json(profile: &Profile) -> String {
    write::json(&write::document(profile))
}

/// The hash by which a profile is cited: of its canonical JSON, so that TOML and JSON of one profile have the same.
pub fn hash(profile: &Profile) -> String {
    sha256(to_json(profile).as_bytes())
}

/// Every value of a profile by its key path, as JSON text; for comparing two.
pub fn values(profile: &Profile) -> BTreeMap<String, String> {
    write::values(&write::document(profile))
}
