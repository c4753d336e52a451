//! Which of several statements holds (assessment.md 4.5). The order is total and looks at content only, so the
//! answer is the same in whatever order and groups the documents came.

use std::cmp::Ordering;

pub use model::effect::Tier;
use model::vex::{Instant, compare_document_versions};

use super::identity::Specificity;

/// The rank of a statement on one finding; greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank<'a> {
    /// Who speaks.
    pub tier: Tier,
    /// How narrowly it names its subject.
    pub specificity: Specificity,
    /// When it was said; without a time it stands before all others.
    pub time: Option<Instant>,
    /// Version of its document.
    pub version: &'a str,
    /// Fingerprint of its content.
    pub hash: &'a str,
    /// Fingerprint of its document.
    pub document: &'a str,
    /// Where it stands in its document.
    pub position: &'a str,
}

impl Ord for Rank<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.tier
            .cmp(&other.tier)
            .then_with(|| self.specificity.cmp(&other.specificity))
            .then_with(|| self.time.cmp(&other.time))
            .then_with(|| compare_document_versions(self.version, other.version))
            .then_with(|| self.hash.cmp(other.hash))
            .then_with(|| self.document.cmp(other.document))
            .then_with(|| self.position.cmp(other.position))
    }
}

impl PartialOrd for Rank<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
