//! Files of rules: what is read, and every mistake with its place.

use formats::rules::read;
use insta::assert_snapshot;
use model::rule::RuleMode;
use model::vex::{Justification, VexStatus};

const RULE: &str = r#"
[[rule]]
id       = "kernel-not-compiled"
priority = 60                     # highest wins
mode     = "active"
valid    = { from = 2026-10-01, until = 2027-10-01 }
scope    = { products = ["example-*"], releases = "*" }
when     = '''
finding.component.role == "kernel"
&& kev
'''
then     = { status = "not_affected", justification = "vulnerable_code_not_present", note = "files {{files}}", due_in = "7d" }
auto_revert = true
"#;

#[test]
fn a_rule_is_read_as_written() {
    let rules = read(RULE.as_bytes(), "rules.toml").unwrap();
    let rule = &rules[0];
    assert_eq!((rule.id.as_str(), rule.priority, rule.mode), ("kernel-not-compiled", 60, RuleMode::Active));
    assert_eq!((rule.valid_from.as_str(), rule.valid_until.as_str()), ("2026-10-01", "2027-10-01"));
    assert_eq!(
        (rule.products.as_slice(), rule.releases.as_slice()),
        (&["example-*".to_owned()][..], &["*".to_owned()][..])
    );
    assert_eq!(rule.then.status, Some(VexStatus::NotAffected));
    assert_eq!(rule.then.justification, Some(Justification::VulnerableCodeNotPresent));
    assert_eq!(rule.then.due_in_hours, Some(168));
    // The condition begins in the line after the quotes; its second line is one further down.
    assert_eq!((rule.place.line, rule.place.when), (2, (9, 1)));
    assert_eq!(rule.place.inside(2, 4), (10, 4));
}

#[test]
fn places_inside_of_conditions_follow_the_quotes() {
    let inside = |when: &str, line, column| {
        let text = format!("[[rule]]\nid = \"a\"\nmode = \"log\"\nwhen = {when}\nthen = {{ tag = \"x\" }}\n");
        read(text.as_bytes(), "rules.toml").unwrap()[0].place.inside(line, column)
    };
    assert_eq!(inside("'kev && kev'", 1, 8), (4, 16));
    assert_eq!(inside("\"kev && kev\"", 1, 8), (4, 16));
    assert_eq!(inside("\"\"\"\nkev &&\n kev\"\"\"", 2, 2), (6, 2));
    // Where the text is not written as it is read, the place is that of its beginning.
    assert_eq!(inside("\"kev \\t && kev\"", 1, 9), (4, 9));
}

#[test]
fn json_says_the_same() {
    let json = br#"{"rule":[{"id":"a","mode":"propose","when":"kev","then":{"tag":["x","y"]}}]}"#;
    let rules = read(json, "rules.json").unwrap();
    assert_eq!((rules[0].mode, rules[0].priority, rules[0].auto_revert), (RuleMode::Propose, 50, true));
    assert_eq!(rules[0].then.tags, ["x", "y"]);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let with = |from: &str, to: &str| RULE.replace(from, to);
    let cases = [
        String::new(),
        "rule = 3".to_owned(),
        "rule = []".to_owned(),
        "[[rules]]\nid = \"a\"".to_owned(),
        "[[rule]]\n".to_owned(),
        with("mode     = \"active\"", "mode = \"actve\""),
        with("priority = 60", "priority = 101"),
        with("priority = 60", "priority = 6.5"),
        with("2026-10-01", "2026-02-30"),
        with("until = 2027-10-01", "until = 2026-10-01"),
        with("from = 2026-10-01, until = 2027-10-01", ""),
        with("products = [\"example-*\"], releases", "product"),
        with("kernel-not-compiled", "Kernel not compiled"),
        with("\"not_affected\"", "\"unknown\""),
        with("\"7d\"", "\"7 days\""),
        with("\"7d\"", "\"9999999999d\""),
        with("auto_revert = true", "auto_revert = \"yes\"\nauto = 1"),
        RULE.to_owned() + RULE,
        "schema = \"patchwright/rules/2\"\n".to_owned() + RULE,
        "\u{0}".to_owned(),
    ];
    let mut told = String::new();
    for case in &cases {
        for fault in read(case.as_bytes(), "rules.toml").unwrap_err().faults {
            told.push_str(&format!("{fault}\n"));
        }
    }
    assert_snapshot!(told, @"");
    assert!(read(b"\xff\xfe", "rules.toml").is_err());
}

#[test]
fn truncated_and_mutated_files_are_refused_or_read() {
    for end in 0..RULE.len() {
        if RULE.is_char_boundary(end) {
            let _ = read(&RULE.as_bytes()[..end], "rules.toml");
        }
    }
    let mut state = 7_u32;
    for _ in 0..2_000 {
        let mut bytes = RULE.as_bytes().to_vec();
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = state as usize % bytes.len();
            bytes[at] = (state >> 16) as u8;
        }
        let _ = read(&bytes, "rules.toml");
    }
}
