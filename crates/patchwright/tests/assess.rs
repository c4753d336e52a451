//! `assess`: the same findings in a described deployment, in an assumed one, and under changed facts.

use std::path::PathBuf;

use crate::binary::{Ran, run, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn profile(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/profiles");
    folder.join(name).display().to_string()
}

fn assess(words: &[&str]) -> Ran {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let config = sample("gateway-4.1.0.config");
    let mut all = vec!["assess", sbom.as_str(), "--kernel-config", config.as_str()];
    all.extend(AT);
    all.extend(words);
    run(&all)
}

fn json(words: &[&str]) -> serde_json::Value {
    let mut all = words.to_vec();
    all.push("--json");
    let ran = assess(&all);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

fn count(document: &serde_json::Value, class: &str) -> u64 {
    document["counts"][class].as_u64().expect("a number")
}

#[test]
fn classes_add_up_to_the_open_findings() {
    let document = json(&["--profile", &profile("example-gateway.toml")]);
    assert_eq!(document["schema"], "patchwright/assessment/1");
    let findings = document["findings"].as_array().expect("findings");
    for class in ["immediate", "planned", "routine", "none"] {
        let listed = findings.iter().filter(|finding| finding["class"] == class).count() as u64;
        assert_eq!(count(&document, class), listed, "{class}");
    }
    let scan = run(&[
        "scan",
        &sample("gateway-4.1.0.spdx.json"),
        "--kernel-config",
        &sample("gateway-4.1.0.config"),
        "--json",
        "--at",
        "2026-11-22",
    ]);
    let scan: serde_json::Value = serde_json::from_str(&scan.out).expect("JSON");
    assert_eq!(findings.len(), scan["findings"].as_array().expect("findings").len());
    assert!(
        findings.iter().all(|finding| finding["row"].as_u64().is_some_and(|row| (1..=324).contains(&row)))
    );
}

#[test]
fn findings_come_most_urgent_first() {
    let document = json(&["--profile", &profile("example-gateway.toml")]);
    let rank = |finding: &serde_json::Value| {
        ["none", "routine", "planned", "immediate"].iter().position(|class| finding["class"] == *class)
    };
    let ranks: Vec<Option<usize>> =
        document["findings"].as_array().expect("findings").iter().map(rank).collect();
    assert!(ranks.is_sorted_by(|a, b| a >= b));
}

#[test]
fn without_a_profile_the_deployment_is_assumed_and_said_to_be() {
    let document = json(&[]);
    assert_eq!(document["profile"]["inferred"], true);
    assert_eq!(count(&document, "none"), 0, "an assumption never makes a finding harmless");
    let text = assess(&[]).out;
    assert!(text.contains("assumed deployment") && text.contains("profile init"), "{text}");
}

#[test]
fn one_finding_in_full() {
    let document = json(&["--profile", &profile("example-gateway.toml")]);
    let id = document["findings"][0]["vulnerability"].as_str().expect("an id").to_owned();
    let ran = assess(&["--profile", &profile("example-gateway.toml"), "--explain", &id]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in
        [id.as_str(), "reach: ", "preconditions: ", "Ways in", "What would change it", "patchwright/response"]
    {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
    let class = document["findings"][0]["class"].as_str().expect("a class");
    let due = &document["deadlines"].as_array().expect("classes").iter().find(|row| row["class"] == class);
    for deadline in due.expect("the class")["due"].as_array().expect("deadlines") {
        let says = deadline["says"].as_str().expect("words");
        assert!(ran.out.contains(&format!("    {says}\n")), "{says} in\n{}", ran.out);
    }
    let ran = assess(&["--profile", &profile("example-gateway.toml"), "--explain", "CVE-1999-0001"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.err);
}

#[test]
fn what_if_asks_for_another_deployment() {
    let document =
        json(&["--profile", &profile("example-gateway.toml"), "--what-if", "interface.lan0.zone=internet"]);
    let before = count(&document, "immediate");
    let after = document["what_if"]["counts"]["immediate"].as_u64().expect("a number");
    assert!(after >= before, "{before} {after}");
    let wrong = [
        ("interface.nowhere.zone=internet", "keys of this profile"),
        ("interface.lan0.zone=moon", "internet"),
        ("nonsense", "key=value"),
    ];
    for (change, told) in wrong {
        let ran = assess(&["--profile", &profile("example-gateway.toml"), "--what-if", change]);
        assert_eq!(ran.code, 2, "{change}");
        assert!(ran.err.contains(told), "{change}: {}", ran.err);
    }
}

#[test]
fn gates_end_with_one() {
    let gateway = profile("example-gateway.toml");
    assert_eq!(assess(&["--profile", &gateway, "--fail-on", "routine"]).code, 1);
    assert_eq!(assess(&["--profile", &gateway, "--fail-on", "affected,kev"]).code, 1);
    let ran = assess(&["--profile", &gateway, "--fail-on", "everything"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("immediate, planned"), "{}", ran.err);
}

#[test]
fn a_wrong_profile_is_an_unreadable_input() {
    let broken = scratch("broken.toml", b"schema = \"patchwright/deployment-profile/1\"\nidd = 1\n");
    let ran = assess(&["--profile", &broken]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.err);
    assert!(ran.err.contains("idd") && ran.err.contains("line 2"), "{}", ran.err);
}

#[test]
fn scan_tells_the_class_where_a_profile_is_given() {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let gateway = profile("example-gateway.toml");
    let text = run(&["scan", &sbom, "--profile", &gateway, "--at", "2026-11-22"]).out;
    assert!(text.contains("in example-gateway/standard version 3"), "{text}");
    let ran = run(&["scan", &sbom, "--profile", &gateway, "--at", "2026-11-22", "--json"]);
    let scan: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let findings = scan["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["assessment"]["class"].is_string()));
}
