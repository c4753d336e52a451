//! SHA-256 as lower-case hex.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes as 64 hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first eight bytes of a hash of `bytes` as a number: equal input, equal number.
pub fn fingerprint(bytes: &[u8]) -> i64 {
    Sha256::digest(bytes).iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
