//! Rules: what they do, what is not for them, and that nothing of them stays.

use analysis::policy::facts::Scene;
use analysis::policy::rules::{Applied, Ground, Refusal, RuleSet, RuleState, apply};
use insta::assert_snapshot;
use model::assessment::ResponseClass;
use model::component::{Component, Role};
use model::effect::{Effect, Tier};
use model::finding::{Evidence, Finding, Verdict};
use model::profile::Profile;
use model::rule::Rule;
use model::sbom::Inventory;
use model::vex::{Justification, VexStatus};
use proptest::prelude::*;

use crate::expression::bare;

const CLASSES: (ResponseClass, ResponseClass) = (ResponseClass::Planned, ResponseClass::Immediate);

/// A release of two components.
struct Release {
    inventory: Inventory,
    profile: Profile,
    findings: Vec<Finding>,
    effects: Vec<Effect>,
}

fn release() -> Release {
    let component = |name: &str, role| Component {
        name: name.to_owned(),
        version: "1.0".to_owned(),
        role,
        ..Component::default()
    };
    let inventory = Inventory {
        product: "example-gateway".to_owned(),
        release: "4.1.0".to_owned(),
        components: vec![component("linux", Role::Kernel), component("openssh", Role::Application)],
        ..Inventory::default()
    };
    let profile = analysis::risk::infer::infer(&inventory).profile;
    Release { inventory, profile, findings: Vec::new(), effects: Vec::new() }
}

impl Release {
    fn with(mut self, id: &str, component: usize, effect: Effect) -> Release {
        let mut finding = bare(id, component, effect.verdict());
        finding.evidence = vec![Evidence::File {
            path: "net/bluetooth/iso.c".to_owned(),
            class: "code".to_owned(),
            result: "not built".to_owned(),
            expression: String::new(),
            proof: String::new(),
        }];
        self.findings.push(finding);
        self.effects.push(effect);
        self
    }

    fn applied(&self, rules: &str, at: &str) -> (Vec<Effect>, Applied) {
        let set = set(rules);
        let mut effects = self.effects.clone();
        let applied = self.apply(&set, at, &mut effects);
        (effects, applied)
    }

    fn apply(&self, set: &RuleSet, at: &str, effects: &mut [Effect]) -> Applied {
        let none = vec![None; self.findings.len()];
        let now = analysis::policy::time::seconds(at).unwrap();
        let paths = analysis::policy::paths::Paths::of(&self.inventory);
        let ground = Ground {
            scene: Scene { inventory: &self.inventory, profile: &self.profile, now, paths: &paths },
            findings: &self.findings,
            assessments: &none,
            classes: &|_| Some(CLASSES),
        };
        apply(set, &ground, effects)
    }
}

fn open(class: ResponseClass) -> Effect {
    Effect {
        tier: Tier::Match,
        status: VexStatus::Affected,
        justification: None,
        class: Some(class),
        ceiling: Some(class),
        source: "matching".to_owned(),
        says: String::new(),
        contested: Vec::new(),
    }
}

fn closed() -> Effect {
    Effect {
        status: VexStatus::NotAffected,
        justification: Some(Justification::VulnerableCodeNotPresent),
        class: None,
        ceiling: None,
        ..open(ResponseClass::None)
    }
}

fn decided(effect: Effect) -> Effect {
    Effect { tier: Tier::Human, source: "decision D-1 by jane".to_owned(), ..effect }
}

fn written(rules: &str) -> Vec<Rule> {
    formats::rules::read(rules.as_bytes(), "rules.toml").unwrap()
}

fn set(rules: &str) -> RuleSet {
    RuleSet::read(written(rules)).unwrap()
}

fn one(then: &str) -> String {
    format!("[[rule]]\nid = \"one\"\nmode = \"active\"\nwhen = 'true'\nthen = {{ {then} }}\n")
}

/// Status, class and source in one line.
fn told(effect: &Effect) -> String {
    let class = effect.class.map_or("-", |class| class.word());
    format!("{} {class} by {}: {}", effect.status.word(), effect.source, effect.says)
}

#[test]
fn the_first_matching_rule_settles_and_every_one_adds() {
    let rules = r#"
[[rule]]
id = "later"
mode = "active"
priority = 60
when = 'component == "openssh"'
then = { class_floor = "immediate", tag = "loud", notify = ["ops"], due_in = "36h" }

[[rule]]
id = "first"
mode = "active"
priority = 60
when = 'component == "openssh"'
then = { class_ceiling = "routine", assign = "jane", tag = ["network", "quiet"], due_in = "7d", note = "{{component}} {{version}}: {{files}} ({{cve}}, {{rule}})" }

[[rule]]
id = "lowest"
mode = "active"
priority = 1
when = 'true'
then = { status = "under_investigation", assign = "joe", require_review = true }
"#;
    let release = release().with("CVE-1", 1, open(ResponseClass::Planned)).with(
        "CVE-2",
        0,
        open(ResponseClass::Planned),
    );
    let (effects, applied) = release.applied(rules, "2026-11-22");
    // Of equal priority the smaller id wins.
    assert_eq!(
        told(&effects[0]),
        "affected routine by rule first: openssh 1.0: net/bluetooth/iso.c (CVE-1, first)"
    );
    assert_eq!(told(&effects[1]), "under_investigation planned by rule lowest: ");
    let touch = &applied.touches[&0];
    assert_eq!(touch.tags, ["loud", "network", "quiet"]);
    assert_eq!((touch.assign.as_str(), touch.due_in_hours), ("jane", Some(36)));
    assert!(touch.require_review);
    assert_eq!(applied.touches[&1].assign, "joe");
    let behind: Vec<usize> = applied.reports.iter().map(|report| report.behind).collect();
    assert_eq!(behind, [0, 1, 1]);
}

#[test]
fn only_a_person_leaves_immediate_and_a_decision_is_left_alone() {
    let release = release()
        .with("CVE-1", 0, open(ResponseClass::Immediate))
        .with("CVE-2", 0, decided(open(ResponseClass::Planned)))
        .with("CVE-3", 0, closed());
    for then in [
        "class_ceiling = \"routine\"",
        "status = \"not_affected\", justification = \"component_not_present\"",
        "status = \"false_positive\"",
        "status = \"fixed\"",
    ] {
        let (effects, applied) = release.applied(&one(then), "2026-11-22");
        assert_eq!(effects[0], release.effects[0], "{then}");
        assert_eq!(effects[1], release.effects[1], "{then}");
        assert_eq!(applied.touches[&0].refused[0].1, Refusal::LeavesImmediate);
        assert_eq!((applied.reports[0].protected, applied.reports[0].matched), (1, 3));
    }
    // A class on a closed finding is refused; reopening one gives it the class that it would have.
    let (_, applied) = release.applied(&one("class_floor = \"planned\""), "2026-11-22");
    assert_eq!(applied.touches[&2].refused[0].1, Refusal::IsClosed);
    let (effects, _) =
        release.applied(&one("status = \"affected\", note = \"we ship a patched tree\""), "2026-11-22");
    assert_eq!(told(&effects[2]), "affected planned by rule one: we ship a patched tree");
    assert_eq!(effects[2].ceiling, Some(ResponseClass::Immediate));
    // A notice of an immediate finding is not held back.
    let (_, applied) = release.applied(&one("hold_notice_until = \"48h\", tag = \"x\""), "2026-11-22");
    assert_eq!(applied.touches[&0].hold_notice_hours, None);
    assert_eq!(applied.touches[&2].hold_notice_hours, Some(48));
}

#[test]
fn log_and_propose_say_what_they_would_do() {
    let release = release().with("CVE-1", 0, open(ResponseClass::Planned));
    for mode in ["log", "propose"] {
        let rules =
            one("class_ceiling = \"routine\", tag = \"x\"").replace("\"active\"", &format!("{mode:?}"));
        let (effects, applied) = release.applied(&rules, "2026-11-22");
        assert_eq!(effects, release.effects);
        assert_eq!(applied.touches[&0].would[0].1.class, Some(ResponseClass::Routine));
        assert!(applied.touches[&0].tags.is_empty());
        assert_eq!(applied.reports[0].changed.len(), 1);
    }
}

#[test]
fn a_rule_holds_within_window_and_scope_only() {
    let release = release().with("CVE-1", 0, open(ResponseClass::Planned));
    let rule = |more: &str| {
        format!(
            "[[rule]]\nid = \"one\"\nmode = \"active\"\n{more}\nwhen = 'true'\nthen = {{ class_ceiling = \"routine\" }}\n"
        )
    };
    let state = |more: &str, at: &str| {
        let (effects, applied) = release.applied(&rule(more), at);
        let state = applied.reports[0].state;
        assert_eq!(effects == release.effects, state != RuleState::Holds, "{more}");
        state
    };
    let window = "valid = { from = 2026-10-01, until = 2027-10-01 }";
    assert_eq!(state(window, "2026-09-30T23:59:59Z"), RuleState::NotYet);
    assert_eq!(state(window, "2026-10-01"), RuleState::Holds);
    assert_eq!(state(window, "2027-09-30T23:59:59Z"), RuleState::Holds);
    assert_eq!(state(window, "2027-10-01"), RuleState::Ended);
    assert_eq!(
        state("scope = { products = [\"example-*\"], releases = \"*\" }", "2026-10-01"),
        RuleState::Holds
    );
    assert_eq!(state("scope = { products = [\"other-*\"] }", "2026-10-01"), RuleState::OtherProduct);
    assert_eq!(state("scope = { releases = [\"3.*\", \"5.*\"] }", "2026-10-01"), RuleState::OtherRelease);
    assert_eq!(state("scope = { releases = \"4.*\" }", "2026-10-01"), RuleState::Holds);
}

#[test]
fn an_evaluation_error_has_no_effect_and_is_counted_with_its_place() {
    let rules = "[[rule]]\nid = \"one\"\nmode = \"active\"\nwhen = '''\nkev ||\n  epss < 0.1\n'''\nthen = { class_ceiling = \"none\" }\n";
    let release = release().with("CVE-1", 0, open(ResponseClass::Planned)).with(
        "CVE-2",
        0,
        open(ResponseClass::Planned),
    );
    let (effects, applied) = release.applied(rules, "2026-11-22");
    assert_eq!(effects, release.effects);
    let report = &applied.reports[0];
    assert_eq!((report.failed, report.faults.len(), report.matched), (2, 2, 0));
    let set = set(rules);
    let place = report.faults[0].1.place(&set.rules()[0].rule.when);
    assert_eq!(set.rules()[0].rule.place.inside(place.0, place.1), (6, 3));
}

#[test]
fn what_is_not_for_a_rule_is_refused_at_load() {
    let mistakes = [
        one(
            "status = \"not_affected\", justification = \"vulnerable_code_cannot_be_controlled_by_adversary\"",
        ),
        one("status = \"not_affected\", justification = \"vulnerable_code_not_in_execute_path\""),
        one("status = \"not_affected\", justification = \"inline_mitigations_already_exist\""),
        one("justification = \"inline_mitigations_already_exist\", tag = \"x\""),
        one("status = \"not_affected\""),
        one("status = \"affected\", justification = \"component_not_present\""),
        one("status = \"fixed\", class_floor = \"planned\""),
        one("class_floor = \"immediate\", class_ceiling = \"planned\""),
        one("hold_notice_until = \"73h\""),
        one("hold_notice_until = \"1h\", class_floor = \"immediate\""),
        one("due_in = \"0d\""),
        one("note = \"nothing else\""),
        one("tag = \"x\", note = \"{{file}} and {{cve\""),
        one("tag = \"x\"").replace("'true'", "'''\nkev &&\n  componnent == \"x\"'''"),
        one("tag = \"x\"").replace("'true'", "\"kev \\t&& cvss\""),
        one("tag = \"x\"").replace("'true'", "'cvss'"),
    ];
    let mut told = String::new();
    for rules in &mistakes {
        for fault in RuleSet::read(written(rules)).unwrap_err() {
            told.push_str(format!("{fault} [{}]", fault.hint).trim_end());
            told.push('\n');
        }
    }
    assert_snapshot!(told, @"
    rules.toml:1: rule one: justification 4 (vulnerable_code_cannot_be_controlled_by_adversary) is not for a rule [justifications 3 to 5 depend on the deployment: a person decides them (--decisions)]
    rules.toml:1: rule one: justification 3 (vulnerable_code_not_in_execute_path) is not for a rule [justifications 3 to 5 depend on the deployment: a person decides them (--decisions)]
    rules.toml:1: rule one: justification 5 (inline_mitigations_already_exist) is not for a rule [justifications 3 to 5 depend on the deployment: a person decides them (--decisions)]
    rules.toml:1: rule one: justification 5 (inline_mitigations_already_exist) is not for a rule [justifications 3 to 5 depend on the deployment: a person decides them (--decisions)]
    rules.toml:1: rule one: status not_affected needs a justification [component_not_present or vulnerable_code_not_present]
    rules.toml:1: rule one: status affected takes no justification [leave the justification out]
    rules.toml:1: rule one: a finding that is closed has no class [leave class_floor and class_ceiling out]
    rules.toml:1: rule one: class_floor immediate is above class_ceiling planned [the floor is the least, the ceiling the most that the class can be]
    rules.toml:1: rule one: hold_notice_until is 73 hours, more than the limit of 72 []
    rules.toml:1: rule one: a notice of an immediate finding is never held back [leave hold_notice_until out]
    rules.toml:1: rule one: due_in is no time at all [write for example 7d]
    rules.toml:1: rule one: then does nothing [give a status, a class_floor, a class_ceiling, a tag, assign, notify, …]
    rules.toml:1: rule one: note: unknown placeholder {{file}} [did you mean {{files}}?]
    rules.toml:6:3: rule one: unknown variable `componnent` [did you mean `component`?]
    rules.toml:4:9: rule one: this is a number with a fraction, not true or false [compare it with something]
    rules.toml:4:9: rule one: the result is a number with a fraction, not true or false [compare it with something]
    ");
}

#[test]
fn contradicting_rules_are_told() {
    let rules =
        one("class_floor = \"planned\"") + &one("class_ceiling = \"none\"").replace("\"one\"", "\"two\"");
    let warnings = set(&rules).warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.contains("contradicts rule one"), "{}", warnings[0]);
}

fn rule_text() -> impl Strategy<Value = String> {
    let when = prop::sample::select(vec![
        "true",
        "component == \"linux\"",
        "priority == \"immediate\"",
        "finding.status != \"affected\"",
        "epss < 0.5",
        "finding.verdict == \"not_affected\"",
        "class_at_least(\"planned\") || kev",
        "has(decision.id)",
    ]);
    let then = prop::sample::select(vec![
        "status = \"not_affected\", justification = \"component_not_present\"",
        "status = \"not_affected\", justification = \"vulnerable_code_not_present\"",
        "status = \"affected\"",
        "status = \"fixed\"",
        "status = \"fixed_backport\"",
        "status = \"false_positive\"",
        "status = \"under_investigation\"",
        "class_ceiling = \"none\"",
        "class_ceiling = \"routine\"",
        "class_floor = \"planned\"",
        "class_floor = \"immediate\"",
        "class_floor = \"routine\", class_ceiling = \"planned\"",
        "status = \"affected\", class_ceiling = \"none\"",
        "tag = \"x\", assign = \"y\", due_in = \"1d\"",
    ]);
    let mode = prop::sample::select(vec!["active", "active", "active", "propose", "log", "off"]);
    (when, then, mode, 0..4_u8, any::<bool>()).prop_map(|(when, then, mode, priority, ends)| {
        let valid = if ends { "valid = { until = 2026-12-01 }\n" } else { "" };
        format!("mode = \"{mode}\"\npriority = {priority}\n{valid}when = '{when}'\nthen = {{ {then} }}\n")
    })
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let class = prop::sample::select(ResponseClass::ALL.to_vec());
    (class, 0..4_u8, any::<bool>()).prop_map(|(class, kind, is_decided)| {
        let effect = match kind {
            0 => closed(),
            1 => Effect { status: VexStatus::UnderInvestigation, ..open(class) },
            _ => open(class),
        };
        if is_decided { decided(effect) } else { effect }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Assessment.md 6.7.
    #[test]
    fn no_rule_set_overrules_a_person_leaves_immediate_or_judges_the_deployment(
        rules in prop::collection::vec(rule_text(), 1..6),
        effects in prop::collection::vec(any_effect(), 1..8),
    ) {
        let text: String = rules.iter().enumerate().map(|(at, rule)| format!("[[rule]]\nid = \"r{at}\"\n{rule}")).collect();
        let mut release = release();
        for (at, effect) in effects.into_iter().enumerate() {
            release = release.with(&format!("CVE-{at}"), at % 2, effect);
        }
        let set = set(&text);
        let mut after = release.effects.clone();
        release.apply(&set, "2026-11-22", &mut after);
        for (before, after) in release.effects.iter().zip(&after) {
            if before.tier == Tier::Human {
                prop_assert_eq!(before, after);
            }
            if before.class == Some(ResponseClass::Immediate) {
                prop_assert_eq!(after.class, Some(ResponseClass::Immediate));
            }
            let is_set = after.tier == Tier::Policy;
            prop_assert!(!is_set || after.justification.is_none_or(|one| one.number() <= 2));
            prop_assert!(after.class <= after.ceiling);
            prop_assert!(after.is_open() || after.class.is_none());
        }
        // Not one of them is left when they are switched off, removed, or over: byte for byte what held before.
        let off = text.replace("\"active\"", "\"off\"");
        let mut restored = release.effects.clone();
        let applied = release.apply(&self::set(&off), "2026-11-22", &mut restored);
        prop_assert_eq!(format!("{restored:?}"), format!("{:?}", release.effects));
        prop_assert!(applied.touches.values().all(|touch| touch.settled_by.is_none() && touch.tags.is_empty()));
        let ended = text.replace("valid = { until = 2026-12-01 }\n", "").replace("when =", "valid = { until = 2026-11-22 }\nwhen =");
        let mut restored = release.effects.clone();
        let applied = release.apply(&self::set(&ended), "2026-11-22", &mut restored);
        prop_assert_eq!(format!("{restored:?}"), format!("{:?}", release.effects));
        prop_assert!(applied.touches.is_empty());
        // The same rules in another order, and a second time: the same.
        let mut shuffled = written(&text);
        shuffled.reverse();
        let mut again = release.effects.clone();
        release.apply(&RuleSet::read(shuffled).unwrap(), "2026-11-22", &mut again);
        prop_assert_eq!(&again, &after);
    }
}

#[test]
fn verdicts_stay_beside_what_rules_say() {
    let release = release().with("CVE-1", 0, open(ResponseClass::Routine));
    let (effects, _) = release.applied(&one("status = \"fixed_backport\""), "2026-11-22");
    assert_eq!(effects[0].status, VexStatus::FixedBackport);
    assert_eq!(release.findings[0].verdict, Verdict::Affected);
}
