//! `plan`: numbers that a scan of the changed release finds again, and words for when there is nothing to do.

use crate::binary::{Ran, run, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn plan(words: &[&str]) -> Ran {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let mut all = vec!["plan", sbom.as_str()];
    all.extend(AT);
    all.extend(words);
    run(&all)
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

fn scan(sbom: &str) -> serde_json::Value {
    json(&run(&["scan", sbom, "--json", AT[0], AT[1]]))
}

/// Ids of the open findings of a component on the device.
fn open(scan: &serde_json::Value, name: &str) -> std::collections::BTreeSet<String> {
    let findings = scan["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["component"]["name"] == name && !finding["class"].is_null())
        .map(|finding| finding["vulnerability"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn applying_the_first_step_to_the_sbom_gives_what_was_predicted() {
    let document = json(&plan(&["--json"]));
    assert_eq!(document["schema"], "patchwright/plan/1");
    let step = &document["steps"][0];
    let name = step["component"].as_str().expect("a name");
    let (from, to) = (step["from"].as_str().expect("from"), step["to"].as_str().expect("to"));
    let sbom = sample("gateway-4.1.0.spdx.json");
    let before = scan(&sbom);
    // The kernel's number is written at many places of the document; nothing else has it.
    let changed = std::fs::read_to_string(&sbom).expect("the sample").replace(from, to);
    let after = scan(&scratch("plan-applied.spdx.json", changed.as_bytes()));
    let (one, other) = (open(&before, name), open(&after, name));
    let ids = |member: &str| -> std::collections::BTreeSet<String> {
        let list = step[member].as_array().expect(member);
        list.iter().map(|one| one["vulnerability"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids("cured"), one.difference(&other).cloned().collect());
    assert_eq!(ids("added"), other.difference(&one).cloned().collect());
    assert_eq!(step["left"]["total"].as_u64(), Some(other.len() as u64));
    let all = after["findings"].as_array().expect("findings");
    let remaining = all.iter().filter(|finding| !finding["class"].is_null()).count() as u64;
    assert_eq!(step["remaining"]["total"].as_u64(), Some(remaining));
}

#[test]
fn the_view_for_people_names_each_step() {
    let ran = plan(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("linux-yocto 6.1.90 -> 6.1."), "{}", ran.out);
    assert!(
        ran.out.contains("cures")
            && ran.out.contains("adds")
            && ran.out.contains("remaining after each step")
    );
    assert!(ran.out.contains("No upgrade helps"));
}

#[test]
fn a_goal_and_the_line_limit_the_plan() {
    let urgent = json(&plan(&["--json", "--goal", "immediate"]));
    let steps = urgent["steps"].as_array().expect("steps");
    assert!(!steps.is_empty());
    assert!(
        steps.iter().all(|step| step["cures"]["immediate"].as_u64() > step["adds"]["immediate"].as_u64())
    );
    let on_line = json(&plan(&["--json", "--branch-changes", "never"]));
    let steps = on_line["steps"].as_array().expect("steps");
    assert!(!steps.is_empty() && steps.iter().all(|step| step["is_branch_change"] == false));
}

#[test]
fn the_page_is_whole_and_asks_nobody() {
    let ran = plan(&["--format", "html"]);
    assert!(ran.out.starts_with("<!DOCTYPE html>") && ran.out.trim_end().ends_with("</html>"));
    assert_eq!(ran.out.matches("<svg").count(), 2);
    for word in ["<script", "src=", "http://", "https://", "@import", "url("] {
        assert!(!ran.out.contains(word), "{word}");
    }
    assert_eq!(ran.out.matches("<text").count(), ran.out.matches("</text>").count());
}

#[test]
fn a_release_with_nothing_open_is_told_so() {
    let sbom = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"nothing-known","version":"1.0"}]}"#;
    let ran = run(&["plan", &scratch("plan-nothing.cdx.json", sbom), AT[0], AT[1]]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("nothing is to be upgraded"), "{}", ran.out);
    assert!(ran.out.contains("Next: patchwright scan"), "{}", ran.out);
}

#[test]
fn what_it_refuses() {
    assert_eq!(plan(&["--goal", "everything"]).code, 2);
    assert_eq!(plan(&["--branch-changes", "sometimes"]).code, 2);
    assert_eq!(plan(&["--fast"]).code, 2);
    assert_eq!(plan(&["--profile", "missing.toml"]).code, 3);
    assert_eq!(run(&["plan"]).code, 2);
    assert_eq!(run(&["plan", "missing.json"]).code, 3);
    assert_eq!(run(&["plan", &scratch("plan-cut.json", b"{\"bomFormat\":\"Cyc")]).code, 3);
}
