//! Secrets that the program makes: 256 random bits of the operating system, shown once, kept as SHA-256.

use std::fmt;
use std::fmt::Write;

use store::person::SecretHash;
use subtle::ConstantTimeEq;

use crate::house::Fault;

/// A secret on its way to whom it is for. Not printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 new random bits as 64 hex digits.
    ///
    /// # Errors
    /// When the operating system gives none.
    pub fn new() -> Result<Secret, Fault> {
        Ok(Secret(random::<32>()?))
    }

    /// A text that somebody has shown.
    pub fn of(text: String) -> Secret {
        Secret(text)
    }

    /// The text, for the cookie, the link or the screen.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> SecretHash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a secret that somebody shows. A fast hash is enough: nobody guesses 256 random bits.
pub fn hash(text: &str) -> SecretHash {
    SecretHash(store::sha256(text.as_bytes()))
}

/// Compares in a time that does not tell how much is equal.
pub fn is_equal(one: &SecretHash, other: &SecretHash) -> bool {
    one.0.as_bytes().ct_eq(other.0.as_bytes()).into()
}

/// `N` random bytes as hex digits.
pub(crate) fn random<const N: usize>() -> Result<String, Fault> {
    let bytes = random_bytes::<N>()?;
    Ok(bytes.iter().fold(String::with_capacity(N * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Fault::Broken(format!("the operating system gives no random bits: {error}")))?;
    Ok(bytes)
}
