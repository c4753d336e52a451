//! Records about Linux by others than its CNA: mostly one bound of the mainline, or one fix commit
//! (matching.md 5.7, step 5).
//!
//! Such a record cannot say which stable releases got the fix. If the commit table knows a fix commit, that
//! decides per branch; else a kernel below the bound on an older branch stays undecided.

use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, ClaimForm, End, Entry, Record, Status};

use super::super::ranges::history::{self, InclusiveEnd};
use super::super::ranges::{CommitTable, ComponentVersion, RangeAnswer, combine_claims, judge_claim};
use super::release::Release;

/// True for claims whose subject is the kernel itself, by the spellings CNAs use.
pub(super) fn is_about_linux(claim: &Claim<'_>) -> bool {
    let subject = &claim.subject;
    let is_name = |text: &str| {
        ["linux", "linux kernel", "linux_kernel", "kernel", "the linux kernel"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(text.trim()))
    };
    let names_kernel =
        is_name(&subject.product) || (subject.product.is_empty() && is_name(&subject.package_name));
    names_kernel || subject.cpes.iter().any(|cpe| cpe.contains(":linux:linux_kernel"))
}

/// Judges the claims and combines their answers.
pub(super) fn judge(
    record: &Record<'_>,
    claims: &[&Claim<'_>],
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let answers: Vec<RangeAnswer> =
        claims.iter().map(|claim| judge_one(record, claim, version, commits)).collect();
    combine_claims(&answers)
}

fn judge_one(
    record: &Record<'_>,
    claim: &Claim<'_>,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> RangeAnswer {
    let git_rows = claim.entries.iter().filter(|entry| history::is_commit_row(entry));
    if claim.form == ClaimForm::CveVersions
        && let Some(answer) = history::judge(git_rows, version, commits, InclusiveEnd::IsTheFix)
    {
        return answer;
    }
    let answer = judge_claim(record, claim, version, commits);
    let Some((kernel, _)) = version.kernel_release() else { return answer };
    let is_candidate = is_candidate_of_bound(&answer, kernel);
    if !is_candidate && !needs_the_branch(&answer, kernel) {
        return answer;
    }
    by_commit_table(record, claim, &answer, kernel, version, commits).unwrap_or_else(|| match is_candidate {
        true => undecided(answer, Reason::KRc),
        false if answer.reason == Reason::GCommitUnknown => answer,
        false => undecided(answer, Reason::KMainlineBoundOnly),
    })
}

/// True for a candidate of the release that has the fix: which candidate got it is not told by the bound.
fn is_candidate_of_bound(answer: &RangeAnswer, kernel: Release) -> bool {
    answer.reason == Reason::VInRange
        && Release::parse(&answer.bound).is_some_and(|bound| kernel.is_candidate_of(bound))
}

/// True when the answer would need to know what happened in the kernel's own branch.
fn needs_the_branch(answer: &RangeAnswer, kernel: Release) -> bool {
    let bound = Release::parse(&answer.bound);
    match answer.reason {
        Reason::VInRange => bound.is_some_and(|bound| kernel.line() < bound.line()),
        // A stable bound (`< 5.10.36`) says nothing about later branches.
        Reason::VFixed => bound.is_some_and(|bound| !bound.is_mainline() && kernel.line() > bound.line()),
        Reason::GCommitUnknown => true,
        _ => false,
    }
}

fn undecided(answer: RangeAnswer, reason: Reason) -> RangeAnswer {
    RangeAnswer { verdict: Some(Verdict::NeedsReview), reason, confidence: Confidence::Low, ..answer }
}

/// Decides by the releases that first contain the fix commits, where the table knows a commit up to the mainline.
fn by_commit_table(
    record: &Record<'_>,
    claim: &Claim<'_>,
    answer: &RangeAnswer,
    kernel: Release,
    version: &ComponentVersion<'_>,
    commits: &dyn CommitTable,
) -> Option<RangeAnswer> {
    if answer.reason == Reason::GCommitUnknown && !is_introduced(claim, kernel, commits)? {
        return Some(resolved(Reason::KNotIntroduced, String::new(), version));
    }
    let mut decided: Option<(Reason, String)> = None;
    for fix in fix_commits(record, claim) {
        let Some(word) = Fixes::of(fix, commits).and_then(|fixes| fixes.judge(kernel)) else { continue };
        let is_affected = matches!(word.0, Reason::KInBranchRange | Reason::KBranchUnfixed);
        if decided.is_none() || is_affected {
            decided = Some(word);
        }
        if is_affected {
            break;
        }
    }
    let (reason, fixed) = decided?;
    Some(resolved(reason, fixed, version))
}

/// Whether the introducing commits of the claim's commit rows reach the kernel; `None` when the table does not
/// know one of them.
fn is_introduced(claim: &Claim<'_>, kernel: Release, commits: &dyn CommitTable) -> Option<bool> {
    let mut introduced = Some(false);
    for row in
        claim.entries.iter().filter(|entry| history::is_commit_row(entry) && entry.status == Status::Affected)
    {
        if versions::is_no_bound(&row.start) {
            return Some(true);
        }
        match Fixes::of(&row.start, commits).map(|first| first.reaches(kernel)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => introduced = None,
        }
    }
    introduced
}

/// The answer of a commit found in the table.
fn resolved(reason: Reason, fixed: String, version: &ComponentVersion<'_>) -> RangeAnswer {
    let verdict = match reason {
        Reason::KInBranchRange | Reason::KBranchUnfixed => Verdict::Affected,
        Reason::KRc => Verdict::NeedsReview,
        _ => Verdict::NotAffected,
    };
    let mut answer = RangeAnswer::new(verdict, reason, Confidence::High);
    answer.qualifiers.push(Reason::GTagResolved);
    if version.vendor_tree {
        answer.qualifiers.push(Reason::KVendorTree);
        answer.cap(Confidence::Medium);
    }
    answer.cap_by_origin(version);
    if version.is_detailed() {
        let says = match (reason, fixed.as_str()) {
            (Reason::KNotIntroduced, _) => {
                "the introducing commit was first released after this kernel".to_owned()
            }
            (_, "") => "the fix commit was never released on this branch".to_owned(),
            (_, fixed) => format!("the fix commit was first released on this line in {fixed}"),
        };
        answer.evidence.push(Evidence::Remark(says));
    }
    answer.fixed = fixed;
    answer
}

/// The commits a record names as fixes: ends of commit ranges, commits listed as unaffected, patch references.
fn fix_commits<'e>(record: &'e Record<'_>, claim: &'e Claim<'_>) -> impl Iterator<Item = &'e str> {
    let of_row = |entry: &'e Entry<'_>| match (&entry.end, entry.status) {
        (End::Before(fix) | End::Through(fix), Status::Affected) => Some(fix.as_ref()),
        (End::Single, Status::Unaffected) => Some(entry.start.as_ref()),
        _ => None,
    };
    let of_rows = claim.entries.iter().filter(|entry| history::is_commit_row(entry)).filter_map(of_row);
    of_rows.chain(record.fix_commits.iter().map(AsRef::as_ref))
}

/// The first releases of one commit, a fix or an introduction.
struct Fixes {
    mainline: (Release, String),
    branches: Vec<(Release, String)>,
}

impl Fixes {
    /// `None` when the table does not know the commit up to the mainline: then a missing branch means nothing.
    fn of(commit: &str, commits: &dyn CommitTable) -> Option<Fixes> {
        let releases =
            commits.fixed_in(commit).into_iter().filter_map(|(_, text)| Some((Release::parse(&text)?, text)));
        let (mut mainline, branches): (Vec<_>, Vec<_>) =
            releases.partition(|(release, _)| release.is_mainline());
        mainline.sort();
        mainline.into_iter().next().map(|mainline| Fixes { mainline, branches })
    }

    /// Whether the kernel contains the commit.
    fn reaches(&self, kernel: Release) -> bool {
        let in_branch =
            self.branches.iter().any(|(first, _)| first.line() == kernel.line() && kernel >= *first);
        // A candidate of the first release may or may not contain it: assume that it does.
        in_branch || kernel >= self.mainline.0 || kernel.is_candidate_of(self.mainline.0)
    }

    fn judge(self, kernel: Release) -> Option<(Reason, String)> {
        let branch_fix = self.branches.into_iter().filter(|(fix, _)| fix.line() == kernel.line()).max();
        let (mainline, mainline_text) = self.mainline;
        Some(match branch_fix {
            Some((fix, text)) if kernel.is_candidate_of(fix) => (Reason::KRc, text),
            Some((fix, text)) if kernel >= fix => (Reason::KFixedInBranch, text),
            _ if kernel.is_candidate_of(mainline) => (Reason::KRc, mainline_text),
            _ if kernel >= mainline => (Reason::KFixedMainline, mainline_text),
            Some((_, text)) => (Reason::KInBranchRange, text),
            None => (Reason::KBranchUnfixed, String::new()),
        })
    }
}
