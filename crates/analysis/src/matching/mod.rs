//! From component to verdict: candidates, identity, ranges, platforms, the kernel, build evidence, combination.
//!
//! The way of a component: [`candidates`] (shared keys) -> [`identity`] (this product or a namesake) ->
//! [`ranges`] and [`kernel`] (versions) with [`platforms`] and [`distribution`] (where it runs) -> [`opinion`]
//! (one source's word) -> [`combine`] (all sources) -> [`rules`], [`statements`], [`build`] (what excludes what is
//! left) -> [`evaluate`] (the answer on one pair) -> [`scan()`] and [`explain()`].

pub mod branches;
pub mod build;
pub mod candidates;
pub mod combine;
pub mod distribution;
pub mod evaluate;
pub mod explain;
pub mod history;
pub mod fixes;
pub mod identity;
pub mod kernel;
pub mod knowledge;
pub mod lines;
pub mod opinion;
pub mod platforms;
pub mod ranges;
pub mod rules;
pub mod scan;
pub mod statements;
pub mod wanted_fixes;

pub use explain::{Explained, Explanation, explain};
pub use scan::{Counts, Obsolete, Options, Pair, Pairs, Scan, Views, scan, scan_of, scan_pairs, scan_with};
pub use statements::StatementPolicy;
