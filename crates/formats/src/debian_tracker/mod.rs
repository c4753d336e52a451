//! Debian's security tracker in its own form, `security-tracker.json`: source package, vulnerability, release.
//!
//! It says more than the tracker's export to OSV: why no advisory will be made (`no-dsa`, `ignored`, `postponed`), what is not
//! yet determined, and what a release never had. One record is made per vulnerability, with a claim for each package and
//! release; see [`model::codename`] for the numbers of releases.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod read;
mod schema;

pub use read::{BY, parse, read};
