//! All knowledge in one read-only, memory-mapped file.

pub mod keys;
pub mod tables;
