//! One record, one component: what does the source say, and with what weight?
//!
//! Here identity, platforms and versions meet. A record yields one [`Voice`] or none; how voices are weighed
//! is `combine`'s business.

mod answers;
mod builds;
mod hearing;
mod suppliers;

use model::finding::{Confidence, Evidence, Opinion, Verdict};
use model::reason::Reason;
use model::record::{Claim, Record, Source, Subject};

use self::answers::{Answered, answer_of_claims, answer_of_tree, by_tree, of_both};
use self::builds::{distribution_only, own_distribution};
use self::hearing::{Heard, hear};
use super::combine::{Standing, Voice, rank_of};
use super::distribution::Family;
use super::identity::{Fits, Identity, Recognition};
use super::platforms::Release;
use super::platforms::tree::TreeAnswer;
use super::ranges::history::by_fixes;
use super::ranges::{CommitTable, ComponentVersion, Detail, RangeAnswer};

pub use self::answers::is_by_kernel_cna;
pub use self::builds::lists_other_release;
pub use self::suppliers::withhold;

/// One component in its release, and what is known besides records.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The component's identity.
    pub identity: &'q Identity<'q>,
    /// Its version, with the wanted detail.
    pub version: ComponentVersion<'q>,
    /// The release around it.
    pub release: &'q Release<'q>,
    /// Its identity tests.
    pub fits: &'q Fits<'q>,
    /// Whether the tracker of a distribution knows a package at all.
    pub is_tracked: &'q TrackerLookup<'q>,
    /// What is known of commits.
    pub commits: &'q dyn CommitTable,
}

/// Asks whether a distribution's feed has any record about a package.
pub type TrackerLookup<'l> = dyn Fn(Family, &str) -> bool + Sync + 'l;

/// What the record says of the component; `siblings` are the other records of the vulnerability.
pub fn voice(question: &Question<'_>, record: &Record<'_>, siblings: &[Record<'_>]) -> Option<Voice> {
    let heard = hear(question, record, siblings);
    if let Some(voice) = own_distribution(question, record, siblings, &heard) {
        return Some(voice);
    }
    let claims = answer_of_claims(question, record, siblings, &heard);
    let tree = answer_of_tree(question, record, claims.is_some());
    let removal = match &tree {
        TreeAnswer::Removed(reason) => Some(*reason),
        _ => None,
    };
    let answered = match (claims, by_tree(tree)) {
        (Some(claims), Some(tree)) => Some(of_both(claims, tree)),
        (claims, tree) => claims.or(tree),
    };
    match answered {
        Some(answered) => Some(speak(question, record, by_history(question, record, answered))),
        None => unspoken(question, record, siblings, &heard, removal),
    }
}

/// Old records about Linux name their fixes in references only. Where the history of the kernel's own commit holds them
/// all, numbers have nothing to add.
fn by_history(question: &Question<'_>, record: &Record<'_>, mut answered: Answered) -> Answered {
    let is_open = matches!(answered.answer.verdict, Some(Verdict::Affected | Verdict::NeedsReview));
    let is_asked = question.identity.is_kernel && !question.version.commit.is_empty();
    if !is_open || !is_asked || answered.answer.decided_by_git || is_by_kernel_cna(record) {
        return answered;
    }
    let fixes: Vec<&str> = record.fix_commits.iter().map(|commit| commit.trim()).collect();
    if let Some(answer) = by_fixes(&fixes, &question.version, question.commits) {
        answered.answer = answer;
    }
    answered
}

/// Puts the answer into words and gives it its rank.
fn speak(question: &Question<'_>, record: &Record<'_>, answered: Answered) -> Voice {
    let identity = question.identity;
    let Answered { mut answer, recognition, subject, foreign_platform, states_our_platform } = answered;
    if recognition.is_none() && answer.verdict != Some(Verdict::NotAffected) {
        answer.verdict = Some(Verdict::NeedsReview);
        answer.reason = Reason::INameOnly;
        answer.qualifiers.clear();
    }
    hosted_service(record, &mut answer);
    let source = record.source.unwrap_or(Source::Local);
    if source == Source::Csaf {
        suppliers::put_as_statement(question, record, &mut answer);
    }
    let is_converted = is_converted(record, source);
    let standing = Standing {
        source,
        is_own_cna: identity.is_own_cna(&record.by),
        is_by_own_commit: answer.decided_by_git && !identity.component.git.commit.is_empty(),
        is_own_distribution: false,
        is_free_text: source == Source::Euvd
            || (answer.qualifiers.contains(&Reason::VTextParsed) && !is_operator_text(record)),
        is_converted,
    };
    if is_notice(record) {
        answer.verdict = None;
        answer.reason = Reason::RInformational;
        answer.qualifiers.clear();
        answer.fixed.clear();
    }
    let rank = rank_of(standing);
    let mut confidence = answer.confidence.min(recognition.map_or(Confidence::Low, Recognition::confidence));
    if rank > 4 {
        confidence = confidence.min(Confidence::High);
    }
    if source == Source::Euvd {
        // Its product texts repeat the assigner's claims without their structure: they contradict nobody.
        confidence = confidence.min(Confidence::Low);
    }
    let stated = |text: &str| match question.version.detail {
        Detail::Verdict => String::new(),
        Detail::Brief | Detail::Full => text.to_owned(),
    };
    let mut evidence = Vec::new();
    if question.version.detail == Detail::Full {
        evidence.push(match recognition {
            Some(recognition) => recognition.evidence(identity, subject),
            None => Evidence::Identity {
                rank: 8,
                component: format!("name {}", identity.component.name),
                subject,
                second_signal: String::new(),
            },
        });
        evidence.append(&mut answer.evidence);
    }
    Voice {
        opinion: Opinion {
            source,
            by: stated(&record.by),
            record: stated(&record.id),
            verdict: answer.verdict,
            reason: answer.reason,
            qualifiers: answer.qualifiers,
            confidence,
            evidence,
            fixed: answer.fixed,
            modified: stated(&record.modified),
        },
        rank,
        foreign_platform,
        states_our_platform,
        is_by_name: recognition.is_none(),
        is_converted,
    }
}

/// OSV's own conversion of CVE ids, and GitHub's import of them that nobody has looked at yet.
fn is_converted(record: &Record<'_>, source: Source) -> bool {
    let is_tagged = |word: &str| record.tags.iter().any(|tag| tag == word);
    match source {
        Source::Osv | Source::Debian => record.id.starts_with("CVE-"),
        Source::Ghsa => is_tagged("unreviewed"),
        _ => false,
    }
}

/// A notice is worth knowing and no vulnerability: nobody maintains the crate any more. An unsound interface
/// (`informational:unsound`) can be one, and stays.
fn is_notice(record: &Record<'_>) -> bool {
    record.tags.iter().any(|tag| matches!(&**tag, "informational:unmaintained" | "informational:notice"))
}

/// `< 1.2`, `>= 1.2, < 1.3`: ranges in the version field, not prose.
fn is_operator_text(record: &Record<'_>) -> bool {
    let mut entries = record.claims.iter().flat_map(|claim| &claim.entries).peekable();
    entries.peek().is_some() && entries.all(|entry| entry.start.trim_start().starts_with(['<', '>', '=']))
}

/// A record about a hosted service does not concern what is shipped (2.5).
fn hosted_service(record: &Record<'_>, answer: &mut RangeAnswer) {
    if !record.tags.iter().any(|tag| tag.eq_ignore_ascii_case("exclusively-hosted-service")) {
        return;
    }
    let mut products = record.claims.iter().map(|claim| (&claim.subject.vendor, &claim.subject.product));
    let first = products.next();
    let is_only = first.is_some_and(|first| products.all(|other| other == first));
    if is_only && answer.verdict != Some(Verdict::NotAffected) {
        answer.verdict = Some(Verdict::NotAffected);
        answer.reason = Reason::RHostedService;
        answer.confidence = Confidence::High;
        answer.qualifiers.clear();
    }
}

/// The record has no claim that is the component: a distribution's own defect, or a namesake.
fn unspoken(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
    removal: Option<Reason>,
) -> Option<Voice> {
    if let Some(voice) = distribution_only(question, record, siblings, heard) {
        return Some(voice);
    }
    let reason = removal.or_else(|| heard.removed.first().copied())?;
    let mut answer = RangeAnswer::none();
    answer.reason = reason;
    let answered = Answered {
        answer,
        recognition: None,
        subject: removed_subject(question, record),
        foreign_platform: None,
        states_our_platform: false,
    };
    let mut voice = speak(question, record, answered);
    voice.opinion.verdict = None;
    voice.opinion.reason = reason;
    Some(voice)
}

fn removed_subject(question: &Question<'_>, record: &Record<'_>) -> String {
    if question.version.detail != Detail::Full {
        return String::new();
    }
    let named = |claim: &&Claim<'_>| {
        question.identity.is_named(&claim.subject.product)
            || question.identity.is_named(&claim.subject.package_name)
    };
    let claim = record.claims.iter().find(named);
    claim.map_or_else(|| "criteria of its configurations".to_owned(), |claim| subject_words(&claim.subject))
}

/// The subject of a claim in one line.
pub fn subject_words(subject: &Subject<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    match (subject.vendor.is_empty(), subject.product.is_empty()) {
        (true, true) => {}
        (true, false) => words.push(subject.product.to_string()),
        (false, _) => words.push(format!("{} / {}", subject.vendor, subject.product)),
    }
    if !subject.ecosystem.is_empty() {
        words.push(format!("{} {}", subject.ecosystem, subject.distro_release).trim_end().to_owned());
    }
    if !subject.package_name.is_empty() && subject.package_name != subject.product {
        words.push(format!("package {}", subject.package_name));
    }
    if !subject.repo.is_empty() {
        words.push(format!("repo {}", subject.repo));
    } else if !subject.collection_url.is_empty() {
        words.push(subject.collection_url.to_string());
    }
    words.join(", ")
}
