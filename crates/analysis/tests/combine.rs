//! Several sources, one verdict (matching.md 6.1): opinions in, one line out.

use analysis::matching::combine::{Standing, Voice, combine, rank_of};
use model::finding::{Confidence, Opinion, Verdict};
use model::reason::Reason;
use model::record::Source;
use proptest::prelude::*;

fn confidence(word: &str) -> Confidence {
    [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Exact]
        .into_iter()
        .find(|known| known.word() == word)
        .unwrap_or_else(|| panic!("no confidence {word}"))
}

fn verdict(word: &str) -> Option<Verdict> {
    [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected]
        .into_iter()
        .find(|known| known.word() == word)
}

/// `6 affected V_IN_RANGE high`, with `platform`, `ours`, `converted`, `fixed=X` or a source name behind.
fn voice(text: &str) -> Voice {
    let words: Vec<&str> = text.split_whitespace().collect();
    let rank: u8 = words[0].parse().unwrap();
    let source_word = words.iter().find_map(|word| word.strip_prefix("by="));
    let source = match (source_word, rank) {
        (Some(name), _) => Source::ALL.iter().find(|(_, known)| *known == name).unwrap().0,
        (None, 1) => Source::Local,
        (None, 3) => Source::Debian,
        (None, 5) => Source::Ghsa,
        (None, 7) => Source::Nvd2,
        (None, 8) => Source::CisaAdp,
        (None, _) => Source::CveCna,
    };
    let has = |word: &str| words.contains(&word);
    Voice {
        opinion: Opinion {
            source,
            by: String::new(),
            record: "CVE-2024-1".to_owned(),
            verdict: verdict(words[1]),
            reason: Reason::from_code(words[2]).unwrap_or_else(|| panic!("no reason {}", words[2])),
            qualifiers: Vec::new(),
            confidence: confidence(words[3]),
            evidence: Vec::new(),
            fixed: words.iter().find_map(|word| word.strip_prefix("fixed=")).unwrap_or_default().to_owned(),
            modified: String::new(),
        },
        rank,
        foreign_platform: has("platform").then(|| match Reason::from_code(words[2]) {
            Some(reason) if reason.code().starts_with("P_") => reason,
            _ => Reason::POsMismatch,
        }),
        states_our_platform: has("ours"),
        is_by_name: has("name"),
        is_converted: has("converted"),
    }
}

fn line(voices: &[Voice], disputed: bool) -> String {
    let combined = combine(voices, disputed);
    let verdict = combined.verdict.map_or("none", |verdict| verdict.word());
    let mut line = format!("{verdict} {} {}", combined.reason, combined.confidence.word());
    for qualifier in &combined.qualifiers {
        line.push_str(&format!(" +{qualifier}"));
    }
    if !combined.fixed.is_empty() {
        line.push_str(&format!(" fixed={}", combined.fixed));
    }
    line
}

/// Opinions separated by `;`; the answer must not depend on their order.
fn check(opinions: &str, expected: &str) {
    let mut voices: Vec<Voice> = opinions.split(';').map(|one| voice(one.trim())).collect();
    assert_eq!(line(&voices, false), expected, "{opinions}");
    voices.reverse();
    assert_eq!(line(&voices, false), expected, "{opinions}, reversed");
}

#[test]
fn the_highest_rank_that_decides_gives_the_verdict() {
    check("6 affected V_IN_RANGE high; 7 affected V_IN_RANGE high", "affected V_IN_RANGE high");
    check("4 needs_review V_TEXT_AMBIGUOUS medium; 7 not_affected V_FIXED high", "not_affected V_FIXED high");
    check("6 needs_review V_NO_USABLE_RANGE low; 8 affected V_IN_RANGE medium", "affected V_IN_RANGE medium");
    check(
        "1 not_affected R_LOCAL_RULE high; 4 affected V_IN_RANGE high",
        "not_affected R_LOCAL_RULE high +C_SOURCES_DISAGREE",
    );
}

#[test]
fn what_contradicts_stays_visible() {
    check(
        "4 not_affected V_FIXED exact; 7 affected V_IN_RANGE high",
        "not_affected V_FIXED exact +C_SOURCES_DISAGREE",
    );
    check("4 not_affected V_FIXED exact; 7 affected V_IN_RANGE low", "not_affected V_FIXED exact");
}

#[test]
fn adjacent_ranks_with_a_weak_upper_one_make_a_question() {
    check(
        "6 not_affected V_NOT_LISTED medium; 7 affected V_IN_RANGE high",
        "needs_review C_SOURCES_DISAGREE low",
    );
    check("6 affected V_IN_RANGE medium; 7 not_affected V_FIXED high", "needs_review C_SOURCES_DISAGREE low");
    check(
        "6 not_affected V_NOT_LISTED medium; 9 affected V_IN_RANGE medium",
        "not_affected V_NOT_LISTED medium +C_SOURCES_DISAGREE",
    );
}

#[test]
fn affected_of_the_upper_ranks_stands() {
    check(
        "5 affected V_IN_RANGE medium; 6 not_affected V_FIXED high",
        "affected V_IN_RANGE medium +C_SOURCES_DISAGREE",
    );
    check(
        "4 affected K_BRANCH_UNFIXED exact by=kernel-cna; 7 not_affected V_FIXED high",
        "affected K_BRANCH_UNFIXED exact +C_SOURCES_DISAGREE",
    );
}

#[test]
fn a_required_platform_is_no_contradiction_of_a_range() {
    check(
        "6 affected V_IN_RANGE high; 7 not_affected P_OS_MISMATCH high platform",
        "not_affected P_OS_MISMATCH high",
    );
    check(
        "4 affected V_IN_RANGE exact; 7 not_affected P_OS_MISMATCH high platform",
        "not_affected P_OS_MISMATCH high",
    );
}

#[test]
fn but_not_where_the_upper_source_states_our_platform() {
    check(
        "6 affected V_IN_RANGE high ours; 7 not_affected P_OS_MISMATCH high platform",
        "affected V_IN_RANGE high +C_SOURCES_DISAGREE",
    );
    check(
        "4 affected K_IN_BRANCH_RANGE exact by=kernel-cna; 7 not_affected P_OS_MISMATCH high platform",
        "affected K_IN_BRANCH_RANGE exact +C_SOURCES_DISAGREE",
    );
    check(
        "4 affected V_IN_RANGE exact; 7 not_affected P_HW_MISMATCH high platform",
        "affected V_IN_RANGE exact +C_SOURCES_DISAGREE",
    );
    check(
        "3 affected D_VULNERABLE high; 7 not_affected P_OS_MISMATCH high platform",
        "affected D_VULNERABLE high +C_SOURCES_DISAGREE",
    );
}

#[test]
fn overrides_succeed_what_they_correct() {
    check(
        "7 affected V_IN_RANGE medium by=nvd2; 7 not_affected V_FIXED medium by=nvd-overrides",
        "not_affected V_FIXED medium",
    );
    check(
        "7 not_affected V_FIXED high by=nvd2; 7 affected V_IN_RANGE high by=nvd1",
        "not_affected V_FIXED high",
    );
}

#[test]
fn questions_that_tell_something_come_before_empty_ones() {
    check(
        "6 needs_review R_NO_AFFECTED_DATA low; 7 needs_review V_UNBOUNDED medium",
        "needs_review V_UNBOUNDED medium",
    );
    check("6 needs_review I_NAME_ONLY low; 8 needs_review I_NAME_ONLY low", "needs_review I_NAME_ONLY low");
}

#[test]
fn who_lacks_only_our_version_is_not_outvoted_from_below() {
    check("6 needs_review V_MISSING low; 7 not_affected I_OTHER_EDITION high", "needs_review V_MISSING low");
    check(
        "6 needs_review V_MISSING low; 7 not_affected P_OS_MISMATCH high platform",
        "not_affected P_OS_MISMATCH high",
    );
    check(
        "6 needs_review V_MISSING low ours; 7 not_affected P_OS_MISMATCH high platform",
        "needs_review V_MISSING low",
    );
    check(
        "6 not_affected R_HOSTED_SERVICE high; 7 needs_review V_MISSING low",
        "not_affected R_HOSTED_SERVICE high",
    );
}

#[test]
fn a_required_platform_counts_whatever_the_version() {
    check(
        "6 affected V_IN_RANGE high; 7 not_affected V_BEFORE_RANGE high platform",
        "not_affected V_BEFORE_RANGE high",
    );
}

#[test]
fn one_namesake_does_not_answer_for_another() {
    check(
        "6 not_affected V_FIXED low name; 7 needs_review I_NAME_ONLY low name",
        "needs_review I_NAME_ONLY low",
    );
    check("6 not_affected V_FIXED high; 7 needs_review I_NAME_ONLY low name", "not_affected V_FIXED high");
}

#[test]
fn without_any_verdict_there_is_no_finding() {
    check("6 none I_OTHER_PRODUCT low; 7 none I_PLATFORM_MENTION low", "none I_PLATFORM_MENTION low");
    assert_eq!(line(&[], false), "none I_OTHER_PRODUCT low");
}

#[test]
fn a_dispute_lowers_the_confidence_and_nothing_else() {
    let voices = [voice("6 affected V_IN_RANGE high")];
    assert_eq!(line(&voices, true), "affected V_IN_RANGE low +R_DISPUTED");
}

#[test]
fn a_fixed_version_is_taken_from_those_who_see_a_flaw() {
    check(
        "6 affected V_IN_RANGE high; 7 affected V_IN_RANGE high fixed=1.2",
        "affected V_IN_RANGE high fixed=1.2",
    );
    check("6 affected V_IN_RANGE high; 7 not_affected V_FIXED low fixed=0.9", "affected V_IN_RANGE high");
}

#[test]
fn ranks_follow_the_table() {
    let standing = Standing {
        source: Source::CveCna,
        is_own_cna: false,
        is_by_own_commit: false,
        is_own_distribution: false,
        is_free_text: false,
        is_converted: false,
    };
    assert_eq!(rank_of(standing), 6);
    assert_eq!(rank_of(Standing { is_own_cna: true, ..standing }), 4);
    assert_eq!(rank_of(Standing { is_free_text: true, ..standing }), 9);
    assert_eq!(rank_of(Standing { is_by_own_commit: true, ..standing }), 2);
    assert_eq!(rank_of(Standing { source: Source::Osv, is_converted: true, ..standing }), 8);
    let of = |source| rank_of(Standing { source, ..standing });
    assert_eq!(
        [of(Source::Local), of(Source::KernelCna), of(Source::Ghsa), of(Source::Nvd1), of(Source::CisaAdp)],
        [1, 4, 5, 7, 8]
    );
}

const WORDS: &[&str] = &[
    "affected V_IN_RANGE",
    "not_affected V_FIXED",
    "not_affected P_OS_MISMATCH",
    "needs_review V_UNBOUNDED",
    "none I_OTHER_PRODUCT",
];

fn any_voice() -> impl Strategy<Value = Voice> {
    let words = prop::sample::select(WORDS);
    let confidence = prop::sample::select(&["low", "medium", "high", "exact"][..]);
    let flag = prop::sample::select(&["", " platform", " ours", " converted", " name"][..]);
    (1_u8..=9, words, confidence, flag)
        .prop_map(|(rank, words, confidence, flag)| voice(&format!("{rank} {words} {confidence}{flag}")))
}

proptest! {
    /// The order in which sources are heard does not matter.
    #[test]
    fn order_does_not_matter(voices in prop::collection::vec(any_voice(), 0..7)) {
        let answer = line(&voices, false);
        let mut turned = voices.clone();
        for _ in 0..voices.len() {
            turned.rotate_left(1);
            prop_assert_eq!(&line(&turned, false), &answer);
        }
    }

    /// Taking a source away never makes a pair not affected that nobody left says is.
    #[test]
    fn not_affected_needs_somebody_who_says_so(voices in prop::collection::vec(any_voice(), 0..7)) {
        let combined = combine(&voices, false);
        if combined.verdict == Some(Verdict::NotAffected) {
            prop_assert!(voices.iter().any(|voice| voice.opinion.verdict == Some(Verdict::NotAffected)));
        }
    }

    /// Affected by the ranks 1 to 5 without a platform in play is never overridden from below.
    #[test]
    fn affected_of_the_upper_ranks_is_never_overridden(voices in prop::collection::vec(any_voice(), 1..7)) {
        prop_assume!(voices.iter().all(|voice| voice.foreign_platform.is_none()));
        let decided = voices.iter().filter(|voice| matches!(voice.opinion.verdict, Some(Verdict::Affected | Verdict::NotAffected)));
        let best = decided.map(|voice| (voice.rank, voice.opinion.verdict)).min();
        if let Some((1..=5, Some(Verdict::Affected))) = best {
            prop_assert_eq!(combine(&voices, false).verdict, Some(Verdict::Affected));
        }
    }
}
