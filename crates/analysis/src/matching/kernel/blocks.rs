//! The pairs of a kernel CNA record, read from its blocks (matching.md 5.7, step 2).
//!
//! The *release block* (default affected) holds the mainline: `0 < 7.1 unaffected` (not yet introduced),
//! `4.18 < 5.8 unaffected` (fixed, introduced again), `6.12.96 <= 6.12.* unaffected` (fixed in a branch),
//! `7.2 <= * unaffected` (the mainline fix). Semver rows beside the git rows (default unaffected) hold what a
//! stable backport introduced: `6.12.92 < 6.12.96 affected`. Both are needed; either alone is wrong.

use model::reason::Reason;
use model::record::{Claim, End, Entry, RangeKind, Status};

use super::findings::{Findings, Word};
use super::release::{Line, Release};

/// What the blocks of a record say about a release.
pub(super) fn judge<'e>(claims: &'e [Claim<'e>], kernel: Release) -> Findings<'e> {
    let mut findings = Findings::default();
    let has_release_block = claims.iter().any(is_release_block);
    for claim in claims {
        if is_release_block(claim) {
            judge_release_block(claim, kernel, &mut findings);
        } else {
            judge_spans(claim, kernel, has_release_block, &mut findings);
        }
    }
    if !has_release_block && findings.deciding().is_none() {
        say_nothing_reaches(claims, kernel, &mut findings);
    }
    findings
}

/// True for the block that says "affected unless listed".
fn is_release_block(claim: &Claim<'_>) -> bool {
    claim.default_status == Some(Status::Affected) && claim.entries.iter().any(is_version_row)
}

/// True for rows that hold releases, whatever their label says.
pub(super) fn is_version_row(entry: &Entry<'_>) -> bool {
    entry.kind == RangeKind::Version && (entry.version_type != "git" || entry.start.contains('.'))
}

/// Where the kernel stands in the release block.
fn judge_release_block<'e>(claim: &'e Claim<'e>, kernel: Release, findings: &mut Findings<'e>) {
    let mut state = Mainline::default();
    for entry in claim.entries.iter().filter(|entry| is_version_row(entry)) {
        match entry.status {
            Status::Unaffected => state.read(entry, kernel, findings),
            // `7.1 affected` repeats the end of `0 < 7.1 unaffected`; kept for the evidence of unfixed branches.
            Status::Affected => state.introduced = state.introduced.or(Some(entry)),
            Status::Unknown => findings.say(Reason::VNoUsableRange, entry, ""),
        }
    }
    state.conclude(kernel, findings);
}

/// What the rows of a release block say together.
#[derive(Default)]
struct Mainline<'e> {
    introduced: Option<&'e Entry<'e>>,
    /// Some row says that the branch is outside the affected mainline.
    outside: bool,
    /// The last fix in the kernel's own branch.
    last_fix: Option<(Release, &'e Entry<'e>)>,
    mainline_fix: Option<&'e Entry<'e>>,
}

impl<'e> Mainline<'e> {
    fn read(&mut self, entry: &'e Entry<'e>, kernel: Release, findings: &mut Findings<'e>) {
        // Most rows are the fixes of other branches, which say nothing here.
        if let End::Through(end) | End::Before(end) = &entry.end
            && Line::parse_wildcard(end).is_some_and(|line| line != kernel.line())
        {
            return;
        }
        let start = Start::of(&entry.start);
        match (&entry.end, start) {
            (_, Start::Unreadable) => findings.say(Reason::VNoUsableRange, entry, ""),
            (End::Through(end) | End::Before(end), Start::At(fix)) if end == "*" => {
                self.after_mainline_fix(entry, fix, kernel, findings);
            }
            (End::Open, Start::At(fix)) => self.after_mainline_fix(entry, fix, kernel, findings),
            (End::Through(end) | End::Before(end), start) => match (Line::parse_wildcard(end), start) {
                (Some(line), Start::At(fix)) if line == kernel.line() => {
                    self.branch_fix(fix, entry, kernel, findings)
                }
                (Some(_), _) => {}
                (None, start) => self.between(entry, start, end, kernel, findings),
            },
            (End::Open, Start::None) => self.outside(Reason::KNotIntroduced, entry, findings),
            (End::Single, Start::At(listed)) if listed == kernel => {
                self.outside(Reason::VListedUnaffected, entry, findings);
            }
            (End::Single, _) => {}
        }
    }

    fn outside(&mut self, reason: Reason, entry: &'e Entry<'e>, findings: &mut Findings<'e>) {
        self.outside = true;
        findings.say(reason, entry, if reason == Reason::KFixedMainline { &entry.start } else { "" });
    }

    /// `7.2 <= *`, typed `original_commit_for_fix` in newer records: bounds every later branch.
    fn after_mainline_fix(
        &mut self,
        entry: &'e Entry<'e>,
        fix: Release,
        kernel: Release,
        findings: &mut Findings<'e>,
    ) {
        self.mainline_fix = Some(entry);
        if kernel.is_candidate_of(fix) {
            findings.say(Reason::KRc, entry, &entry.start);
            self.outside = true;
        } else if kernel >= fix {
            self.outside(Reason::KFixedMainline, entry, findings);
        }
    }

    /// `6.12.96 <= 6.12.*`: records with several fixes for one branch are closed by the last of them.
    fn branch_fix(
        &mut self,
        fix: Release,
        entry: &'e Entry<'e>,
        kernel: Release,
        findings: &mut Findings<'e>,
    ) {
        if kernel.is_candidate_of(fix) {
            findings.say(Reason::KRc, entry, &entry.start);
        }
        if self.last_fix.is_none_or(|(last, _)| fix > last) {
            self.last_fix = Some((fix, entry));
        }
    }

    /// `0 < 7.1` (not introduced yet) and `4.18 < 5.8` (fixed, not introduced again yet).
    fn between(
        &mut self,
        entry: &'e Entry<'e>,
        start: Start,
        end: &str,
        kernel: Release,
        findings: &mut Findings<'e>,
    ) {
        let Some(introduced) = Release::parse(end) else {
            return findings.say(Reason::VNoUsableRange, entry, "");
        };
        let (after_start, reason) = match start {
            Start::At(fix) if kernel.is_candidate_of(fix) => (false, Reason::KRc),
            Start::At(fix) => (kernel >= fix, Reason::KFixedMainline),
            _ => (true, Reason::KNotIntroduced),
        };
        let inclusive = matches!(entry.end, End::Through(_));
        if reason == Reason::KRc || (after_start && kernel.is_candidate_of(introduced)) {
            findings.say(Reason::KRc, entry, "");
            self.outside = true;
        } else if after_start && (kernel < introduced || (inclusive && kernel == introduced)) {
            self.outside(reason, entry, findings);
        }
    }

    fn conclude(self, kernel: Release, findings: &mut Findings<'e>) {
        match self.last_fix {
            Some((fix, entry)) if kernel >= fix => findings.say(Reason::KFixedInBranch, entry, &entry.start),
            _ if self.outside => {}
            Some((fix, _)) if kernel.is_candidate_of(fix) => {}
            Some((_, entry)) => findings.say(Reason::KInBranchRange, entry, &entry.start),
            None => findings.add(Word {
                reason: Reason::KBranchUnfixed,
                entry: self.mainline_fix.or(self.introduced),
                fixed: "",
            }),
        }
    }
}

/// Where a row begins.
#[derive(Clone, Copy)]
enum Start {
    None,
    At(Release),
    Unreadable,
}

impl Start {
    fn of(text: &str) -> Start {
        // Nearly every start is a release or zero: the words for "no start" are asked for last.
        match Release::parse(text) {
            Some(release) => Start::At(release),
            None if text == "0" || versions::is_no_bound(text) => Start::None,
            None => Start::Unreadable,
        }
    }
}

/// The affected rows of a block whose default is unaffected.
fn judge_spans<'e>(
    claim: &'e Claim<'e>,
    kernel: Release,
    has_release_block: bool,
    findings: &mut Findings<'e>,
) {
    for entry in
        claim.entries.iter().filter(|entry| is_version_row(entry) && entry.status == Status::Affected)
    {
        let end = match &entry.end {
            End::Before(end) | End::Through(end) => Release::parse(end),
            End::Single | End::Open => None,
        };
        match (Start::of(&entry.start), end) {
            (Start::None, Some(end)) => {
                judge_from_the_beginning(entry, end, kernel, has_release_block, findings)
            }
            (Start::At(start), Some(end)) => judge_span(entry, start, end, kernel, findings),
            (Start::At(start), None) => judge_without_end(entry, start, kernel, findings),
            _ => findings.say(Reason::VNoUsableRange, entry, ""),
        }
    }
}

fn end_text<'e>(entry: &'e Entry<'e>) -> &'e str {
    match &entry.end {
        End::Before(end) | End::Through(end) => end,
        End::Single | End::Open => "",
    }
}

/// `0 < 6.18.30`: the bug is as old as the history, and this is the fix of one branch. Beside a release block
/// it says nothing about other branches, whose fixes have other numbers.
fn judge_from_the_beginning<'e>(
    entry: &'e Entry<'e>,
    fix: Release,
    kernel: Release,
    has_release_block: bool,
    findings: &mut Findings<'e>,
) {
    let fixed = end_text(entry);
    let inside = if matches!(entry.end, End::Through(_)) { kernel <= fix } else { kernel < fix };
    if kernel.is_candidate_of(fix) {
        findings.say(Reason::KRc, entry, fixed);
    } else if kernel.line() == fix.line() && !fix.is_mainline() {
        let reason = if inside { Reason::KInBranchRange } else { Reason::KFixedInBranch };
        findings.say(reason, entry, fixed);
    } else if !has_release_block {
        let reason = if inside { Reason::KBranchUnfixed } else { Reason::KFixedMainline };
        findings.say(reason, entry, if inside { "" } else { fixed });
    }
}

/// `6.12.92 < 6.12.96` and, for a branch that ended without a fix, `6.1.175 < 6.2`.
fn judge_span<'e>(
    entry: &'e Entry<'e>,
    start: Release,
    end: Release,
    kernel: Release,
    findings: &mut Findings<'e>,
) {
    let fixed_in_branch = start.line() == end.line();
    let fixed = if fixed_in_branch { end_text(entry) } else { "" };
    let inside = kernel < end || (kernel == end && matches!(entry.end, End::Through(_)));
    if kernel.is_candidate_of(start) || (kernel.is_candidate_of(end) && fixed_in_branch) {
        findings.say(Reason::KRc, entry, fixed);
    } else if kernel >= start && inside {
        let same_line = kernel.line() == end.line();
        let reason = if same_line { Reason::KInBranchRange } else { Reason::KBranchUnfixed };
        findings.say(reason, entry, if same_line { end_text(entry) } else { "" });
    } else if kernel.line() == start.line() && kernel < start {
        findings.say(Reason::KNotIntroduced, entry, "");
    } else if kernel.line() == end.line() && fixed_in_branch {
        findings.say(Reason::KFixedInBranch, entry, fixed);
    } else if start.is_mainline() && end.is_mainline() {
        let reason = if kernel < start { Reason::KNotIntroduced } else { Reason::KFixedMainline };
        findings.say(reason, entry, end_text(entry));
    }
}

/// A row without an end: one release, a branch (`6.1.57 <= 6.1.*`), or everything from a release on.
fn judge_without_end<'e>(entry: &'e Entry<'e>, start: Release, kernel: Release, findings: &mut Findings<'e>) {
    let in_end = match &entry.end {
        End::Single if kernel == start => return findings.say(Reason::VExact, entry, ""),
        End::Single => return,
        End::Open => true,
        End::Before(end) | End::Through(end) => match Line::parse_wildcard(end) {
            Some(line) => kernel.line() <= line,
            None if end.trim() == "*" => true,
            None => return findings.say(Reason::VNoUsableRange, entry, ""),
        },
    };
    if kernel >= start && in_end {
        findings.say(Reason::KBranchUnfixed, entry, "");
    } else if kernel.is_candidate_of(start) {
        findings.say(Reason::KRc, entry, "");
    } else if kernel < start {
        findings.say(Reason::KNotIntroduced, entry, "");
    }
}

/// The record knows no mainline range: the bug was introduced and mended between two releases, and only
/// stable backports of it (if any) were ever released. Without versions at all it is silent.
fn say_nothing_reaches<'e>(claims: &'e [Claim<'e>], kernel: Release, findings: &mut Findings<'e>) {
    let spans = || claims.iter().flat_map(|claim| claim.entries.iter()).filter(|entry| is_version_row(entry));
    let below = spans().find(|entry| Release::parse(&entry.start).is_some_and(|start| kernel < start));
    let has_empty_block = claims
        .iter()
        .any(|claim| claim.entries.is_empty() && claim.default_status == Some(Status::Unaffected));
    match below {
        Some(entry) => findings.say(Reason::KNotIntroduced, entry, ""),
        None if has_empty_block || spans().next().is_some() => {
            findings.add(Word { reason: Reason::KNoReleaseAffected, entry: spans().next_back(), fixed: "" });
        }
        None => {}
    }
}
