//! One record as bytes, in three parts that can be read apart: head, claims, CPE configurations.
//!
//! Each part is two streams: the *shape* (kinds, flags, counts) and the *texts* (references into the string
//! tables). They are kept apart because the references are only known when all records are in: the compiler
//! then rewrites the texts without knowing the shape.

mod decode;
mod encode;

pub(crate) use decode::{Decoder, Head, Streams};
pub(crate) use encode::{Unfit, encode};

/// Number of parts of a record.
pub(crate) const PARTS: usize = 3;
/// Part of the head: ids, dates, severities.
pub(crate) const HEAD: usize = 0;
/// Part of the claims and fix commits.
pub(crate) const CLAIMS: usize = 1;
/// Part of the CPE configurations.
pub(crate) const CONFIGURATIONS: usize = 2;

/// Deepest nesting of CPE nodes; feed readers stop earlier.
pub(crate) const MAX_DEPTH: usize = 100;
/// Most memory a decoded record may take: a hostile file names large counts in few bytes.
pub(crate) const MAX_MEMORY: usize = 1 << 30;

/// Flags of the head: which optional parts follow.
mod head {
    pub(super) const ALIASES: u8 = 1;
    pub(super) const TAGS: u8 = 2;
    pub(super) const SEVERITIES: u8 = 4;
    pub(super) const CWES: u8 = 8;
    pub(super) const SSVC: u8 = 16;
    pub(super) const PUBLISHED: u8 = 32;
    pub(super) const MODIFIED: u8 = 64;
    pub(super) const BY: u8 = 128;
}

/// Bits of a version entry above its status (two bits).
mod entry {
    pub(super) const GIT: u8 = 4;
    pub(super) const END: u8 = 3; // shift; two bits
    pub(super) const CHANGES: u8 = 32;
    pub(super) const TYPED: u8 = 64;
}

/// Bits of a CPE row.
mod row {
    pub(super) const UPDATE: u8 = 1;
    pub(super) const BOUNDS: u8 = 2;
    pub(super) const START_INCLUDING: u8 = 4;
    pub(super) const START_EXCLUDING: u8 = 8;
    pub(super) const END_INCLUDING: u8 = 16;
    pub(super) const END_EXCLUDING: u8 = 32;
    pub(super) const VERSION: u8 = 64;
}

/// The parts of a CPE name that have a code of their own; any other is a text.
const CPE_PARTS: [&str; 5] = ["a", "o", "h", "*", "-"];
