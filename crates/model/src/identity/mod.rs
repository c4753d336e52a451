//! What names a component: purl, CPE, repository commit, or plain name, in falling trust.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod cpe;
pub mod name;
pub mod purl;
pub mod repository;

pub use cpe::Cpe;
pub use purl::Purl;
