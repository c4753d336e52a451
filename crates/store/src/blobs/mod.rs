//! Blobs: bytes known by their SHA-256, kept as received. The seam has a folder ([`Directory`]) behind it; an
//! S3-compatible service stands behind the same seam in `service`, so that no HTTP client enters here.

mod directory;

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

pub use directory::Directory;

use crate::error::{Error, Result};

/// What a blob store answers with.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Where blobs lie.
pub trait Blobs: Send + Sync {
    /// Keeps bytes and returns their SHA-256. Keeping the same twice is harmless. When it returns, they will be there
    /// after a power cut.
    fn put(&self, bytes: Vec<u8>) -> Answer<'_, String>;

    /// All bytes of a blob. `NotFound` when there is none, `Broken` when they are not what was kept.
    fn get<'a>(&'a self, hash: &'a str) -> Answer<'a, Vec<u8>>;

    /// Some bytes of a blob, fewer at its end; unlike [`Blobs::get`] they are not checked against the hash.
    fn get_range<'a>(&'a self, hash: &'a str, range: Range<u64>) -> Answer<'a, Vec<u8>>;

    /// The size of a blob; `None` when there is none.
    fn size<'a>(&'a self, hash: &'a str) -> Answer<'a, Option<u64>>;

    /// Removes a blob that no row names any more; true when there was one.
    fn delete<'a>(&'a self, hash: &'a str) -> Answer<'a, bool>;
}

/// Refuses what is no SHA-256 in lower-case hex: it would name a file elsewhere.
pub fn check_hash(hash: &str) -> Result<()> {
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash { Ok(()) } else { Err(Error::Invalid(format!("no SHA-256: {hash:?}"))) }
}
