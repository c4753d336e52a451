//! What names a component: purl, CPE, repository commit, or plain name, in falling trust.

pub mod cpe;
pub mod name;
pub mod purl;
pub mod repository;

pub use cpe::Cpe;
pub use purl::Purl;
