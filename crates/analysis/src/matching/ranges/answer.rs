//! The answer of a claim, and how the answers of several claims of one record become one (matching.md 4.6).

use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;

/// What a claim, a list of rows or a record says about one version.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeAnswer {
    /// The verdict; `None` = the claim has no opinion.
    pub verdict: Option<Verdict>,
    /// Primary reason.
    pub reason: Reason,
    /// How the comparison was made possible.
    pub qualifiers: Vec<Reason>,
    /// How sure the comparison is; identity may lower it further.
    pub confidence: Confidence,
    /// The deciding comparisons; empty with `Detail::Brief`.
    pub evidence: Vec<Evidence>,
    /// First fixed version on this line, as the source says; empty when none.
    pub fixed: String,
    /// Decided by ancestry of commits or by a commit's first releases.
    pub decided_by_git: bool,
}

impl RangeAnswer {
    /// An answer with nothing but verdict, reason and confidence.
    pub fn new(verdict: Verdict, reason: Reason, confidence: Confidence) -> RangeAnswer {
        RangeAnswer {
            verdict: Some(verdict),
            reason,
            qualifiers: Vec::new(),
            confidence,
            evidence: Vec::new(),
            fixed: String::new(),
            decided_by_git: false,
        }
    }

    /// The answer of a claim that has no opinion.
    pub fn none() -> RangeAnswer {
        RangeAnswer {
            verdict: None,
            ..RangeAnswer::new(Verdict::NeedsReview, Reason::RNoAffectedData, Confidence::Low)
        }
    }
}

/// Combines the answers of the claims of one record that speak of the component: git evidence first, then any
/// decided *affected*, then any undecided, then *not affected*. No opinion at all gives no opinion.
pub fn combine_claims(answers: &[RangeAnswer]) -> RangeAnswer {
    answers.first().cloned().unwrap_or_else(RangeAnswer::none)
}
