//! What is missing so that findings could be decided: each gap with the reasons that it stands behind.

use model::finding::Verdict;
use store::cell::Cell;

/// A gap: its word, which is the reason of coverage where there is one, and the codes of the findings that wait for it.
const GAPS: &[(&str, &[&str])] = &[
    ("no_version", &["V_MISSING", "V_UNPARSED", "V_SCHEME_MISMATCH"]),
    ("no_identity", &["I_NAME_ONLY"]),
    ("no_platform", &["P_UNPROVEN"]),
    ("no_commit", &["G_COMMIT_UNKNOWN", "K_RC"]),
    // These leave components without an answer, and no finding is there yet to be decided.
    ("unknown_product", &[]),
    ("unsupported_ecosystem", &[]),
    ("feed_missing", &[]),
    ("feed_stale", &[]),
    ("proprietary", &[]),
];

/// How much a gap leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapNumbers {
    /// Its word.
    pub word: &'static str,
    /// Components that could not be evaluated for it.
    pub components: u64,
    /// Findings to be reviewed that closing it would decide.
    pub decides: u64,
}

/// The codes of the reasons behind a gap; a word that is none is taken as a code itself.
pub fn gap_codes(word: &str) -> Vec<String> {
    match GAPS.iter().find(|(known, _)| *known == word) {
        // No finding waits for it: a code that no reason has.
        Some((_, [])) => vec![String::new()],
        Some((_, codes)) => codes.iter().map(|code| (*code).to_owned()).collect(),
        None => vec![word.to_owned()],
    }
}

/// The gaps that leave anything open, those first that would decide most: of numbers by cell and reason, and by coverage.
pub(super) fn gaps(counts: &[(Cell, String, u64)], coverage: &[(String, u64)]) -> Vec<GapNumbers> {
    let mut gaps: Vec<GapNumbers> = GAPS
        .iter()
        .map(|(word, codes)| {
            let of = counts.iter().filter(|(cell, reason, _)| {
                cell.is_open() && cell.verdict == Verdict::NeedsReview && codes.contains(&reason.as_str())
            });
            let state = format!("not_evaluable/{word}");
            let lacking = coverage.iter().filter(|(known, _)| *known == state);
            GapNumbers {
                word,
                components: lacking.map(|(_, n)| n).sum(),
                decides: of.map(|(_, _, n)| n).sum(),
            }
        })
        .filter(|gap| gap.components > 0 || gap.decides > 0)
        .collect();
    gaps.sort_by_key(|gap| std::cmp::Reverse((gap.decides, gap.components)));
    gaps
}
