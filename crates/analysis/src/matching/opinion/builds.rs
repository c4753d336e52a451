//! Records about a distribution's build: our own distribution's word, and defects that are another's alone
//! (matching.md 5.8).

use model::finding::{Confidence, Evidence, Verdict};
use model::identity::name::same_name;
use model::reason::Reason;
use model::record::{Claim, Record, Source, Subject};

use super::answers::Answered;
use super::hearing::{Heard, has_upstream};
use super::{Question, speak, subject_words};
use crate::matching::combine::Voice;
use crate::matching::distribution::{self, Distribution, Family};
use crate::matching::identity::{Recognition, Signal};
use crate::matching::ranges::{ComponentVersion, Detail, RangeAnswer, combine_claims, judge_claim};

/// The component's own distribution speaks of its source package: that decides (5.8).
pub(super) fn own_distribution(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> Option<Voice> {
    let (family, release) = question.identity.distribution.packages()?;
    let component = question.identity.component;
    let is_source = |subject: &Subject<'_>| {
        let name =
            if component.source_package.is_empty() { &component.name } else { &component.source_package };
        same_name(&subject.package_name, name)
            || component.purls.iter().any(|purl| same_name(&subject.package_name, &purl.name))
    };
    let claims: Vec<&Claim<'_>> = heard
        .builds
        .iter()
        .filter(|(_, build)| *build == family)
        .filter_map(|(at, _)| record.claims.get(*at))
        .filter(|claim| !claim.subject.ecosystem.is_empty() && is_source(&claim.subject))
        .filter(|claim| distribution::same_release(&claim.subject.distro_release, release))
        .collect();
    let claim = claims.first()?;
    if is_outdated(record, claim, siblings) {
        return None;
    }
    let version = ComponentVersion { scheme: distribution::scheme_of(family), ..question.version };
    let mut answer = combine_claims(
        &claims
            .iter()
            .map(|claim| judge_claim(record, claim, &version, question.commits))
            .collect::<Vec<_>>(),
    );
    let grade = grade_of(record, &claim.subject);
    answer.reason = match answer.verdict? {
        Verdict::Affected if grade.is_some() => Reason::DIgnored,
        Verdict::Affected => Reason::DVulnerable,
        Verdict::NotAffected if never_affected(claim) => Reason::DNotAffected,
        Verdict::NotAffected => Reason::DFixed,
        Verdict::NeedsReview => answer.reason,
    };
    answer.confidence = answer.confidence.max(Confidence::High);
    if let Some(grade) = grade.filter(|_| question.version.detail == Detail::Full) {
        answer.evidence.push(Evidence::Remark(format!("the distribution says: {grade}")));
    }
    let subject = format!(
        "{} {} {}",
        claim.subject.ecosystem, claim.subject.distro_release, claim.subject.package_name
    );
    let answered = Answered {
        answer,
        recognition: Some(Recognition { rank: 3, signal: Signal::None }),
        subject,
        foreign_platform: None,
        states_our_platform: true,
    };
    let mut voice = speak(question, record, answered);
    voice.rank = 3;
    Some(voice)
}

/// The same source says something newer of the same package and release, in another form (tracker and OSV). Where one of them
/// bears no date both are heard.
fn is_outdated(record: &Record<'_>, claim: &Claim<'_>, siblings: &[Record<'_>]) -> bool {
    let same = |other: &Subject<'_>| {
        other.package_name == claim.subject.package_name
            && other.distro_release == claim.subject.distro_release
            && other.ecosystem == claim.subject.ecosystem
    };
    !record.modified.is_empty()
        && siblings.iter().any(|other| {
            other.source == record.source
                && other.modified > record.modified
                && other.claims.iter().any(|claim| same(&claim.subject))
        })
}

/// Why the distribution will not act, in its own words: `no-dsa` (no advisory of its own), `ignored`, `postponed`, `deferred`,
/// `unimportant`, `end-of-life`. Tags concern the whole record, or one package in one release
/// (`no-dsa:12:openssl:Minor issue`).
fn grade_of(record: &Record<'_>, subject: &Subject<'_>) -> Option<String> {
    const GRADES: &[&str] = &["ignored", "postponed", "deferred", "no-dsa", "unimportant", "end-of-life"];
    record.tags.iter().find_map(|tag| {
        let mut parts = tag.splitn(4, ':');
        let grade = parts.next().filter(|word| GRADES.contains(word))?;
        let Some(release) = parts.next() else { return Some(grade.to_owned()) };
        let is_ours = release == subject.distro_release && parts.next() == Some(&*subject.package_name);
        let reason = parts.next().map_or(String::new(), |reason| format!(", {reason}"));
        is_ours.then(|| format!("{grade}{reason}"))
    })
}

/// Fixed in version `0`: the distribution never had it.
fn never_affected(claim: &Claim<'_>) -> bool {
    use model::record::End;
    !claim.entries.is_empty()
        && claim.entries.iter().all(|entry| matches!(&entry.end, End::Before(fixed) if fixed == "0"))
}

/// Every claim of the record is a distribution's build, and the component comes from none: perhaps the defect is
/// in that distribution's patches or packaging (5.8). Red Hat files many an upstream flaw (CVE-2023-4527 of
/// glibc) for its products alone, so a second witness is needed before anything is excluded. Feeds of
/// distributions list what concerns their packages, upstream's flaws too, so they never say this themselves.
pub(super) fn distribution_only(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> Option<Voice> {
    let is_cve = matches!(record.source, Some(Source::CveCna | Source::CisaAdp | Source::CveAdp));
    let (first, family) = *heard.builds.first()?;
    if !is_cve || heard.builds.iter().any(|(_, other)| *other != family) || has_upstream(record, heard) {
        return None;
    }
    let mut answer = match question.identity.distribution {
        Distribution::Packages(own, _) if own == family => return None,
        Distribution::Unknown => RangeAnswer::new(Verdict::NeedsReview, Reason::PUnproven, Confidence::Low),
        _ if is_its_own_defect(question, record, siblings, heard) => {
            RangeAnswer::new(Verdict::NotAffected, Reason::IDistroOnly, Confidence::Medium)
        }
        _ => RangeAnswer::new(Verdict::NeedsReview, Reason::RNoAffectedData, Confidence::Low),
    };
    if question.version.detail == Detail::Full {
        answer.evidence.push(Evidence::Platform {
            condition: format!("built by {}", family.name()),
            value: if answer.verdict == Some(Verdict::NotAffected) { "false" } else { "unknown" }.to_owned(),
            because: distribution_words(question.identity.distribution),
        });
    }
    let answered = Answered {
        answer,
        recognition: Some(Recognition { rank: 6, signal: Signal::None }),
        subject: record.claims.get(first).map(|claim| subject_words(&claim.subject)).unwrap_or_default(),
        foreign_platform: None,
        states_our_platform: false,
    };
    Some(speak(question, record, answered))
}

/// The second witness: a claim names the distribution's own variant of the project (`Debian based GNU GRUB`, a
/// fork), or another distribution that has the package and tracks its flaws does not list this one.
fn is_its_own_defect(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> bool {
    let identity = question.identity;
    let mut subjects =
        heard.builds.iter().filter_map(|(at, _)| record.claims.get(*at)).map(|claim| &claim.subject);
    if subjects.any(|subject| distribution::is_own_variant(subject, &identity.component.name)) {
        return true;
    }
    let builders = |family: &Family| heard.builds.iter().any(|(_, own)| own == family);
    let others = || {
        [Family::Debian, Family::Ubuntu, Family::Alpine, Family::Suse]
            .into_iter()
            .filter(|one| !builders(one))
    };
    let lists_it = siblings.iter().flat_map(|other| &other.claims).any(|claim| {
        let by_other = distribution::family_of(&claim.subject).is_some_and(|family| !builders(&family));
        by_other && identity.is_named(&claim.subject.package_name) && !never_affected(claim)
    });
    !lists_it && others().any(|family| identity.any_name(|name| (question.is_tracked)(family, name)))
}

fn distribution_words(distribution: Distribution<'_>) -> String {
    match distribution {
        Distribution::Unknown => "the distribution is not known".to_owned(),
        Distribution::OwnBuild(name) => format!("the component is built by {name}"),
        Distribution::Packages(family, release) => format!("the component is of {} {release}", family.name()),
    }
}

/// The component's own distribution lists its source package, but not for its release.
pub fn lists_other_release(question: &Question<'_>, records: &[Record<'_>]) -> bool {
    let Some((family, release)) = question.identity.distribution.packages() else { return false };
    let mut claims = records
        .iter()
        .flat_map(|record| &record.claims)
        .filter(|claim| {
            !claim.subject.ecosystem.is_empty() && distribution::family_of(&claim.subject) == Some(family)
        })
        .filter(|claim| question.identity.is_named(&claim.subject.package_name))
        .peekable();
    claims.peek().is_some()
        && claims.all(|claim| !distribution::same_release(&claim.subject.distro_release, release))
}
