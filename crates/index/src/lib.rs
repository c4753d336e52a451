//! All knowledge in one read-only, memory-mapped file.
//!
//! [`compile`] makes the file from records, [`layout`] is its shape on disk, [`lookup`] answers questions
//! from it. [`keys`] and [`tables`] say under which names a record or a component is found. The file is
//! immutable: a new generation is a new file, renamed into place (docs/manual/index-file.md).
//!
//! Start with [`Compiler`] on the writing side and with [`Index`] on the reading side.

mod error;

pub mod compile;
pub mod keys;
pub mod layout;
pub mod lookup;
pub mod tables;

pub use compile::{CompileOptions, CompileReport, Compiler};
pub use error::Error;
pub use layout::header::Header;
pub use lookup::{FixedIn, Index, KbuildView, ProductFacts, RecordRef, Texts, VulnRef, Vulnerability};
