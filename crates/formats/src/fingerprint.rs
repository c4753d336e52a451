//! The fingerprint by which an input is named in evidence and output.

use sha2::{Digest, Sha256};

/// `sha256:hex` of the bytes.
///
/// ```
/// assert!(formats::fingerprint::sha256(b"").starts_with("sha256:e3b0c44298fc1c14"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = hex.filter_map(|half| char::from_digit(u32::from(half), 16));
    "sha256:".chars().chain(digits).collect()
}
