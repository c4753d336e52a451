//! The table of exit codes, each shown once.

use crate::binary::{run, run_with, sample, scratch};

#[test]
fn done_is_0() {
    assert_eq!(run(&["scan", &sample("sensor-2.3.0.cdx.json")]).code, 0);
    assert_eq!(run(&["--help"]).code, 0);
    assert_eq!(run(&["--version"]).code, 0);
}

#[test]
fn a_failed_gate_is_1() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["scan", &sbom, "--fail-on", "affected", "--max-index-age", "60000d"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
}

#[test]
fn wrong_usage_is_2() {
    assert_eq!(run(&["scan"]).code, 2);
    assert_eq!(run(&["scan", "x", "--format", "runes"]).code, 2);
    assert_eq!(run(&["version", "compare", "runes", "1", "2"]).code, 2);
    assert_eq!(run(&["version", "compare", "deb", "1"]).code, 2);
    assert_eq!(run(&["scan", &sample("sensor-2.3.0.cdx.json"), "--at", "yesterday"]).code, 2);
}

#[test]
fn an_unreadable_input_is_3() {
    let ran = run(&["scan", "no-such-file.spdx.json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("no-such-file.spdx.json"), "{}", ran.err);
    assert_eq!(run_with(&["version", "compare", "-"], b"deb\tone\n").code, 3);
}

#[test]
fn an_unusable_index_is_4() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    assert_eq!(run(&["scan", &sbom, "--index", "no-such.pwx"]).code, 4);
    let damaged = scratch("damaged.pwx", b"this is no index");
    assert_eq!(run(&["scan", &sbom, "--index", &damaged]).code, 4);
    let old = run(&["scan", &sbom, "--max-index-age", "1d", "--at", "2040-01-01"]);
    assert_eq!(old.code, 4, "{}", old.err);
}

#[test]
fn a_gate_takes_no_old_index_unless_told() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["scan", &sbom, "--fail-on", "cve == \"CVE-1999-0001\"", "--at", "2040-01-01"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("days old"), "{}", ran.err);
}
