//! The shape of the file: where what stands, and how a record becomes bytes and back.
//!
//! The file is written in one pass: a short start, the sections, the directory (header and section table),
//! and a trailer of fixed size that says where the directory is. All numbers are little-endian. Nothing read
//! from a file is trusted: every offset, length and count is checked where it is used, and what does not fit
//! is [`crate::Error::Damaged`]. See docs/manual/index-file.md.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod checksum;
pub(crate) mod codec;
pub(crate) mod directory;
pub mod header;
pub(crate) mod open;
pub(crate) mod payload;
pub mod sections;
pub(crate) mod strings;
pub(crate) mod table;
