//! Answers from an opened index. Nothing here trusts the file: what does not fit is an error or, where the
//! question has no room for one, the empty answer that `verify` would have refused.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod by_commit;
pub(crate) mod by_key;
mod by_vulnerability;
pub(crate) mod cold;
mod catalogues;
mod exploits;
pub(crate) mod facts;
pub(crate) mod kbuild;
mod lifecycle;
mod open;
mod scores;
mod verify;
pub(crate) mod whole;

pub use by_commit::FixedIn;
pub use by_vulnerability::{RecordRef, Texts, VulnRef, Vulnerability};
pub use facts::ProductFacts;
pub use kbuild::KbuildView;
pub(crate) use open::BUILT_IN_RULES;
pub use open::Index;
