//! The answer of a claim, and how the answers of several claims of one record become one (matching.md 4.6).

use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::version::Scheme;

use super::version::ComponentVersion;

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
    /// The upper bound that decided, as written: what the version is below or above; empty when none.
    pub bound: String,
    /// The deciding row has no lower bound: where a better source knows one, that one wins (`V_OPEN_START`).
    pub open_start: bool,
    /// Decided by the history of the component's own commit: outranks version claims.
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
            bound: String::new(),
            open_start: false,
            decided_by_git: false,
        }
    }

    /// An answer that somebody has to look at.
    pub(crate) fn review(reason: Reason) -> RangeAnswer {
        RangeAnswer::new(Verdict::NeedsReview, reason, Confidence::Low)
    }

    /// The answer of a record that was rejected or withdrawn.
    pub(crate) fn rejected() -> RangeAnswer {
        RangeAnswer::new(Verdict::NotAffected, Reason::RRejected, Confidence::Exact)
    }

    /// The answer for a component whose version is unknown or cannot be read.
    pub(crate) fn unusable_version(version: &ComponentVersion<'_>) -> RangeAnswer {
        let is_missing = version.qualities().is_unknown;
        RangeAnswer::review(if is_missing { Reason::VMissing } else { Reason::VUnparsed })
    }

    /// Lowers the confidence to `highest` where it is higher.
    pub(crate) fn cap(&mut self, highest: Confidence) {
        self.confidence = self.confidence.min(highest);
    }

    /// A derived version never gives more than medium confidence.
    pub(crate) fn cap_by_origin(&mut self, version: &ComponentVersion<'_>) {
        if version.is_derived() {
            self.qualifiers.push(Reason::VVersionDerived);
            self.cap(Confidence::Medium);
        }
    }

    /// The answer of a claim that names no product at all.
    pub(crate) fn no_product() -> RangeAnswer {
        RangeAnswer { reason: Reason::INoProduct, ..RangeAnswer::none() }
    }

    /// Adds what was done to the component's version to make it comparable, and what that costs.
    pub(crate) fn qualify(&mut self, version: &ComponentVersion<'_>) {
        let qualities = version.qualities();
        if qualities.is_base_version {
            self.qualifiers.push(Reason::VBaseVersion);
        }
        // Without a word about the builder, a package number is taken for what it looks like.
        let is_packaged = version.is_from_distribution()
            || (version.distribution.is_empty() && qualities.looks_like_distribution);
        if qualities.has_distribution_part && is_packaged {
            self.doubt_distribution_revision();
        } else if qualities.has_distribution_part {
            self.qualifiers.push(Reason::VDistroSuffixIgnored);
        }
        if !qualities.is_fully_read {
            self.cap(Confidence::Low);
        }
        if version.vendor_tree {
            if version.scheme == Scheme::Linux {
                self.qualifiers.push(Reason::KVendorTree);
            }
            self.cap(Confidence::Medium);
        }
        self.cap_by_origin(version);
    }

    /// The distribution may have back-ported the fix into its revision: *affected* by upstream numbers is no
    /// more than a question.
    fn doubt_distribution_revision(&mut self) {
        if self.verdict == Some(Verdict::Affected) {
            self.verdict = Some(Verdict::NeedsReview);
            self.reason = Reason::VDistroSuffixIgnored;
            self.confidence = Confidence::Low;
        } else {
            self.qualifiers.push(Reason::VDistroSuffixIgnored);
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
    let has_git = answers.iter().any(|answer| answer.decided_by_git && answer.verdict.is_some());
    let heard = || {
        answers.iter().filter(move |answer| answer.verdict.is_some() && (answer.decided_by_git || !has_git))
    };
    for verdict in [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected] {
        let strongest = heard()
            .filter(|answer| answer.verdict == Some(verdict))
            .rev()
            .max_by_key(|answer| weight(answer));
        if let Some(answer) = strongest {
            return answer.clone();
        }
    }
    answers.first().cloned().unwrap_or_else(RangeAnswer::none)
}

/// Which of several answers with the same verdict is shown: the surer one, then the one that says more.
fn weight(answer: &RangeAnswer) -> (Confidence, u8) {
    let tells = match answer.reason {
        // An explicit statement about this version says more than its place beside other ranges.
        Reason::VListedUnaffected => 6,
        Reason::VFixed | Reason::VExact | Reason::KFixedInBranch | Reason::KInBranchRange => 5,
        Reason::VBeforeRange | Reason::VInRange | Reason::VCoarseBound | Reason::KMainlineBoundOnly => 4,
        Reason::VSchemeMismatch | Reason::VTextAmbiguous | Reason::GCommitUnknown => 3,
        Reason::VNotListed | Reason::VSpotVersion | Reason::VOpenEnd | Reason::VUnbounded => 2,
        Reason::VDefaultUnaffected | Reason::VDefaultAffected | Reason::VNoUsableRange => 1,
        _ => 0,
    };
    (answer.confidence, tells)
}
