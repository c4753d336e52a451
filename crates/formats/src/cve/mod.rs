//! The CVE record format 5: records of the CVE list, of CISA's Vulnrichment (same files, with the CISA-ADP
//! container) and of the Linux kernel's CNA, and the kernel CNA's dyad files.
//!
//! Each container of a record is a record of its own for us: its provider speaks for itself.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod affected;
mod dyad;
mod read;
mod schema;

pub(crate) use dyad::linux;
pub use dyad::{is_dyad, read_dyad};
pub use read::{Origin, parse, read};
pub use schema::FIELDS_OF_AFFECTED;
