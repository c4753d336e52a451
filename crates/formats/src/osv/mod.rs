//! OSV records: language and distribution ecosystems, GIT ranges, GitHub advisories, OSS-Fuzz, RustSec.
//!
//! One OSV document can speak for several sources at once (`CVE-2024-3094` lists Debian, Alpine and upstream
//! commits): it is read into one record per source, each with its own claims. Some databases keep their records as
//! YAML (OSS-Fuzz, PyPA): the same shape in another spelling.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ids;
mod ranges;
mod read;
mod schema;
mod yaml;

pub use read::{parse, read};
pub use yaml::{has_key, is_yaml, value_of};
