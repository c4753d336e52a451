//! SARIF 2.1.0, checked by the sections of the OASIS standard that bind what we write.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::binary::{run, sample};

fn log(words: &[&str]) -> Value {
    let mut all = words.to_vec();
    all.extend(["--at", "2026-09-22", "--format", "sarif"]);
    let ran = run(&all);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is a list in {value}"))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is a text in {value}"))
}

#[test]
fn the_log_is_as_the_standard_says() {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    for verb in ["scan", "assess"] {
        let log = log(&[verb, &sbom, &config]);
        // 3.13.2, 3.13.3, 3.13.4
        assert_eq!(log["version"], "2.1.0");
        assert!(text(&log, "$schema").ends_with("sarif-schema-2.1.0.json"));
        let run = &list(&log, "runs")[0];
        driver(run);
        let artifacts = list(run, "artifacts").len();
        assert_eq!(artifacts, 2, "3.14.15: both inputs");
        for artifact in list(run, "artifacts") {
            // 3.24.11: keys are names of the IANA registry, values hexadecimal.
            let hash = text(&artifact["hashes"], "sha-256");
            assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
        }
        let rules: Vec<&str> =
            list(&run["tool"]["driver"], "rules").iter().map(|rule| text(rule, "id")).collect();
        for result in list(run, "results") {
            check_result(result, &rules, artifacts);
        }
        fingerprints(list(run, "results"));
    }
}

fn driver(run: &Value) {
    let driver = &run["tool"]["driver"];
    // 3.19.8, 3.19.13
    assert_eq!(driver["name"], "Patchwright");
    assert_eq!(driver["semanticVersion"], env!("CARGO_PKG_VERSION"));
    // 3.19.11
    assert!(text(driver, "informationUri").starts_with("https://"));
    // 3.17.3: a hierarchical id that ends in a slash names no single run.
    assert!(text(&run["automationDetails"], "id").ends_with('/'));
    // 3.20.14
    assert_eq!(list(run, "invocations")[0]["executionSuccessful"], true);
    let ids: Vec<&str> = list(driver, "rules").iter().map(|rule| text(rule, "id")).collect();
    // 3.19.23: no two rules of one id.
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
    for rule in list(driver, "rules") {
        // 3.49.9, 3.49.12, 3.49.13
        assert!(!text(&rule["shortDescription"], "text").is_empty());
        assert!(text(&rule["help"], "text").ends_with('.'), "{rule}");
        assert!(rule["helpUri"].is_null() || text(rule, "helpUri").starts_with("https://"));
    }
}

fn check_result(result: &Value, rules: &[&str], artifacts: usize) {
    // 3.27.5, 3.27.6: both name the same rule.
    let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
    assert_eq!(rules[index], text(result, "ruleId"));
    let level = text(result, "level");
    let expected = match result["properties"]["class"].as_str() {
        Some("immediate") => ("fail", "error"),
        Some("planned") => ("fail", "warning"),
        Some("routine") => ("fail", "note"),
        // 3.27.10: without the kind `fail`, the level is `none`.
        _ => ("informational", "none"),
    };
    assert_eq!((text(result, "kind"), level), expected);
    assert!(!text(&result["message"], "text").is_empty(), "3.27.11");
    let place = &list(result, "locations")[0];
    let location = &place["physicalLocation"]["artifactLocation"];
    // 3.4.5: the index is that of an artifact of the run.
    assert!(location["index"].as_u64().is_some_and(|index| index < artifacts as u64));
    assert!(!text(location, "uri").contains([' ', '\\']), "3.4.3: a URI reference");
    assert!(!text(&list(place, "logicalLocations")[0], "fullyQualifiedName").is_empty());
    // 3.27.23: there, and empty, where nobody settled it.
    assert!(list(result, "suppressions").is_empty());
}

/// 3.27.17: what is the same finding has the same one in every run, what is another has another.
fn fingerprints(results: &[Value]) {
    let all: BTreeSet<&str> = (results.iter())
        .map(|result| text(&result["partialFingerprints"], "patchwrightFinding/v1"))
        .collect();
    assert_eq!(all.len(), results.len());
}

#[test]
fn a_result_for_each_open_finding() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let open = run(&["scan", &sbom, "--at", "2026-09-22", "--format", "jsonl"]).out.lines().count();
    for words in [&["scan", sbom.as_str()][..], &["scan", sbom.as_str(), "--all"]] {
        let log = log(words);
        assert_eq!(list(&log["runs"][0], "results").len(), open, "with --all, too: excluded is no result");
        assert_eq!(log["runs"][0]["properties"]["knowledge"]["isStarter"], true);
    }
}
