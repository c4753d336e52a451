//! Fixes whose content is at hand, and which patches hold them.
//!
//! A project commits one fix on several branches, and some fixes consist of several commits. Commits whose changes are
//! mostly the same are one *part* of the fix; a part that no patch holds is missing, whatever else is there.

use model::build::Fix;
use model::finding::{Confidence, Evidence};

use super::Subject;
use super::patch_content::{Changes, Overlap};
use super::patch_headers::is_test_path;
use super::patches::{AppliedPatch, same_commit};

/// Commits of one fix that are compared; more than this name everything a release changed.
const MOST: usize = 64;

/// A fix with its changes.
pub(super) struct KnownFix<'f> {
    pub(super) fix: &'f Fix,
    pub(super) changes: Changes,
}

impl<'f> KnownFix<'f> {
    /// Reads the changes; `None` for a commit that changes nothing, tests or documentation only.
    pub(super) fn of(fix: &'f Fix) -> Option<KnownFix<'f>> {
        let changes = Changes::of(&fix.diff);
        let is_code = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
            let is_text = [".md", ".rst", ".txt", ".html", ".pod"].iter().any(|end| name.ends_with(end))
                || ["changes", "changelog", "news", "readme"].iter().any(|start| name.starts_with(start));
            !is_text && !is_test_path(path) && !path.starts_with("Documentation/")
        };
        let is_fix = !changes.is_empty() && changes.paths.iter().any(is_code);
        is_fix.then_some(KnownFix { fix, changes })
    }
}

/// The parts of the fix: commits that change mostly the same stand together.
pub(super) fn parts<'a, 'f>(fixes: &'a [KnownFix<'f>]) -> Vec<Vec<&'a KnownFix<'f>>> {
    let mut parts: Vec<Vec<&KnownFix<'_>>> = Vec::new();
    for fix in fixes.iter().take(MOST) {
        let is_alike = |known: &&KnownFix<'_>| {
            fix.changes.compared_with(&known.changes) >= Overlap::Most
                || known.changes.compared_with(&fix.changes) >= Overlap::Most
        };
        match parts.iter_mut().find(|part| part.iter().any(is_alike)) {
            Some(part) => part.push(fix),
            None => parts.push(vec![fix]),
        }
    }
    parts
}

/// A part of the fix that a patch holds.
pub(super) struct Fixed {
    pub(super) evidence: Evidence,
    pub(super) confidence: Confidence,
}

impl Fixed {
    /// The patch says that it comes from a fix of which no content is at hand.
    pub(super) fn stated(patch: &AppliedPatch<'_>) -> Fixed {
        let evidence = patch.evidence("taken from the commit that fixes it");
        Fixed { evidence, confidence: Confidence::High }
    }

    /// The patch that holds a part, by its content, else by the commit it names where its content does not contradict.
    pub(super) fn find(
        part: &[&KnownFix<'_>],
        patches: &[&AppliedPatch<'_>],
        subject: &Subject<'_>,
    ) -> Option<Fixed> {
        let patches = || patches.iter().filter(|patch| !patch.is_revert());
        let pairs = part.iter().flat_map(|fix| patches().map(move |patch| (*fix, *patch)));
        let rated = pairs.map(|(fix, patch)| (patch.overlap(fix, subject), fix, patch));
        let (overlap, fix, patch) = rated.max_by_key(|(overlap, ..)| *overlap)?;
        let from = fix.fix.commit.get(..12).unwrap_or(&fix.fix.commit);
        let of = format!("of the fix {from} ({})", fix.fix.from);
        if overlap == Some(Overlap::Equal) {
            let evidence = patch.evidence(format!("the changes are those {of}"));
            return Some(Fixed { evidence, confidence: Confidence::Exact });
        }
        if overlap == Some(Overlap::Contains) {
            let evidence = patch.evidence(format!("holds all changes {of}"));
            return Some(Fixed { evidence, confidence: Confidence::High });
        }
        let names = |patch: &AppliedPatch<'_>| part.iter().any(|fix| patch.comes_from(&[&fix.fix.commit]));
        let agrees = |patch: &AppliedPatch<'_>| {
            let best = part.iter().filter_map(|fix| patch.overlap(fix, subject)).max();
            !matches!(best, Some(Overlap::Nothing | Overlap::Some))
        };
        patches().find(|patch| names(patch) && agrees(patch)).map(|patch| Fixed::stated(patch))
    }
}

/// The fixes of a subject among those at hand, which are ascending by commit.
pub(crate) fn of_commits<'f>(fixes: &'f [Fix], commits: &[&str]) -> Vec<&'f Fix> {
    if fixes.is_empty() {
        return Vec::new();
    }
    fixes.iter().filter(|fix| commits.iter().any(|commit| same_commit(&fix.commit, commit))).collect()
}
