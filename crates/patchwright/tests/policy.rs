//! Gates, rules and tables of one's own, from outside.

use crate::binary::{Ran, run, sample, scratch};

const OLD: [&str; 2] = ["--max-index-age", "60000d"];

fn scan(more: &[&str]) -> Ran {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let mut words = vec!["scan", sbom.as_str()];
    words.extend_from_slice(more);
    run(&words)
}

fn gate(condition: &str) -> Ran {
    scan(&["--fail-on", condition, OLD[0], OLD[1]])
}

fn rules(name: &str, text: &str) -> String {
    scratch(name, text.as_bytes())
}

#[test]
fn a_gate_names_what_fails_with_its_answer() {
    let ran = gate("affected");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("gate failed"), "{}", ran.err);
    let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains("CVE-")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.contains(": ")), "{}", ran.err);
    // The same as an expression, and in JSON.
    let json = scan(&["--fail-on", "finding.status == \"affected\"", OLD[0], OLD[1], "--json"]);
    assert_eq!(json.code, 1, "{}", json.err);
    let read: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(read["gate"]["result"], "failed");
    assert_eq!(read["gate"]["failing"].as_array().map(Vec::len), Some(lines.len()));
    let quiet = scan(&["--fail-on", "affected", OLD[0], OLD[1], "--quiet"]);
    assert!(!quiet.err.contains("CVE-"), "{}", quiet.err);
}

#[test]
fn a_gate_that_cannot_see_is_not_green() {
    // Nothing fails, and the starter knowledge knows little.
    let ran = gate("cve == \"CVE-1999-0001\"");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("starter knowledge"), "{}", ran.err);
    // What is seen to fail goes first, whatever else is wrong.
    let ran = scan(&["--fail-on", "affected", "--at", "2040-01-01"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("days old"), "{}", ran.err);
    // A limit that is given refuses the index at the start.
    let ran = scan(&["--fail-on", "affected", "--at", "2040-01-01", "--max-index-age", "7d"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    // A condition without an answer.
    let ran = gate("1 / (size(vuln.aliases) - size(vuln.aliases)) == 1");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("cannot be answered") && ran.err.contains("division by zero"), "{}", ran.err);
}

#[test]
fn a_wrong_condition_is_wrong_usage_with_a_caret() {
    let deep = "(".repeat(5_000) + "kev";
    let long = "kev || ".repeat(150_000) + "kev";
    let list: Vec<String> = (0..60).map(|number: u32| number.to_string()).collect();
    let bomb =
        (0..4).fold("true".to_owned(), |inner, at| format!("[{}].all(x{at}, {inner})", list.join(",")));
    for (condition, told) in [
        ("prioritty == \"immediate\"", "did you mean `priority`?"),
        ("kev && cvss", "not true or false"),
        ("cvss", "unknown word `cvss`"),
        ("imediate", "did you mean `immediate`?"),
        ("immediate,,kev", "a word is missing"),
        ("finding.status == \"afected\"", "did you mean `affected`?"),
        ("any_path(\"a//b\")", "no part empty"),
        ("new", "--baseline"),
        (deep.as_str(), "brackets"),
        (bomb.as_str(), "steps, more than the limit"),
    ] {
        let ran = gate(condition);
        assert_eq!(ran.code, 2, "{condition}: {}", ran.err);
        assert!(ran.err.contains(told), "{condition}: {}", ran.err);
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
    let caret = gate("kev &&\n prioritty == \"immediate\"").err;
    assert!(caret.contains("--fail-on:2:2:") && caret.contains("\n  |  ^^^^^^^^^"), "{caret}");
    // The system itself takes no argument of a megabyte; what it takes is refused by its length.
    let long = gate(&long[..100_000]);
    assert!(long.code == 2 && long.err.contains("more than the limit"), "{}", long.err);
}

#[test]
fn only_what_is_new_or_worse_fails_with_a_baseline() {
    let profile = sample("sensor-2.3.0.cdx.json");
    let all = scan(&["--json"]).out;
    let baseline = scratch("gate-baseline.json", all.as_bytes());
    let same = scan(&["--fail-on", "affected", "--baseline", &baseline, OLD[0], OLD[1]]);
    assert_eq!(same.code, 4, "nothing is new, and it is the starter knowledge: {}", same.err);
    assert!(same.err.contains("as bad before"), "{}", same.err);
    let mut fewer: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    let gone = fewer["findings"].as_array_mut().expect("findings").remove(0);
    let fewer = scratch("gate-fewer.json", fewer.to_string().as_bytes());
    let ran = scan(&["--fail-on", "new,affected", "--baseline", &fewer, OLD[0], OLD[1]]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains(gone["vulnerability"].as_str().expect("id")), "{}", ran.err);
    for (name, text) in
        [("no.json", "{}"), ("other.json", "{\"schema\":\"x\",\"findings\":[]}"), ("text.json", "x")]
    {
        let path = scratch(name, text.as_bytes());
        let ran = run(&["scan", &profile, "--fail-on", "affected", "--baseline", &path]);
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains(name), "{}", ran.err);
    }
    assert_eq!(scan(&["--baseline", &baseline]).code, 2);
    assert_eq!(scan(&["--fail-on", "affected", "--max-unevaluated", "120"]).code, 2);
}

#[test]
fn too_much_that_nobody_could_evaluate_is_4() {
    let bom = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"nobody-knows-this"}]}"#;
    let path = scratch("unknown.cdx.json", bom);
    let ran = run(&["scan", &path, "--fail-on", "affected", OLD[0], OLD[1]]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("1 of 1 components (100.0 %)"), "{}", ran.err);
    let ran = run(&["scan", &path, "--fail-on", "affected", OLD[0], OLD[1], "--max-unevaluated", "100"]);
    assert!(!ran.err.contains("could not be evaluated"), "{}", ran.err);
}

const RULES: &str = r#"
[[rule]]
id = "ssh-is-watched"
mode = "active"
when = '''
finding.component.name in ["openssh", "dropbear", "busybox", "openssl"]
'''
then = { class_floor = "planned", tag = "network", note = "{{component}} {{version}} talks to the network" }

[[rule]]
id = "quiet-rest"
mode = "propose"
priority = 10
when = '!class_at_least("planned")'
then = { class_ceiling = "none" }
"#;

#[test]
fn rules_are_applied_and_shown() {
    let path = rules("rules-good.toml", RULES);
    let ran = scan(&["--rules", &path]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("ssh-is-watched (active): matches"), "{}", ran.out);
    let json = scan(&["--rules", &path, "--json"]);
    let read: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(read["policy"]["rules"][0]["id"], "ssh-is-watched");
    assert!(!read["policy"]["touched"].as_array().expect("touched").is_empty());
    assert_eq!(run(&["policy", "check", &path]).code, 0);
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["policy", "dry-run", &path, "--sbom", &sbom]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let first = ran.out.find("ssh-is-watched").expect("the difference");
    assert!(first < ran.out.find("Findings by class").expect("the classes"), "{}", ran.out);
    let json = run(&["policy", "dry-run", &path, "--sbom", &sbom, "--json"]);
    let read: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    let sum = |member: &str| {
        let classes = read["classes"].as_array().expect("classes");
        classes.iter().filter_map(|one| one[member].as_u64()).sum::<u64>()
    };
    assert_eq!(sum("before"), sum("after"));
}

#[test]
fn removed_rules_leave_no_trace() {
    let off =
        rules("rules-off.toml", &RULES.replace("\"active\"", "\"off\"").replace("\"propose\"", "\"off\""));
    let strip = |ran: Ran| {
        let mut read: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        read.as_object_mut().expect("object").remove("policy");
        read.to_string()
    };
    let at = "2026-11-22T00:00:00Z";
    assert_eq!(strip(scan(&["--rules", &off, "--json", "--at", at])), strip(scan(&["--json", "--at", at])));
}

#[test]
fn wrong_rules_are_refused_with_their_place() {
    let cases = [
        (
            "justification.toml",
            "then = { status = \"not_affected\", justification = \"inline_mitigations_already_exist\" }",
            "justification 5",
        ),
        ("key.toml", "than = { tag = \"x\" }", "did you mean then?"),
        ("date.toml", "valid = { from = 2026-13-01 }\nthen = { tag = \"x\" }", "line 5"),
        (
            "window.toml",
            "valid = { from = 2027-01-01, until = 2026-01-01 }\nthen = { tag = \"x\" }",
            "never hold",
        ),
        ("mode.toml", "then = { tag = \"x\", class_floor = \"urgent\" }", "unknown word"),
        ("priority.toml", "priority = 101\nthen = { tag = \"x\" }", "between 0 and 100"),
    ];
    let sbom = sample("sensor-2.3.0.cdx.json");
    for (name, then, told) in cases {
        let text = format!("[[rule]]\nid = \"one\"\nmode = \"active\"\nwhen = 'kev'\n{then}\n");
        let path = rules(name, &text);
        let ran = run(&["scan", &sbom, "--rules", &path]);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(ran.err.contains(told) && ran.err.contains(name), "{name}: {}", ran.err);
    }
    let twice = rules("twice.toml", &(RULES.to_owned() + RULES));
    assert!(run(&["policy", "check", &twice]).err.contains("given twice"));
    let condition = rules("condition.toml", &RULES.replace("component.name in", "component.nam in"));
    let ran = run(&["policy", "check", &condition]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("condition.toml:6:19:"), "{}", ran.out);
}

#[test]
fn tables_of_ones_own_judge_and_are_named() {
    let shown = run(&["tables", "show", "response"]).out;
    let own = shown.replacen("#table,patchwright/response,1.0.0", "#table,acme/response,2.0.0", 1);
    assert_ne!(own, shown);
    let folder = |name: &str| {
        let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("folder");
        folder
    };
    let good = folder("tables-good");
    std::fs::write(good.join("response.csv"), &own).expect("written");
    let good = good.display().to_string();
    assert_eq!(run(&["tables", "check", &good]).code, 0);
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["assess", &sbom, "--tables", &good, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let read: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(read["table"], "acme/response 2.0.0");
    assert!(run(&["tables", "list"]).out.contains("patchwright/response"));
    // Incomplete, falling, unknown, empty: the file and the row are named.
    let without_last: String =
        own.lines().take(own.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    let falling = own.replacen(",immediate,", ",none,", 1);
    for (name, text, told) in [
        ("tables-short", without_last.as_str(), "no row for reach=open"),
        ("tables-falling", falling.as_str(), "row "),
        ("tables-unknown", "vulnerability,kind\n", "no table that can be replaced"),
        ("tables-binary", "\u{1}", "no table that can be replaced"),
    ] {
        let folder = folder(name);
        std::fs::write(folder.join("response.csv"), text).expect("written");
        let ran = run(&["assess", &sbom, "--tables", &folder.display().to_string()]);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(ran.err.contains("response.csv") && ran.err.contains(told), "{name}: {}", ran.err);
    }
    let empty = folder("tables-empty").display().to_string();
    assert_eq!(run(&["tables", "check", &empty]).code, 3);
    assert_eq!(run(&["tables", "show", "runes"]).code, 3);
}
