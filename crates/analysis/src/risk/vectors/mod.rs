//! CVSS v2, 3.0, 3.1 and 4.0: scores computed from the vector (assessment.md 2.2), never taken from a record.
//!
//! [`score`] is the one function for all versions. `vector` reads and writes vectors, `metrics` says which metrics and
//! values a version has, `exact` computes 3.x in integers. Versions 2 and 4.0 are computed by the `cvss` crate, which
//! nobody else sees. Scores are tenths (`98` is 9.8): a score is a decimal, and binary fractions would only blur it.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod exact;
mod metrics;
mod vector;

pub use metrics::Group;
pub use vector::{Vector, VectorError, Version};

/// The scores of a vector, in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scores {
    /// Version of the vector.
    pub version: Version,
    /// Base score; in version 4.0 the one score, of all its metrics. Every vector that can be read has it.
    pub base: Option<u16>,
    /// Temporal score; `None` when no temporal metric is given.
    pub temporal: Option<u16>,
    /// Environmental score; `None` when no environmental metric is given.
    pub environmental: Option<u16>,
    /// Name of the score of a 4.0 vector, by the metrics used (`CVSS-BTE`); empty for the other versions.
    pub label: &'static str,
}

impl Scores {
    /// The score that takes in every metric given: environmental, else temporal, else base.
    pub fn overall(&self) -> Option<u16> {
        self.environmental.or(self.temporal).or(self.base)
    }

    /// The word for one of these scores.
    pub fn severity(&self, tenths: u16) -> Severity {
        Severity::of(self.version, tenths)
    }
}

/// The qualitative rating of a score, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0; version 2 does not know it.
    None,
    /// To 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// From 7.0; in version 2 up to the top.
    High,
    /// From 9.0; version 2 does not know it.
    Critical,
}

impl Severity {
    /// The word for a score in tenths. Version 2 has no words of its own; NVD's three are used.
    pub fn of(version: Version, tenths: u16) -> Severity {
        match (version, tenths) {
            (Version::V2, 0..40) => Severity::Low,
            (Version::V2, 70..) => Severity::High,
            (_, 0) => Severity::None,
            (_, 1..40) => Severity::Low,
            (_, 40..70) => Severity::Medium,
            (_, 70..90) => Severity::High,
            _ => Severity::Critical,
        }
    }

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// Reads a vector and computes its scores.
///
/// # Errors
/// What is wrong with the vector.
pub fn score(vector: &str) -> Result<Scores, VectorError> {
    scores_of(&Vector::parse(vector)?)
}

/// Computes the scores of a vector that was read before.
///
/// # Errors
/// Only when the library refuses a vector that we could read.
pub fn scores_of(vector: &Vector) -> Result<Scores, VectorError> {
    let [base, temporal, environmental] = formulas(vector)?;
    let version = vector.version();
    let is_given = |group| version != Version::V40 && vector.has(group);
    Ok(Scores {
        version,
        base: Some(base),
        temporal: is_given(Group::Temporal).then_some(temporal),
        environmental: is_given(Group::Environmental).then_some(environmental),
        label: label(vector),
    })
}

/// The results of the base, temporal and environmental formula, whether or not their metrics are given. The
/// environmental formula of 3.1 differs from that of the base score, so that the two may differ by a tenth even then.
/// Version 4.0 has one formula.
///
/// # Errors
/// Only when the library refuses a vector that we could read.
pub fn formulas(vector: &Vector) -> Result<[u16; 3], VectorError> {
    match vector.version() {
        Version::V2 => {
            let known: cvss::v2::Vector = library(vector)?;
            let scores = [known.score(), known.temporal_score(), known.environmental_score()];
            Ok(scores.map(|score| tenths(score.value())))
        }
        Version::V30 | Version::V31 => Ok(exact::scores(vector)),
        Version::V40 => {
            let known: cvss::v4::Vector = library(vector)?;
            Ok([tenths(known.score().value()); 3])
        }
    }
}

fn library<T: std::str::FromStr<Err = cvss::Error>>(vector: &Vector) -> Result<T, VectorError> {
    vector.to_string().parse().map_err(|error: cvss::Error| VectorError::Unscored(error.to_string()))
}

/// The library rounds to tenths itself, with a margin of a millionth. That is exact: before rounding, a score that is
/// no tie lies at least 0.00004 from one. All 8.9 million vectors of version 2 were compared with exact integers.
fn tenths(score: f64) -> u16 {
    // Within 0 to 10, as the library clamps.
    (score * 10.0).round() as u16
}

fn label(vector: &Vector) -> &'static str {
    match (vector.version(), vector.has(Group::Temporal), vector.has(Group::Environmental)) {
        (Version::V40, false, false) => "CVSS-B",
        (Version::V40, true, false) => "CVSS-BT",
        (Version::V40, false, true) => "CVSS-BE",
        (Version::V40, true, true) => "CVSS-BTE",
        _ => "",
    }
}
