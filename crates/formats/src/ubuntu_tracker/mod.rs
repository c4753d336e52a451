//! Ubuntu's CVE tracker in its own forms: the pages of its web service (`cves[]`), the files of its git tree
//! (`active/CVE-2024-1234`), and OpenVEX documents.
//!
//! All give lines "package, release, status, detail", which [`lines`] reads; releases are named by code names
//! ([`model::codename`]). Packages are source packages.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod file;
mod lines;
mod pages;
mod schema;
mod vex;

pub use file::{is_file, read_file};
pub use pages::{parse_pages, read_pages};
pub use vex::{is_vex, parse_vex, read_vex};

/// Who speaks: the tracker, not its export to OSV, whose records stand beside these.
pub const BY: &str = "Ubuntu CVE tracker";
/// Who speaks in OpenVEX documents.
pub const BY_VEX: &str = "Ubuntu VEX";
