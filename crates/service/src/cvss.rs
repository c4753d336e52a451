//! Scores of CVSS vectors.

pub use analysis::risk::sheet::scores_differ;
pub use analysis::risk::vectors::{Scores, Severity, Vector, VectorError, Version, score};

/// The name of a 4.0 vector's score by the metrics used (`CVSS-BTE`); empty for other versions.
pub fn label(vector: &str) -> &'static str {
    score(vector).map_or("", |scores| scores.label)
}
