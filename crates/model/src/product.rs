//! Products and their releases, as words.

use crate::words::words;

words! {
    /// The state of a release.
    ReleaseState {
        /// Being built; judged like any other.
        Draft = "draft",
        /// Shipped and supported.
        Released = "released",
        /// Shipped, with security fixes only.
        Maintenance = "maintenance",
        /// No longer supported; still judged while devices may run it.
        EndOfSupport = "end_of_support",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

impl ReleaseState {
    /// True while the maker owes fixes for it.
    pub fn is_supported(self) -> bool {
        matches!(self, ReleaseState::Draft | ReleaseState::Released | ReleaseState::Maintenance)
    }
}
