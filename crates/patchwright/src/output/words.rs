//! Small pieces of text that several outputs share: counts, ages, colours.

pub use web::words::{age, count, counted, size, tenths};

/// Colours of a terminal; the stream strips them where there is none.
pub mod colour {
    /// Needs action.
    pub const ACTION: &str = "\x1b[1;31m";
    /// Needs a date.
    pub const PLANNED: &str = "\x1b[33m";
    /// With the next regular release.
    pub const ROUTINE: &str = "\x1b[34m";
    /// Needs review, unknown.
    pub const REVIEW: &str = "\x1b[1;33m";
    /// Not affected.
    pub const FINE: &str = "\x1b[32m";
    /// Less important.
    pub const DIM: &str = "\x1b[2m";
    /// Heading.
    pub const BOLD: &str = "\x1b[1m";
    /// Back to normal.
    pub const END: &str = "\x1b[0m";
}
