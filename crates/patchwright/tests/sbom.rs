//! `sbom check`, `convert`, `merge`, `diff`.

use serde_json::Value;

use crate::binary::{Ran, run, run_with, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

fn convert(words: &[&str]) -> Ran {
    let mut all = vec!["sbom", "convert"];
    all.extend(words);
    all.extend(AT);
    run(&all)
}

/// Findings of a document, as a set that does not depend on places in it.
fn findings(file: &str) -> Vec<String> {
    let ran = run(&["scan", file, "--json", "--all", "--at", "2026-11-22"]);
    let document = json(&ran);
    let mut findings: Vec<String> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            format!(
                "{} {} {} {} {}",
                finding["vulnerability"],
                finding["component"]["name"],
                finding["verdict"],
                finding["reason"],
                finding["confidence"]
            )
        })
        .collect();
    findings.sort();
    findings
}

#[test]
fn a_converted_document_has_the_same_findings() {
    for name in ["gateway-4.1.0.spdx.json", "panel-1.3.0.cdx.json", "sensor-2.3.0.cdx.json"] {
        let before = findings(&sample(name));
        assert!(!before.is_empty(), "{name}");
        for (form, end) in [("cyclonedx-1.6", "cdx.json"), ("spdx-3.0.1", "spdx.json")] {
            let out = scratch(&format!("converted-{name}.{end}"), b"");
            let ran = convert(&[&sample(name), "--to", form, "--out", &out]);
            assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
            assert_eq!(findings(&out), before, "{name} as {form}");
        }
    }
}

#[test]
fn the_heading_is_written_and_bytes_repeat() {
    let words = [
        &sample("sensor-2.3.0.cdx.json"),
        "--to",
        "cyclonedx-1.6",
        "--name",
        "Sensor",
        "--release",
        "9",
        "--supplier",
        "Example GmbH",
        "--author",
        "Jane Doe",
        "--context",
        "build",
    ];
    let ran = convert(&words);
    assert_eq!(ran.out, convert(&words).out);
    let metadata = &json(&ran)["metadata"];
    assert_eq!(metadata["component"]["name"], "Sensor");
    assert_eq!(metadata["component"]["version"], "9");
    assert_eq!(metadata["supplier"]["name"], "Example GmbH");
    assert_eq!(metadata["authors"][0]["name"], "Jane Doe");
    assert_eq!(metadata["lifecycles"][0]["phase"], "build");
    assert_eq!(metadata["timestamp"], "2026-11-22T00:00:00Z");
    assert_eq!(metadata["tools"]["components"][0]["name"], "Patchwright");
}

/// Build evidence has no place in an SBOM: it is told, and the exit code says that the result is partial.
#[test]
fn what_is_left_out_is_told() {
    let ran =
        convert(&[&sample("gateway-4.1.0.spdx.json"), &sample("gateway-4.1.0.config"), "--to", "spdx-3.0.1"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("F_NOT_WRITTEN") && ran.err.contains("gateway-4.1.0.config"), "{}", ran.err);
    assert_eq!(json(&ran)["@context"], "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
}

#[test]
fn the_form_follows_from_the_name() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    for (name, member) in [("form.cdx.json", "bomFormat"), ("form.spdx.json", "@graph")] {
        let out = scratch(name, b"");
        assert_eq!(convert(&[&sbom, "--out", &out]).code, 0);
        let text = std::fs::read_to_string(&out).expect("it was written");
        assert!(text.contains(&format!("\"{member}\"")), "{name}");
    }
    let ran = convert(&[&sbom]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--to cyclonedx-1.6"), "{}", ran.err);
}

#[test]
fn parts_are_merged() {
    let (one, other) = (sample("gateway-4.1.0.spdx.json"), sample("sensor-2.3.0.cdx.json"));
    let out = scratch("merged.cdx.json", b"");
    let ran = run(&[
        "sbom",
        "merge",
        &one,
        &other,
        "--name",
        "pair",
        "--release",
        "1",
        "--out",
        &out,
        "--at",
        "2026-11-22",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let swapped = run(&[
        "sbom",
        "merge",
        &other,
        &one,
        "--name",
        "pair",
        "--release",
        "1",
        "--to",
        "cyclonedx-1.6",
        "--at",
        "2026-11-22",
    ]);
    assert_eq!(std::fs::read_to_string(&out).expect("it was written"), swapped.out, "the order says nothing");
    let count = |file: &str| {
        let inventory = json(&run(&["inventory", file, "--json"]));
        (
            inventory["product"].as_str().unwrap_or_default().to_owned(),
            inventory["components"].as_array().map_or(0, Vec::len),
        )
    };
    let (first, second, both) = (count(&one), count(&other), count(&out));
    assert_eq!(both.0, "pair");
    assert!(both.1 <= first.1 + second.1 && both.1 > first.1, "{first:?} {second:?} {both:?}");
    let text = std::fs::read_to_string(&out).expect("it was written");
    assert!(text.contains(&format!("\"location\": \"{}", second.0)), "parts are locations");
}

/// What one part says of all of itself is not said of the other.
#[test]
fn a_statement_on_a_whole_part_stays_with_the_part() {
    let bom = |name: &str, more: &str| {
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"firmware","bom-ref":"p","name":"{name}"}}}},
            "components":[{{"type":"library","bom-ref":"{name}-lib","name":"{name}-lib","version":"1","cpe":"cpe:2.3:a:v:{name}:1:*:*:*:*:*:*:*"}}]{more}}}"#
        );
        scratch(&format!("part-{name}.cdx.json"), text.as_bytes())
    };
    let said = r#","vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"not_affected"},"affects":[{"ref":"p"}]}]"#;
    let (one, other) = (bom("one", said), bom("other", ""));
    let ran =
        run(&["sbom", "merge", &one, &other, "--name", "x", "--to", "cyclonedx-1.6", "--at", "2026-11-22"]);
    let affects = &json(&ran)["vulnerabilities"][0]["affects"];
    assert_eq!(affects, &serde_json::json!([{ "ref": "one-lib" }]), "{}", ran.err);
}

#[test]
fn contents_are_compared() {
    let (one, other) = (sample("gateway-4.1.0.spdx.json"), sample("sensor-2.3.0.cdx.json"));
    let same = run(&["sbom", "diff", &one, &one, "--exit-code"]);
    assert_eq!(same.code, 0);
    assert!(
        same.out.ends_with("0 added, 0 removed, 0 with another version, 0 changed otherwise\n"),
        "{}",
        same.out
    );
    let differ = run(&["sbom", "diff", &one, &other]);
    assert_eq!(differ.code, 0, "{}", differ.err);
    let differ = run(&["sbom", "diff", &one, &other, "--json", "--exit-code"]);
    assert_eq!(differ.code, 1);
    let document = json(&differ);
    assert_eq!(document["schema"], "patchwright/sbom-diff/1");
    let kinds: Vec<&str> = document["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"added") && kinds.contains(&"removed"), "{kinds:?}");
}

#[test]
fn quality_is_checked() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["sbom", "check", &sbom, "--rules", "ntia", "--rules", "bsi-tr-03183-2", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let document = json(&ran);
    assert_eq!(document["schema"], "patchwright/sbom-check/1");
    let checks = document["checks"].as_array().expect("checks");
    assert_eq!(checks.len(), 2);
    let failed = |check: &Value| {
        let answers = check["answers"].as_array().expect("answers").clone();
        answers.into_iter().find(|answer| answer["outcome"] == "failed").expect("something fails")
    };
    let answer = failed(&checks[1]);
    assert!(
        !answer["examples"].as_array().expect("examples").is_empty()
            && answer["how"]["yocto"].as_str().is_some_and(|how| !how.is_empty())
    );
    let table = run(&["sbom", "check", &sbom, "--rules", "bsi-tr-03183-2"]);
    for text in ["failed", "Buildroot", "BSI TR-03183-2", "sha-512"] {
        assert!(table.out.contains(text), "{text}: {}", table.out);
    }
    assert_eq!(run(&["sbom", "check", &sbom, "--rules", "bsi-tr-03183-2", "--fail-on", "never"]).code, 0);
}

/// What we write ourselves, with everything given, meets NTIA's required elements as far as the data goes.
#[test]
fn a_document_of_ours_passes_the_rules_on_documents() {
    let out = scratch("checked.cdx.json", b"");
    let words =
        ["--out", &out, "--author", "Example GmbH", "--supplier", "Example GmbH", "--context", "build"];
    let ran = convert(&[&[sample("gateway-4.1.0.spdx.json").as_str()], &words[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let document = json(&run(&["sbom", "check", &out, "--rules", "cisa-2025", "--json"]));
    for answer in document["checks"][0]["answers"].as_array().expect("answers") {
        if ["author", "tool-name", "timestamp", "generation-context", "product", "machine-readable"]
            .contains(&answer["id"].as_str().unwrap_or_default())
        {
            assert_eq!(answer["outcome"], "passed", "{answer}");
        }
    }
}

#[test]
fn bad_input_is_refused() {
    let text = scratch("letter.json", b"hello, this is a letter\n");
    let sbom = sample("sensor-2.3.0.cdx.json");
    for words in [
        vec!["sbom", "check", text.as_str()],
        vec!["sbom", "convert", text.as_str(), "--to", "cyclonedx-1.6"],
        vec!["sbom", "merge", &sbom, text.as_str(), "--name", "x", "--to", "cyclonedx-1.6"],
        vec!["sbom", "diff", &sbom, text.as_str()],
        vec!["sbom", "diff", "no-such-file.json", &sbom],
    ] {
        let ran = run(&words);
        assert_eq!(ran.code, 3, "{words:?} {}", ran.err);
        assert!(ran.err.contains("letter.json") || ran.err.contains("no-such-file.json"), "{}", ran.err);
    }
    assert_eq!(convert(&[&sbom, "--out", "/no/such/folder/x.cdx.json"]).code, 3);
    for words in [
        vec!["sbom", "merge", &sbom, "--to", "cyclonedx-1.6"],
        vec!["sbom", "convert", &sbom, "--to", "runes"],
        vec!["sbom", "check", &sbom, "--rules", "runes"],
        vec!["sbom", "convert", &sbom, "--to", "cyclonedx-1.6", "--at", "yesterday"],
    ] {
        assert_eq!(run(&words).code, 2, "{words:?}");
    }
    let config = sample("gateway-4.1.0.config");
    let ran = run(&["sbom", "check", &config]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("sbom convert"), "{}", ran.err);
    assert_eq!(run_with(&["sbom", "check", "-"], b"").code, 3);
}
