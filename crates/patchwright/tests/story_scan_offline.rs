//! The story of ARCHITECTURE.md, section 4: a scan offline, as a pipeline runs it.

use crate::binary::{run, sample};

fn scan(words: &[&str]) -> serde_json::Value {
    let ran = run(words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn finding<'a>(scan: &'a serde_json::Value, id: &str, component: &str) -> Option<&'a serde_json::Value> {
    scan["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|finding| finding["vulnerability"] == id && finding["component"]["name"] == component)
}

#[test]
fn story_scan_offline() {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let config = sample("gateway-4.1.0.config");
    let at = ["--json", "--all", "--at", "2026-11-22"];
    let without = scan(&[&["scan", sbom.as_str()], at.as_slice()].concat());
    let with = scan(&[&["scan", sbom.as_str(), "--kernel-config", config.as_str()], at.as_slice()].concat());

    // Windows only: the platform decides, and says so.
    let xz = finding(&with, "CVE-2024-47611", "xz").expect("listed with --all");
    assert_eq!((&xz["verdict"], &xz["reason"]), (&"not_affected".into(), &"P_OS_MISMATCH".into()));
    // A namesake is no finding at all.
    assert!(finding(&with, "CVE-2023-6992", "zlib").is_none());

    // Build evidence only takes away, each time with its proof.
    let count =
        |scan: &serde_json::Value, verdict: &str| scan["counts"][verdict].as_u64().unwrap_or_default();
    assert!(count(&with, "affected") < count(&without, "affected"));
    let excluded: Vec<&serde_json::Value> = with["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|finding| finding["reason"] == "E_CONFIG_OFF")
        .collect();
    assert!(!excluded.is_empty());
    for finding in excluded {
        let evidence = finding["evidence"].as_array().expect("evidence");
        assert!(
            evidence.iter().any(|one| one["kind"] == "file" && one["result"] == "not built"),
            "{finding}"
        );
    }

    // What nobody can judge is said, not hidden.
    let modem =
        with["components"].as_array().into_iter().flatten().find(|one| one["name"] == "modem-firmware");
    assert!(modem.expect("kept")["coverage"].as_str().expect("state").starts_with("not_evaluable/"));
}
