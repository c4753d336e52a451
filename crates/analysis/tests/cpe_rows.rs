//! NVD criteria: intervals, lists, spot versions and what stands beside them (matching.md 5.5, last rows).

use analysis::matching::ranges::{ComponentVersion, judge_rows};
use model::record::Record;
use model::version::Scheme;

use crate::notation;

#[track_caller]
pub fn check_rows(component: &str, rows: &str, expected: &str) {
    let answer = judge_rows(
        &notation::record("2016-03-01"),
        &[&notation::cpe_rows(rows)],
        true,
        &notation::component(component),
    );
    assert_eq!(notation::words(&answer), expected, "{component} against {rows}");
}

#[test]
fn nvd_intervals() {
    check_rows(
        "openssl 3.0.11",
        "3.0.0 <= v < 3.0.13 | 3.1.0 <= v < 3.1.5",
        "affected V_IN_RANGE fix 3.0.13",
    );
    check_rows("openssl 3.0.13", "3.0.0 <= v < 3.0.13 | 3.1.0 <= v < 3.1.5", "not_affected V_FIXED");
    check_rows("openssl 1.1.1w", "3.0.0 <= v < 3.0.13", "not_affected V_BEFORE_RANGE");
    check_rows("generic 3.5.1", "v <= 3.5", "needs_review V_COARSE_BOUND");
    check_rows("generic 1.0", "1.0 < v <= 3.5", "not_affected V_BEFORE_RANGE");
    check_rows("generic 2.0", "v < yesterday", "needs_review V_NO_USABLE_RANGE");
    check_rows("generic 0.8", "v <= 0.8-4", "needs_review V_SCHEME_MISMATCH");
    check_rows("generic 1.10.0", "v <= r118", "needs_review V_SCHEME_MISMATCH");
    check_rows("generic r110", "v <= r118", "affected V_IN_RANGE");
    check_rows("generic 2.0", "*", "needs_review V_UNBOUNDED");
    check_rows("generic 2.0", "-", "needs_review V_UNBOUNDED");
    check_rows("generic 2.0", "- | v < 2.1", "affected V_IN_RANGE fix 2.1");
    check_rows("generic 2.2", "- | v < 2.1", "needs_review V_UNBOUNDED");
}

#[test]
fn nvd_updates_belong_to_the_version() {
    check_rows(
        "patchlevel 4.2.8p15",
        "v < 4.2.8 | = 4.2.8 - | = 4.2.8 p1 | = 4.2.8 p2",
        "not_affected V_FIXED",
    );
    check_rows(
        "patchlevel 4.2.8p2",
        "v < 4.2.8 | = 4.2.8 - | = 4.2.8 p1 | = 4.2.8 p2",
        "affected V_IN_RANGE",
    );
    check_rows("patchlevel 4.2.8", "= 4.2.8 - | = 4.2.8 p1", "affected V_EXACT");
    check_rows("patchlevel 4.2.8p15", "= 4.2.8 | = 4.2.7 | = 4.2.6", "affected V_EXACT");
    check_rows("patchlevel 1.9.5p1", "= 1.9.5 patch1", "affected V_EXACT");
    check_rows("generic 3.6-rc4", "v <= 3.6 rc5", "affected V_IN_RANGE");
    check_rows("generic 3.6", "v <= 3.6 rc5", "not_affected V_FIXED");
    check_rows("openssl 1.0.2p", "= 1.0.2 | = 1.0.1 | = 1.0.0", "not_affected V_NOT_LISTED medium");
}

#[test]
fn nvd_lists_and_spot_versions() {
    check_rows("generic 2.3", "= 2.0 | = 2.1 | = 2.2", "not_affected V_NOT_LISTED medium");
    check_rows("generic 2.2", "= 2.0 | = 2.1 | = 2.2", "affected V_EXACT");
    check_rows(
        "linux 6.1.50",
        "= 3.0.15 | = 3.0.16 | = 3.17.3 | v <= 3.18.1",
        "not_affected V_NOT_LISTED medium",
    );
    check_rows("linux 6.1.50", "= 3.0.15 | = 3.0.16 | = 3.17.3 | v < 3.18.2", "not_affected V_FIXED");
    check_rows("uboot 2022.01", "= 2022.01", "affected V_EXACT");
    check_rows("uboot 2022.04", "= 2022.01", "needs_review V_SPOT_VERSION");
    check_rows("openssl 1.0.1e", "= 1.0.1e-25.el7", "needs_review V_SCHEME_MISMATCH");
    let spot = |text, released| {
        let version = ComponentVersion { released, ..ComponentVersion::new(text, Scheme::Generic) };
        let rows = notation::cpe_rows("= 2.24.2-1");
        notation::words(&judge_rows(&notation::record("2017-02-07"), &[&rows], true, &version))
    };
    assert_eq!(spot("2.39.3", "2023-12"), "not_affected V_SPOT_VERSION low");
    assert_eq!(spot("2.39.3", ""), "needs_review V_SPOT_VERSION");
    assert_eq!(spot("2.39.3", "2019-01"), "needs_review V_SPOT_VERSION");
    assert_eq!(spot("2.24.9", "2023-12"), "needs_review V_SPOT_VERSION");
    assert_eq!(spot("2.22.9", "2023-12"), "needs_review V_SPOT_VERSION");
    assert_eq!(spot("2.24.2", "2023-12"), "needs_review V_SCHEME_MISMATCH");
}

#[test]
fn long_nvd_lists_are_searched_to_their_end() {
    let mut rows: Vec<String> =
        (0..5000).map(|number| format!("= {}.{}", number % 40, number / 40)).collect();
    rows.push("= 17.0.1".to_owned());
    let rows = rows.join(" | ");
    check_rows("generic 17.0.1", &rows, "affected V_EXACT");
    check_rows("generic 17.0.2", &rows, "not_affected V_NOT_LISTED medium");
}

#[test]
fn nvd_ranges_without_an_end() {
    let open = |released, published| {
        let version = ComponentVersion { released, ..ComponentVersion::new("9.18.19", Scheme::Isc) };
        notation::words(&judge_rows(
            &notation::record(published),
            &[&notation::cpe_rows("9.11.2 <= v")],
            true,
            &version,
        ))
    };
    assert_eq!(open("", "2019-11-01"), "needs_review V_OPEN_END");
    assert_eq!(open("2023-09", "2019-11-01"), "needs_review V_OPEN_END");
    assert_eq!(open("2023-09", "2022-11-01"), "affected V_IN_RANGE");
    assert_eq!(open("2023-09", "2024-11-01"), "affected V_IN_RANGE");
    assert_eq!(open("2023-09", ""), "affected V_IN_RANGE", "CVE-2020-… is dated 2021-12 at the latest");
}

#[test]
fn rows_marked_not_vulnerable() {
    let judge = |component, rows| {
        let answer = judge_rows(
            &Record::default(),
            &[&notation::cpe_rows(rows)],
            false,
            &notation::component(component),
        );
        notation::words(&answer)
    };
    assert_eq!(judge("isc 9.18.30", "9.18.0 <= v <= 9.18.37"), "not_affected V_LISTED_UNAFFECTED");
    assert_eq!(judge("isc 9.20.1", "9.18.0 <= v <= 9.18.37"), "none R_NO_AFFECTED_DATA");
    assert_eq!(judge("linux 6.6.21", "-"), "none R_NO_AFFECTED_DATA");
    assert_eq!(judge("linux custom", "v < 9"), "none R_NO_AFFECTED_DATA");
}

#[test]
fn nvd_rows_of_linux_know_only_the_mainline_when_no_end_is_a_stable_release() {
    check_rows("linux 5.10.20", "v < 5.13", "needs_review K_MAINLINE_BOUND_ONLY");
    check_rows("linux 5.13.1", "v < 5.13", "not_affected V_FIXED");
    check_rows("linux 5.10.20", "v < 5.4.100 | 5.5 <= v < 5.10.30", "affected V_IN_RANGE fix 5.10.30");
    check_rows("linux 5.12.3", "5.5 <= v < 5.10.30 | 5.11 <= v < 5.13", "affected V_IN_RANGE fix 5.13");
}
