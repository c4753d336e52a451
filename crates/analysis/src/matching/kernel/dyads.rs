//! Pairs as the kernel CNA keeps them: `introduced:fixed`, both as releases, `0` for none (matching.md 5.7).
//!
//! Pairs with the same introduction belong together: one of them may name the mainline fix and the others
//! the fixes of branches. A pair introduced in a stable release concerns that branch only. The rows of commits
//! that stand beside the rows of releases are passed over here.

use model::reason::Reason;
use model::record::{End, Entry};

use super::blocks::is_version_row;
use super::findings::{Findings, Word};
use super::release::Release;

/// What pairs say about a release.
pub(super) fn judge<'e>(entries: &'e [Entry<'e>], kernel: Release) -> Findings<'e> {
    let mut findings = Findings::default();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| is_version_row(entry)) {
        let Some(introduced) = introduced(entry) else {
            findings.say(Reason::VNoUsableRange, entry, "");
            continue;
        };
        match introduced {
            Some(release) if !release.is_mainline() => judge_backport(entry, release, kernel, &mut findings),
            _ if is_first_of_its_group(entries, index) => {
                judge_mainline(entries, entry, introduced, kernel, &mut findings);
            }
            _ => {}
        }
    }
    findings
}

/// The introducing release; `Some(None)` = as old as the history, `None` = unreadable.
fn introduced(entry: &Entry<'_>) -> Option<Option<Release>> {
    if entry.start == "0" || versions::is_no_bound(&entry.start) {
        return Some(None);
    }
    Release::parse(&entry.start).map(Some)
}

/// The fixing release as written; empty when there is none.
fn fixed_text<'e>(entry: &'e Entry<'e>) -> &'e str {
    match &entry.end {
        End::Before(fixed) if fixed != "0" => fixed,
        _ => "",
    }
}

fn is_first_of_its_group(entries: &[Entry<'_>], index: usize) -> bool {
    let Some(entry) = entries.get(index) else { return false };
    !entries.iter().take(index).any(|earlier| is_version_row(earlier) && earlier.start == entry.start)
}

fn judge_backport<'e>(
    entry: &'e Entry<'e>,
    introduced: Release,
    kernel: Release,
    findings: &mut Findings<'e>,
) {
    if kernel.line() != introduced.line() {
        return;
    }
    let text = fixed_text(entry);
    let fixed = Release::parse(text).filter(|fixed| fixed.line() == kernel.line());
    if kernel.is_candidate_of(introduced) || fixed.is_some_and(|fixed| kernel.is_candidate_of(fixed)) {
        findings.say(Reason::KRc, entry, text);
    } else if kernel < introduced {
        findings.say(Reason::KNotIntroduced, entry, "");
    } else {
        match fixed {
            Some(fixed) if kernel >= fixed => findings.say(Reason::KFixedInBranch, entry, text),
            Some(_) => findings.say(Reason::KInBranchRange, entry, text),
            None => findings.say(Reason::KBranchUnfixed, entry, ""),
        }
    }
}

/// All pairs that begin where `entry` begins, in the mainline.
fn judge_mainline<'e>(
    entries: &'e [Entry<'e>],
    entry: &'e Entry<'e>,
    introduced: Option<Release>,
    kernel: Release,
    findings: &mut Findings<'e>,
) {
    if introduced.is_some_and(|introduced| kernel < introduced && !kernel.is_candidate_of(introduced)) {
        return findings.say(Reason::KNotIntroduced, entry, "");
    }
    let mut state = Group::default();
    for pair in entries.iter().filter(|pair| is_version_row(pair) && pair.start == entry.start) {
        state.read(pair, kernel);
    }
    findings.add(state.conclude(entry, introduced, kernel));
}

/// The fixes of one introduction.
#[derive(Default)]
struct Group<'e> {
    branch_fix: Option<(Release, &'e Entry<'e>)>,
    mainline_fix: Option<(Release, &'e Entry<'e>)>,
}

impl<'e> Group<'e> {
    fn read(&mut self, pair: &'e Entry<'e>, kernel: Release) {
        let Some(fixed) = Release::parse(fixed_text(pair)) else { return };
        let slot = if fixed.is_mainline() {
            &mut self.mainline_fix
        } else if fixed.line() == kernel.line() {
            &mut self.branch_fix
        } else {
            return;
        };
        if slot.is_none_or(|(held, _)| fixed > held) {
            *slot = Some((fixed, pair));
        }
    }

    fn conclude(self, first: &'e Entry<'e>, introduced: Option<Release>, kernel: Release) -> Word<'e> {
        let word =
            |reason, entry: &'e Entry<'e>| Word { reason, entry: Some(entry), fixed: fixed_text(entry) };
        let bounds = [introduced, self.branch_fix.map(|(fix, _)| fix), self.mainline_fix.map(|(fix, _)| fix)];
        if bounds.into_iter().flatten().any(|bound| kernel.is_candidate_of(bound)) {
            return word(Reason::KRc, first);
        }
        match (self.branch_fix, self.mainline_fix) {
            (_, Some((fix, pair))) if kernel.line() == fix.line() && introduced == Some(fix) => {
                word(Reason::KNoReleaseAffected, pair)
            }
            (Some((fix, pair)), _) if kernel >= fix => word(Reason::KFixedInBranch, pair),
            (_, Some((fix, pair))) if kernel >= fix => word(Reason::KFixedMainline, pair),
            (Some((_, pair)), _) => word(Reason::KInBranchRange, pair),
            (None, _) => Word { reason: Reason::KBranchUnfixed, entry: Some(first), fixed: "" },
        }
    }
}
