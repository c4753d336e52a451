//! Expressions: what they say, what is refused at which character, and that they end.

use std::fmt::Write as _;

use analysis::policy::expression::{Expression, Facts, Value};
use analysis::policy::facts::{Scene, Subject};
use analysis::policy::variables::vocabulary;
use insta::assert_snapshot;
use model::assessment::ResponseClass;
use model::component::{Component, Role};
use model::day::Day;
use model::effect::{Effect, Tier};
use model::finding::{Confidence, Evidence, Finding, Verdict};
use model::reason::Reason;
use model::sbom::Inventory;
use model::vex::VexStatus;
use model::vulnerability::{EarlierEpss, Epss, Kev, SeverityFact};

/// A finding with everything that expressions can ask for.
pub struct Sample {
    pub inventory: Inventory,
    pub profile: model::profile::Profile,
    pub finding: Finding,
    pub component: Component,
    pub effect: Effect,
}

/// A finding with nothing but its id.
pub fn bare(id: &str, component: usize, verdict: Verdict) -> Finding {
    Finding {
        vulnerability: id.to_owned(),
        aliases: Vec::new(),
        component,
        verdict,
        reason: Reason::VInRange,
        qualifiers: Vec::new(),
        confidence: Confidence::High,
        evidence: Vec::new(),
        opinions: Vec::new(),
        fixed: String::new(),
        files: Vec::new(),
        facts: Default::default(),
    }
}

impl Sample {
    pub fn new() -> Sample {
        let mut finding = bare("CVE-2024-6387", 0, Verdict::Affected);
        finding.fixed = "9.8p1".to_owned();
        finding.aliases = vec!["GHSA-2x8c-95vh-gfv4".to_owned()];
        std::sync::Arc::make_mut(&mut finding.facts).epss = Some(Epss {
            probability: 0.31,
            percentile: 0.97,
            before: Some(EarlierEpss { probability: 0.1, on: Day::default() }),
        });
        std::sync::Arc::make_mut(&mut finding.facts).kev =
            Some(Kev { date_added: "2024-07-09".to_owned(), ..Kev::default() });
        std::sync::Arc::make_mut(&mut finding.facts).cwes = vec!["CWE-364".to_owned()];
        std::sync::Arc::make_mut(&mut finding.facts).published = "2024-07-01T13:15:06.467".to_owned();
        std::sync::Arc::make_mut(&mut finding.facts).severities = vec![SeverityFact {
            vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
            base_tenths: Some(81),
            by: "CNA".to_owned(),
        }];
        finding.evidence = vec![Evidence::Input {
            what: "compiled files files.txt sha256:00".to_owned(),
            says: "complete; 12 files".to_owned(),
        }];
        let mut component = Component {
            name: "openssh".to_owned(),
            version: "9.6p1".to_owned(),
            role: Role::Application,
            ..Component::default()
        };
        component.purls = vec![model::identity::Purl::parse("pkg:deb/debian/openssh@9.6p1").unwrap()];
        let inventory = Inventory {
            product: "core-image".to_owned(),
            release: "4.1.0".to_owned(),
            components: vec![component.clone()],
            ..Inventory::default()
        };
        let profile = analysis::risk::infer::infer(&inventory).profile;
        let effect = Effect {
            tier: Tier::Match,
            status: VexStatus::Affected,
            justification: None,
            class: Some(ResponseClass::Planned),
            ceiling: Some(ResponseClass::Immediate),
            source: "matching".to_owned(),
            says: String::new(),
            contested: Vec::new(),
        };
        Sample { inventory, profile, finding, component, effect }
    }

    pub fn subject(&self) -> Subject<'_> {
        let now = analysis::policy::time::seconds("2024-07-20").unwrap();
        Subject {
            // A sample lives as long as its test.
            scene: Scene {
                inventory: &self.inventory,
                profile: &self.profile,
                now,
                paths: Box::leak(Box::new(analysis::policy::paths::Paths::of(&self.inventory))),
            },
            finding: &self.finding,
            component: &self.component,
            assessment: None,
            effect: &self.effect,
            is_new: true,
        }
    }
}

/// `true`, `false`, or the fault with its caret.
fn answer(text: &str) -> String {
    let sample = Sample::new();
    let expression = match Expression::read(text, vocabulary()) {
        Ok(expression) => expression,
        Err(fault) => return told("refused", text, &fault),
    };
    match expression.holds(&sample.subject()) {
        Ok(truth) => truth.to_string(),
        Err(fault) => told("no answer", text, &fault),
    }
}

fn told(what: &str, text: &str, fault: &analysis::policy::expression::Fault) -> String {
    let (line, column) = fault.place(text);
    let mut told = format!("{what} {line}:{column}: {}\n", fault.message);
    for line in fault.shown(text).lines() {
        let _ = writeln!(told, "{}", format!("  | {line}").trim_end());
    }
    if !fault.hint.is_empty() {
        let _ = writeln!(told, "  = {}", fault.hint);
    }
    told.trim_end().to_owned()
}

#[test]
fn conditions_of_the_manual_hold() {
    for text in [
        r#"priority == "planned" && kev"#,
        r#"finding.status == "affected" && finding.verdict != "not_affected""#,
        r#"class_at_least("routine") && !class_at_least("immediate")"#,
        "cvss >= 8 && cvss < 8.2 && vuln.cvss[0].score == 8.1",
        "epss > 0.1 && vuln.epss == 0.31 && has(vuln.epss)",
        r#"cve in ["CVE-2024-6387", "CVE-2024-3094"]"#,
        r#""CWE-364" in vuln.cwe && size(vuln.aliases) == 1"#,
        r#"component.startsWith("open") && component.matches("^open(ssh|ssl)$")"#,
        r#"finding.evidence.exists(e, e.kind == "compiled_file_list" && e.complete)"#,
        r#"version_in(finding.component.version, "vers:openssh/>=8.5p1|<9.8p1")"#,
        r#"finding.component.purls.exists(p, matches_purl(p, "pkg:deb/debian/*"))"#,
        r#"!finding.component.purls.exists(p, matches_purl(p, "pkg:deb/debian/openssh@9.7*"))"#,
        r#"now - vuln.published > days(7) && now - vuln.published < duration("456h")"#,
        r#"vuln.published >= timestamp("2024-07-01") && now < timestamp("2024-08-01T00:00:00+02:00")"#,
        "now - days(size(vuln.aliases)) < now",
        "!has(decision.id) && !has(assessment.class)",
        r#"decision_free()"#.replace("decision_free()", "finding.tier == 'match'").as_str(),
        r#"finding.new && finding.ceiling == "immediate" && finding.fixed_version != """#,
        r#"release.version == "4.1.0" && product.id == "core-image" && profile.inferred"#,
        r#"[1, 2, 3].map(x, x * 2).filter(x, x > 2).size() == 2"#,
        r#"{"a": 1}["a"] == 1 && "a" in {"a": 1}"#,
        r#"string(1) + "x" == "1x" && int("7") == 7 && double(1) == 1.0"#,
        r#"(kev ? 1 : 2) == 1 && -cvss < 0.0 && 7 % 2 == 1"#,
        // An error on one side does not matter where the other side settles it.
        "kev || 1 / 0 == 1",
        r#"vuln.cvss.all(c, c.by == "CNA") && vuln.cvss.exists_one(c, c.score > 8.0)"#,
        // A loop's own name hides a variable.
        "[true].all(kev, kev)",
        "// a comment\n kev // another",
        "'ü' != 'u' && component.contains('ssh')",
    ] {
        assert_eq!(answer(text), "true", "{text}");
    }
}

#[test]
fn mistakes_are_refused_at_their_character() {
    let mistakes = [
        "prioritty == \"immediate\"",
        "finding.componnent.name == \"x\"",
        "finding.component.nam == \"x\"",
        "'ü' == 'ü' &&\n  kevv",
        "finding.status == \"afected\"",
        "class_at_least(\"urgent\")",
        "priority >= \"planned\"",
        "cvss",
        "finding",
        "finding.age_days > 7",
        "finding.verdict.word == \"x\"",
        "kev == \"yes\"",
        "kev && cvss",
        "cvss + 1 > 7.0",
        "epss == null",
        "any_path(\"a//b\")",
        "any_path(\"a**/b\")",
        "any_path(cve)",
        "any_path(\"a/**\")",
        "matches_purls(cve, \"x\")",
        "component.matches(\"(\")",
        "component.matches(cve)",
        "version_in(finding.component.version, \"1.0\")",
        "matches_purl(component, \"deb/debian\")",
        "timestamp(\"yesterday\") < now",
        "duration(\"7d\") < days(7)",
        "vuln.aliases.exists(a)",
        "vuln.aliases.exists(a, a.name == \"x\")",
        "finding.evidence.exists(e, e.knd == \"file\")",
        "finding.evidence.exists(e, e.kind == \"compiled_files\")",
        "component in \"openssh\"",
        "has(finding.component)",
        "has(decision.name)",
        "kev &&",
        "kev & cvss",
        "(kev",
        "kev)",
        "'open",
        "[1, \"a\"].size() == 2",
        "size(cvss) == 1",
        "1u == 1",
        "",
        "Finding{}",
    ];
    let told: String = mistakes.iter().fold(String::new(), |mut told, text| {
        let _ = writeln!(told, "{}", answer(text));
        told
    });
    assert_snapshot!(told, @r#"
    refused 1:1: unknown variable `prioritty`
      | prioritty == "immediate"
      | ^^^^^^^^^
      = did you mean `priority`?
    refused 1:9: unknown variable `finding.componnent.name`
      | finding.componnent.name == "x"
      |         ^^^^^^^^^^^^^^^
      = did you mean `finding.component.name`?
    refused 1:19: unknown variable `finding.component.nam`
      | finding.component.nam == "x"
      |                   ^^^
      = did you mean `finding.component.name`?
    refused 2:3: unknown variable `kevv`
      |   kevv
      |   ^^^^
      = did you mean `kev`?
    refused 1:19: `afected` is no status
      | finding.status == "afected"
      |                   ^^^^^^^^^
      = did you mean `affected`?
    refused 1:16: `urgent` is no class
      | class_at_least("urgent")
      |                ^^^^^^^^
      = the classes are none, routine, planned, immediate
    refused 1:10: these words have no order as texts
      | priority >= "planned"
      |          ^^
      = use class_at_least("planned"), or `in` with a list
    refused 1:1: the result is a number with a fraction, not true or false
      | cvss
      | ^^^^
      = compare it with something
    refused 1:1: `finding` is a group of values, not a value
      | finding
      | ^^^^^^^
      = known here: finding.verdict, finding.status, finding.justification, finding.class, finding.ceiling, finding.tier, finding.source, finding.contested, finding.reason, finding.confidence, finding.new, finding.evidence, finding.fixed_version, finding.locations, finding.component.key, finding.component.name, finding.component.version, finding.component.role, finding.component.scope, finding.component.supplier, finding.component.vendor_tree, finding.component.purls, finding.component.cpes
    refused 1:1: `finding.age_days` is not known here: without a store nobody remembers when a finding was first seen
      | finding.age_days > 7
      | ^^^^^^^^^^^^^^^^
    refused 1:17: `finding.verdict` is a verdict (text) and has no parts
      | finding.verdict.word == "x"
      |                 ^^^^
    refused 1:5: `==` between true or false and a text
      | kev == "yes"
      |     ^^
    refused 1:8: this is a number with a fraction, not true or false
      | kev && cvss
      |        ^^^^
      = compare it with something
    refused 1:6: `+` between a number with a fraction and a whole number
      | cvss + 1 > 7.0
      |      ^
      = whole numbers and fractions are not mixed: write 1.0 instead of 1
    refused 1:6: nothing is ever null
      | epss == null
      |      ^^
      = ask with has(name)
    refused 1:10: a dependency path is written lighttpd/**/openssl, with no part empty
      | any_path("a//b")
      |          ^^^^^^
    refused 1:10: `a**`: ** stands alone between slashes; within a name write *
      | any_path("a**/b")
      |          ^^^^^^^
    refused 1:1: any_path() takes one literal, so that a mistake is seen at once
      | any_path(cve)
      | ^^^^^^^^
      = write any_path("lighttpd/**"): what lighttpd needs, near and far
    no answer 1:1: it cannot be told whether a dependency path is like a/**: no input holds a graph
      | any_path("a/**")
      | ^^^^^^^^
      = give an SBOM with dependencies (docs/manual/formats.md), or name the components
    refused 1:1: unknown function `matches_purls`
      | matches_purls(cve, "x")
      | ^^^^^^^^^^^^^
      = did you mean `matches_purl`?
    refused 1:19: this is no regular expression: found open group without closing ')'
      | component.matches("(")
      |                   ^^^
    refused 1:19: a regular expression is written as a literal, so that a mistake is seen at once
      | component.matches(cve)
      |                   ^^^
    refused 1:39: not a version range: it does not begin with vers:
      | version_in(finding.component.version, "1.0")
      |                                       ^^^^^
    refused 1:25: a package pattern is written pkg:type/namespace/name, with * for any text
      | matches_purl(component, "deb/debian")
      |                         ^^^^^^^^^^^^
    refused 1:11: a time is written 2026-10-01 or 2026-10-01T12:00:00Z
      | timestamp("yesterday") < now
      |           ^^^^^^^^^^^
    refused 1:10: a length of time is written 36h, 90m or 45s; for days use days(7)
      | duration("7d") < days(7)
      |          ^^^^
    refused 1:21: unknown variable `a`
      | vuln.aliases.exists(a)
      |                     ^
      = known here: priority, verdict, cve, component, cvss, epss, kev, reach, now, statement
    refused 1:26: a text has no part `name`
      | vuln.aliases.exists(a, a.name == "x")
      |                          ^^^^
    refused 1:30: one piece of evidence has no part `knd`
      | finding.evidence.exists(e, e.knd == "file")
      |                              ^^^
      = did you mean `kind`?
    refused 1:38: `compiled_files` is no kind of evidence
      | finding.evidence.exists(e, e.kind == "compiled_files")
      |                                      ^^^^^^^^^^^^^^^^
      = did you mean `compiled_file_list`?
    refused 1:11: `in` asks a list, and this is a text
      | component in "openssh"
      |           ^^
      = write `x in ["a", "b"]`; for a part of a text use .contains()
    refused 1:5: has() asks for one value, and `finding.component` is a group of them
      | has(finding.component)
      |     ^^^^^^^^^^^^^^^^^
      = known here: finding.component.key, finding.component.name, finding.component.version, finding.component.role, finding.component.scope, finding.component.supplier, finding.component.vendor_tree, finding.component.purls, finding.component.cpes
    refused 1:14: unknown variable `decision.name`
      | has(decision.name)
      |              ^^^^
      = did you mean `decision.says`?
    refused 1:7: the expression ends too early
      | kev &&
      |       ^
    refused 1:5: `&` does not belong here
      | kev & cvss
      |     ^
    refused 1:1: `(` is never closed
      | (kev
      | ^
    refused 1:4: `)` closes nothing
      | kev)
      |    ^
    refused 1:1: this text is never closed
      | 'open
      | ^
    refused 1:5: a text in a list of a whole number
      | [1, "a"].size() == 2
      |     ^^^
    refused 1:1: size() does not work on a number with a fraction
      | size(cvss) == 1
      | ^^^^
    refused 1:1: numbers are written without u
      | 1u == 1
      | ^^
    refused 1:1: the expression is empty
      |
      | ^
    refused 1:8: objects cannot be made here
      | Finding{}
      |        ^
    "#);
}

#[test]
fn what_cannot_be_told_is_a_fault_and_never_false() {
    let mut told = String::new();
    for text in [
        "1 / (size(vuln.aliases) - 1) == 1",
        "vuln.aliases[4] == \"x\"",
        "kev && vuln.modified < now",
        "int(component) == 7",
        "now - vuln.published > days(7 / (size(vuln.aliases) - 1))",
        "now > vuln.modified || now - days(2) < now - days(3)",
        "version_in(release.version + \"-x y\", \"vers:maven/>=1.0.0\") && version_in(\"\", \"vers:deb/>=1\")",
        "now + days(9000000000000000) > now",
    ] {
        let _ = writeln!(told, "{}", answer(text));
    }
    let mut sample = Sample::new();
    std::sync::Arc::make_mut(&mut sample.finding.facts).epss = None;
    let expression = Expression::read("epss < 0.1", vocabulary()).unwrap();
    let fault = expression.holds(&sample.subject()).unwrap_err();
    let _ = writeln!(told, "{}: {}", fault.message, fault.hint);
    assert_snapshot!(told, @r#"
    no answer 1:3: division by zero
      | 1 / (size(vuln.aliases) - 1) == 1
      |   ^
    no answer 1:13: the list has no such entry
      | vuln.aliases[4] == "x"
      |             ^
    no answer 1:8: there is no value for `vuln.modified`
      | kev && vuln.modified < now
      |        ^^^^^^^^^^^^^
      = write has(vuln.modified) && … where it may be missing
    no answer 1:4: string parse error: invalid digit found in string
      | int(component) == 7
      |    ^
    no answer 1:31: division by zero
      | now - vuln.published > days(7 / (size(vuln.aliases) - 1))
      |                               ^
    no answer 1:7: there is no value for `vuln.modified`
      | now > vuln.modified || now - days(2) < now - days(3)
      |       ^^^^^^^^^^^^^
      = write has(vuln.modified) && … where it may be missing
    no answer 1:73: cannot tell whether version `` is in vers:deb/>=1: the version is not known
      | elease.version + "-x y", "vers:maven/>=1.0.0") && version_in("", "vers:deb/>=1")
      |                                                             ^
    refused 1:12: too many days
      | now + days(9000000000000000) > now
      |            ^^^^^^^^^^^^^^^^
    there is no value for `epss`: write has(vuln.epss) && … where it may be missing
    "#);
}

#[test]
fn every_variable_has_a_value_of_its_kind() {
    let mut sample = Sample::new();
    std::sync::Arc::make_mut(&mut sample.finding.facts).modified = "2024-07-02".to_owned();
    sample.effect.tier = Tier::Human;
    let subject = sample.subject();
    for variable in &vocabulary().variables {
        let value = subject.value(variable.name);
        let is_right = match (&variable.kind, &value) {
            (kind, Some(Value::Text(_))) => kind.told().contains("text"),
            (kind, Some(Value::Bool(_))) => kind.told().contains("true"),
            (kind, Some(Value::Int(_))) => kind.told().contains("whole"),
            (kind, Some(Value::Double(_))) => kind.told().contains("fraction"),
            (kind, Some(Value::Time(_))) => kind.told() == "a time",
            (kind, Some(Value::List(entries))) => {
                assert_eq!(subject.size(variable.name), entries.len(), "{}", variable.name);
                kind.told() == "a list"
            }
            _ => false,
        };
        assert!(is_right, "{}: {:?} {value:?}", variable.name, variable.kind);
    }
}

#[test]
fn what_is_too_long_or_too_deep_ends_with_a_fault() {
    let nested = |depth: usize| {
        let list = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]";
        (0..depth).fold("true".to_owned(), |inner, at| format!("{list}.all(x{at}, {inner})"))
    };
    let mut bad = vec![
        "k".repeat(1 << 20),
        "kev && ".repeat(200_000) + "kev",
        "kev&&".repeat(3_000) + "kev",
        nested(4),
        nested(12),
        "x".repeat(16_000),
        "\u{fc}\u{20ac}".repeat(2_000),
        "'".repeat(15_001),
        "\\".repeat(15_000),
        "[]".repeat(8_000),
        "?:".repeat(8_000),
    ];
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("!", ""), ("-", ""), ("size(", ")"), ("(1+", ")")]
    {
        for times in [20, 24, 25, 40, 100, 1_000, 3_000] {
            bad.push(open.repeat(times) + "kev" + &close.repeat(times));
            bad.push(open.repeat(times));
            bad.push("kev".to_owned() + &close.repeat(times));
        }
    }
    for chain in ["+1", ".b", "[0]", ".f()", ".map(x,x)", " == 1", " ? 1 : 2", " in []", "-1", "*1.0"] {
        for times in [30, 65, 1_000, 3_000] {
            bad.push("cvss".to_owned() + &chain.repeat(times));
            bad.push(format!("({}){}", "1".to_owned() + &chain.repeat(times / 2), chain.repeat(times / 2)));
        }
    }
    let sample = Sample::new();
    for text in bad {
        match Expression::read(&text, vocabulary()) {
            Err(fault) => assert!(!fault.message.is_empty()),
            // Short enough to be allowed: then it must have an answer too.
            Ok(expression) if text.len() < 1_000 => drop(expression.holds(&sample.subject())),
            Ok(_) => panic!("{}", text.chars().take(60).collect::<String>()),
        }
    }
}

#[test]
fn the_longest_that_is_allowed_is_evaluated() {
    let ids: Vec<String> = (0..1_000).map(|number| format!("\"CVE-2024-{number}\"")).collect();
    let many = format!("!(cve in [{}])", ids.join(","));
    let wide = "kev && ".repeat(900) + "kev";
    let deep = "(".repeat(20) + "kev" + &")".repeat(20);
    let chain = format!("cvss{} > 0.0", "+1.0".repeat(35));
    for text in [many, wide, deep, chain] {
        assert_eq!(answer(&text), "true", "{}", text.chars().take(60).collect::<String>());
    }
}

#[test]
fn a_loop_over_a_long_list_is_refused_when_it_would_take_too_long() {
    let mut sample = Sample::new();
    sample.component.locations = (0..2_000).map(|number| format!("/lib/{number}")).collect();
    let text = "finding.locations.all(a, finding.locations.exists(b, b == a))";
    let expression = Expression::read(text, vocabulary()).unwrap();
    let fault = expression.holds(&sample.subject()).unwrap_err();
    assert!(fault.message.contains("steps"), "{}", fault.message);
    let once = Expression::read("finding.locations.all(a, a.startsWith('/lib'))", vocabulary()).unwrap();
    assert_eq!(once.holds(&sample.subject()), Ok(true));
}

#[test]
fn nothing_that_people_may_type_ends_the_program() {
    use proptest::prelude::*;
    let piece = prop::sample::select(vec![
        "kev",
        "cvss",
        "finding",
        ".",
        "component",
        "name",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "==",
        "<",
        "in",
        "?",
        ":",
        ",",
        "'a'",
        "\"b\"",
        "1",
        "1.5",
        "has",
        "exists",
        "all",
        "x",
        "map",
        " ",
        "\n",
        "//",
        "'",
        "r'",
        "b\"",
        "\u{e4}",
        "null",
        "true",
        "@",
        "$",
        "`",
        "vuln.aliases",
        "e",
        "0x",
        "1e",
        "matches",
    ]);
    let text = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let sample = Sample::new();
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) }, |(text in text)| {
        match Expression::read(&text, vocabulary()) {
            Ok(expression) => { let _ = expression.holds(&sample.subject()); }
            Err(fault) => {
                let (line, column) = fault.place(&text);
                prop_assert!(line >= 1 && column >= 1);
                prop_assert!(!fault.message.is_empty() && !fault.shown(&text).contains("^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"));
            }
        }
    });
}

#[test]
fn the_manual_lists_every_variable() {
    let manual = include_str!("../../../docs/manual/rules.md");
    for variable in &vocabulary().variables {
        let (begins, ends) = (format!("| `{}` |", variable.name), format!("| {} |", variable.about));
        let is_row = |line: &str| line.starts_with(&begins) && line.ends_with(&ends);
        assert!(manual.lines().any(is_row), "docs/manual/rules.md does not say {begins} … {ends}");
    }
    for (name, _) in &vocabulary().missing {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
}
