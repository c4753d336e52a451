//! Our own record format: records of an installation, and the starter knowledge of the program.
//!
//! JSON lines. The first line says what the file is (`{"schema":"patchwright/records/1",…}`), every further
//! line is one record, one known-exploited entry or one EPSS score. It holds all of a record but its prose
//! (title, description, references). The members are described in `docs/manual/local-records.md`.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod read;
mod schema;
mod write;

pub use read::{Header, SCHEMA, header, is_local, parse, read};
pub use write::{write, write_epss, write_header, write_kev, write_with_exploits};
