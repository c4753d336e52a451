//! What we conclude: a match seen in a release, with verdict, evidence and every source's opinion.

use std::sync::Arc;

use crate::reason::Reason;
use crate::record::Source;
use crate::version::Scheme;
use crate::vulnerability::Facts;

/// The answer of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Affected.
    Affected,
    /// Cannot tell yet; the reason says what is missing.
    NeedsReview,
    /// Not affected, on positive evidence.
    NotAffected,
}

impl Verdict {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Affected => "affected",
            Verdict::NeedsReview => "needs_review",
            Verdict::NotAffected => "not_affected",
        }
    }

    /// The verdict of a stable word.
    pub fn parse(word: &str) -> Option<Verdict> {
        [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected]
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }
}

/// How sure (matching.md 6.2). Ordered: `Low` < `Medium` < `High` < `Exact`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Name only, ancient, disputed, contradictory.
    Low,
    /// Corroborated identity, parsed text, equality list, vendor tree, derived version.
    Medium,
    /// Exact identity, one trusted source.
    High,
    /// Identity exact, range exact, own CNA or git.
    Exact,
}

impl Confidence {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::Exact => "exact",
        }
    }
}

/// One fact a verdict rests on, as values: pages, JSON and advisories are drawn from the same values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// How the record's subject was recognised as this component.
    Identity {
        /// Rank 1 to 8 of matching.md 4.1.
        rank: u8,
        /// What of the component (`cpe:2.3:…`, `purl`, `name xz`).
        component: String,
        /// What of the record (`tukaani:xz`, `repo github.com/…`).
        subject: String,
        /// Second signal, where one was needed; else empty.
        second_signal: String,
    },
    /// A version comparison.
    Range {
        /// The row of the record as written (`5.6.0 <= v < 5.6.2, affected`).
        entry: String,
        /// The component's version as compared.
        version: String,
        /// The scheme used.
        scheme: Scheme,
        /// What came out (`inside`, `before the start`, `at or above the end 5.6.2`).
        outcome: String,
    },
    /// A platform condition.
    Platform {
        /// The condition (`o:microsoft:windows`, `platforms = Windows`).
        condition: String,
        /// `true`, `false` or `unknown`.
        value: String,
        /// Why (`os is linux`).
        because: String,
    },
    /// A source file and what the build says of it.
    File {
        /// Path in the source tree.
        path: String,
        /// `code`, `header`, `build`, `non-target`, `data`.
        class: String,
        /// `not built`, `built`, `module`, `other architecture`, `unknown`.
        result: String,
        /// The Kbuild expression, or empty.
        expression: String,
        /// The exact config lines or the list looked at, or empty.
        proof: String,
    },
    /// An applied patch.
    Patch {
        /// File name.
        name: String,
        /// What it proves.
        says: String,
    },
    /// A statement of supplier or build system.
    Statement {
        /// Who.
        by: String,
        /// Status and justification.
        says: String,
        /// Free text.
        text: String,
    },
    /// A build input's identity and completeness (`config gateway.config sha256:… complete`).
    Input {
        /// What.
        what: String,
        /// Its checks.
        says: String,
    },
    /// A curated rule.
    Rule {
        /// Rule id in the rule table.
        id: String,
        /// What it says, with source link.
        says: String,
    },
    /// Anything else worth showing, in plain words.
    Remark(String),
}

/// One source's answer about one component.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// Who speaks.
    pub source: Source,
    /// Who within the source (CNA short name), or empty.
    pub by: String,
    /// The record's id.
    pub record: String,
    /// Its answer; `None` = the candidate was removed (another product, a platform mention) or it has no opinion.
    pub verdict: Option<Verdict>,
    /// Primary reason.
    pub reason: Reason,
    /// Qualifiers.
    pub qualifiers: Vec<Reason>,
    /// How sure.
    pub confidence: Confidence,
    /// Its evidence.
    pub evidence: Vec<Evidence>,
    /// The first fixed version above the component's that the source names, one of the component's own branch before
    /// any other; empty when none. [`Finding::fixed`] keeps to the component's own line.
    pub fixed: String,
    /// Date of the record's last change; empty when unknown.
    pub modified: String,
}

/// A (component, vulnerability) pair with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Display id: CVE before GHSA before others.
    pub vulnerability: String,
    /// The other ids.
    pub aliases: Vec<String>,
    /// Index of the component in `Inventory::components`.
    pub component: usize,
    /// The answer.
    pub verdict: Verdict,
    /// Primary reason.
    pub reason: Reason,
    /// Qualifiers.
    pub qualifiers: Vec<Reason>,
    /// How sure.
    pub confidence: Confidence,
    /// The deciding evidence: identity, comparison, platform, build facts.
    pub evidence: Vec<Evidence>,
    /// All sources' opinions, highest rank first.
    pub opinions: Vec<Opinion>,
    /// First fixed version on the component's own line of releases; empty when none is known. What was mended on
    /// other lines only is advice: [`crate::fix::FixAdvice`].
    pub fixed: String,
    /// Of an open finding in a kernel: the affected files of its source tree, sorted. Else empty.
    pub files: Vec<String>,
    /// Facts about the vulnerability.
    pub facts: Arc<Facts>,
}
