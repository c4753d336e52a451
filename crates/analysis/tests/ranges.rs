//! Reading version claims: one table per row of the design (matching.md 5.5).

use analysis::matching::ranges::{
    CommitTable, ComponentVersion, NoCommits, RangeAnswer, combine_claims, judge_claim,
};
use model::finding::Evidence;
use model::reason::Reason;
use model::record::{ClaimForm, Record, RecordState};
use model::version::{Scheme, VersionOrigin};

use crate::cpe_rows::check_rows;
use crate::notation;

fn judge(component: &str, claim: &str) -> RangeAnswer {
    judge_claim(&Record::default(), &notation::claim(claim), &notation::component(component), &NoCommits)
}

#[track_caller]
fn check(component: &str, claim: &str, expected: &str) {
    assert_eq!(notation::words(&judge(component, claim)), expected, "{component} against {claim}");
}

#[test]
fn a_version_alone_is_an_equality_or_a_branch() {
    check("generic 1.2", "affected = 1.2", "affected V_EXACT");
    check("generic 1.2.0", "affected = 1.2", "affected V_EXACT");
    check("generic 1.3", "affected = 1.2", "needs_review V_NO_USABLE_RANGE");
    check("generic 1.3", "affected = 1.2 | default unaffected", "not_affected V_DEFAULT_UNAFFECTED");
    check("generic 1.9.1", "affected = 1.9.x | default unaffected", "affected V_IN_RANGE");
    check("generic 1.10.1", "affected = 1.9.x | default unaffected", "not_affected V_DEFAULT_UNAFFECTED");
    check("generic 6.1.1", "affected = 6.*", "affected V_IN_RANGE");
    check("generic 7.0", "affected = 6.*", "needs_review V_NO_USABLE_RANGE");
    check("openssl 1.0.2zb", "affected = 1.0.2zb | default unaffected", "affected V_EXACT");
    check("openssl 1.0.2z", "affected = 1.0.2zb | default unaffected", "not_affected V_DEFAULT_UNAFFECTED");
    check("generic 3.1", "affected = * | default unaffected", "affected V_IN_RANGE");
}

#[test]
fn intervals_and_words_for_no_start() {
    check("openssl 1.1.1k", "affected 1.1.1 <= v < 1.1.1l", "affected V_IN_RANGE fix 1.1.1l");
    check("openssh 9.6p1", "affected 8.5p1 <= v <= 9.7p1 | default unaffected", "affected V_IN_RANGE");
    check("openssh 9.8p1", "affected 8.5p1 <= v <= 9.7p1 | default unaffected", "not_affected V_FIXED");
    check(
        "openssh 8.4p1",
        "affected 8.5p1 <= v <= 9.7p1 | default unaffected",
        "not_affected V_BEFORE_RANGE",
    );
    for start in ["0", "n/a", "unspecified", "?", "*", "-"] {
        check("generic 3.2.0", &format!("affected {start} <= v < v3.3"), "affected V_IN_RANGE fix v3.3");
        check(
            "generic 3.3.0",
            &format!("affected {start} <= v < v3.3 | default unaffected"),
            "not_affected V_FIXED",
        );
    }
    check("generic 1.10.3", "affected 1.10.x <= v <= 1.10.4 | default unaffected", "affected V_IN_RANGE");
    check("generic 1.10.5", "affected 1.10.x <= v <= 1.10.4 | default unaffected", "not_affected V_FIXED");
    check("generic 1.1.3", "affected n/a <= v <= <= 1.1.4 | default unaffected", "affected V_IN_RANGE");
}

#[test]
fn open_ends_and_branch_wildcards() {
    check("generic 9.9", "affected 2.0 <= v < *", "affected V_IN_RANGE");
    check("generic 1.9", "affected 2.0 <= v < *", "needs_review V_NO_USABLE_RANGE");
    check("ffmpeg 6.1.1", "affected 2.0 <= v < 6.* | default unknown", "affected V_IN_RANGE");
    check("ffmpeg 7.0", "affected 2.0 <= v < 6.* | default unknown", "needs_review V_NO_USABLE_RANGE");
    check("ffmpeg 7.0", "affected 2.0 <= v < 6.* | default unaffected", "not_affected V_DEFAULT_UNAFFECTED");
    check(
        "generic 5.10.200",
        "unaffected 5.10.100 <= v <= 5.10.* | default affected",
        "not_affected V_FIXED",
    );
    check(
        "generic 5.10.99",
        "unaffected 5.10.100 <= v <= 5.10.* | default affected",
        "affected V_DEFAULT_AFFECTED fix 5.10.100",
    );
    check(
        "generic 5.11",
        "unaffected 5.10.100 <= v <= 5.10.* | default affected",
        "affected V_DEFAULT_AFFECTED",
    );
    // An end that is not told makes nothing safe.
    check("generic 7.5", "affected 7.4 <= v < unspecified | default unaffected", "affected V_IN_RANGE");
    check(
        "generic 7.5",
        "unaffected 7.4 <= v < unspecified | default affected",
        "needs_review V_NO_USABLE_RANGE",
    );
}

#[test]
fn the_first_matching_row_wins() {
    let rows = "unaffected 2.0 <= v < 2.1 | affected 1.0 <= v < 3.0 | default unaffected";
    check("generic 2.0.5", rows, "not_affected V_LISTED_UNAFFECTED");
    check("generic 2.2", rows, "affected V_IN_RANGE fix 3.0");
    let rows = "affected 1.0 <= v < 3.0 | unaffected 2.0 <= v < 2.1 | default unaffected";
    check("generic 2.0.5", rows, "affected V_IN_RANGE fix 3.0");
}

#[test]
fn a_row_that_cannot_be_read_takes_the_certainty_from_later_ones() {
    check("generic 2.0", "affected v < yesterday | default unaffected", "needs_review V_NO_USABLE_RANGE");
    check(
        "generic 2.0",
        "unaffected v < yesterday | affected 1.0 <= v < 3.0",
        "needs_review V_NO_USABLE_RANGE",
    );
    check("generic 2.0", "affected v < yesterday | affected 1.0 <= v < 3.0", "affected V_IN_RANGE fix 3.0");
    check(
        "generic 4.0",
        "unaffected v < yesterday | affected 1.0 <= v < 3.0 | default unaffected",
        "not_affected V_FIXED",
    );
}

#[test]
fn a_bound_is_a_statement_about_the_fix_even_without_a_default() {
    check("generic 2.0", "affected 1.0 <= v < 2.0", "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN");
    check("generic 0.9", "affected 1.0 <= v < 2.0", "not_affected V_BEFORE_RANGE medium +V_DEFAULT_UNKNOWN");
    check(
        "generic 2.0",
        "affected 1.0 <= v < 2.0 | default unknown",
        "not_affected V_FIXED low +V_DEFAULT_UNKNOWN",
    );
    // Several branches: the version must lie outside of all of them.
    let rows = "affected 1.0 <= v < 1.5.3 | affected 2.0 <= v < 2.2.1";
    check("generic 1.5.3", rows, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN");
    check("generic 2.1", rows, "affected V_IN_RANGE fix 2.2.1");
    check("generic 1.9", rows, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN");
    let rows = "affected 1.0 <= v < 1.5.3 | affected 2.0.4 <= v < 2.2.1";
    check("generic 2.0.1", rows, "not_affected V_BEFORE_RANGE medium +V_DEFAULT_UNKNOWN");
    // No promotion: single versions, wildcards, a row that says "unknown".
    check("generic 2.38", "unaffected = 2.39", "needs_review V_NO_USABLE_RANGE");
    check(
        "generic 1.4",
        "affected = 1.1 | affected = 1.2 | affected = 1.3",
        "needs_review V_NO_USABLE_RANGE",
    );
    check(
        "generic 8.0",
        "affected 1.0 <= v < 2.0 | affected 3.0 <= v < 6.*",
        "needs_review V_NO_USABLE_RANGE",
    );
    check(
        "generic 1.5",
        "unknown 1.0 <= v < 2.0 | affected 0.5 <= v < 0.9",
        "needs_review V_NO_USABLE_RANGE",
    );
}

#[test]
fn changes_apply_in_any_order() {
    for changes in ["unaffected 2.1.9, affected 2.1.6", "affected 2.1.6, unaffected 2.1.9"] {
        let rows = format!("unaffected 2.1.0 <= v < 2.1.* {{{changes}}} | default unaffected");
        check("semver 2.1.5", &rows, "not_affected V_FIXED");
        check("semver 2.1.7", &rows, "affected V_IN_RANGE fix 2.1.9");
        check("semver 2.1.9", &rows, "not_affected V_FIXED");
    }
    check(
        "semver 1.3",
        "affected 1.0 <= v < * {unaffected a7389bb2057} | default unaffected",
        "needs_review V_SCHEME_MISMATCH",
    );
    check(
        "semver 1.3",
        "unaffected 0 <= v < * {unaffected a7389bb2057} | default unaffected",
        "not_affected V_LISTED_UNAFFECTED",
    );
}

#[test]
fn changes_of_several_branches_fix_their_own() {
    let nginx = "affected 1.5.13 <= v < * {unaffected 1.26.2, unaffected 1.27.1} | default unknown";
    check("generic 1.27.0", nginx, "affected V_IN_RANGE fix 1.27.1");
    check("generic 1.26.1", nginx, "affected V_IN_RANGE fix 1.26.2");
    check("generic 1.26.2", nginx, "not_affected V_FIXED");
    check("generic 1.26.3", nginx, "not_affected V_FIXED");
    check("generic 1.27.1", nginx, "not_affected V_FIXED");
    check("generic 1.28.0", nginx, "not_affected V_FIXED");
    check("generic 1.24.0", nginx, "affected V_IN_RANGE fix 1.26.2");
    check("generic 1.5.12", nginx, "needs_review V_NO_USABLE_RANGE");
    // The end of the row is the fix of the highest branch.
    let consul = "affected 1.9.0 <= v < 1.20.1 {unaffected 1.19.3, unaffected 1.18.5, unaffected 1.15.15} | default unaffected";
    check("semver 1.20.0", consul, "affected V_IN_RANGE fix 1.20.1");
    check("semver 1.19.3", consul, "not_affected V_FIXED");
    check("semver 1.16.2", consul, "affected V_IN_RANGE fix 1.18.5");
    check("semver 1.15.15", consul, "not_affected V_FIXED");
    check("semver 1.20.1", consul, "not_affected V_FIXED");
    check(
        "nginx-plus R32",
        "affected R4 <= v < * {unaffected R31 P3, unaffected R32 P1}",
        "affected V_IN_RANGE fix R32 P1",
    );
}

#[test]
fn empty_intervals_are_break_points() {
    let curl = "affected 8.4.0 <= v < 8.4.0 | unaffected 7.69.0 <= v < 7.69.0";
    check("semver 8.3.0", curl, "affected V_IN_RANGE medium fix 8.4.0 +V_EMPTY_RANGE_REPAIRED");
    check("semver 7.69.0", curl, "affected V_IN_RANGE medium fix 8.4.0 +V_EMPTY_RANGE_REPAIRED");
    check("semver 7.68.0", curl, "not_affected V_BEFORE_RANGE medium +V_EMPTY_RANGE_REPAIRED");
    check("semver 8.4.0", curl, "not_affected V_FIXED medium +V_EMPTY_RANGE_REPAIRED");
    let brave = "affected 1.52.117 <= v < 1.52.117 | default unaffected";
    check("semver 1.50.1", brave, "affected V_IN_RANGE medium fix 1.52.117 +V_EMPTY_RANGE_REPAIRED");
    let node = "affected 20.8.0 <= v <= 20.8.0 | unaffected 20.0.0 <= v < 20.0.0";
    check("semver 20.8.0", node, "affected V_IN_RANGE medium +V_EMPTY_RANGE_REPAIRED");
    check("semver 18.1.0", node, "not_affected V_BEFORE_RANGE medium +V_EMPTY_RANGE_REPAIRED");
    // Only an unaffected empty row cannot be repaired: nothing says where affected begins or ends.
    check(
        "generic 2021",
        "unaffected 2022 <= v < 2022 | default affected",
        "affected V_DEFAULT_AFFECTED fix 2022",
    );
}

#[test]
fn equality_lists_and_lists_of_last_releases() {
    let curl = "affected 8.6.0 <= v <= 8.6.0 | affected 8.5.0 <= v <= 8.5.0 | default unaffected";
    check("semver 8.5.0", curl, "affected V_EXACT");
    check("semver 8.4.0", curl, "not_affected V_DEFAULT_UNAFFECTED");
    check(
        "semver 8.4.0",
        &format!("affected 8.7.0 <= v <= 8.7.0 | {curl}"),
        "not_affected V_NOT_LISTED medium",
    );
    let node = "affected 20.15.0 <= v <= 20.15.0 | affected 22.4.0 <= v <= 22.4.0 | default unaffected";
    let judge = |text, line_lists| {
        let version = ComponentVersion { line_lists, ..ComponentVersion::new(text, Scheme::Semver) };
        notation::words(&judge_claim(&Record::default(), &notation::claim(node), &version, &NoCommits))
    };
    assert_eq!(judge("20.10.0", false), "not_affected V_DEFAULT_UNAFFECTED");
    assert_eq!(judge("20.10.0", true), "affected V_IN_RANGE");
    assert_eq!(judge("20.15.1", true), "not_affected V_FIXED");
    assert_eq!(judge("22.4.0", true), "affected V_IN_RANGE");
}

#[test]
fn texts_with_operators() {
    check("generic 1.1", "affected \"< 1.2\"", "affected V_IN_RANGE medium fix 1.2 +V_TEXT_PARSED");
    check(
        "generic 1.2",
        "affected \"< 1.2\"",
        "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED",
    );
    check(
        "vim 9.1.0707",
        "affected \">= 9.1.0038, < 9.1.0707\"",
        "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED",
    );
    check(
        "vim 9.1.0100",
        "affected \">= 9.1.0038, < 9.1.0707\"",
        "affected V_IN_RANGE medium fix 9.1.0707 +V_TEXT_PARSED",
    );
    check(
        "generic 3.21.0",
        "affected \">= 3.20, < 3.22\"",
        "affected V_IN_RANGE medium fix 3.22 +V_TEXT_PARSED",
    );
    check("generic 2.45.0", "affected \"= 2.45.0\"", "affected V_EXACT medium +V_TEXT_PARSED");
    check("generic 2.45.1", "affected \"= 2.45.0\"", "needs_review V_NO_USABLE_RANGE");
    check(
        "generic 1.4.8",
        "affected \"<= 1.4.7\"",
        "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED",
    );
}

#[test]
fn texts_in_words() {
    for text in ["prior to 1.2", "before 1.2"] {
        let row = format!("affected \"{text}\"");
        check("generic 1.1", &row, "affected V_IN_RANGE medium fix 1.2 +V_TEXT_PARSED");
        check("generic 1.2", &row, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    }
    for text in ["1.2 and earlier", "through 1.2", "up to 1.2"] {
        let row = format!("affected \"{text}\"");
        check("generic 1.2", &row, "affected V_IN_RANGE medium +V_TEXT_PARSED");
        check("generic 1.3", &row, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    }
    let samba =
        "affected \"all versions 4.11.x before 4.11.3\" | affected \"all versions 4.10.x before 4.10.11\"";
    check("generic 4.10.10", samba, "affected V_IN_RANGE medium fix 4.10.11 +V_TEXT_PARSED");
    check("generic 4.11.3", samba, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    check("linux 5.2", "affected \"4.10 to 5.6\"", "affected V_IN_RANGE medium +V_TEXT_PARSED");
    let openssl = "affected \"Fixed in OpenSSL 1.1.1d (Affected 1.1.1-1.1.1c)\" | affected \"Fixed in OpenSSL 1.0.2t (Affected 1.0.2-1.0.2s)\"";
    check("openssl 1.0.2r", openssl, "affected V_IN_RANGE medium fix 1.0.2t +V_TEXT_PARSED");
    check("openssl 3.4.2", openssl, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    check("openssl 1.1.1b", "affected \"1.1.1-1.1.1c\"", "affected V_IN_RANGE medium +V_TEXT_PARSED");
}

#[test]
fn texts_with_fixes_per_branch() {
    let samba = "affected \"Fixed in samba 4.15.11, samba 4.16.6, samba 4.17.2.\"";
    check("generic 4.16.5", samba, "affected V_IN_RANGE medium fix 4.16.6 +V_TEXT_PARSED");
    check("generic 4.16.6", samba, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    check("generic 4.13.2", samba, "affected V_IN_RANGE medium fix 4.15.11 +V_TEXT_PARSED");
    check("generic 4.18.0", samba, "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN +V_TEXT_PARSED");
    let unclear = "affected \"samba 4.11.15, samba 4.12.9, samba 4.13.1\"";
    for version in ["4.11.15", "4.11.14", "4.14.0"] {
        check(&format!("generic {version}"), unclear, "needs_review V_TEXT_AMBIGUOUS");
    }
}

#[test]
fn texts_that_say_nothing() {
    for text in
        ["current (At least as of 2018-02-16)", "?", "n/a", "", "unspecified", "latest", "see advisory"]
    {
        check("generic 2.41", &format!("affected \"{text}\""), "needs_review V_NO_USABLE_RANGE");
    }
}

#[test]
fn claims_without_rows() {
    check("generic 0.8", "default affected", "needs_review R_NO_AFFECTED_DATA");
    check("openssh 8.7p1", "default unaffected", "not_affected V_DEFAULT_UNAFFECTED");
    check("generic 0.8", "default unknown", "needs_review V_NO_USABLE_RANGE");
    check("generic 0.8", "", "needs_review V_NO_USABLE_RANGE");
}

#[test]
fn package_versions_of_a_distribution_do_not_judge_upstream() {
    for row in ["0:3.8.10-4.el9_8 (rpm)", "2.12-1ubuntu5", "0.8-4", "9.9.4-65", "1:2.02-156.el8"] {
        check(
            "generic 0.7",
            &format!("affected v < {row} | default unaffected"),
            "needs_review V_SCHEME_MISMATCH",
        );
        check(
            "generic 12.7",
            &format!("unaffected {row} | default affected").replace(
                row,
                &format!(
                    "{} <= v < *{}",
                    row.split(" (").next().unwrap(),
                    row.split_once(' ').map_or(String::new(), |(_, label)| format!(" {label}"))
                ),
            ),
            "needs_review V_SCHEME_MISMATCH",
        );
    }
    check(
        "rpm 8.7p1-38.el9_4.1",
        "unaffected 0:8.7p1-38.el9_4.1 <= v < * (rpm) | default affected",
        "not_affected V_FIXED",
    );
    check(
        "rpm 8.7p1-37.el9",
        "unaffected 0:8.7p1-38.el9_4.1 <= v < * (rpm) | default affected",
        "affected V_DEFAULT_AFFECTED fix 0:8.7p1-38.el9_4.1",
    );
    // A project that numbers its releases so is compared by the whole number.
    check(
        "generic 7.1.1-14",
        "affected v < 7.1.1-15 | default unaffected",
        "needs_review V_DISTRO_SUFFIX_IGNORED",
    );
    let built =
        ComponentVersion { distribution: "yocto", ..ComponentVersion::new("7.1.1-14", Scheme::Generic) };
    let answer =
        judge_claim(&Record::default(), &notation::claim("affected v < 7.1.1-15"), &built, &NoCommits);
    assert_eq!(notation::words(&answer), "affected V_IN_RANGE fix 7.1.1-15 +V_DISTRO_SUFFIX_IGNORED");
}

#[test]
fn labels_lie() {
    check("generic 3.4.0", "affected * <= v <= 3.5 (git) | default unaffected", "affected V_IN_RANGE");
    check("linux 6.3.1", "affected v < 6.3~rc2 (semver)", "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN");
    check("linux 6.3-rc1", "affected v < 6.3~rc2 (semver)", "affected V_IN_RANGE fix 6.3~rc2");
    check(
        "generic 3.4.0",
        "affected v < 2c02d41d71f90a5168391b6a5f2954112ba2307c",
        "needs_review G_COMMIT_UNKNOWN",
    );
    check(
        "generic 3.4.0",
        "affected v < 2c02d41 (git) | default unaffected",
        "needs_review G_COMMIT_UNKNOWN",
    );
}

#[test]
fn bounds_less_precise_than_the_version() {
    check("generic 3.5.1", "affected v <= 3.5 | default unaffected", "needs_review V_COARSE_BOUND");
    check("generic 3.5", "affected v <= 3.5 | default unaffected", "affected V_IN_RANGE");
    check("generic 3.5.0", "affected v <= 3.5 | default unaffected", "affected V_IN_RANGE");
    check("generic 3.6", "affected v <= 3.5 | default unaffected", "not_affected V_FIXED");
    check("generic 3.50", "affected v <= 3.5 | default unaffected", "not_affected V_FIXED");
    check("generic 3.5.1", "affected v < 3.5 | default unaffected", "not_affected V_FIXED");
    check("openssh 9.3p2", "affected v <= 9.3 | default unaffected", "needs_review V_COARSE_BOUND");
    check("openssl 1.0.2k", "affected v <= 1.0.2", "needs_review V_COARSE_BOUND");
    check("generic 3.5.1", "unaffected = 3.5.1 | affected v <= 3.5", "not_affected V_LISTED_UNAFFECTED");
    let version =
        ComponentVersion { no_patch_levels: true, ..ComponentVersion::new("3.5.1", Scheme::Generic) };
    let answer = judge_claim(&Record::default(), &notation::claim("affected v <= 3.5"), &version, &NoCommits);
    assert_eq!(notation::words(&answer), "not_affected V_FIXED medium +V_DEFAULT_UNKNOWN");
}

#[test]
fn editions_are_not_compared() {
    check(
        "isc 9.18.19",
        "affected 9.18.11-S1 <= v <= 9.18.21-S1 | default unaffected",
        "not_affected I_OTHER_EDITION",
    );
    let both =
        "affected 9.18.0 <= v <= 9.18.21 | affected 9.18.11-S1 <= v <= 9.18.21-S1 | default unaffected";
    check("isc 9.18.19", both, "affected V_IN_RANGE");
    check("isc 9.18.22", both, "not_affected V_FIXED");
    check("isc 9.18.19-S1", both, "affected V_IN_RANGE");
}

#[test]
fn unlike_numberings_are_not_compared() {
    check("calver 20240905", "affected v < 2.8 | default unaffected", "needs_review V_SCHEME_MISMATCH");
    check(
        "ffmpeg N-113007-g8d24a28d06",
        "affected v < 6.1.1 | default unaffected",
        "needs_review V_SCHEME_MISMATCH",
    );
}

#[test]
fn unknown_versions() {
    for version in ["", "custom", "git", "AUTOINC", "NOASSERTION", "latest"] {
        check(
            &format!("generic {version}"),
            "affected v < 2.0 | default unaffected",
            "needs_review V_MISSING",
        );
        check(&format!("generic {version}"), "default unaffected", "needs_review V_MISSING");
        check_rows(&format!("generic {version}"), "v < 2.0", "needs_review V_MISSING");
    }
    check("generic zebra", "affected v < 2.0 | default unaffected", "needs_review V_UNPARSED");
}

#[test]
fn what_was_cut_from_the_version_is_told() {
    check(
        "generic 1.36.1+gitAUTOINC+0a1b2c3d",
        "affected v < 2.0",
        "affected V_IN_RANGE fix 2.0 +V_BASE_VERSION",
    );
    let packaged = |distribution| {
        let version =
            ComponentVersion { distribution, ..ComponentVersion::new("3.0.11-1~deb12u2", Scheme::Openssl) };
        notation::words(&judge_claim(
            &Record::default(),
            &notation::claim("affected 3.0.0 <= v < 3.0.13"),
            &version,
            &NoCommits,
        ))
    };
    assert_eq!(packaged("debian:12"), "needs_review V_DISTRO_SUFFIX_IGNORED");
    let derived =
        ComponentVersion { origin: VersionOrigin::FromUrl, ..ComponentVersion::new("1.1", Scheme::Generic) };
    let answer = judge_claim(&Record::default(), &notation::claim("affected v < 2.0"), &derived, &NoCommits);
    assert_eq!(notation::words(&answer), "affected V_IN_RANGE medium fix 2.0 +V_VERSION_DERIVED");
}

#[test]
fn claims_that_name_nothing_and_records_that_are_void() {
    let mut claim = notation::claim("affected \"n/a\"");
    claim.subject.product = "n/a".into();
    claim.subject.vendor = "n/a".into();
    let version = notation::component("generic 1.0");
    let answer = judge_claim(&Record::default(), &claim, &version, &NoCommits);
    assert_eq!((answer.verdict, answer.reason), (None, Reason::INoProduct));
    for state in [RecordState::Rejected, RecordState::Withdrawn] {
        let record = Record { state, ..Record::default() };
        let answer = judge_claim(&record, &notation::claim("affected v < 2.0"), &version, &NoCommits);
        assert_eq!(notation::words(&answer), "not_affected R_REJECTED exact");
    }
}

#[track_caller]
fn check_osv(component: &str, claim: &str, expected: &str) {
    let answer =
        judge_claim(&Record::default(), &notation::osv(claim), &notation::component(component), &NoCommits);
    assert_eq!(notation::words(&answer), expected, "{component} against {claim}");
}

#[test]
fn osv_ranges_and_lists() {
    check_osv("semver 1.4.0", "0 <= v < 1.5.0", "affected V_IN_RANGE fix 1.5.0");
    check_osv("semver 1.5.0", "0 <= v < 1.5.0", "not_affected V_FIXED");
    check_osv("semver 2.0.1", "1.0.0 <= v < 1.5.0 | 2.0.0 <= v < 2.0.2", "affected V_IN_RANGE fix 2.0.2");
    check_osv("semver 1.7.0", "1.0.0 <= v < 1.5.0 | 2.0.0 <= v < 2.0.2", "not_affected V_FIXED");
    check_osv("semver 0.7.0", "1.0.0 <= v < 1.5.0 | 2.0.0 <= v < 2.0.2", "not_affected V_BEFORE_RANGE");
    check_osv("semver 0.7.0", "1.0.0 <= v", "not_affected V_BEFORE_RANGE");
    check_osv("semver 1.4.0", "0 <= v <= 1.4.0", "affected V_IN_RANGE");
    check_osv("semver 1.4.1", "0 <= v <= 1.4.0", "not_affected V_FIXED");
    check_osv("pep440 1.4", "= 1.4 | 0 <= v < 1.2", "affected V_EXACT");
    check_osv("pep440 1.6", "= 1.4 | = 1.5", "not_affected V_NOT_LISTED medium");
    check_osv("semver 1.4.0", "0 <= v < latest", "needs_review V_NO_USABLE_RANGE");
    check_osv("semver 1.4.0", "", "needs_review V_NO_USABLE_RANGE");
    check_osv(
        "openssl 3.0.11",
        "= openssl-3.0.11 | = openssl-3.0.10 | git 0..2c02d41d71f90a51",
        "affected V_EXACT",
    );
    check_osv(
        "openssl 3.0.13",
        "= openssl-3.0.11 | = openssl-3.0.10 | git 0..2c02d41d71f90a51",
        "needs_review G_COMMIT_UNKNOWN",
    );
    check_osv(
        "openssl 3.0.13",
        "= openssl-3.0.11 | = openssl-3.0.10 | = openssl-3.0.9 | git 0..2c02d41d71f90a51",
        "not_affected V_FIXED medium",
    );
    check_osv(
        "openssl 3.0.13",
        "= openssl-3.0.11 | = openssl-3.0.10 | = openssl-3.0.9 | git 0..",
        "affected V_IN_RANGE",
    );
    check_osv("openssl 3.0.13", "= openssl-3.0.11 | git 2c02d41d71f90a51..", "needs_review G_COMMIT_UNKNOWN");
    check_osv("openssl 3.0.13", "git 0..2c02d41d71f90a51", "needs_review G_COMMIT_UNKNOWN");
}

#[test]
fn distribution_claims_speak_in_their_own_codes() {
    let judge = |text: &str, form: ClaimForm, ecosystem: &'static str, component: &str| {
        let mut claim = notation::osv(text);
        claim.form = form;
        claim.subject.ecosystem = ecosystem.into();
        notation::words(&judge_claim(&Record::default(), &claim, &notation::component(component), &NoCommits))
    };
    let debian = |component| judge("0 <= v < 3.0.13-1~deb12u1", ClaimForm::Osv, "Debian", component);
    assert_eq!(debian("deb 3.0.11-1~deb12u2"), "affected D_VULNERABLE fix 3.0.13-1~deb12u1");
    assert_eq!(debian("deb 3.0.13-1~deb12u1"), "not_affected D_FIXED");
    assert_eq!(
        judge("0 <= v < 3.1.4-r1", ClaimForm::SecFix, "Alpine", "apk 3.1.4-r1"),
        "not_affected D_FIXED"
    );
    assert_eq!(
        judge("0 <= v < 3.1.4-r1", ClaimForm::SecFix, "Alpine", "apk 3.1.4-r0"),
        "affected D_VULNERABLE fix 3.1.4-r1"
    );
    assert_eq!(
        judge("0 <= v < 0", ClaimForm::SecFix, "Alpine", "apk 3.1.4-r0"),
        "not_affected D_NOT_AFFECTED"
    );
    assert_eq!(judge("0 <= v", ClaimForm::Osv, "Debian", "deb 3.1.4-1"), "affected D_VULNERABLE");
}

#[test]
fn claims_of_one_record_are_combined() {
    let judged = |text: &str| judge("generic 2.0", text);
    let affected = judged("affected v < 3.0");
    let open = judged("affected \"n/a\"");
    let fixed = judged("affected v < 1.0 | default unaffected");
    let unlisted = judged("default unaffected");
    let combine = |answers: &[&RangeAnswer]| {
        let answers: Vec<RangeAnswer> = answers.iter().map(|answer| (*answer).clone()).collect();
        notation::words(&combine_claims(&answers))
    };
    assert_eq!(combine(&[&fixed, &open, &affected]), "affected V_IN_RANGE fix 3.0");
    assert_eq!(combine(&[&fixed, &open]), "needs_review V_NO_USABLE_RANGE");
    assert_eq!(combine(&[&unlisted, &fixed]), "not_affected V_FIXED");
    let listed = judged("unaffected = 2.0 | affected v < 1.0");
    assert_eq!(combine(&[&fixed, &listed]), "not_affected V_LISTED_UNAFFECTED");
    assert_eq!(combine(&[]), "none R_NO_AFFECTED_DATA");
    let git = RangeAnswer { decided_by_git: true, ..fixed.clone() };
    assert_eq!(combine(&[&affected, &git]), "not_affected V_FIXED");
}

#[test]
fn evidence_names_row_version_scheme_and_outcome() {
    let answer = judge("openssl 1.1.1k", "affected 1.1.1 <= v < 1.1.1l");
    let expected = Evidence::Range {
        entry: "1.1.1 <= v < 1.1.1l, affected".to_owned(),
        version: "1.1.1k".to_owned(),
        scheme: Scheme::Openssl,
        outcome: "inside".to_owned(),
    };
    assert_eq!(answer.evidence, [expected]);
}

/// First releases of two commits in a project with branches.
struct Tags;

impl CommitTable for Tags {
    fn fixed_in(&self, commit: &str) -> Vec<(String, String)> {
        let releases: &[(&str, &str)] = match commit {
            "aaaaaaa1" => &[("1.4", "1.4.0")],
            "fffffff1" => &[("1.5", "1.5.7"), ("1.6", "1.6.2")],
            _ => &[],
        };
        releases.iter().map(|(branch, version)| ((*branch).to_owned(), (*version).to_owned())).collect()
    }

    fn is_ancestor(&self, _ancestor: &str, _commit: &str) -> Option<bool> {
        None
    }
}

#[test]
fn commits_are_placed_by_the_releases_that_first_contain_them() {
    let judge = |component: &str, claim: &str| {
        let answer =
            judge_claim(&Record::default(), &notation::claim(claim), &notation::component(component), &Tags);
        notation::words(&answer)
    };
    let row = "affected aaaaaaa1 <= v < fffffff1 (git) | default unaffected";
    assert_eq!(judge("generic 1.5.6", row), "affected V_IN_RANGE +G_TAG_RESOLVED");
    assert_eq!(judge("generic 1.5.7", row), "not_affected V_FIXED +G_TAG_RESOLVED");
    assert_eq!(judge("generic 1.6.1", row), "affected V_IN_RANGE +G_TAG_RESOLVED");
    assert_eq!(judge("generic 1.7.0", row), "not_affected V_FIXED +G_TAG_RESOLVED");
    assert_eq!(judge("generic 1.4.2", row), "affected V_IN_RANGE +G_TAG_RESOLVED");
    assert_eq!(judge("generic 1.3.9", row), "not_affected V_BEFORE_RANGE +G_TAG_RESOLVED");
    assert_eq!(
        judge("generic 1.5.6", "affected bbbbbbb1 <= v < fffffff1 (git)"),
        "needs_review G_COMMIT_UNKNOWN"
    );
}
