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
    assert_snapshot!(told, @r#"
    it is empty
    line 1, column 8: rule: it is a number, and must be a list of tables
    line 1, column 8: rule: it needs at least 1
    line 1, column 8: rule: it needs at least 1
    line 1, column 1: rule: it is missing; an empty list is written as []
    line 1, column 3: rules: unknown key; did you mean rule?
    line 1, column 1: rule[0].id: it is missing
    line 1, column 1: rule[0].mode: it is missing; one of off, log, propose, active
    line 1, column 1: rule[0].when: it is missing
    line 1, column 1: rule[0].then: it is missing
    line 5, column 8: rule[0].mode: unknown word "actve"; did you mean "active"? One of off, log, propose, active
    line 4, column 12: rule[0].priority: 101 is not between 0 and 100
    line 4, column 12: rule[0].priority: it is a number with a fraction, and must be a whole number
    line 6, column 21: invalid date, expected day between 01 and 28
    line 6, column 41: rule[0].valid.until: 2026-10-01 is not after from = 2026-10-01; the rule would never hold
    line 6, column 12: rule[0].valid: it says neither from nor until
    line 7, column 12: rule[0].scope: it names neither products nor releases
    line 7, column 14: rule[0].scope.product: unknown key; did you mean products?
    line 3, column 12: rule[0].id: "Kernel not compiled" is not an id: lower-case letters, digits and -, not beginning with -
    line 12, column 23: rule[0].then.status: unknown word "unknown"; one of under_investigation, affected, not_affected, fixed, fixed_backport, false_positive
    line 12, column 121: rule[0].then.due_in: "7 days" is not a length of time such as 36h or 7d
    line 12, column 121: rule[0].then.due_in: "9999999999d" is not a length of time such as 36h or 7d
    line 13, column 15: rule[0].auto_revert: it is a text, and must be true or false
    line 14, column 1: rule[0].auto: unknown key; known here: id, priority, mode, valid, scope, when, then, auto_revert
    line 15, column 1: rule[1].id: "kernel-not-compiled" is given twice: it is the id of the rule in line 2 too
    line 1, column 10: schema: "patchwright/rules/2" is not patchwright/rules/1
    line 1, column 2: key with no value, expected `=`
    "#);
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
