//! Scores of CVSS vectors.

pub use analysis::risk::vectors::{Scores, Severity, Vector, VectorError, Version, score};
