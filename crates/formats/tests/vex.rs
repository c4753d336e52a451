//! VEX documents: whole suites with exact counts, the words of `vex-mapping.json`, the guards of the import, and
//! hostile bytes.

use std::collections::BTreeMap;
use std::fmt::Write;

use formats::vex::{read, words};
use model::note::{NoteCode, Read};
use model::vex::{
    Instant, Justification, ProductRef, RemediationKind, VexDocument, VexFormat, VexStatement, VexStatus,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::packs;

/// One line per document: form, statements by status, notes; or why it was refused.
fn overview(files: Vec<(String, Vec<u8>)>) -> String {
    let mut out = String::new();
    for (name, bytes) in files {
        let line = match read(&bytes, &name) {
            Ok(read) => line(&read),
            Err(error) => format!("refused: {error}"),
        };
        let _ = writeln!(out, "{name}: {line}");
    }
    out
}

fn line(read: &Read<VexDocument>) -> String {
    let document = &read.value;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in &document.statements {
        *counts.entry(statement.status.word()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{word}={count}")).collect();
    let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
    for note in &read.notes {
        *notes.entry(note.code.code()).or_default() += 1;
    }
    let notes: Vec<String> = notes.iter().map(|(code, count)| format!("{code}={count}")).collect();
    let (form, version) = (document.format.word(), document.spec_version.as_str());
    format!("{form} {version} [{}] {}", counts.join(" "), notes.join(" ")).trim().to_owned()
}

#[test]
fn documents_of_other_tools() {
    for (suite, folder) in [
        ("go_vex", "conformance/openvex-go-vex"),
        ("grype", "conformance/vex-grype-testdata"),
        ("trivy", "conformance/vex-trivy-testdata"),
        ("situations", "conformance/csaf-situations"),
    ] {
        let Some(files) = packs::files(folder) else { return };
        insta::assert_snapshot!(suite, overview(files));
    }
}

/// What a suite's documents amount to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    read: usize,
    no_statement: usize,
    contradicting: usize,
    refused: usize,
    statements: usize,
}

impl Tally {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        match read(bytes, name) {
            Ok(read) => {
                self.read += 1;
                self.statements += read.value.statements.len();
            }
            Err(error) if error.to_string().contains("makes no statement") => self.no_statement += 1,
            Err(error) if error.to_string().contains("says both") => self.contradicting += 1,
            Err(error) => {
                // Test 6.1.34: branches nested without end.
                assert!(
                    name.contains("6-1-34-0") && error.to_string().contains("nested deeper"),
                    "{name}: {error}"
                );
                self.refused += 1;
            }
        }
    }
}

/// Every CSAF document of the standard's own examples and tests: those of category `csaf_vex`, and all others.
/// Those that contradict themselves are the failing examples of test 6.1.6, and no others.
#[test]
fn the_csaf_suite() {
    let Some(files) = packs::files("conformance/csaf-oasis") else { return };
    let (mut vex, mut other) = (Tally::default(), Tally::default());
    let mut contradicting = Vec::new();
    for (name, bytes) in files {
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let Some(category) = value["document"]["category"].as_str() else { continue };
        if !name.ends_with(".json") || value["document"].get("csaf_version").is_none() {
            continue;
        }
        let tally = if category == "csaf_vex" { &mut vex } else { &mut other };
        let before = tally.contradicting;
        tally.add(&name, &bytes);
        if tally.contradicting > before {
            contradicting.push(name.rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    let numbers = [("2_0-2021", 5), ("2_1-2024", 6)];
    let failing: Vec<String> = numbers
        .iter()
        .flat_map(|(version, count)| {
            (1..=*count).map(move |at| format!("oasis_csaf_tc-csaf_{version}-6-1-06-0{at}.json"))
        })
        .collect();
    assert_eq!(
        (vex, other, contradicting),
        (
            Tally { read: 61, no_statement: 1, contradicting: 0, refused: 0, statements: 295 },
            Tally { read: 482, no_statement: 594, contradicting: 11, refused: 2, statements: 594 },
            failing
        )
    );
}

/// Statements inside of SBOMs: what the inventory readers make of them, the VEX reader finds too.
#[test]
fn statements_of_real_sboms() {
    let Some(members) = packs::sboms() else { return };
    let mut out = String::new();
    for (name, bytes) in members {
        if let Ok(read) = read(bytes, name) {
            let _ = writeln!(out, "{name}: {}", line(&read));
        }
    }
    insta::assert_snapshot!(out);
}

fn mapping() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/cases/vex-mapping.json")).expect("the table is JSON")
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

/// Every row of the table, in both directions.
#[test]
fn words_are_those_of_the_table() {
    let table = mapping();
    let rows = table["status"].as_array().expect("rows");
    assert_eq!(rows.len(), VexStatus::ALL.len());
    for row in rows {
        let internal = VexStatus::parse(row["internal"].as_str().expect("a word")).expect("one of ours");
        let ours = words::status_row(internal).expect("a row");
        assert_eq!(ours.openvex, text(&row["openvex"]), "{internal:?}");
        assert_eq!(ours.cyclonedx, text(&row["cyclonedx"]), "{internal:?}");
        assert_eq!(ours.csaf, text(&row["csaf21"]), "{internal:?}");
        let spdx3 = text(&row["spdx3_class"]).zip(text(&row["spdx3_relationship"]));
        assert_eq!(ours.spdx3, spdx3, "{internal:?}");
    }
    let forms = [
        (VexFormat::Csaf, "csaf", 9),
        (VexFormat::CycloneDx, "cyclonedx", 6),
        (VexFormat::Yocto, "yocto_cve_status", 16),
    ];
    for (form, name, count) in forms {
        let list = table["status_from"][name].as_object().expect("a list");
        assert_eq!(list.len(), count, "{name}");
        for (word, status) in list {
            let expected = VexStatus::parse(status.as_str().expect("a word"));
            assert_eq!(words::status(form, word), expected, "{name} {word}");
        }
    }
    for form in VexFormat::ALL {
        assert_eq!(words::status(*form, "anything else"), None);
    }
}

#[test]
fn justifications_are_those_of_the_table() {
    let table = mapping();
    let rows = table["justification"].as_array().expect("rows");
    assert_eq!(rows.len(), 5);
    for (row, ours) in rows.iter().zip(Justification::ALL) {
        assert_eq!(Some(ours.word()), text(&row["internal"]));
        assert_eq!(Some(ours.word()), text(&row["csaf_flag"]));
        assert_eq!(Some(ours.word()), text(&row["openvex"]));
        assert_eq!(Some(words::spdx3(*ours)), text(&row["spdx3"]));
        assert_eq!(Some(words::cyclonedx(*ours)), text(&row["cyclonedx"]));
        assert_eq!(words::justification(VexFormat::Spdx3, words::spdx3(*ours)), Some(*ours));
    }
    for (form, name) in [
        (VexFormat::CycloneDx, "justification_from_cyclonedx"),
        (VexFormat::Yocto, "justification_from_yocto"),
    ] {
        for (word, ours) in table[name].as_object().expect("a list") {
            let expected = text(ours).and_then(Justification::parse);
            assert_eq!(words::justification(form, word), expected, "{word}");
        }
    }
}

#[test]
fn remediations_are_those_of_the_table() {
    let table = &mapping()["remediation"];
    for kind in RemediationKind::ALL {
        let expected = table["to_cyclonedx_response"][kind.word()].as_array().expect("a list");
        let ours: Vec<Value> = words::response(*kind).into_iter().map(Value::from).collect();
        assert_eq!(&ours, expected, "{}", kind.word());
    }
    let back = table["from_cyclonedx_response"].as_object().expect("a list");
    for (word, kind) in back {
        assert_eq!(words::from_response(word).map(RemediationKind::word), text(kind), "{word}");
    }
}

fn one(document: &str) -> (VexStatement, Vec<NoteCode>) {
    let read = read(document.as_bytes(), "x.json").expect("a document");
    assert_eq!(read.value.statements.len(), 1, "{document}");
    let codes = read.notes.iter().map(|note| note.code).collect();
    (read.value.statements.into_iter().next().expect("one"), codes)
}

fn openvex(fields: &str) -> String {
    format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","author":"a","timestamp":"2024-01-01T00:00:00Z","version":1,
        "statements":[{{"vulnerability":{{"name":"CVE-2024-1"}},"products":[{{"@id":"pkg:npm/a@1"}}],{fields}}}]}}"#
    )
}

fn cyclonedx(analysis: &str, rest: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{{"id":"CVE-2024-1","analysis":{{{analysis}}},
        "affects":[{{"ref":"pkg:npm/a@1"}}]{rest}}}]}}"#
    )
}

#[test]
fn guards_of_the_import() {
    use VexStatus::{Affected, NotAffected, UnderInvestigation};
    let cases = [
        (openvex(r#""status":"not_affected""#), UnderInvestigation, true, vec![NoteCode::StatementUnusable]),
        (openvex(r#""status":"not_affected","impact_statement":"removed""#), NotAffected, true, vec![]),
        (
            openvex(r#""status":"not_affected","justification":"component_not_present""#),
            NotAffected,
            false,
            vec![],
        ),
        (
            openvex(r#""status":"not_affected","justification":"because""#),
            UnderInvestigation,
            true,
            vec![NoteCode::UnknownEnum, NoteCode::StatementUnusable],
        ),
        (openvex(r#""status":"harmless""#), UnderInvestigation, true, vec![NoteCode::UnknownEnum]),
        (
            openvex(r#""status":"NOT_AFFECTED","justification":"component_not_present""#),
            UnderInvestigation,
            true,
            vec![NoteCode::UnknownEnum],
        ),
        (
            openvex(r#""justification":"component_not_present""#),
            UnderInvestigation,
            true,
            vec![NoteCode::UnknownEnum],
        ),
        (
            cyclonedx(
                r#""state":"not_affected","justification":"protected_at_perimeter","detail":"WAF""#,
                "",
            ),
            Affected,
            true,
            vec![NoteCode::StatementUnusable],
        ),
        (cyclonedx(r#""state":"false_positive""#, ""), VexStatus::FalsePositive, false, vec![]),
        (cyclonedx(r#""state":"exploitable""#, ""), Affected, false, vec![]),
    ];
    for (document, status, weak, notes) in cases {
        let (statement, codes) = one(&document);
        assert_eq!((statement.status, statement.weak, codes), (status, weak, notes), "{document}");
    }
    let (affected, _) = one(&openvex(r#""status":"affected""#));
    assert_eq!(affected.action, "no action stated by source");
    let (perimeter, _) = one(&cyclonedx(
        r#""state":"not_affected","justification":"protected_at_perimeter","detail":"WAF""#,
        "",
    ));
    assert_eq!(perimeter.action, "protected at the perimeter: WAF");
    assert_eq!(perimeter.remediations[0].kind, RemediationKind::Mitigation);
    assert_eq!(perimeter.original.justification, "protected_at_perimeter");
    assert_eq!(perimeter.justification, None);
}

/// The rows of versions beside a state: a row that says *affected* is never excluded.
#[test]
fn version_rows_of_cyclonedx() {
    let document = |state: &str, rows: &str| {
        let text = cyclonedx(&format!(r#""state":"{state}","justification":"code_not_present""#), "");
        let text =
            text.replace(r#""ref":"pkg:npm/a@1""#, &format!(r#""ref":"pkg:npm/a","versions":[{rows}]"#));
        let read = read(text.as_bytes(), "x.json").expect("a document");
        let said: Vec<String> = read
            .value
            .statements
            .iter()
            .map(|one| format!("{} {}", one.status.word(), one.products[0].versions.join(",")))
            .collect();
        said.join("; ")
    };
    let rows = r#"{"version":"1","status":"affected"},{"range":"vers:npm/>=2","status":"unaffected"},{"version":"0"}"#;
    assert_eq!(document("not_affected", rows), "under_investigation 1; not_affected vers:npm/>=2,0");
    assert_eq!(document("resolved", rows), "affected 1; fixed vers:npm/>=2,0");
    assert_eq!(document("exploitable", rows), "affected 1,0; under_investigation vers:npm/>=2");
    assert_eq!(document("in_triage", rows), "under_investigation 1,vers:npm/>=2,0");
}

/// Products as the forms nest them.
fn shape(product: &ProductRef) -> String {
    let mut text = [product.purls.join("|"), product.cpes.join("|"), product.versions.join("|")].join(" ");
    text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        text = format!("({})", product.reference);
    }
    match product.subcomponents.as_slice() {
        [] => text,
        parts => format!("{text} > [{}]", parts.iter().map(shape).collect::<Vec<_>>().join(", ")),
    }
}

fn shapes(document: &str) -> Vec<String> {
    let read = read(document.as_bytes(), "x.json").expect("a document");
    read.value.statements.iter().flat_map(|statement| &statement.products).map(shape).collect()
}

#[test]
fn products_of_each_form() {
    let csaf = |tree: &str, id: &str| {
        format!(
            r#"{{"document":{{"csaf_version":"2.1"}},"product_tree":{tree},"vulnerabilities":[{{"cve":"CVE-1",
            "product_status":{{"fixed":["{id}"]}}}}]}}"#
        )
    };
    let branch = |category: &str, name: &str, helper: &str| {
        format!(
            r#"{{"branches":[{{"category":"{category}","name":"{name}","product":{{"product_id":"P","name":"n",
            "product_identification_helper":{helper}}}}}]}}"#
        )
    };
    for (tree, expected) in [
        (branch("product_version", "4.2", r#"{"purl":"pkg:npm/a"}"#), "pkg:npm/a 4.2"),
        (branch("product_version", "4.2", r#"{"purl":"pkg:npm/a@1"}"#), "pkg:npm/a@1"),
        (
            branch("product_version_range", "vers:npm/<4", r#"{"purl":"pkg:npm/a@1"}"#),
            "pkg:npm/a@1 vers:npm/<4",
        ),
        (
            branch("product_version_range", "<4", r#"{"purls":["pkg:npm/a","pkg:npm/b"]}"#),
            "pkg:npm/a|pkg:npm/b <4",
        ),
        (
            branch("product_name", "a", r#"{"cpe":"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"}"#),
            "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*",
        ),
        (
            branch("product_name", "a", r#"{"serial_numbers":["7"],"purl":"pkg:npm/a"}"#),
            "pkg:npm/a article 7",
        ),
    ] {
        assert_eq!(shapes(&csaf(&tree, "P")), [expected]);
    }
    let names = r#"{"product_id":"A","product_identification_helper":{"purl":"pkg:npm/a"}},
        {"product_id":"B","product_identification_helper":{"purl":"pkg:npm/b"}},
        {"product_id":"C","product_identification_helper":{"purl":"pkg:npm/c"}}"#;
    let relation = |part: &str, whole: &str, id: &str| {
        format!(
            r#"{{"category":"default_component_of","product_reference":"{part}","relates_to_product_reference":"{whole}",
            "full_product_name":{{"product_id":"{id}"}}}}"#
        )
    };
    let relations =
        [relation("B", "A", "B-A"), relation("C", "B-A", "C-B-A"), relation("L", "L", "L")].join(",");
    let tree = format!(r#"{{"full_product_names":[{names}],"relationships":[{relations}]}}"#);
    assert_eq!(shapes(&csaf(&tree, "B-A")), ["pkg:npm/a > [pkg:npm/b]"]);
    assert_eq!(shapes(&csaf(&tree, "C-B-A")), ["pkg:npm/a > [pkg:npm/b > [pkg:npm/c]]"]);
    assert_eq!(shapes(&csaf(&tree, "L")), [""; 0], "a product in itself is none");
    assert_eq!(shapes(&csaf(&tree, "absent")), [""; 0]);
    let path = r#"{"beginning_product_reference":"C","full_product_name":{"product_id":"X"},"subpaths":[
        {"category":"installed_on","next_product_reference":"B"},{"category":"installed_on","next_product_reference":"A"}]}"#;
    let tree = format!(r#"{{"full_product_names":[{names}],"product_paths":[{path}]}}"#);
    assert_eq!(shapes(&csaf(&tree, "X")), ["pkg:npm/a > [pkg:npm/b > [pkg:npm/c]]"]);

    let bom = |metadata: &str, reference: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{{metadata}}},
            "components":[{{"bom-ref":"c","name":"c","version":"2","cpe":"cpe:/a:v:c"}}],
            "vulnerabilities":[{{"id":"CVE-1","analysis":{{"state":"resolved"}},"affects":[{{"ref":"{reference}"}}]}}]}}"#
        )
    };
    let root = r#""component":{"bom-ref":"r","name":"r","purl":"pkg:npm/r@1"}"#;
    for (metadata, reference, expected) in [
        ("", "c", "cpe:/a:v:c 2"),
        (root, "c", "pkg:npm/r@1 > [cpe:/a:v:c 2]"),
        (root, "r", "pkg:npm/r@1"),
        (root, "urn:cdx:0/1#pkg:npm/x@1", "pkg:npm/x@1"),
        (root, "urn:cdx:0/1#pkg%3Anpm%2F%2540s%2Fx%401", "pkg:npm/%40s/x@1"),
        (root, "elsewhere", "(elsewhere)"),
    ] {
        assert_eq!(shapes(&bom(metadata, reference)), [expected]);
    }
    let with_range = openvex(r#""status":"fixed""#)
        .replace("pkg:npm/a@1", "pkg:npm/a?arch=x&vers=vers%3Anpm%2F%3E%3D1%7C%3C2");
    assert_eq!(shapes(&with_range), ["pkg:npm/a?arch=x vers:npm/>=1|<2"]);
}

#[test]
fn what_no_form_is() {
    for (bytes, said) in [
        (&b""[..], "is empty"),
        (b"{}", "no VEX document"),
        (b"[]", "no VEX document"),
        (b"{\"a\":", "ends early"),
        (b"{\"predicateType\":\"x\",\"predicate\":{}}", "attestation"),
        (b"{\"bomFormat\":\"CycloneDX\",\"components\":[]}", "makes no statement"),
        (b"{\"@context\":\"https://openvex.dev/ns\"}", "without statements"),
        (b"{\"@graph\":[]}", "makes no statement"),
    ] {
        let error = read(bytes, "x.json").expect_err("nothing to read").to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// The words of `CVE_STATUS`, and a bare `Unpatched` that is another tool's match.
#[test]
fn yocto_statements() {
    let issue = |fields: &str| format!(r#"{{"id":"CVE-2024-1",{fields}}}"#);
    let document = |issue: &str| {
        format!(
            r#"{{"version":"1","package":[{{"name":"busybox","layer":"meta","version":"1.36.1","products":
            [{{"product":"busybox"}}],"issue":[{issue}]}}]}}"#
        )
    };
    let (statement, _) = one(&document(&issue(
        r#""status":"Ignored","detail":"not-applicable-config","description":"applet is off""#,
    )));
    assert_eq!(statement.status, VexStatus::NotAffected);
    assert_eq!(statement.justification, Some(Justification::VulnerableCodeNotPresent));
    assert_eq!((statement.impact.as_str(), statement.detail.as_str()), ("applet is off", "layer meta"));
    assert_eq!(shape(&statement.products[0]), "cpe:2.3:*:*:busybox:1.36.1:*:*:*:*:*:*:*");
    let (bare, _) = one(&document(&issue(r#""status":"Ignored","description":"""#)));
    assert_eq!(bare.status, VexStatus::UnderInvestigation);
    let unpatched = document(&issue(r#""status":"Unpatched""#));
    let read = read(unpatched.as_bytes(), "x.json").expect("a document");
    assert_eq!((read.value.statements.len(), read.notes.len()), (0, 1));
}

#[test]
fn points_in_time() {
    for (text, expected) in [
        ("2023-07-17T18:28:47.696004345-06:00", Some("2023-07-18T00:28:47Z")),
        ("2024-02-29T23:59:59Z", Some("2024-02-29T23:59:59Z")),
        ("2024-01-01T00:00:00+0530", Some("2023-12-31T18:30:00Z")),
        ("1970-01-01", Some("1970-01-01T00:00:00Z")),
        ("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00Z")),
        ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
        ("2023-02-29T00:00:00Z", None),
        ("2024-01-01T24:00:00Z", None),
        ("2024-01-01T00:00:00+1", None),
        ("2024-01-01T00:00:00.Z", None),
        ("2024-01-01 garbage", None),
        ("20240101", None),
        ("", None),
    ] {
        assert_eq!(Instant::parse(text).map(Instant::to_utc_seconds).as_deref(), expected, "{text}");
    }
}

/// One document of each form, small enough to be changed thoroughly.
fn samples() -> Vec<Vec<u8>> {
    let spdx = r#"{"@context":"x","@graph":[{"type":"CreationInfo","created":"2024-01-01T00:00:00Z"},
        {"type":"security_Vulnerability","spdxId":"urn:v","name":"CVE-1"},
        {"type":"software_Package","spdxId":"urn:p","software_packageUrl":"pkg:npm/a@1"},
        {"type":"security_VexFixedVulnAssessmentRelationship","from":"urn:v","to":["urn:p"]}]}"#;
    let csaf = r#"{"document":{"csaf_version":"2.0"},"product_tree":{"branches":[{"category":"product_version","name":"1",
        "product":{"product_id":"A","product_identification_helper":{"purl":"pkg:npm/a@1"}}}]},"vulnerabilities":[{"cve":
        "CVE-1","product_status":{"known_not_affected":["A"]},"flags":[{"label":"component_not_present","product_ids":["A"]}]}]}"#;
    let yocto = r#"{"version":"1","package":[{"name":"a","version":"1","issue":[{"id":"CVE-1","status":"Patched"}]}]}"#;
    let openvex = openvex(r#""status":"not_affected","justification":"component_not_present""#);
    let cyclonedx = cyclonedx(r#""state":"resolved""#, r#","properties":[{"name":"a","value":"b"}]"#);
    [spdx, csaf, yocto, openvex.as_str(), cyclonedx.as_str()].map(|text| text.as_bytes().to_vec()).into()
}

/// Cut anywhere, a document is refused, never half believed.
#[test]
fn cut_documents() {
    for sample in samples() {
        read(&sample, "whole.json").expect("the whole document is read");
        for end in 0..sample.len() - 1 {
            let _ = read(&sample[..end], "cut.json").expect_err("a cut document");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, "x");
    }

    /// Changed documents: whatever is read can be written, and whatever is written can be read.
    #[test]
    fn changed_documents_never_panic(
        sample in 0_usize..5,
        changes in proptest::collection::vec((any::<usize>(), any::<u8>(), 0_usize..3), 1..6),
    ) {
        let mut bytes = samples()[sample].clone();
        for (at, byte, how) in changes {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        if let Ok(mut read_once) = read(&bytes, "x") {
            read_once.value.timestamp = "2024-01-01T00:00:00Z".to_owned();
            for form in VexFormat::ALL {
                if let Ok(written) = formats::vex::write(&read_once.value, *form) {
                    let again = read(written.value.as_bytes(), "again");
                    let is_empty = matches!(&again, Err(error) if error.to_string().contains("statement"));
                    prop_assert!(again.is_ok() || is_empty, "{:?} {}", again.err(), written.value);
                }
            }
        }
    }
}
