//! Every form of output says the same, and machines get what they can read.

use crate::binary::{run, sample};

#[test]
fn json_counts_equal_lists() {
    let ran = run(&["scan", &sample("sensor-2.3.0.cdx.json"), "--json", "--all", "--at", "2026-11-22"]);
    let scan: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(scan["schema"], "patchwright/scan/1");
    let findings = scan["findings"].as_array().expect("findings");
    for verdict in ["affected", "needs_review", "not_affected"] {
        let listed = findings.iter().filter(|finding| finding["verdict"] == verdict).count();
        assert_eq!(scan["counts"][verdict], listed, "{verdict}");
    }
    let states = scan["coverage"]["states"].as_object().expect("states");
    let sum: u64 = states.values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(sum, scan["components"].as_array().expect("components").len() as u64);
}

#[test]
fn not_affected_is_listed_only_with_all() {
    let ran = run(&["scan", &sample("sensor-2.3.0.cdx.json"), "--json"]);
    assert!(
        !ran.out.contains("\"verdict\": \"not_affected\",\n      \"reason\""),
        "only opinions may say so"
    );
}

#[test]
fn csv_has_one_row_per_finding() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let csv = run(&["scan", &sbom, "--format", "csv"]).out;
    let json: serde_json::Value = serde_json::from_str(&run(&["scan", &sbom, "--json"]).out).expect("JSON");
    assert_eq!(csv.lines().count() - 1, json["findings"].as_array().expect("findings").len());
}

#[test]
fn no_colour_without_a_terminal() {
    let ran = run(&["scan", &sample("sensor-2.3.0.cdx.json")]);
    assert!(!ran.out.contains('\u{1b}'));
}

#[test]
fn markdown_is_a_short_summary() {
    let ran = run(&["scan", &sample("sensor-2.3.0.cdx.json"), "--format", "markdown"]);
    assert!(ran.out.starts_with("# sensor 2.3.0"), "{}", ran.out);
}

#[test]
fn inputs_in_any_order_give_the_same_bytes() {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    let findings = |words: &[&str]| {
        let scan: serde_json::Value = serde_json::from_str(&run(words).out).expect("JSON");
        scan["findings"].to_string()
    };
    let at = "2026-11-22";
    assert_eq!(
        findings(&["scan", &sbom, &config, "--json", "--all", "--at", at]),
        findings(&["scan", &config, &sbom, "--json", "--all", "--at", at])
    );
}
