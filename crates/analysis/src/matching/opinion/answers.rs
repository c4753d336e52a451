//! Versions and platforms of a record's claims and configurations, put together to one answer.

use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::record::{Claim, Record, Source};

use super::hearing::Heard;
use super::{Question, subject_words};
use crate::matching::identity::Recognition;
use crate::matching::kernel::{judge_kernel_claims, judge_kernel_record, streams};
use crate::matching::platforms::Truth;
use crate::matching::platforms::leaf::stated_platforms;
use crate::matching::platforms::tree::{TreeAnswer, TreeContext, judge_configurations};
use crate::matching::ranges::{Detail, RangeAnswer, combine_claims, judge_claim};

/// An answer with the identity it rests on.
pub(super) struct Answered {
    pub(super) answer: RangeAnswer,
    /// `None` = by name only.
    pub(super) recognition: Option<Recognition>,
    pub(super) subject: String,
    pub(super) foreign_platform: Option<Reason>,
    pub(super) states_our_platform: bool,
}

pub(super) fn answer_of_claims(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> Option<Answered> {
    let identity = question.identity;
    if streams::is_part_of_another(record, siblings) {
        return None;
    }
    let (claims, recognition): (Vec<&Claim<'_>>, Option<Recognition>) = if heard.own.is_empty() {
        (heard.named.iter().filter_map(|at| record.claims.get(*at)).collect(), None)
    } else {
        let best = heard.own.iter().map(|(_, recognition)| *recognition).min_by_key(|one| one.rank);
        (heard.own.iter().filter_map(|(at, _)| record.claims.get(*at)).collect(), best)
    };
    let first = claims.first()?;
    let subject =
        if question.version.detail == Detail::Full { subject_words(&first.subject) } else { String::new() };
    if identity.is_kernel_companion && !is_about_tools(&claims) {
        return None;
    }
    let stated: Vec<Option<Truth>> =
        claims.iter().map(|claim| stated_platforms(question.release, &claim.subject.platforms)).collect();
    let follows_kernel = identity.is_kernel || identity.is_kernel_companion;
    let answer = if follows_kernel && recognition.is_some() {
        let answer = if is_by_kernel_cna(record) {
            judge_kernel_record(record, &question.version, question.commits)
        } else if streams::is_listed(record) {
            let joined = streams::with_streams(record, siblings);
            let record = joined.as_ref().unwrap_or(record);
            let answer = judge_kernel_record(record, &question.version, question.commits);
            streams::after_the_end(answer, &question.version)
        } else {
            judge_kernel_claims(record, &claims, &question.version, question.commits)
        };
        on_platform(question, answer, first, stated.first().copied().flatten())
    } else {
        let judged = claims.iter().zip(&stated).map(|(claim, stated)| {
            let answer = judge_claim(record, claim, &question.version, question.commits);
            on_platform(question, answer, claim, *stated)
        });
        combine_claims(&judged.collect::<Vec<_>>())
    };
    let foreign_platform = match stated.iter().copied().reduce(either_platform).flatten() {
        Some(Truth::False(reason)) => Some(reason),
        _ => None,
    };
    let states_our_platform = stated.contains(&Some(Truth::True));
    Some(Answered { answer, recognition, subject, foreign_platform, states_our_platform })
}

/// One of two claims holds: without a stated platform it holds anywhere.
fn either_platform(one: Option<Truth>, other: Option<Truth>) -> Option<Truth> {
    Some(one?.or(other?))
}

/// Headers, perf and other parts of the kernel's tree: only records about files under `tools/` concern them, by
/// the numbers of the kernel they come from.
fn is_about_tools(claims: &[&Claim<'_>]) -> bool {
    let mut files = claims.iter().flat_map(|claim| &claim.subject.program_files);
    files.any(|file| file.starts_with("tools/") && !file.starts_with("tools/testing/"))
}

/// Applies the `platforms[]` of a claim to its version answer.
fn on_platform(
    question: &Question<'_>,
    mut answer: RangeAnswer,
    claim: &Claim<'_>,
    stated: Option<Truth>,
) -> RangeAnswer {
    let Some(truth) = stated else { return answer };
    if answer.verdict == Some(Verdict::NotAffected) {
        return answer;
    }
    match truth {
        Truth::False(reason) => {
            answer.verdict = Some(Verdict::NotAffected);
            answer.reason = reason;
            answer.qualifiers.clear();
            answer.fixed.clear();
            answer.confidence = Confidence::High;
        }
        Truth::Unknown if answer.verdict == Some(Verdict::Affected) => {
            answer.verdict = Some(Verdict::NeedsReview);
            answer.reason = Reason::PUnproven;
            answer.confidence = Confidence::Low;
        }
        Truth::True | Truth::Unknown => {}
    }
    if question.version.detail == Detail::Full {
        answer.evidence.push(Evidence::Platform {
            condition: format!("platforms = {}", claim.subject.platforms.join(", ")),
            value: truth.word().to_owned(),
            because: question.release.os_because.clone(),
        });
    }
    answer
}

fn tree_of(question: &Question<'_>, record: &Record<'_>) -> TreeAnswer {
    let context = TreeContext {
        identity: question.identity,
        version: &question.version,
        release: question.release,
        fits: question.fits,
    };
    judge_configurations(&context, record)
}

/// The record is the kernel CNA's, in its own tree or in the CVE list.
pub fn is_by_kernel_cna(record: &Record<'_>) -> bool {
    record.source == Some(Source::KernelCna)
        || (record.source == Some(Source::CveCna) && record.by.eq_ignore_ascii_case("linux"))
}

/// The kernel CNA's CPE rows are a lossy expansion of its ranges and are never used (5.6).
pub(super) fn answer_of_tree(question: &Question<'_>, record: &Record<'_>, has_claims: bool) -> TreeAnswer {
    if record.configurations.is_empty()
        || question.identity.is_kernel_companion
        || (question.identity.is_kernel && (is_by_kernel_cna(record) || has_claims))
    {
        return TreeAnswer::Silent;
    }
    tree_of(question, record)
}

pub(super) fn by_tree(tree: TreeAnswer) -> Option<Answered> {
    let TreeAnswer::Named { answer, recognition, subject, foreign_platform, states_our_platform } = tree
    else {
        return None;
    };
    Some(Answered { answer, recognition, subject, foreign_platform, states_our_platform })
}

/// Claims and configurations of one record: versions by the claims, platforms by both.
pub(super) fn of_both(claims: Answered, tree: Answered) -> Answered {
    if claims.recognition.is_none() && tree.recognition.is_some() {
        return tree;
    }
    let decides = |answered: &Answered| {
        matches!(answered.answer.verdict, Some(Verdict::Affected | Verdict::NotAffected))
    };
    let excluded = tree.foreign_platform.is_some() && claims.answer.verdict != Some(Verdict::NotAffected);
    if excluded || (!decides(&claims) && decides(&tree)) || claims.answer.verdict.is_none() {
        return Answered { recognition: claims.recognition.or(tree.recognition), ..tree };
    }
    Answered {
        states_our_platform: claims.states_our_platform || tree.states_our_platform,
        foreign_platform: claims.foreign_platform.or(tree.foreign_platform),
        ..claims
    }
}
