//! `compare`: what is new, gone and changed, and who did it.

use crate::binary::{Ran, run, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn gateway() -> String {
    sample("gateway-4.1.0.spdx.json")
}

/// The sample with other texts in it.
fn changed(name: &str, replacements: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(gateway()).expect("the sample");
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    scratch(name, text.as_bytes())
}

fn compare(words: &[&str]) -> Ran {
    let mut all = vec!["compare"];
    all.extend(words);
    all.extend(AT);
    run(&all)
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

fn saved(name: &str, words: &[&str]) -> String {
    let mut all = vec!["scan"];
    all.extend(words);
    all.extend(["--json", AT[0], AT[1]]);
    scratch(name, run(&all).out.as_bytes())
}

/// `gone component_updated openssl 3.0.13 -> 3.0.15`, each once, sorted.
fn causes(document: &serde_json::Value) -> Vec<String> {
    let mut told: Vec<String> = document["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|one| {
            let cause = &one["causes"][0];
            let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
            format!("{} {} {}", text(&one["kind"]), text(&cause["kind"]), text(&cause["says"]))
        })
        .collect();
    told.sort();
    told.dedup();
    told
}

/// The counts are those of the list, and of both sides.
fn adds_up(document: &serde_json::Value) {
    let list = document["differences"].as_array().expect("differences");
    for kind in ["new", "gone", "changed"] {
        let listed = list.iter().filter(|one| one["kind"] == kind).count() as u64;
        assert_eq!(document["counts"][kind].as_u64(), Some(listed), "{kind}");
        let by_origin = document["counts"]["by_origin"].as_array().expect("origins");
        let sum: u64 = by_origin.iter().filter_map(|one| one[kind].as_u64()).sum();
        assert_eq!(sum, listed, "{kind} by origin");
    }
    let number = |of: &serde_json::Value| of.as_u64().expect("a number");
    let counts = &document["counts"];
    assert_eq!(
        number(&document["old"]["open"]) - number(&counts["gone"]) + number(&counts["new"]),
        number(&document["new"]["open"])
    );
}

#[test]
fn an_updated_component_is_the_cause() {
    let new = changed("compare-updated.spdx.json", &[("3.0.13", "3.0.15")]);
    let document = json(&compare(&[&gateway(), &new, "--json"]));
    assert_eq!(document["schema"], "patchwright/compare/1");
    assert_eq!(causes(&document), ["gone component_updated openssl 3.0.13 -> 3.0.15"]);
    adds_up(&document);
}

#[test]
fn build_evidence_is_the_cause() {
    let config = sample("gateway-4.1.0.config");
    let document = json(&compare(&[&gateway(), &gateway(), "--new-with", &config, "--json"]));
    let causes = causes(&document);
    assert!(
        !causes.is_empty() && causes.iter().all(|cause| cause.starts_with("gone evidence ")),
        "{causes:?}"
    );
    adds_up(&document);
}

#[test]
fn a_profile_changes_classes_and_nothing_else() {
    let profile = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/cases/profiles/example-gateway.toml");
    let text = std::fs::read_to_string(&profile).expect("the profile");
    let isolated =
        scratch("compare-isolated.toml", text.replace("zone = \"site\"", "zone = \"local\"").as_bytes());
    let profile = profile.display().to_string();
    let ran = compare(&[&gateway(), &gateway(), "--old-profile", &profile, "--profile", &isolated, "--json"]);
    let document = json(&ran);
    let causes = causes(&document);
    assert_eq!(causes, ["changed profile the deployment profile changed"], "{}", ran.err);
    adds_up(&document);
}

#[test]
fn saved_scans_tell_the_same_as_their_inputs() {
    let new = changed("compare-saved.spdx.json", &[("3.0.13", "3.0.15"), ("1.36.1", "1.37.0")]);
    let (one, other) = (saved("compare-a.json", &[&gateway()]), saved("compare-b.json", &[&new]));
    let (by_record, by_inputs) =
        (json(&compare(&[&one, &other, "--json"])), json(&compare(&[&gateway(), &new, "--json"])));
    assert_eq!(by_record["counts"], by_inputs["counts"]);
    assert_eq!(causes(&by_record), causes(&by_inputs));
    adds_up(&by_record);
}

/// The starter's records as an index, without some of them.
fn index(name: &str, skip: &[&str]) -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-records"));
    std::fs::create_dir_all(&folder).expect("a folder");
    for id in ["CVE-2024-1", "CVE-2024-2"] {
        let path = folder.join(format!("{id}.json"));
        let _ = std::fs::remove_file(&path);
        if !skip.contains(&id) {
            let record = format!(
                r#"{{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{{"cveId":"{id}","state":"PUBLISHED","assignerShortName":"acme","datePublished":"2024-01-01T00:00:00Z","dateUpdated":"2024-01-01T00:00:00Z"}},"containers":{{"cna":{{"providerMetadata":{{"orgId":"00000000-0000-4000-8000-000000000000","shortName":"acme"}},"descriptions":[{{"lang":"en","value":"a flaw"}}],"affected":[{{"vendor":"openssl","product":"openssl","defaultStatus":"unaffected","versions":[{{"version":"3.0.0","lessThan":"3.0.14","status":"affected","versionType":"semver"}}]}}]}}}}}}"#
            );
            std::fs::write(path, record).expect("a record");
        }
    }
    let out =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pwx")).display().to_string();
    let ran = run(&["index", "build", &folder.display().to_string(), "--out", &out]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    out
}

#[test]
fn two_states_of_knowledge_are_told_from_two_builds() {
    let (old, new) = (index("compare-old", &["CVE-2024-2"]), index("compare-new", &[]));
    let data = json(&compare(&[&gateway(), "--index", &old, "--index", &new, "--json"]));
    assert_eq!(causes(&data), ["new knowledge the new knowledge names it, the old one did not"]);
    assert_eq!(data["differences"][0]["origin"], "data");
    adds_up(&data);
    // Both at once: what the data brought, the build has cured before anybody saw it; the old one is the build's.
    let updated = changed("compare-both.spdx.json", &[("3.0.13", "3.0.15")]);
    let both = json(&compare(&[&gateway(), &updated, "--index", &old, "--index", &new, "--json"]));
    assert_eq!(causes(&both), ["gone component_updated openssl 3.0.13 -> 3.0.15"]);
    assert_eq!(both["counts"]["gone"], 1);
    adds_up(&both);
}

#[test]
fn the_same_twice_is_no_difference() {
    let ran = compare(&[&gateway(), &gateway()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("both inputs are the same document") && ran.out.contains("No difference"),
        "{}",
        ran.out
    );
    let one = saved("compare-same.json", &[&gateway()]);
    assert!(compare(&[&one, &one]).out.contains("No difference"));
}

#[test]
fn new_findings_fail_the_gate() {
    let worse = changed("compare-worse.spdx.json", &[("6.1.90", "6.1.20")]);
    assert_eq!(compare(&[&gateway(), &worse, "--fail-on-new", "routine"]).code, 1);
    assert_eq!(compare(&[&worse, &gateway(), "--fail-on-new", "immediate"]).code, 0);
}

#[test]
fn tables_for_merge_requests_hold_no_markup_of_others() {
    let new = changed("compare-markup.spdx.json", &[("3.0.13", "3.0.15|`x`<b>")]);
    let ran = compare(&[&gateway(), &new, "--format", "markdown"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("|`x`<b>"), "{}", ran.out);
}

#[test]
fn what_it_refuses() {
    let good = saved("compare-good.json", &[&gateway()]);
    let text = std::fs::read(&good).expect("saved");
    let cut = scratch("compare-cut.json", &text[..text.len() / 2]);
    let later = scratch("compare-later.json", br#"{"schema":"patchwright/scan/2","findings":[]}"#);
    let other = scratch("compare-other.json", br#"{"schema":"patchwright/explain/1"}"#);
    let bare = scratch("compare-bare.json", br#"{"schema":"patchwright/scan/1"}"#);
    let plain = scratch("compare-plain.txt", b"not json at all");
    for (words, code, says) in [
        (vec![good.as_str(), cut.as_str()], 3, "EOF"),
        (vec![good.as_str(), later.as_str()], 3, "patchwright/scan/2, not a saved scan"),
        (vec![good.as_str(), other.as_str()], 3, "patchwright/explain/1, not a saved scan"),
        (vec![good.as_str(), bare.as_str()], 3, "missing field"),
        (vec![good.as_str(), plain.as_str()], 2, "is a saved scan and"),
        (vec![plain.as_str(), plain.as_str()], 3, "cannot read"),
        (vec![good.as_str()], 2, "give a second one"),
        (vec![good.as_str(), "missing.json"], 3, "cannot read missing.json"),
        (vec![good.as_str(), good.as_str(), "--index", "x.pwx"], 2, "judged already"),
        (vec!["--fail-on-new", "nothing"], 2, "invalid value"),
        (vec![], 2, "required"),
    ] {
        let ran = compare(&words);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{words:?}: {}", ran.err);
    }
    let gateway = gateway();
    assert_eq!(compare(&[&gateway]).code, 2);
    assert_eq!(compare(&[&gateway, &gateway, "--old-profile", "x.toml"]).code, 2);
    assert_eq!(compare(&[&gateway, "--index", "missing.pwx", "--index", "missing.pwx"]).code, 4);
}
