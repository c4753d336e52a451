//! `decisions add`, `decisions check`, `scan --decisions`: made on one release, carried to the next or stopped aloud.

use serde_json::{Value, json};

use crate::binary::{Ran, run, sample, scratch};

const AT: [&str; 2] = ["--at", "2026-11-22"];

fn on(verb: &[&str], config: &str, words: &[&str]) -> Ran {
    let sbom = sample("gateway-4.1.0.spdx.json");
    let mut all = verb.to_vec();
    if verb.first() == Some(&"decisions") {
        all.push("--sbom");
    }
    all.extend([sbom.as_str(), "--kernel-config", config]);
    all.extend(AT);
    all.extend(words);
    run(&all)
}

fn same_config() -> String {
    sample("gateway-4.1.0.config")
}

/// The kernel's configuration with one symbol switched on.
fn other_config(name: &str, symbol: &str) -> String {
    let text = std::fs::read_to_string(same_config()).expect("the sample");
    let off = format!("# {symbol} is not set\n");
    let text = match text.contains(&off) {
        true => text.replace(&off, &format!("{symbol}=y\n")),
        false => format!("{text}{symbol}=y\n"),
    };
    scratch(name, text.as_bytes())
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// A finding of the kernel that is affected, by its own id.
const KERNEL: &str = "CVE-2025-21758";

fn add(file: &str, words: &[&str]) -> Ran {
    let mut all = vec!["--file", file, "--author", "jane", "--reason", "looked at it"];
    all.extend(words);
    on(&["decisions", "add"], &same_config(), &all)
}

fn not_built(file: &str, more: &[&str]) -> Ran {
    let verb = ["decisions", "add", KERNEL, "linux-yocto"];
    let mut words = vec!["--file", file, "--author", "jane", "--reason", "not built"];
    words.extend(["--status", "not_affected", "--justification", "vulnerable_code_not_present"]);
    words.extend(["--condition", "config:linux:CONFIG_NFC"]);
    words.extend(more);
    on(&verb, &same_config(), &words)
}

/// A path in the scratch folder where nothing is.
fn fresh(name: &str) -> String {
    let path = scratch(name, b"");
    std::fs::remove_file(&path).expect("it was made");
    path
}

/// A VEX document and a file of decisions, one of them overtaken, for tests of other outputs.
pub fn spoken(name: &str) -> (String, String) {
    let decisions = fresh(&format!("{name}.decisions.toml"));
    assert_eq!(not_built(&decisions, &[]).code, 0);
    assert_eq!(not_built(&decisions, &["--id", "D-old", "--expires", "2026-11-23"]).code, 0);
    let text = std::fs::read_to_string(&decisions).expect("it was written");
    let (head, last) = text.rsplit_once("[[decision]]").expect("two of them");
    let ended = last
        .replace("expires = \"2026-11-23\"", "expires = \"2026-11-22\"")
        .replace("created = \"2026-11-22", "created = \"2026-11-20");
    std::fs::write(&decisions, format!("{head}[[decision]]{ended}")).expect("it is written");
    let product = json!({ "@id": "pkg:generic/elsewhere" });
    let vex = crate::vex::openvex(
        &format!("{name}.openvex.json"),
        "Acme",
        "affected",
        KERNEL,
        product,
        "2026-10-01T00:00:00Z",
    );
    (vex, decisions)
}

#[test]
fn a_decision_settles_its_finding_and_is_carried() {
    let file = fresh("carried.decisions.toml");
    let ran = not_built(&file, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("D-2026-001 added to "), "{}", ran.out);
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert!(text.contains("{ atom = \"config\", subject = \"linux:CONFIG_NFC\", value = \"n\" }"), "{text}");
    assert!(text.contains("kind = \"kernel_config\"") && text.contains("hash = \"sha256:"), "{text}");
    let checked = on(&["decisions", "check", &file], &same_config(), &[]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert!(checked.out.contains("active on linux-yocto 6.1.90: in force"), "{}", checked.out);
    let panel = on(&["assess"], &same_config(), &["--decisions", &file, "--json"]);
    assert_eq!(document(&panel)["settled"]["by_decision"], 1);
    assert!(
        !panel.out.contains(&format!("\"vulnerability\": \"{KERNEL}\",\n      \"aliases\"")),
        "it is settled"
    );
    // The same decision on a later release of which nothing that it rests on has changed.
    let later = text.replace("release = \"4.1.0\", verdict", "release = \"4.0.0\", verdict");
    let later = scratch("later.decisions.toml", later.as_bytes());
    let other = other_config("unrelated.config", "CONFIG_ZZ_UNRELATED");
    let checked = on(&["decisions", "check", &later], &other, &["--json"]);
    assert_eq!(document(&checked)["decisions"][0]["uses"][0]["standing"], "carried");
}

#[test]
fn a_changed_fact_stops_it_aloud() {
    let file = fresh("stopped.decisions.toml");
    assert_eq!(not_built(&file, &[]).code, 0);
    let on_now = other_config("nfc.config", "CONFIG_NFC");
    let checked = on(&["decisions", "check", &file], &on_now, &[]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("config linux:CONFIG_NFC: was n, is y"), "{}", checked.out);
    let table = on(&["scan"], &on_now, &["--decisions", &file]).out;
    assert!(table.contains(&format!("overtaken decision D-2026-001 on {KERNEL} in linux-yocto")), "{table}");
    // Without the configuration nobody can tell.
    let blind = run(&[
        "scan",
        &sample("gateway-4.1.0.spdx.json"),
        "--decisions",
        &file,
        "--json",
        "--at",
        "2026-11-22",
    ]);
    assert_eq!(document(&blind)["decisions"][0]["uses"][0]["standing"], "overtaken_unverifiable");
    let panel = on(&["assess"], &on_now, &["--decisions", &file, "--explain", KERNEL]).out;
    assert!(panel.contains("Statements and decisions") && panel.contains("overtaken: config"), "{panel}");
}

#[test]
fn the_rest_of_the_file_stays_as_it_is() {
    let file = fresh("kept.decisions.toml");
    assert_eq!(not_built(&file, &[]).code, 0);
    let text = std::fs::read_to_string(&file).expect("it was written") + "\n# a remark   with odd   blanks\n";
    std::fs::write(&file, &text).expect("it is written");
    assert_eq!(not_built(&file, &["--supersedes", "D-2026-001"]).code, 0);
    let after = std::fs::read_to_string(&file).expect("it is there");
    assert!(after.starts_with(&text), "{after}");
    let checked = on(&["decisions", "check", &file], &same_config(), &[]).out;
    assert!(checked.contains("superseded: another decision took its place"), "{checked}");
}

#[test]
fn a_rule_that_is_broken_writes_nothing() {
    let file = fresh("broken.decisions.toml");
    let verb = ["decisions", "add", KERNEL, "linux-yocto"];
    let words = |more: &[&'static str]| {
        let mut all = vec!["--file", file.as_str(), "--author", "jane", "--reason", "because"];
        all.extend(more);
        on(&verb, &same_config(), &all)
    };
    let rows: [(&[&str], i32, &str); 8] = [
        (&[], 1, "D04"),
        (&["--status", "not_affected"], 1, "D05"),
        (&["--status", "affected"], 1, "D06"),
        (&["--accept-risk"], 1, "D12"),
        (&["--status", "ignored"], 2, "possible values"),
        (&["--status", "affected", "--action", "x", "--condition", "moon:x=1"], 2, "kinds are"),
        (
            &["--status", "affected", "--action", "x", "--condition", "profile:access.local_code"],
            2,
            "nothing here tells",
        ),
        (&["--accept-risk", "--expires", "soon"], 2, "--expires"),
    ];
    for (more, code, told) in rows {
        let ran = words(more);
        assert_eq!(ran.code, code, "{more:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{more:?}: {}", ran.err);
    }
    assert!(!std::path::Path::new(&file).exists());
    let nobody = add(&file, &["CVE-1999-0001", "linux-yocto", "--status", "affected", "--action", "x"]);
    assert_eq!(nobody.code, 3, "{}", nobody.err);
}

#[test]
fn faults_name_line_and_key() {
    let file = fresh("faults.decisions.toml");
    assert_eq!(not_built(&file, &[]).code, 0);
    let good = std::fs::read_to_string(&file).expect("it was written");
    let rows = [
        ("status = \"not_affected\"", "status = \"harmless\"", 3, "line 11", "unknown word \"harmless\""),
        ("justification =", "justificaton =", 3, "line 12", "did you mean justification?"),
        ("state = \"active\"", "state = 1", 3, "line 6", "must be a text"),
        ("versions = \"vers:generic/>=6.1.90", "versions = \"vers:runes/>=6.1.90", 1, "line 9", "D02"),
        ("value = \"n\" },\n]\nevidence", "value = \"n\" \n]\nevidence", 3, "line", ""),
        ("config\", subject = \"linux:", "config\", subject = \"moon:", 1, "line 18", "linux:CONFIG_X"),
    ];
    for (number, (from, to, code, line, told)) in rows.iter().enumerate() {
        assert!(good.contains(from), "{from}");
        let path = scratch(&format!("fault-{number}.decisions.toml"), good.replacen(from, to, 1).as_bytes());
        let ran = run(&["decisions", "check", &path]);
        assert_eq!(ran.code, *code, "{to}: {}", ran.err);
        assert!(ran.err.contains(line) && ran.err.contains(told), "{to}: {}\n{good}", ran.err);
        assert!(ran.err.contains(&format!("fault-{number}.decisions.toml")), "{}", ran.err);
        // A scan refuses what a check refuses.
        assert_eq!(on(&["scan"], &same_config(), &["--decisions", &path]).code, 3);
    }
    let twice = good.clone() + good.split_once("\n\n").map_or("", |(_, entry)| entry);
    let path = scratch("twice.decisions.toml", twice.as_bytes());
    let ran = run(&["decisions", "check", &path]);
    assert!(ran.code == 1 && ran.err.contains("D01") && ran.err.contains("line 4"), "{}", ran.err);
    let junk: Vec<u8> =
        (0..1_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, bytes) in [
        ("junk.decisions.toml", junk.as_slice()),
        ("empty.decisions.toml", b""),
        ("brace.decisions.json", b"{"),
    ] {
        let path = scratch(name, bytes);
        let ran = on(&["scan"], &same_config(), &["--decisions", &path]);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(ran.err.contains(name) && !ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn own_openvex_stands_for_decisions_as_far_as_it_can() {
    let product = || json!({ "@id": "https://patchwright.example/spdx/gateway-4.1.0/build/openssh" });
    let file = crate::vex::openvex(
        "own.openvex.json",
        "jane",
        "not_affected",
        "CVE-2024-6387",
        product(),
        "2026-10-01T00:00:00Z",
    );
    let scan = document(&on(&["scan"], &same_config(), &["--decisions", &file, "--json"]));
    assert_eq!(
        (&scan["settled"]["by_own_statement"], &scan["statements"][0]["tier"]),
        (&json!(1), &json!("human"))
    );
    let text = std::fs::read_to_string(&file).expect("it was written");
    let deployment = text.replace("vulnerable_code_not_present", "vulnerable_code_not_in_execute_path");
    let file = scratch("own-3.openvex.json", deployment.as_bytes());
    let scan = document(&on(&["scan"], &same_config(), &["--decisions", &file, "--json"]));
    assert_eq!(
        scan["statements"][0]["not_applied"]["code"], "justification_not_in_scope",
        "3 needs a reviewer"
    );
    let scan = document(&on(&["scan"], &same_config(), &["--vex", &file, "--vex-trust", "own", "--json"]));
    assert_eq!(scan["statements"][0]["applied"], true);
}

/// A file that holds neither decisions nor statements never passes a check.
#[test]
fn other_documents_are_no_decisions() {
    for file in [sample("gateway-4.1.0.spdx.json"), same_config()] {
        let ran = run(&["decisions", "check", &file]);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{file}: {}", ran.err);
    }
}

#[test]
fn attacks_on_the_product_are_told_in_a_file() {
    let file = fresh("attacked.toml");
    let tell = |more: &[&str]| {
        let mut words = vec!["decisions", "add", KERNEL, "linux-yocto"];
        words.extend(["--file", &file, "--author", "jane", "--reason", "seen at a customer's site"]);
        words.extend(["--exploitation", "in_product"]);
        words.extend(more);
        on(&words[..4], &same_config(), &words[4..])
    };
    // Only with evidence: where it is known from.
    let refused = tell(&[]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("[D15]") && refused.err.contains("incident_report"), "{}", refused.err);
    let added = tell(&["--with-evidence", "incident_report:IR-2026-7=a gateway was taken over"]);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(std::fs::read_to_string(&file).expect("the file").contains("exploitation = \"in_product\""));
    let panel = on(&["assess"], &same_config(), &["--decisions", &file, "--explain", KERNEL, "--json"]);
    let panel = document(&panel);
    let found = &panel["findings"][0];
    assert_eq!((&found["class"], &found["overrides"][0]), (&json!("immediate"), &json!("O1")), "{found:#}");
    let because = found["inputs"]["exploitation"]["because"][0].as_str().expect("a reason");
    assert!(
        because.starts_with("exploited in this product: decision D-2026-001 by jane on 2026-11-22"),
        "{because}"
    );
    // The gate sees it, and a misspelt word is refused with its line.
    let gate = on(
        &["scan"],
        &same_config(),
        &[
            "--decisions",
            &file,
            "--fail-on",
            "vuln.exploited_in_product",
            "--max-index-age",
            "9999d",
            "--max-unevaluated",
            "100",
        ],
    );
    assert_eq!(gate.code, 1, "{}", gate.err);
    let text = std::fs::read_to_string(&file).expect("the file").replace("in_product", "in_products");
    let wrong = scratch("attacked-wrong.toml", text.as_bytes());
    let wrong = run(&["decisions", "check", &wrong]);
    assert_eq!(wrong.code, 3, "{}", wrong.err);
    assert!(wrong.err.contains("in_products") && wrong.err.contains("line"), "{}", wrong.err);
}

#[test]
fn attacks_overtake_what_was_closed() {
    let file = fresh("attacked-closed.toml");
    assert_eq!(not_built(&file, &[]).code, 0);
    let mut words =
        vec!["--file", &file, "--author", "joe", "--reason", "seen", "--exploitation", "in_product"];
    words.extend(["--with-evidence", "incident_report:IR-1=a gateway was taken over"]);
    let added = on(&["decisions", "add", KERNEL, "linux-yocto"], &same_config(), &words);
    assert_eq!(added.code, 0, "{}", added.err);
    let scan = document(&on(&["scan"], &same_config(), &["--decisions", &file, "--json"]));
    let findings = scan["findings"].as_array().expect("findings");
    let found = findings.iter().find(|one| one["vulnerability"] == KERNEL).expect("it is open again");
    assert_eq!(found["class"], "immediate", "{found:#}");
    assert_eq!(found["assessment"]["exploitation"], "active");
    // The decision that closed it is overtaken by what is known now, and says so.
    let told = scan["decisions"].to_string();
    assert!(told.contains("overtaken") && told.contains("exploitation"), "{told}");
}
