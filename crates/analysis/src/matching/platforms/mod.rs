//! Does the record's platform fit this release? Three values: yes, no (with the reason code), cannot tell.
//!
//! [`words`] reads platform words, [`release`] holds the facts, [`leaf`] judges single conditions, and
//! [`tree`] evaluates CPE configurations over the whole release (matching.md 5.6).

pub mod leaf;
pub mod release;
pub mod tree;
pub mod truth;
pub mod words;

pub use release::Release;
pub use truth::{Condition, Truth};
