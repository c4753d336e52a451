//! `vex check`, `vex export`, `vex convert`, and `scan --vex`: statements held strictly against a release.

use serde_json::{Value, json};

use crate::binary::{Ran, run, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn gateway(verb: &[&str], words: &[&str]) -> Ran {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    let mut all = verb.to_vec();
    if verb.first() == Some(&"vex") && verb.get(1) == Some(&"check") {
        all.push("--sbom");
    }
    all.extend([sbom.as_str(), "--kernel-config", config.as_str()]);
    all.extend(AT);
    all.extend(words);
    run(&all)
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// An OpenVEX document with one statement.
pub fn openvex(name: &str, author: &str, status: &str, id: &str, product: Value, time: &str) -> String {
    let mut statement = json!({ "vulnerability": { "name": id }, "status": status, "products": [product], "timestamp": time });
    match status {
        "not_affected" => statement["justification"] = "vulnerable_code_not_present".into(),
        _ => statement["action_statement"] = "update".into(),
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("urn:example:{name}"), "author": author,
        "timestamp": time, "version": 1, "statements": [statement],
    });
    scratch(name, document.to_string().as_bytes())
}

/// The component as our own documents name it.
fn openssh() -> Value {
    json!({ "@id": "https://patchwright.example/spdx/gateway-4.1.0/build/openssh" })
}

/// What is exported applies to the same SBOM, in each form, statement by statement.
#[test]
fn what_is_exported_applies_again() {
    for form in ["openvex", "cyclonedx", "spdx-3"] {
        let file = scratch(&format!("round.{form}.json"), b"");
        let ran = gateway(
            &["vex", "export"],
            &["--all", "--author", "Example GmbH", "--format", form, "--out", &file],
        );
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        let again = gateway(&["vex", "export"], &["--all", "--author", "Example GmbH", "--format", form]);
        assert_eq!(
            std::fs::read_to_string(&file).expect("it was written"),
            again.out,
            "the same bytes twice"
        );
        let checked = document(&gateway(&["vex", "check", &file], &["--json", "--vex-trust", "own"]));
        assert!(
            checked["applied"].as_u64().is_some_and(|number| number > 500),
            "{form}: {}",
            checked["applied"]
        );
        assert_eq!(checked["not_applied"], 0, "{form}");
        let told = |words: &[&str]| {
            let scan = document(&gateway(&["scan"], &[&["--json"], words].concat()));
            scan["counts"]["affected"].clone()
        };
        assert_eq!(told(&[]), told(&["--vex", &file]), "our own statements say what is computed");
    }
}

#[test]
fn a_supplier_settles_a_finding() {
    let file = openvex(
        "acme.openvex.json",
        "Acme",
        "not_affected",
        "CVE-2024-6387",
        openssh(),
        "2026-10-01T00:00:00Z",
    );
    let scan = document(&gateway(&["scan"], &["--json", "--vex", &file]));
    let is_it = |finding: &&Value| finding["vulnerability"] == "CVE-2024-6387";
    let finding = scan["findings"].as_array().and_then(|list| list.iter().find(is_it)).expect("it is shown");
    assert_eq!(finding["verdict"], "affected", "the verdict stays as it is");
    assert_eq!(
        (&finding["effect"]["tier"], &finding["effect"]["status"]),
        (&json!("upstream"), &json!("not_affected"))
    );
    assert_eq!(finding["effect"]["class"], Value::Null);
    assert_eq!(
        (&scan["settled"]["by_upstream_statement"], &scan["settled"]["verdicts_changed"]),
        (&json!(1), &json!(1))
    );
    let table = gateway(&["scan"], &["--vex", &file]).out;
    assert!(table.contains("Settled: 1 by upstream statements (1 verdict of matching changed)"), "{table}");
    let none = document(&gateway(&["scan"], &["--json", "--vex", &file, "--vex-trust", "none"]));
    assert_eq!(none["statements"][0]["not_applied"]["code"], "not_accepted");
    let others = document(&gateway(&["scan"], &["--json", "--vex", &file, "--vex-components", "curl"]));
    assert_eq!(others["statements"][0]["not_applied"]["code"], "component_not_in_scope");
}

#[test]
fn contradicting_statements_are_shown_and_not_applied() {
    let time = "2026-10-01T00:00:00Z";
    let no = openvex("no.openvex.json", "Acme", "not_affected", "CVE-2024-6387", openssh(), time);
    let yes = openvex("yes.openvex.json", "Beta", "affected", "CVE-2024-6387", openssh(), time);
    for order in [[&no, &yes], [&yes, &no]] {
        let words = ["--vex", order[0].as_str(), "--vex", order[1].as_str()];
        let table = gateway(&["scan"], &words).out;
        assert!(
            table.contains("contested CVE-2024-6387 in openssh: statements contradict each other"),
            "{table}"
        );
        assert!(table.contains("2 statements not applied: 2 contradicted"), "{table}");
        let scan = document(&gateway(&["scan"], &[&["--json"], &words[..]].concat()));
        assert_eq!(scan["settled"]["by_upstream_statement"], 0);
        let words = [&words[..], &["--fail-on", "planned"]].concat();
        assert_eq!(gateway(&["assess"], &words).code, 1, "it still fails a gate");
    }
}

#[test]
fn vex_of_other_products_changes_nothing_and_is_counted() {
    let time = "2026-10-01T00:00:00Z";
    let part = json!({ "@id": "pkg:generic/other-router@1.0", "identifiers": { "purl": "pkg:generic/other-router@1.0" }, "subcomponents": [openssh()] });
    let other = openvex("other.openvex.json", "Acme", "not_affected", "CVE-2024-6387", part, time);
    let foreign = json!({ "@id": "pkg:deb/debian/openssh-server@1", "identifiers": { "purl": "pkg:deb/debian/openssh-server@1" } });
    let deb = openvex("deb.openvex.json", "Debian", "not_affected", "CVE-2024-6387", foreign, time);
    let table = gateway(&["scan"], &["--vex", &other, "--vex", &deb]).out;
    assert!(table.contains("Settled: nothing"), "{table}");
    assert!(table.contains("2 statements not applied: 1 other_context, 1 other_product"), "{table}");
    let checked = gateway(&["vex", "check", &other, &deb], &[]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.out.contains("its product is not in this release"), "{}", checked.out);
    assert!(checked.out.contains("inside of another product than this release"), "{}", checked.out);
    assert!(checked.out.contains("0 applied · 2 not applied"), "{}", checked.out);
    // With the product's identity stated, the outer product is this one.
    let stated = document(&gateway(
        &["vex", "check", &other],
        &["--json", "--product", "pkg:generic/other-router@1.0"],
    ));
    assert_eq!(stated["applied"], 1);
}

#[test]
fn conversion_tells_what_it_leaves_out() {
    let file = openvex(
        "convert.openvex.json",
        "Acme",
        "affected",
        "CVE-2024-6387",
        openssh(),
        "2026-10-01T00:00:00Z",
    );
    for form in ["openvex", "cyclonedx", "spdx-3"] {
        let ran = run(&["vex", "convert", &file, "--format", form]);
        assert_eq!(ran.code, 0, "{form}: {}", ran.err);
        assert!(document(&ran).is_object());
    }
    let unknown = json!({ "@context": "https://openvex.dev/ns/v0.2.0", "author": "A", "timestamp": "2026-10-01T00:00:00Z",
        "statements": [
            { "vulnerability": "CVE-1-1", "status": "affected", "action_statement": "x", "products": ["pkg:generic/a"] },
            { "vulnerability": "CVE-1-2", "status": "fixed", "products": [{ "@id": "pkg:generic/a", "subcomponents": [{ "@id": "pkg:generic/b", "subcomponents": [{ "@id": "pkg:generic/c" }] }] }] }
        ] });
    let file = scratch("deep.openvex.json", unknown.to_string().as_bytes());
    let ran = run(&["vex", "convert", &file, "--format", "spdx-3"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("CVE-1-2 left out"), "{}", ran.err);
}

#[test]
fn what_is_no_vex_is_refused() {
    let junk: Vec<u8> =
        (0..1_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let braces = "{\"a\":".repeat(200_000);
    let files = [
        scratch("junk.vex.json", &junk),
        scratch("deep.vex.json", braces.as_bytes()),
        scratch("empty.vex.json", b""),
        scratch("list.vex.json", b"[1,2,3]"),
        scratch("half.vex.json", b"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{"),
        scratch("nothing.vex.json", b"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[]}"),
    ];
    for file in &files {
        let name = file.rsplit('/').next().unwrap_or_default();
        for ran in
            [gateway(&["scan"], &["--vex", file]), run(&["vex", "convert", file, "--format", "openvex"])]
        {
            assert_eq!(ran.code, 3, "{name}: {}", ran.err);
            assert!(ran.err.contains(name) && !ran.err.contains("panicked"), "{name}: {}", ran.err);
            assert_eq!(ran.out, "");
        }
    }
    assert_eq!(gateway(&["scan"], &["--vex", "no-such.json"]).code, 3);
    assert_eq!(gateway(&["scan"], &["--vex", &files[0], "--vex-trust", "everybody"]).code, 2);
    assert_eq!(run(&["vex", "convert", &files[0], "--format", "csaf"]).code, 2);
}
