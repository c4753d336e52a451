//! Alpine's security database, `secdb`: one file per release and repository, in it the versions of each source package that
//! mend something. What is not mended does not stand there at all.
//!
//! One record is made per id and file; [`Record::by`](model::record::Record::by) names the file, because each file says of the
//! same vulnerability what concerns its own release.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ids;
mod read;
mod schema;

pub use read::{parse, read};
