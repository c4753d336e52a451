//! Files of decisions: read, written, and what is said about a wrong one.

use formats::decisions::{entry, read, to_toml};
use model::decision::{AtomKind, DecisionState};
use model::vex::VexStatus;
use proptest::prelude::*;

const FILE: &str = r#"schema = "patchwright/decisions/1"

[[decision]]
id = "D-1"
state = "active"
product = "gateway"
component = { name = "linux", purl = "pkg:generic/linux", vendor_tree = "nxp-imx" }
versions = "vers:generic/>=6.1.0|<6.2.0"
vulnerability = "CVE-2026-1"
aliases = ["GHSA-x"]
status = "not_affected"
justification = "vulnerable_code_not_present"
reason = "not \"built\"\nsee the list"
author = "jane"
reviewer = "joe"
created = 2026-11-01
expires = 2027-01-01T10:00:00Z
supersedes = ["D-0"]
seen = { release = "4.1", verdict = "affected", class = "planned", exploitation = "none", cvss = "9.8", disputed = true, profile = "g/s@3" }

[[decision.condition]]
atom = "config"
subject = "linux:CONFIG_NF_TABLES"
value = "n"

[[decision.evidence]]
kind = "kernel_config"
subject = ".config"
value = "n"
tool = "patchwright"
tool_version = "1"
collected_at = 2026-11-01
release = "4.1"
hash = "sha256:00"
attachment = "a.txt"
"#;

#[test]
fn what_is_written_reads_the_same() {
    let decisions = read(FILE.as_bytes(), "d.toml").expect("it is valid");
    let [decision] = decisions.as_slice() else { panic!("one decision") };
    assert_eq!((decision.state, decision.status), (DecisionState::Active, Some(VexStatus::NotAffected)));
    assert_eq!(decision.seen.base_tenths, Some(98));
    assert_eq!(decision.conditions[0].kind, AtomKind::Config);
    assert_eq!((decision.place.line(""), decision.place.line("versions")), (3, 8));
    assert_eq!((decision.place.line("condition[0].value"), decision.place.line("nowhere")), (24, 3));
    let again = read(to_toml(&decisions).as_bytes(), "again.toml").expect("it is valid");
    assert_eq!(decisions, again);
    assert_eq!(entry(decision), entry(&again[0]));
}

#[test]
fn json_is_the_same_file() {
    let json = r#"{"schema":"patchwright/decisions/1","decision":[{"id":"D-1","state":"proposed","product":"*",
        "component":{"name":"zlib"},"versions":"vers:generic/*","vulnerability":"CVE-2026-1","class":"routine",
        "reason":"r","author":"a","created":"2026-11-01","seen":{"class":"routine"}}]}"#;
    let decisions = read(json.as_bytes(), "d.json").expect("it is valid");
    assert_eq!(decisions, read(to_toml(&decisions).as_bytes(), "d.toml").expect("it is valid"));
}

fn faults(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from:?} is in the example");
    match read(FILE.replacen(from, to, 1).as_bytes(), "d.toml") {
        Ok(_) => "none".to_owned(),
        Err(error) => error.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn every_fault_has_its_line_and_key() {
    let rows = [
        (
            "decisions/1",
            "decisions/2",
            "line 1, column 10: schema: \"patchwright/decisions/2\" is not \"patchwright/decisions/1\"",
        ),
        ("author = \"jane\"", "", "line 3, column 1: decision[0].author: it is missing"),
        (
            "\"vers:generic/",
            "\">=generic/",
            "line 8, column 12: decision[0].versions: \">=generic/>=6.1.0|<6.2.0\" is not a range in the notation vers:TYPE/CONSTRAINTS",
        ),
        ("2026-11-01", "2026-13-01", ""),
        ("cvss = \"9.8\"", "cvss = \"11.0\"", "is no score"),
        ("atom = \"config\"", "atom = \"konfig\"", "did you mean \"config\"?"),
        ("kind = \"kernel_config\"", "kind = \"kernel\"", "decision[0].evidence[0].kind: unknown word"),
        ("vendor_tree", "vendortree", "decision[0].component.vendortree: unknown key"),
        (
            "supersedes = [\"D-0\"]",
            "supersedes = [7]",
            "decision[0].supersedes[0]: it is a number, and must be a text",
        ),
        ("created = 2026-11-01", "created = \"yesterday\"", "is no date"),
        ("[[decision]]", "[decision]", "must be a list of tables"),
    ];
    for (from, to, told) in rows {
        let faults = faults(from, to);
        assert!(faults != "none" && faults.contains(told) && faults.contains("line "), "{to}: {faults}");
    }
}

proptest! {
    /// Whatever people write as a reason comes back.
    #[test]
    fn any_text_survives(reason in "\\PC*[a-z]\\PC*", control in "[\\x00-\\x1f\\x7f]{0,4}") {
        let mut decision = read(FILE.as_bytes(), "d.toml").expect("it is valid").remove(0);
        decision.reason = format!("{reason}{control}.");
        let again = read(to_toml(std::slice::from_ref(&decision)).as_bytes(), "d.toml").expect("it is valid");
        prop_assert_eq!(&again[0].reason, &decision.reason);
    }

    /// No bytes make the reader panic, and damage is never a silent pass.
    #[test]
    fn damaged_files_are_refused_or_read(at in 0_usize..900, byte in any::<u8>()) {
        let mut bytes = FILE.as_bytes().to_vec();
        let at = at.min(bytes.len() - 1);
        bytes[at] = byte;
        if let Err(error) = read(&bytes, "d.toml") {
            prop_assert!(!error.faults.is_empty());
        }
    }
}
