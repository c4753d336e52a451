//! The Linux rules (matching.md 5.7): pairs of introduced and fixed releases, per stable branch.
//!
//! A higher number does not mean a newer fix: 5.11.22 lacks what 5.10.202 got. Therefore a record is read as
//! pairs, and a pair is applied in the kernel's own branch or, where no fix of that branch exists, by the
//! mainline. Start at [`judge_kernel_record`]. The records of the kernel's own CNA are read in `blocks`, its
//! pair lists in `dyads`, the lists of the time before in `streams`, records by anybody else in `foreign`. Not here: which files are built (`build`).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod blocks;
mod dyads;
mod findings;
mod foreign;
mod release;
pub(super) mod streams;

pub use release::{Line, Release};

use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, ClaimForm, Record, RecordState, Source};

use self::findings::{Findings, Word};
use super::ranges::describe;
use super::ranges::history::{self, InclusiveEnd};
use super::ranges::{CommitTable, ComponentVersion, RangeAnswer};

/// Judges a record about Linux: kernel CNA records and dyads by their pairs, records of others by the mainline
/// bound they know. Claims that do not speak of Linux are ignored; see [`judge_kernel_claims`] where identity
/// has already chosen the claims.
pub fn judge_kernel_record(
    record: &Record<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    if matches!(record.state, RecordState::Rejected | RecordState::Withdrawn) {
        return RangeAnswer::rejected();
    }
    if !is_by_kernel_cna(record) {
        let claims: Vec<&Claim<'_>> =
            record.claims.iter().filter(|claim| foreign::is_about_linux(claim)).collect();
        return foreign::judge(record, &claims, version, commits);
    }
    let git_rows =
        record.claims.iter().flat_map(|claim| &claim.entries).filter(|entry| history::is_commit_row(entry));
    if !version.commit.is_empty()
        && let Some(answer) = history::judge(git_rows, version, commits, InclusiveEnd::IsTheFix)
    {
        return answer;
    }
    let Some((kernel, has_suffix)) = version.kernel_release() else {
        return RangeAnswer::unusable_version(version);
    };
    let findings = findings_of(&record.claims, kernel);
    answer(&findings, version, has_suffix)
}

/// Judges chosen claims of a record by somebody else than the kernel CNA about Linux.
pub fn judge_kernel_claims(
    record: &Record<'_>,
    claims: &[&Claim<'_>],
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    if matches!(record.state, RecordState::Rejected | RecordState::Withdrawn) {
        return RangeAnswer::rejected();
    }
    foreign::judge(record, claims, version, commits)
}

/// True for records that hold pairs: the kernel's own CNA, the lists of the time before it, and dyads.
fn is_by_kernel_cna(record: &Record<'_>) -> bool {
    matches!(record.source, Some(Source::KernelCna | Source::LinuxKernelCves))
        || record.by == "Linux"
        || record.claims.iter().any(|claim| claim.form == ClaimForm::KernelPairs)
}

/// Pair lists are preferred to the blocks made from them.
fn findings_of<'e>(claims: &'e [Claim<'e>], kernel: Release) -> Findings<'e> {
    match claims.iter().find(|claim| claim.form == ClaimForm::KernelPairs && !claim.entries.is_empty()) {
        Some(claim) => dyads::judge(&claim.entries, kernel),
        None => blocks::judge(claims, kernel),
    }
}

fn answer(findings: &Findings<'_>, version: &ComponentVersion<'_>, has_suffix: bool) -> RangeAnswer {
    let Some(word) = findings.deciding() else {
        return RangeAnswer::review(Reason::RNoAffectedData);
    };
    let (verdict, confidence) = match word.reason {
        Reason::KInBranchRange | Reason::KBranchUnfixed | Reason::VExact => {
            (Verdict::Affected, Confidence::Exact)
        }
        Reason::KRc | Reason::VNoUsableRange => (Verdict::NeedsReview, Confidence::Low),
        _ => (Verdict::NotAffected, Confidence::Exact),
    };
    let mut answer = RangeAnswer::new(verdict, word.reason, confidence);
    if word.reason == Reason::KNoReleaseAffected && word.entry.is_none() {
        // Inferred from an empty release block: records of before 2025 also look so when only the rows of
        // stable backports are missing.
        answer.cap(Confidence::Medium);
    }
    if has_suffix {
        answer.qualifiers.push(Reason::VBaseVersion);
    }
    if version.vendor_tree {
        answer.qualifiers.push(Reason::KVendorTree);
        answer.cap(Confidence::Medium);
    }
    answer.cap_by_origin(version);
    if verdict == Verdict::Affected || version.is_detailed() {
        answer.fixed.push_str(word.fixed);
    }
    if version.is_detailed() {
        explain(&word, version, &mut answer);
    }
    answer
}

fn explain(word: &Word<'_>, version: &ComponentVersion<'_>, answer: &mut RangeAnswer) {
    let outcome = match word.reason {
        Reason::KInBranchRange => {
            format!("introduced in this branch's history and below its fix {}", word.fixed)
        }
        Reason::KBranchUnfixed => "introduced in this branch's history, and the branch has no fix".to_owned(),
        Reason::KFixedInBranch => "at or above the fix of its branch".to_owned(),
        Reason::KFixedMainline => "its branch begins at or after the mainline fix".to_owned(),
        Reason::KNotIntroduced => "before every introduction that reaches its branch".to_owned(),
        Reason::KNoReleaseAffected => "introduced and fixed between two releases of the mainline".to_owned(),
        Reason::KRc => "a release candidate of this bound: only the commit could tell".to_owned(),
        Reason::VNoUsableRange => "the row cannot be read".to_owned(),
        reason => reason.meaning().to_owned(),
    };
    let row = word.entry.map_or_else(|| "no mainline range in the record".to_owned(), describe::entry_text);
    answer.evidence.push(describe::comparison(row, version.written(), version.scheme, outcome));
}
