//! Passwords, signing keys and addresses that are keys themselves: named in settings, kept apart, never printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret. It can be neither printed nor written as JSON; who needs it says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text as secret; blanks and line ends around it are not part of it.
    pub fn new(text: &str) -> Secret {
        Secret(text.trim().to_owned())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The name of a secret, as settings write it: 1 to 64 lower-case letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

impl SecretName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SecretName {
    type Error = String;

    fn try_from(name: String) -> Result<SecretName, String> {
        let is_letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if (1..=64).contains(&name.len()) && name.bytes().all(is_letter) {
            return Ok(SecretName(name));
        }
        // The text itself is not repeated: somebody may have written the secret where its name belongs.
        Err("not the name of a secret: names have 1 to 64 lower-case letters, digits, - and _; \
             the secret itself is stored under that name, not in the settings"
            .to_owned())
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> String {
        name.0
    }
}

/// Where secrets lie: one drawer per organisation, so that none can use those of another.
pub trait Secrets: Send + Sync {
    /// The secret of a name.
    ///
    /// # Errors
    /// A sentence without the secret: there is none, or it cannot be read.
    fn secret(&self, organisation: i64, name: &SecretName) -> Result<Secret, String>;
}
