//! The answer: pure, synchronous, without a clock. Inventory and index in, verdicts with evidence out.
//!
//! Start with [`scan`] (every component against the index) and [`explain`] (one vulnerability, with all reasons).
//! How a verdict is found is told in [`matching`]; what was *not* evaluated, in [`coverage`].

pub mod contents;
pub mod coverage;
pub mod matching;
pub mod policy;
pub mod quality;
pub mod risk;
pub mod statements;

pub use matching::{
    Counts, Explained, Explanation, Obsolete, Options, Pair, Pairs, Scan, StatementPolicy, Views, explain,
    scan, scan_pairs, scan_with,
};
