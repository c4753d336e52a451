//! Judge: applied patches (matching.md 7.1). A patch that is listed in the SBOM or pedigree of a build was
//! applied; one that merely lies in a layer was not. What its name claims is weighed against the other parts
//! of its set, later reverts and, where at hand, the content of the fix.

use model::component::Patch;
use model::finding::{Confidence, Evidence};
use model::reason::Reason;

use super::files::Sorted;
use super::patch_content::{Changes, Overlap};
use super::patch_fixes::{Fixed, KnownFix, parts};
use super::patch_headers;
use super::patch_names::{self, PatchReading, Role};
use super::prepared::Prepared;
use super::{Need, Opinion, Subject};

/// A patch of the component, read once.
pub struct AppliedPatch<'a> {
    /// The patch as listed.
    pub patch: &'a Patch,
    /// What it says of itself.
    pub reading: PatchReading,
    changes: Changes,
    is_applied: bool,
    is_reverted: bool,
}

impl<'a> AppliedPatch<'a> {
    /// Reads the patches of a component in the order of their application.
    pub fn read_all(patches: &'a [Patch]) -> Vec<AppliedPatch<'a>> {
        let mut read: Vec<AppliedPatch<'a>> = Vec::with_capacity(patches.len());
        for patch in patches {
            let next = AppliedPatch::read(patch);
            if next.reading.role == Role::Revert && next.is_applied {
                let reverted = read.iter_mut().filter(|earlier| next.takes_back(earlier));
                reverted.for_each(|earlier| earlier.is_reverted = true);
            }
            read.push(next);
        }
        read
    }

    fn read(patch: &'a Patch) -> AppliedPatch<'a> {
        let header = if patch.header.is_empty() { header_of(&patch.content) } else { &patch.header };
        let mut reading = patch_names::read(&patch.name, header);
        let changes = Changes::of(&patch.content);
        if !patch.content.is_empty() {
            reading.content_unread = false;
        }
        let tests_only =
            !changes.paths.is_empty() && changes.paths.iter().all(|path| patch_headers::is_test_path(path));
        for id in &patch.resolves {
            let id = id.trim().to_ascii_uppercase();
            let is_known = reading.ids.iter().any(|known| known.eq_ignore_ascii_case(&id));
            if !is_known && reading.role != Role::Revert {
                reading.ids.push(id);
            }
        }
        if reading.role == Role::None && !reading.ids.is_empty() {
            reading.role = Role::Single;
        }
        if tests_only && reading.role != Role::Revert && reading.role != Role::None {
            reading.role = Role::Test;
        }
        // Anything but a patch found lying in a layer was part of the build that the input describes.
        AppliedPatch { patch, reading, changes, is_applied: patch.origin != "layer", is_reverted: false }
    }

    fn takes_back(&self, earlier: &AppliedPatch<'_>) -> bool {
        self.reading.reverts.iter().any(|what| {
            earlier.reading.ids.iter().any(|id| id.eq_ignore_ascii_case(what))
                || earlier.reading.commits.iter().any(|commit| same_commit(commit, what))
        }) || reverted_subject(self.patch).is_some_and(|subject| subject_of(earlier.patch) == Some(subject))
    }

    fn names(&self, subject: &Subject<'_>) -> bool {
        self.names_any(subject.ids) || self.names_any(&[subject.vulnerability])
    }

    fn names_any(&self, ids: &[&str]) -> bool {
        self.reading.ids.iter().any(|known| ids.iter().any(|id| known.eq_ignore_ascii_case(id)))
    }

    /// True when it claims or only mentions one of the ids.
    pub fn speaks_of(&self, ids: &[&str]) -> bool {
        let hints = &self.reading.hints;
        self.names_any(ids) || hints.iter().any(|known| ids.iter().any(|id| known.eq_ignore_ascii_case(id)))
    }

    /// True when it says that it comes from one of the commits.
    pub fn comes_from(&self, commits: &[&str]) -> bool {
        self.reading.commits.iter().any(|own| commits.iter().any(|commit| same_commit(own, commit)))
    }

    /// True when its changes are at hand.
    pub fn has_content(&self) -> bool {
        !self.changes.is_empty()
    }

    /// True when it changes a file of that path, whatever folders stand before either of them.
    pub fn changes(&self, file: &str) -> bool {
        let is_below = |long: &str, short: &str| {
            long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        self.changes.paths.iter().any(|path| is_below(path, file) || is_below(file, path))
    }

    /// The part of the changes that it shares with a fix; `None` without content. Few lines may be alike by chance in a
    /// patch that says nothing of the vulnerability.
    pub(super) fn overlap(&self, fix: &KnownFix<'_>, subject: &Subject<'_>) -> Option<Overlap> {
        if self.changes.is_empty() {
            return None;
        }
        let overlap = self.changes.compared_with(&fix.changes);
        let speaks = || self.names(subject) || self.comes_from(subject.fix_commits);
        let is_chance = overlap >= Overlap::Contains && !fix.changes.is_telling() && !speaks();
        Some(if is_chance { Overlap::Some } else { overlap })
    }

    fn best_overlap(&self, fixes: &[KnownFix<'_>], subject: &Subject<'_>) -> Option<Overlap> {
        fixes.iter().filter_map(|fix| self.overlap(fix, subject)).max()
    }

    /// What it proves, with what is needed to look at it again: its hash, and the id of its changes.
    pub(super) fn evidence(&self, says: impl Into<String>) -> Evidence {
        let mut says = says.into();
        if !self.patch.hash.is_empty() {
            says.push_str(&format!("; {}", self.patch.hash));
        }
        if !self.changes.is_empty() {
            says.push_str(&format!("; {}", self.changes.id()));
        }
        Evidence::Patch { name: self.patch.name.clone(), says }
    }

    pub(super) fn is_revert(&self) -> bool {
        self.reading.role == Role::Revert
    }
}

/// The lines before the first diff.
fn header_of(content: &str) -> &str {
    let mut end = 0;
    for line in content.split_inclusive('\n') {
        if patch_headers::starts_diff(line) {
            break;
        }
        end += line.len();
    }
    content.get(..end).unwrap_or(content)
}

fn subject_of(patch: &Patch) -> Option<&str> {
    let header = if patch.header.is_empty() { header_of(&patch.content) } else { &patch.header };
    let subject = header.lines().find_map(|line| line.strip_prefix("Subject:"))?.trim();
    let subject = match subject.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) => rest.trim(),
        None => subject,
    };
    (!subject.is_empty()).then_some(subject)
}

/// The subject between the quotes of `Revert "…"`.
fn reverted_subject(patch: &Patch) -> Option<&str> {
    subject_of(patch)?.strip_prefix("Revert \"")?.strip_suffix('"')
}

/// Commit ids are equal when one begins with the other; twelve digits suffice.
pub(super) fn same_commit(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    shorter >= 12 && a.get(..shorter).zip(b.get(..shorter)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Excludes what an applied patch fixes.
pub fn judge(prepared: &Prepared<'_>, subject: &Subject<'_>, _: &Sorted<'_>) -> Opinion {
    let patches = prepared.patches();
    let concerns = |patch: &AppliedPatch<'_>| patch.names(subject) || patch.comes_from(subject.fix_commits);
    // Only where diffs of the fix are at hand can a patch without any word about it be recognised.
    if patches.is_empty() || (subject.fix_diffs.is_empty() && !patches.iter().any(concerns)) {
        return Opinion::Silent;
    }
    let fixes: Vec<KnownFix> = subject.fix_diffs.iter().filter_map(|fix| KnownFix::of(fix)).collect();
    let in_force: Vec<&AppliedPatch> =
        patches.iter().filter(|patch| patch.is_applied && !patch.is_reverted).collect();
    verified(prepared, subject, &in_force, &fixes)
        .or_else(|| named(prepared, subject, &in_force, &fixes))
        .or_else(|| not_in_force(patches, &concerns))
        .unwrap_or(Opinion::Silent)
}

/// The content is that of the fix, all parts of it, or the patch says that it comes from the fix's commit and its
/// content, where it can be compared, does not speak against it.
fn verified(
    prepared: &Prepared<'_>,
    subject: &Subject<'_>,
    patches: &[&AppliedPatch<'_>],
    fixes: &[KnownFix<'_>],
) -> Option<Opinion> {
    let parts = parts(fixes);
    let found: Vec<Fixed> = if parts.is_empty() {
        let stated = patches.iter().find(|patch| !patch.is_revert() && patch.comes_from(subject.fix_commits));
        stated.map(|patch| Fixed::stated(patch)).into_iter().collect()
    } else {
        let found = parts.iter().map(|part| Fixed::find(part, patches, subject));
        found.collect::<Option<Vec<Fixed>>>()?
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    for one in &found {
        if !evidence.contains(&one.evidence) {
            evidence.push(one.evidence.clone());
        }
    }
    let confidence = found.iter().map(|one| one.confidence).min()?;
    if let Some(missing) = missing_fix(prepared, subject, patches) {
        return Some(partial(evidence, &missing));
    }
    Some(Opinion::Excluded(Reason::EPatchVerified, confidence, evidence))
}

/// The patches that name the vulnerability, taken as a set.
fn named(
    prepared: &Prepared<'_>,
    subject: &Subject<'_>,
    patches: &[&AppliedPatch<'_>],
    fixes: &[KnownFix<'_>],
) -> Option<Opinion> {
    let set: Vec<&AppliedPatch> = patches.iter().filter(|patch| patch.names(subject)).copied().collect();
    let claims: Vec<&AppliedPatch> =
        set.iter().filter(|patch| patch.reading.role != Role::Test).copied().collect();
    if claims.is_empty() {
        let evidence: Vec<Evidence> = set.iter().map(|patch| patch.evidence("changes tests only")).collect();
        return (!evidence.is_empty()).then(|| Opinion::Kept(Vec::new(), evidence, None));
    }
    let mut evidence: Vec<Evidence> =
        claims.iter().map(|patch| patch.evidence(claim(patch, subject))).collect();
    let missing = missing_part(&claims).or_else(|| missing_fix(prepared, subject, patches));
    if let Some(missing) = missing {
        return Some(partial(evidence, &missing));
    }
    let (confidence, remark) = confidence(&claims, subject, fixes);
    evidence.extend(remark);
    Some(Opinion::Excluded(Reason::EPatchNamed, confidence, evidence))
}

fn claim(patch: &AppliedPatch<'_>, subject: &Subject<'_>) -> String {
    let unread = if patch.reading.content_unread { "; content not read" } else { "" };
    format!("names {}, {}{unread}", subject.vulnerability, patch.reading.role.word())
}

fn partial(mut evidence: Vec<Evidence>, missing: &str) -> Opinion {
    evidence.push(Evidence::Remark(format!("the fix is not complete: {missing}")));
    Opinion::Kept(Vec::new(), evidence, Some(Reason::EPatchPartial))
}

/// What a set lacks by its own numbering: parts run from 0 or 1 without gaps, and something must be the fix.
fn missing_part(set: &[&AppliedPatch<'_>]) -> Option<String> {
    let mut parts: Vec<u32> = set
        .iter()
        .filter_map(|patch| if let Role::Part(number) = patch.reading.role { Some(number) } else { None })
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let has_single = set.iter().any(|patch| patch.reading.role == Role::Single);
    let Some(first) = parts.first().copied() else {
        return (!has_single).then(|| "only accompanying patches are applied".to_owned());
    };
    // `CVE-….patch` beside `CVE-…-2.patch` is the first part.
    let from = if first == 0 { 0 } else { 1 + u32::from(has_single && first != 1) };
    let total = set.iter().filter_map(|patch| patch.reading.parts).max();
    let last = parts.last().copied().unwrap_or(first).max(total.unwrap_or(0));
    let gap = (from..=last).find(|number| parts.binary_search(number).is_err())?;
    Some(format!("part {gap} is missing"))
}

/// A further fix that a reviewed rule asks for (regression pairs).
fn missing_fix(
    prepared: &Prepared<'_>,
    subject: &Subject<'_>,
    patches: &[&AppliedPatch<'_>],
) -> Option<String> {
    prepared.rules_of(subject).find_map(|rule| {
        let Need::FurtherFix(fix) = rule.needs else { return None };
        let is_there = patches.iter().any(|patch| {
            patch.reading.ids.iter().any(|id| id.eq_ignore_ascii_case(fix)) || patch.comes_from(&[fix])
        });
        (!is_there).then(|| format!("{fix} must be applied too ({}: {})", rule.id, rule.says))
    })
}

/// Without content a claim is worth *medium*; content raises or lowers it.
fn confidence(
    set: &[&AppliedPatch<'_>],
    subject: &Subject<'_>,
    fixes: &[KnownFix<'_>],
) -> (Confidence, Option<Evidence>) {
    if subject.doubtful_fix || set.iter().any(|patch| patch.reading.doubtful) {
        let why = "the vulnerability is itself an incomplete back-port of a fix: the name proves little";
        return (Confidence::Low, Some(Evidence::Remark(why.to_owned())));
    }
    let overlaps: Vec<Overlap> = set.iter().filter_map(|patch| patch.best_overlap(fixes, subject)).collect();
    let parts = parts(fixes);
    let is_held = |part: &Vec<&KnownFix<'_>>| {
        let mut pairs = part.iter().flat_map(|fix| set.iter().map(move |patch| (patch, *fix)));
        pairs.any(|(patch, fix)| patch.overlap(fix, subject).is_some_and(|overlap| overlap >= Overlap::Most))
    };
    let held = parts.iter().filter(|part| is_held(part)).count();
    if held > 0 && held < parts.len() {
        let why = format!("the patches hold {held} of the {} parts of the known fix", parts.len());
        return (Confidence::Medium, Some(Evidence::Remark(why)));
    }
    if held > 0 {
        return (Confidence::High, None);
    }
    if !overlaps.is_empty() && overlaps.iter().all(|overlap| *overlap == Overlap::Nothing) {
        let why = "the name says so, but the content has nothing in common with the known fix";
        return (Confidence::Low, Some(Evidence::Remark(why.to_owned())));
    }
    (Confidence::Medium, None)
}

/// Patches that speak of the vulnerability but are taken back, or are not known to be applied.
fn not_in_force(
    patches: &[AppliedPatch<'_>],
    concerns: &dyn Fn(&AppliedPatch<'_>) -> bool,
) -> Option<Opinion> {
    let mut evidence = Vec::new();
    let mut is_unproven = false;
    for patch in patches.iter().filter(|patch| concerns(patch)) {
        if patch.is_reverted {
            evidence.push(patch.evidence("taken back by a later patch"));
        } else if !patch.is_applied {
            is_unproven = true;
            evidence.push(patch.evidence("listed, but nothing shows that it was applied"));
        }
    }
    let review = is_unproven.then_some(Reason::EPatchUnreadable);
    (!evidence.is_empty()).then_some(Opinion::Kept(Vec::new(), evidence, review))
}
