//! NVD: the 2.0 form (API pages, yearly files, JSON lines, one file per CVE), overrides of its
//! configurations, and the historic 1.1 form.
//!
//! The configurations are the large part: records exist with millions of criteria for one product. Criteria
//! are therefore grouped and freed of duplicates while they are being parsed ([`configurations`]).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod configurations;
mod read;
mod read_1;
mod schema;
mod schema_1;

pub use read::{LIST_KEYS, override_id, parse, read, read_override};
pub use read_1::{LIST_KEYS as LIST_KEYS_1, parse_1, read_1};
