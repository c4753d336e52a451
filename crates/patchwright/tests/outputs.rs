//! Every form of output says the same, and machines get what they can read.

use crate::binary::{run, sample, scratch};

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

#[test]
fn json_lines_are_the_findings() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let lines = run(&["scan", &sbom, "--format", "jsonl", "--all"]).out;
    let json: serde_json::Value =
        serde_json::from_str(&run(&["scan", &sbom, "--json", "--all"]).out).expect("JSON");
    let named: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let findings = json["findings"].as_array().expect("findings");
    assert_eq!(named.len(), findings.len());
    for (line, finding) in named.iter().zip(findings) {
        assert_eq!(line["schema"], "patchwright/finding/1");
        assert_eq!(line["vulnerability"], finding["vulnerability"]);
        assert_eq!(line["verdict"], finding["verdict"]);
        assert_eq!(line["evidence"], finding["evidence"]);
    }
}

#[test]
fn further_outputs_go_into_files() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let at = ["--at", "2026-09-22"];
    let mut words = vec!["scan", sbom.as_str()];
    words.extend(at);
    let kinds = ["html", "sarif", "json", "jsonl", "csv", "markdown", "table"];
    let outs: Vec<String> =
        kinds.iter().map(|kind| format!("{kind}={}", folder.join(format!("out.{kind}")).display())).collect();
    for out in &outs {
        words.extend(["--out", out.as_str()]);
    }
    let plain = run(&words);
    assert_eq!(plain.code, 0, "{}", plain.err);
    for kind in kinds {
        let file = std::fs::read_to_string(folder.join(format!("out.{kind}"))).expect("it is written");
        let mut words = vec!["scan", sbom.as_str(), "--format", kind];
        words.extend(at);
        assert_eq!(file, run(&words).out, "{kind}: the file says what standard output says");
    }
}

#[test]
fn outputs_that_cannot_be_written_are_named() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    for (out, code, says) in [
        ("html=/no/such/folder/x.html", 3, "/no/such/folder/x.html"),
        ("runes=x", 2, "runes"),
        ("html", 2, "KIND=FILE"),
        ("html=-", 2, "standard output"),
    ] {
        let ran = run(&["scan", &sbom, "--out", out]);
        assert_eq!(ran.code, code, "{out}: {}", ran.err);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
    let twice = run(&["scan", &sbom, "--out", "html=x.html", "--out", "csv=x.html"]);
    assert_eq!(twice.code, 2, "{}", twice.err);
    let question = run(&["assess", &sbom, "--what-if", "access.local_code=none", "--format", "html"]);
    assert_eq!(question.code, 2, "{}", question.err);
}

#[test]
fn the_funnel_adds_up() {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    let out = run(&["scan", &sbom, &config, "--at", "2026-11-22"]).out;
    let funnel: String = out
        .lines()
        .skip_while(|line| !line.starts_with("Funnel"))
        .take_while(|line| line.starts_with("Funnel") || line.starts_with("  "))
        .collect();
    let json: serde_json::Value =
        serde_json::from_str(&run(&["scan", &sbom, &config, "--json", "--at", "2026-11-22"]).out)
            .expect("JSON");
    let candidates = json["counts"]["candidates"].as_u64().expect("a number");
    assert!(funnel.contains(&format!("{candidates} matches")), "{funnel}");
    let immediate = json["findings"].as_array().into_iter().flatten();
    let immediate = immediate.filter(|one| one["assessment"]["class"] == "immediate").count();
    assert!(funnel.contains(&format!("{immediate} need action now")), "{funnel}");
}

#[test]
fn a_narrow_terminal_is_no_wider_than_it_is() {
    // Without a terminal the usual width holds; no line of ours but a command may leave it.
    let out = run(&["scan", &sample("gateway-4.1.0.spdx.json"), "--at", "2026-11-22"]).out;
    let long: Vec<&str> =
        out.lines().filter(|line| line.chars().count() > 110 && !line.contains("patchwright ")).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The test cases of a JUnit report, one line each: name, and what became of it.
fn junit(words: &[&str]) -> (String, Vec<String>) {
    let mut all = vec!["scan"];
    all.extend(words);
    all.extend(["--at", "2026-11-22", "--format", "junit"]);
    let ran = run(&all);
    let value = |line: &str, name: &str| {
        let rest = line.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let mut cases: Vec<String> = Vec::new();
    for line in ran.out.lines().map(str::trim_start) {
        if line.starts_with("<testcase") {
            cases.push(value(line, "name"));
        } else if let Some(what) =
            ["failure", "skipped", "error"].iter().find(|what| line.starts_with(&format!("<{what}")))
        {
            cases.last_mut().expect("a case").push_str(&format!(" {what} {}", value(line, "type")));
        }
    }
    (ran.out, cases)
}

#[test]
fn junit_has_a_case_for_each_component_and_each_failure() {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let (text, cases) = junit(&[&sbom]);
    assert!(
        text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"patchwright\""),
        "{text}"
    );
    let failures = cases.iter().filter(|case| case.contains(" failure ")).count();
    assert!(failures > 0 && text.contains(&format!("failures=\"{failures}\"")), "{cases:#?}");
    assert!(text.contains(&format!("tests=\"{}\"", cases.len())));
    let mut names = cases.clone();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "a name stands there twice");
    // With a gate exactly what the gate fails, and an error where it cannot judge.
    let (text, cases) = junit(&[&sbom, "--fail-on", "kev", "--max-unevaluated", "100"]);
    let json =
        run(&["scan", &sbom, "--at", "2026-11-22", "--json", "--fail-on", "kev", "--max-unevaluated", "100"])
            .out;
    let gate: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let failing = gate["gate"]["failing"].as_array().expect("failing").len();
    assert_eq!(cases.iter().filter(|case| case.contains(" failure ")).count(), failing, "{cases:#?}");
    let blind = gate["gate"]["cannot_judge_because"].as_array().expect("reasons").len();
    assert_eq!(cases.iter().filter(|case| case.contains(" error ")).count(), blind, "{text}");
}

#[test]
fn junit_is_well_formed_whatever_names_say() {
    let hostile = "a<b>&\"'\u{1}\u{202e}]]>";
    let bom = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "firmware", "name": hostile, "version": "1\n2" } },
        "components": [
            { "type": "library", "name": hostile, "version": hostile },
            { "type": "library", "name": "openssl", "version": "3.0.1", "cpe": "cpe:2.3:a:openssl:openssl:3.0.1:*:*:*:*:*:*:*" },
            { "type": "library", "name": "nameless" },
        ],
    });
    let file = scratch("junit-hostile.cdx.json", bom.to_string().as_bytes());
    let (text, cases) = junit(&[&file]);
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
    assert!(
        !text.contains("a<b>") && !text.contains('\u{202e}') && text.contains("a&lt;b&gt;&amp;"),
        "{text}"
    );
    // What cannot be evaluated is neither passed nor failed.
    assert!(
        cases.iter().any(|case| case.starts_with("nameless") && case.contains(" skipped ")),
        "{cases:#?}"
    );
    assert_eq!(text.matches("<testcase ").count(), cases.len());
    assert_eq!(text.matches("<testsuite ").count(), text.matches("</testsuite>").count());
}

/// The four documents of `west spdx` are one build: none names a component with its commit and its CPE alone.
#[test]
fn documents_that_refer_to_each_other_are_read_together() {
    let fixture = |name: &str| format!("{}/../../fixtures/zephyr/{name}.spdx", env!("CARGO_MANIFEST_DIR"));
    let all = ["zephyr", "build", "app", "modules-deps"].map(fixture);
    let mut words = vec!["inventory", "--json"];
    words.extend(all.iter().map(String::as_str));
    let ran = run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let inventory: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let inputs: Vec<_> =
        inventory["inputs"].as_array().expect("inputs").iter().map(|one| &one["kind"]).collect();
    assert_eq!(inputs, ["spdx2-tag-value"; 4]);
    let components = inventory["components"].as_array().expect("components");
    assert_eq!(components.len(), 6);
    let mbedtls = components.iter().find(|component| component["name"] == "mbedtls").expect("mbedtls");
    assert_eq!(mbedtls["version"], "3.5.2");
    assert!(mbedtls.to_string().contains("6ec4abdcda78dfc47315af568f93e5ad4398dea0"), "{mbedtls}");
    // What was built is no list of what it was built of.
    let alone = run(&["inventory", &fixture("build")]);
    assert_eq!(alone.code, 3);
    assert!(alone.err.contains("give zephyr.spdx and modules-deps.spdx"), "{}", alone.err);
}
