//! CSAF 2.0 and 2.1 as records: advisories and VEX documents of suppliers and coordinators, one record per document
//! and vulnerability. The same documents as statements about a release of one's own are read by [`crate::vex`].
//!
//! Whom a record speaks of is the **supplier's product**: where the tree says "library as a component of device", the
//! claim is about the device. A distribution's package is told by its package URL ([`subject`]).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod claims;
mod ranges;
mod read;
mod schema;
mod subject;

pub use read::{parse, read};

use crate::records::peek::Peek;

/// True when a document is one, or the mark that one was deleted.
pub fn is_csaf(peek: &Peek<'_>) -> bool {
    let is_full = peek.has_inner("document", "csaf_version")
        || (peek.has("document") && (peek.has("product_tree") || peek.has("vulnerabilities")));
    // A deleted document may have nothing left but its tracking.
    let is_mark = peek.keys.len() == 1 && peek.has_inner("document", "tracking");
    is_full || is_mark
}
