//! Decisions: who may make them, whether they are carried, what overtakes and contests them, and what holds.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use analysis::statements::atoms::{Ground, patch_id};
use analysis::statements::carry::{CarryTo, DecisionResult, Standing, Unused, carry};
use analysis::statements::effects::{add_decisions, add_statements, computed};
use analysis::statements::{self, Import, Release, Tier, Trust, decision_check};
use model::assessment::{
    Assessment, Exploitation, Input, Preconditions, ProductImpact, Reach, ResponseClass, Row, TechnicalImpact,
};
use model::build::{CompiledFiles, Config, ConfigOf};
use model::component::{Component, Patch, Role};
use model::decision::{Decision, DecisionState};
use model::effect::Effect;
use model::finding::{Confidence, Finding, Verdict};
use model::profile::{Basis, Profile, ProfileStatus};
use model::reason::Reason;
use model::sbom::Inventory;
use model::vex::{Instant, ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};
use model::vulnerability::{Facts, Kev, SeverityFact};
use proptest::prelude::*;

const BASE: &str = r#"
schema = "patchwright/decisions/1"

[[decision]]
id = "D-1"
state = "active"
product = "gateway"
component = { name = "linux" }
versions = "vers:generic/>=6.1.0|<6.2.0"
vulnerability = "CVE-2026-1"
status = "not_affected"
justification = "vulnerable_code_not_present"
reason = "not built"
author = "jane"
created = 2026-11-01
condition = [ { atom = "config", subject = "linux:CONFIG_NF_TABLES", value = "n" } ]
evidence = [ { kind = "kernel_config", subject = "linux:CONFIG_NF_TABLES", value = "n" } ]
"#;

const CONDITION: &str =
    r#"condition = [ { atom = "config", subject = "linux:CONFIG_NF_TABLES", value = "n" } ]"#;

fn read(text: &str) -> Vec<Decision> {
    formats::decisions::read(text.as_bytes(), "d.toml").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The example after replacements.
fn changed(changes: &[(&str, &str)]) -> Vec<Decision> {
    let mut text = BASE.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is in the example");
        text = text.replacen(from, to, 1);
    }
    read(&text)
}

fn one(changes: &[(&str, &str)]) -> Decision {
    changed(changes).remove(0)
}

fn rules(decisions: &[Decision]) -> String {
    let told = decision_check::check(decisions);
    assert!(told.iter().all(|broken| !broken.text.is_empty()));
    told.iter().map(|broken| format!("{} {}", broken.rule, broken.key)).collect::<Vec<_>>().join("; ")
}

/// Every rule of 4.3 and 4.6 that a file can show, broken alone.
#[test]
fn who_may_decide_what() {
    let status = "status = \"not_affected\"\njustification = \"vulnerable_code_not_present\"";
    let evidence = "evidence = [ { kind = \"kernel_config\"";
    let with = |justification: &str, kinds: &[&str], more: &str| {
        let rows: Vec<String> = kinds
            .iter()
            .map(|kind| format!("{{ kind = \"{kind}\", subject = \"s\", value = \"v\" }}"))
            .collect();
        let text = BASE
            .replace(
                "justification = \"vulnerable_code_not_present\"",
                &format!("justification = \"{justification}\"\n{more}"),
            )
            .replace(
                CONDITION,
                "condition = [ { atom = \"profile\", subject = \"access.local_code\", value = \"none\" } ]",
            );
        let head = text.split("evidence = ").next().unwrap_or_default();
        rules(&read(&format!("{head}evidence = [{}]\n", rows.join(", "))))
    };
    let second = "reviewer = \"joe\"\nexpires = 2027-03-01";
    let class = |line: &str| rules(&changed(&[(status, line)]));
    let seen = |class: &str| format!("seen = {{ class = \"{class}\" }}");
    let rows: Vec<(String, &str)> = vec![
        (rules(&changed(&[])), ""),
        (rules(&[one(&[]), one(&[])]), "D01 id"),
        (rules(&changed(&[("vers:generic/>=6.1.0|<6.2.0", "vers:runes/1")])), "D02 versions"),
        (rules(&changed(&[("vers:generic/>=6.1.0|<6.2.0", "vers:none/*")])), "D02 versions"),
        (
            rules(&changed(&[("{ name = \"linux\" }", "{ name = \"linux\", purl = \"linux\" }")])),
            "D03 component.purl",
        ),
        (
            rules(&changed(&[(
                "{ name = \"linux\" }",
                "{ name = \"linux\", purl = \"pkg:generic/linux@6.1\" }",
            )])),
            "D03 component.purl",
        ),
        (class(""), "D04 "),
        (
            class("status = \"fixed\"\nclass = \"none\"\nseen = { class = \"none\" }"),
            "D04 class; D08 evidence",
        ),
        (class("status = \"not_affected\""), "D05 status"),
        (
            class("status = \"fixed\"\njustification = \"component_not_present\""),
            "D05 justification; D08 evidence",
        ),
        (class("status = \"affected\""), "D06 status"),
        (
            rules(&changed(&[("created = 2026-11-01", "created = 2026-11-01\nexpires = 2026-10-01")])),
            "D07 expires",
        ),
        (rules(&changed(&[(evidence, "evidence = [ { kind = \"profile_fact\"")])), "D08 evidence"),
        (with("component_not_present", &["sbom_absence"], ""), "D08 evidence"),
        (with("component_not_present", &["sbom_absence", "package_list_absence"], ""), ""),
        (
            with("vulnerable_code_not_in_execute_path", &["service_not_started", "profile_fact"], ""),
            "D09 reviewer; D09 expires",
        ),
        (with("vulnerable_code_not_in_execute_path", &["service_not_started", "profile_fact"], second), ""),
        (with("vulnerable_code_not_in_execute_path", &["profile_fact"], second), "D08 evidence"),
        (
            with(
                "vulnerable_code_cannot_be_controlled_by_adversary",
                &["input_control_analysis", "profile_fact"],
                "reviewer = \" JANE\"\nexpires = 2027-03-01",
            ),
            "D09 reviewer",
        ),
        (
            with(
                "inline_mitigations_already_exist",
                &["hardening_binary", "test_result"],
                "reviewer = \"joe\"\nexpires = 2027-06-01",
            ),
            "D09 expires",
        ),
        (
            rules(&changed(&[
                (
                    status,
                    "status = \"not_affected\"\njustification = \"vulnerable_code_not_in_execute_path\"\nreviewer = \"joe\"\nexpires = 2027-03-01",
                ),
                (evidence, "evidence = [ { kind = \"call_path_analysis\""),
            ])),
            "D09 condition",
        ),
        (rules(&changed(&[(status, "status = \"false_positive\"")])), "D10 reviewer"),
        (class("class = \"routine\""), "D11 class"),
        (class(&format!("class = \"routine\"\n{}", seen("planned"))), ""),
        (class(&format!("class = \"none\"\n{}", seen("planned"))), "D11 reviewer"),
        (class(&format!("class = \"planned\"\n{}", seen("immediate"))), "D11 reviewer"),
        (class(&format!("class = \"immediate\"\n{}", seen("none"))), ""),
        (class("accept_risk = true"), "D12 accept_risk"),
        (class(&format!("accept_risk = true\n{}", seen("planned"))), "D12 expires"),
        (class(&format!("accept_risk = true\nexpires = 2027-04-30\n{}", seen("planned"))), ""),
        (class(&format!("accept_risk = true\nexpires = 2027-05-01\n{}", seen("planned"))), "D12 expires"),
        (class(&format!("accept_risk = true\nexpires = 2026-11-15\n{}", seen("immediate"))), "D12 reviewer"),
        (
            class(&format!(
                "accept_risk = true\nreviewer = \"joe\"\nexpires = 2026-11-16\n{}",
                seen("immediate")
            )),
            "D12 expires",
        ),
        (rules(&changed(&[(CONDITION, "")])), "D13 condition"),
        (
            rules(&changed(&[("linux:CONFIG_NF_TABLES\", value", "CONFIG_NF_TABLES\", value")])),
            "D13 condition[0].subject",
        ),
        (rules(&changed(&[("id = \"D-1\"", "id = \"D-1\"\nsupersedes = [\"D-9\"]")])), "D14 supersedes[0]"),
        (rules(&changed(&[("id = \"D-1\"", "id = \"D-1\"\nsupersedes = [\"D-1\"]")])), "D14 supersedes[0]"),
    ];
    for (number, (told, expected)) in rows.iter().enumerate() {
        assert_eq!(told, expected, "row {number}");
    }
    let cycle = [
        one(&[("id = \"D-1\"", "id = \"D-1\"\nsupersedes = [\"D-2\"]")]),
        one(&[("id = \"D-1\"", "id = \"D-2\"\nsupersedes = [\"D-1\"]")]),
    ];
    assert_eq!(rules(&cycle), "D14 supersedes[0]; D14 supersedes[0]");
    // A proposal waits for its second person.
    let proposal = one(&[("\"active\"", "\"proposed\""), (status, "status = \"false_positive\"")]);
    assert_eq!(rules(&[proposal]), "");
}

#[test]
fn states_follow_each_other() {
    use DecisionState::{Active, Expired, Overtaken, Proposed, Superseded, Withdrawn};
    let allowed = [
        (Proposed, Active),
        (Proposed, Withdrawn),
        (Active, Overtaken),
        (Active, Withdrawn),
        (Active, Superseded),
        (Active, Expired),
        (Overtaken, Active),
        (Overtaken, Withdrawn),
        (Overtaken, Superseded),
    ];
    for from in DecisionState::ALL {
        for to in DecisionState::ALL {
            assert_eq!(
                from.may_become(*to),
                allowed.contains(&(*from, *to)),
                "{} {}",
                from.word(),
                to.word()
            );
        }
    }
}

/// A release with one kernel and one finding on it.
#[derive(Clone)]
struct World {
    inventory: Inventory,
    profile: Profile,
    finding: Finding,
    assessment: Option<Assessment>,
    at: &'static str,
}

fn profile() -> Profile {
    static PROFILE: LazyLock<Profile> = LazyLock::new(read_profile);
    PROFILE.clone()
}

fn read_profile() -> Profile {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/cases/profiles/example-gateway.toml");
    formats::profile::read(&std::fs::read(path).expect("the example"), "p").expect("a profile")
}

fn config(value: &str) -> Config {
    let symbols = BTreeMap::from([("NF_TABLES".to_owned(), value.to_owned())]);
    Config { of: ConfigOf::Linux, version: "6.1.90".to_owned(), symbols, ..Config::default() }
}

const DIFF: &str = "--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,1 @@\n-old\n+new\n";

fn world() -> World {
    let patch = Patch { name: "fix.patch".to_owned(), content: DIFF.to_owned(), ..Patch::default() };
    let kernel = Component {
        key: "k".to_owned(),
        name: "linux".to_owned(),
        version: "6.1.90".to_owned(),
        role: Role::Kernel,
        patches: vec![patch],
        ..Component::default()
    };
    let mut inventory = Inventory {
        product: "gateway".to_owned(),
        release: "4.1".to_owned(),
        components: vec![kernel],
        ..Inventory::default()
    };
    inventory.platform.inventory_complete = true;
    inventory.platform.facts.insert("liblzma-injected-object".to_owned(), "absent".to_owned());
    inventory.build.configs.push(config("n"));
    let paths = ["drivers/net/a".to_owned()].into();
    inventory.build.compiled.push(CompiledFiles { of: ConfigOf::Linux, paths, ..CompiledFiles::default() });
    World {
        inventory,
        profile: profile(),
        finding: finding(Verdict::Affected),
        assessment: Some(assessment(ResponseClass::Planned, Exploitation::None)),
        at: "2026-11-22T00:00:00Z",
    }
}

fn finding(verdict: Verdict) -> Finding {
    let mut finding = Finding {
        vulnerability: "CVE-2026-1".to_owned(),
        aliases: vec!["GHSA-x".to_owned()],
        component: 0,
        verdict,
        reason: Reason::VInRange,
        qualifiers: Vec::new(),
        confidence: Confidence::High,
        evidence: Vec::new(),
        opinions: Vec::new(),
        fixed: String::new(),
        facts: Default::default(),
    };
    let severity =
        SeverityFact { vector: "CVSS:3.1/X".to_owned(), base_tenths: Some(75), by: "NVD".to_owned() };
    Arc::make_mut(&mut finding.facts).severities.push(severity);
    finding
}

fn assessment(class: ResponseClass, exploitation: Exploitation) -> Assessment {
    fn input<T>(value: T) -> Input<T> {
        Input { value, basis: Basis::Stated, because: Vec::new() }
    }
    Assessment {
        class,
        ceiling: class,
        row: Row { number: 1, class, rule: "T01" },
        reach: input(Reach::Site),
        exploitation: input(exploitation),
        preconditions: input(Preconditions::None),
        technical_impact: input(TechnicalImpact::Total),
        product_impact: input(ProductImpact::Serious),
        paths: Vec::new(),
        overrides: Vec::new(),
        reasons: Vec::new(),
        would_change: Vec::new(),
        rationale: Vec::new(),
        environmental: None,
        ssvc: Vec::new(),
        profile: ("p".to_owned(), 1),
    }
}

impl World {
    fn facts(&mut self) -> &mut Facts {
        Arc::make_mut(&mut self.finding.facts)
    }

    fn with(&self, change: impl FnOnce(&mut World)) -> World {
        let mut world = self.clone();
        change(&mut world);
        world
    }

    fn carry(&self, decisions: &[Decision]) -> Vec<DecisionResult> {
        let values = formats::profile::values(&self.profile);
        let to = CarryTo {
            ground: Ground { inventory: &self.inventory, profile: &self.profile, values: &values },
            findings: std::slice::from_ref(&self.finding),
            assessments: &[self.assessment.as_ref()],
            products: std::slice::from_ref(&self.inventory.product),
            at: Instant::parse(self.at),
        };
        carry(decisions, &to)
    }

    /// The standing of one decision: its code, and why.
    fn standing(&self, decision: &Decision) -> String {
        let result = self.carry(std::slice::from_ref(decision)).remove(0);
        match (&result.unused, result.uses.as_slice()) {
            (Some(unused), []) => {
                assert!(!unused.to_string().is_empty());
                unused.code().to_owned()
            }
            (None, [one]) => match &one.standing {
                Standing::Overtaken(shifts) => {
                    assert!(shifts.iter().all(|shift| !shift.to_string().is_empty()));
                    let codes: Vec<&str> = shifts.iter().map(|shift| shift.code()).collect();
                    format!("{}: {}", one.standing.code(), codes.join(" "))
                }
                standing => standing.code().to_owned(),
            },
            other => panic!("{other:?}"),
        }
    }

    fn effect(&self, decisions: &[Decision]) -> Effect {
        self.effect_with(&[], decisions)
    }

    fn effect_with(&self, imports: &[Import<'_>], decisions: &[Decision]) -> Effect {
        let findings = std::slice::from_ref(&self.finding);
        let mut effects = vec![computed(&self.finding, self.assessment.as_ref())];
        let class = self.assessment.as_ref().map_or(ResponseClass::Planned, |one| one.class);
        let classes = move |_: usize| Some((class, class));
        let release = Release { product: None, components: &self.inventory.components, documents: &[] };
        let mut application = statements::apply(imports, &release, findings);
        statements::withhold(&mut application, imports);
        add_statements(&mut effects, &application, imports, &classes);
        let results = self.carry(decisions);
        let newer = |_: usize, _: &Decision| Vec::new();
        add_decisions(&mut effects, decisions, &results, findings, &newer, &classes);
        effects.remove(0)
    }
}

type Change = fn(&mut World);

/// 6.10: every kind of condition, the same, changed and missing, each inside and outside of the range of versions.
#[test]
fn conditions_decide_whether_a_decision_is_carried() {
    let id = patch_id(&world().inventory.components[0].patches[0]).expect("it changes something");
    let patch =
        format!("{{ atom = \"patch\", subject = \"0001/fix.patch\", value = \"applied\", hash = \"{id}\" }}");
    let nothing: Change = |_| {};
    let rows: Vec<(&str, Change, Option<Change>)> = vec![
        (
            "{ atom = \"config\", subject = \"linux:CONFIG_NF_TABLES\", value = \"n\" }",
            |world| world.inventory.build.configs = vec![config("m")],
            Some(|world| world.inventory.build.configs.clear()),
        ),
        (
            "{ atom = \"file_absent\", subject = \"drivers/scsi/lpfc/*\", value = \"absent\" }",
            |world| {
                world.inventory.build.compiled[0].paths.insert("drivers/scsi/lpfc/lpfc_init".to_owned());
            },
            Some(|world| world.inventory.build.compiled[0].incomplete.push("short".to_owned())),
        ),
        (
            &patch,
            |world| world.inventory.components[0].patches[0].content = DIFF.replace("new", "newer"),
            Some(|world| world.inventory.components[0].patches[0].content.clear()),
        ),
        (
            "{ atom = \"package_absent\", subject = \"telnetd\", value = \"absent\" }",
            |world| {
                let telnetd = Component { name: "telnetd".to_owned(), ..Component::default() };
                world.inventory.components.push(telnetd);
            },
            Some(|world| world.inventory.platform.inventory_complete = false),
        ),
        (
            "{ atom = \"binary\", subject = \"liblzma-injected-object\", value = \"absent\" }",
            |world| {
                let facts = &mut world.inventory.platform.facts;
                facts.insert("liblzma-injected-object".to_owned(), "present".to_owned());
            },
            Some(|world| world.inventory.platform.facts.clear()),
        ),
        (
            "{ atom = \"profile\", subject = \"condition.dnssec_validation.state\", value = \"false\" }",
            |world| {
                world.profile.conditions.get_mut("dnssec_validation").expect("it is there").state = true;
            },
            Some(|world| world.profile.is_inferred = true),
        ),
        (
            "{ atom = \"service_start\", subject = \"never-here\", value = \"not_enabled\" }",
            |world| {
                let mut service = world.profile.services[0].clone();
                service.id = "never-here".to_owned();
                service.start = model::profile::Start::Default;
                world.profile.services.push(service);
            },
            Some(|world| world.profile.services.retain(|service| service.id != "never-here")),
        ),
        (
            "{ atom = \"fact\", subject = \"cvss\", value = \"7.5\" }",
            |world| world.facts().severities[0].base_tenths = Some(80),
            Some(|world| world.facts().severities.clear()),
        ),
        (
            "{ atom = \"exploitation\", subject = \"level\", value = \"none\" }",
            |world| world.assessment = Some(assessment(ResponseClass::Planned, Exploitation::Active)),
            None,
        ),
        (
            "{ atom = \"manual\", subject = \"analysis.md\", value = \"6.1.90\", hash = \"sha256:00\" }",
            |world| world.inventory.components[0].version = "6.1.91".to_owned(),
            None,
        ),
    ];
    assert_eq!(rows.len(), model::decision::AtomKind::ALL.len(), "every kind has its row");
    for (text, changed, missing) in rows {
        let decision = one(&[(CONDITION, &format!("condition = [ {text} ]"))]);
        let mut base = world();
        if text.contains("service_start") {
            let mut service = base.profile.services[0].clone();
            (service.id, service.start) = ("never-here".to_owned(), model::profile::Start::Never);
            base.profile.services.push(service);
        }
        let cases = [
            (Some(nothing), "active", ""),
            (Some(changed), "overtaken", "atom_changed"),
            (missing, "overtaken_unverifiable", "atom_unverifiable"),
        ];
        for (change, code, shift) in cases {
            let Some(change) = change else { continue };
            let inside = base.with(change);
            let told = if shift.is_empty() { code.to_owned() } else { format!("{code}: {shift}") };
            assert_eq!(inside.standing(&decision), told, "{text}");
            let narrow = one(&[
                (CONDITION, &format!("condition = [ {text} ]")),
                ("vers:generic/>=6.1.0|<6.2.0", "vers:generic/<6.1.0"),
            ]);
            let told = if shift.is_empty() {
                "overtaken: left_range".to_owned()
            } else {
                format!("overtaken: left_range {shift}")
            };
            assert_eq!(inside.standing(&narrow), told, "{text} outside of the range");
        }
    }
}

#[test]
fn a_thousand_other_changes_leave_a_decision_alone() {
    let world = world().with(|world| {
        for number in 0..1_000 {
            world.inventory.build.configs[0].symbols.insert(format!("OTHER_{number}"), "y".to_owned());
        }
        world.inventory.release = "4.2".to_owned();
        world.inventory.components[0].version = "6.1.95".to_owned();
    });
    let decision = one(&[("created = 2026-11-01", "created = 2026-11-01\nseen = { release = \"4.1\" }")]);
    assert_eq!(world.standing(&decision), "carried");
    assert_eq!(world.effect(std::slice::from_ref(&decision)).source, "decision D-1 by jane");
    let unreadable = one(&[("vers:generic/>=6.1.0|<6.2.0", "vers:deb/>=6.1.0|<6.2.0")]);
    let nameless = world.with(|world| world.inventory.components[0].version.clear());
    assert_eq!(
        nameless.standing(&unreadable),
        "overtaken_unverifiable: range_unverifiable atom_unverifiable",
        "without a version nobody knows whether the configuration is this kernel's"
    );
}

#[test]
fn what_the_world_learned_overtakes() {
    let seen = |text: &str| {
        one(&[(
            "created = 2026-11-01",
            &format!("created = 2026-11-01\nseen = {{ verdict = \"affected\", {text} }}"),
        )])
    };
    let base = world();
    let told = |change: Change, text: &str| base.with(change).standing(&seen(text));
    assert_eq!(told(|_| {}, "class = \"planned\", exploitation = \"none\", cvss = \"7.5\""), "active");
    assert_eq!(
        told(|world| world.facts().severities[0].base_tenths = Some(95), "cvss = \"7.5\""),
        "overtaken: rescored"
    );
    assert_eq!(told(|world| world.facts().severities[0].base_tenths = Some(94), "cvss = \"7.5\""), "active");
    assert_eq!(
        told(|world| world.finding.qualifiers.push(Reason::RDisputed), "cvss = \"7.5\""),
        "overtaken: disputed"
    );
    assert_eq!(told(|world| world.finding.qualifiers.push(Reason::RDisputed), "disputed = true"), "active");
    assert_eq!(
        told(|world| world.finding.reason = Reason::RRejected, "cvss = \"7.5\""),
        "overtaken: rejected"
    );
    let active: Change =
        |world| world.assessment = Some(assessment(ResponseClass::Immediate, Exploitation::Active));
    assert_eq!(told(active, "exploitation = \"none\""), "overtaken: exploitation_rose");
    assert_eq!(told(active, "class = \"planned\""), "overtaken: class_rose");
    let kev: Change = |world| {
        world.assessment = None;
        world.facts().kev = Some(Kev::default());
    };
    assert_eq!(told(kev, "exploitation = \"public_poc\""), "overtaken: exploitation_rose");
    let ends = one(&[("created = 2026-11-01", "created = 2026-11-01\nexpires = 2026-11-22")]);
    assert_eq!(base.standing(&ends), "overtaken: expired");
    assert_eq!(base.with(|world| world.at = "2026-11-21T23:59:59Z").standing(&ends), "active");
    let on_profile = one(&[(
        CONDITION,
        "condition = [ { atom = \"profile\", subject = \"access.credentials\", value = \"unique_per_device\" } ]",
    )]);
    let before = base.standing(&on_profile);
    let retired = base.with(|world| world.profile.status = ProfileStatus::Retired).standing(&on_profile);
    assert!(!before.contains("profile_retired") && retired.contains("profile_retired"), "{before} {retired}");
}

#[test]
fn merged_and_split_ids_ask_again() {
    let alone = one(&[]);
    let both = one(&[(
        "vulnerability = \"CVE-2026-1\"",
        "vulnerability = \"CVE-2026-1\"\naliases = [\"CVE-2026-2\"]",
    )]);
    let merged = world().with(|world| world.finding.aliases.push("CVE-2026-2".to_owned()));
    assert_eq!(world().standing(&alone), "active", "a GHSA id beside it is no merge");
    assert_eq!(merged.standing(&alone), "overtaken: aliases_changed");
    assert_eq!(merged.standing(&both), "active");
    assert_eq!(world().standing(&both), "overtaken: aliases_changed", "split");
}

#[test]
fn unused_decisions_say_why() {
    let world = world();
    for state in ["proposed", "withdrawn", "superseded", "expired", "overtaken"] {
        assert_eq!(world.standing(&one(&[("\"active\"", &format!("{state:?}"))])), state);
    }
    assert_eq!(world.standing(&one(&[("\"gateway\"", "\"sensor\"")])), "other_product");
    assert_eq!(world.standing(&one(&[("\"gateway\"", "\"gate*\"")])), "active");
    assert_eq!(world.standing(&one(&[("name = \"linux\"", "name = \"zlib\"")])), "no_component");
    assert_eq!(
        world.standing(&one(&[("name = \"linux\"", "name = \"linux\", vendor_tree = \"nxp-imx\"")])),
        "no_component"
    );
    assert_eq!(world.standing(&one(&[("CVE-2026-1", "CVE-2026-9")])), "obsolete");
    let next = one(&[("id = \"D-1\"", "id = \"D-2\"\nsupersedes = [\"D-1\"]")]);
    let results = world.carry(&[one(&[]), next]);
    assert_eq!(results[0].unused, Some(Unused::Superseded(1)));
    assert_eq!(results[1].uses[0].standing, Standing::Active);
}

fn affected() -> Decision {
    let mut decision = one(&[("\"D-1\"", "\"D-2\"")]);
    (decision.status, decision.justification) = (Some(VexStatus::Affected), None);
    decision
}

#[test]
fn two_that_disagree_hold_neither() {
    let base = world().with(|world| world.finding.verdict = Verdict::NotAffected);
    let effect = base.effect(&[one(&[]), affected()]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::UnderInvestigation), "open, not green");
    assert_eq!(effect.contested.len(), 2, "both are shown: {effect:?}");
    assert_eq!(effect.class, Some(ResponseClass::Planned));
    // One on the status and one on the class stand beside each other.
    let mut class = affected();
    (class.status, class.class) = (None, Some(ResponseClass::Immediate));
    let mut status = affected();
    "D-3".clone_into(&mut status.id);
    let effect = world().effect(&[class, status]);
    assert_eq!((effect.status, effect.class), (VexStatus::Affected, Some(ResponseClass::Immediate)));
    assert!(effect.contested.is_empty(), "{effect:?}");
}

#[test]
fn what_holds_and_what_contests_it() {
    let base = world();
    let effect = base.effect(&[one(&[])]);
    assert_eq!((effect.tier, effect.status, effect.class), (Tier::Human, VexStatus::NotAffected, None));
    assert_eq!((effect.says.as_str(), effect.contested.len()), ("not built", 0));
    // Matching turned to worse since: the decision stays, urgency follows the worse.
    let seen = |verdict: &str| {
        one(&[(
            "created = 2026-11-01",
            &format!("created = 2026-11-01\nseen = {{ verdict = \"{verdict}\" }}"),
        )])
    };
    let effect = base.effect(&[seen("needs_review")]);
    assert_eq!((effect.status, effect.class), (VexStatus::NotAffected, Some(ResponseClass::Planned)));
    assert!(effect.contested[0].contains("matching said needs_review"), "{effect:?}");
    assert!(base.effect(&[seen("affected")]).contested.is_empty(), "that was known");
    // Overtaken: what is computed holds again.
    let shifted = base.with(|world| world.inventory.build.configs = vec![config("y")]);
    let effect = shifted.effect(&[one(&[])]);
    assert_eq!(
        (effect.tier, effect.status, effect.class),
        (Tier::Match, VexStatus::Affected, Some(ResponseClass::Planned))
    );
    // An overtaken decision that said worse leaves the finding open.
    let fixed = shifted.with(|world| world.finding.verdict = Verdict::NotAffected);
    let effect = fixed.effect(&[affected()]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::UnderInvestigation));
    // An accepted risk has no class until it ends.
    let mut risk = affected();
    (risk.status, risk.accepts_risk, risk.expires) = (None, true, "2026-12-01".to_owned());
    let effect = base.effect(std::slice::from_ref(&risk));
    assert_eq!((effect.status, effect.class), (VexStatus::Affected, Some(ResponseClass::None)));
    let later = base.with(|world| world.at = "2026-12-02T00:00:00Z");
    assert_eq!(later.effect(&[risk]).class, Some(ResponseClass::Planned));
}

/// What holds while nobody speaks is the verdict, whatever reason it has.
#[test]
fn without_voices_the_verdict_holds() {
    for (reason, ..) in Reason::ALL {
        for verdict in [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected] {
            let finding = Finding { reason: *reason, ..finding(verdict) };
            let effect = computed(&finding, None);
            assert_eq!((effect.verdict(), effect.tier), (verdict, Tier::Match), "{}", reason.code());
        }
    }
}

fn document(author: &str, status: VexStatus, time: &str) -> VexDocument {
    let mut statement = VexStatement::new("CVE-2026-1", status);
    if status == VexStatus::NotAffected {
        statement.justification = Some(model::vex::Justification::VulnerableCodeNotPresent);
    }
    statement.products = vec![ProductRef { reference: "urn:x:linux".to_owned(), ..ProductRef::default() }];
    time.clone_into(&mut statement.timestamp);
    let mut document = VexDocument::new(VexFormat::OpenVex);
    author.clone_into(&mut document.author);
    document.hash = format!("sha256:{author}{time}{}", status.word());
    format!("{author}.json").clone_into(&mut document.file);
    document.statements =
        vec![formats::vex::settle::finish(statement, &VexDocument::new(VexFormat::OpenVex), &mut Vec::new())];
    document
}

fn import(document: &VexDocument, tier: Tier) -> Import<'_> {
    Import { document, tier, trust: Trust::supplier(), vouched: false }
}

fn speaking() -> World {
    world().with(|world| "urn:x:linux".clone_into(&mut world.inventory.components[0].source_ref))
}

#[test]
fn statements_that_contradict_each_other_are_shown_and_not_applied() {
    let world = speaking();
    let no = document("acme", VexStatus::NotAffected, "2026-01-01");
    let yes = document("other", VexStatus::Affected, "2025-01-01");
    let news = document("acme", VexStatus::Affected, "2025-01-01");
    let effect = world.effect_with(&[import(&no, Tier::Upstream)], &[]);
    assert_eq!((effect.tier, effect.status, effect.class), (Tier::Upstream, VexStatus::NotAffected, None));
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&yes, Tier::Upstream)], &[]);
    assert_eq!(
        (effect.tier, effect.status, effect.class),
        (Tier::Match, VexStatus::Affected, Some(ResponseClass::Planned))
    );
    assert!(
        effect.contested[0].contains("acme.json") && effect.contested[0].contains("other.json"),
        "{effect:?}"
    );
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&news, Tier::Upstream)], &[]);
    assert_eq!(
        (effect.tier, effect.status),
        (Tier::Upstream, VexStatus::NotAffected),
        "later news of the same author"
    );
    // In one breath, one author contradicts himself.
    let same = document("acme", VexStatus::Affected, "2026-01-01");
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&same, Tier::Upstream)], &[]);
    assert_eq!((effect.tier, effect.contested.len()), (Tier::Match, 1));
    // A decision stands above; an own statement that says otherwise leaves neither in force.
    let effect = world.effect_with(&[import(&yes, Tier::Upstream)], &[one(&[])]);
    assert_eq!((effect.tier, effect.status), (Tier::Human, VexStatus::NotAffected));
    let effect = world.effect_with(&[import(&yes, Tier::Human)], &[one(&[])]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::Affected));
    assert!(!effect.contested.is_empty());
}

/// A pool of voices to draw from: decisions and statements that agree, disagree, lapse.
fn voices() -> (Vec<Decision>, Vec<(VexDocument, Tier)>) {
    let mut class = affected();
    (class.id, class.status, class.class) = ("D-3".to_owned(), None, Some(ResponseClass::Immediate));
    let mut lapsed = one(&[("\"D-1\"", "\"D-4\"")]);
    "2026-11-10".clone_into(&mut lapsed.expires);
    let mut shifted = one(&[("\"D-1\"", "\"D-5\"")]);
    "y".clone_into(&mut shifted.conditions[0].expected);
    let decisions = vec![one(&[]), affected(), class, lapsed, shifted];
    let at = "2026-01-01";
    let documents = vec![
        (document("acme", VexStatus::NotAffected, at), Tier::Upstream),
        (document("beta", VexStatus::Affected, at), Tier::Upstream),
        (document("gamma", VexStatus::Fixed, at), Tier::Upstream),
        (document("delta", VexStatus::UnderInvestigation, at), Tier::Upstream),
        (document("own", VexStatus::NotAffected, at), Tier::Human),
    ];
    (decisions, documents)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// 6.8: any order of the same voices gives the same effective result, equal time stamps included.
    #[test]
    fn the_order_of_voices_does_not_matter(
        chosen in proptest::collection::vec(any::<bool>(), 10),
        first in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
        second in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
        verdict in prop_oneof![Just(Verdict::Affected), Just(Verdict::NeedsReview), Just(Verdict::NotAffected)],
    ) {
        let world = speaking().with(|world| world.finding.verdict = verdict);
        let (decisions, documents) = voices();
        let hear = |order: &[usize]| {
            let order = || order.iter().copied().filter(|at| chosen[*at]);
            let said: Vec<Decision> = order().filter_map(|at| decisions.get(at).cloned()).collect();
            let imports: Vec<Import<'_>> = order()
                .filter_map(|at| documents.get(at.checked_sub(decisions.len())?))
                .map(|(document, tier)| import(document, *tier))
                .collect();
            let mut effect = world.effect_with(&imports, &said);
            // What contradicts is named in the order of precedence; the names are the same ones.
            effect.contested.iter_mut().for_each(|one| {
                let mut parts: Vec<&str> = one.split("; ").flat_map(|part| part.split(": ")).collect();
                parts.sort_unstable();
                *one = parts.join("|");
            });
            effect.contested.sort();
            effect
        };
        prop_assert_eq!(hear(&first), hear(&second));
    }

    /// 6.11: whatever happens to releases, records, profile and time, every human decision is there unchanged, and
    /// either in force or marked; and what people called affected is never settled in silence.
    #[test]
    fn no_decision_is_ever_overwritten(events in proptest::collection::vec(0_u8..14, 0..12)) {
        let (decisions, documents) = voices();
        let before = decisions.clone();
        let mut world = speaking();
        let mut imports: Vec<Import<'_>> = Vec::new();
        for event in events {
            match event {
                0 => world.inventory.build.configs = vec![config("y")],
                1 => world.inventory.build.configs.clear(),
                2 => world.inventory.components[0].version = "6.2.1".to_owned(),
                3 => world.inventory.release = "4.2".to_owned(),
                4 => world.finding.verdict = Verdict::NotAffected,
                5 => world.finding.verdict = Verdict::NeedsReview,
                6 => world.finding.reason = Reason::RRejected,
                7 => world.finding.aliases.push("CVE-2026-7".to_owned()),
                8 => world.at = "2028-01-01T00:00:00Z",
                9 => world.profile.status = ProfileStatus::Retired,
                10 => world.assessment = Some(assessment(ResponseClass::Immediate, Exploitation::Active)),
                11 => world.inventory.build.configs = vec![config("n")],
                number => imports.push(import(&documents[usize::from(number) - 12].0, Tier::Upstream)),
            }
            let results = world.carry(&decisions);
            let effect = world.effect_with(&imports, &decisions);
            prop_assert_eq!(&decisions, &before);
            prop_assert_eq!(results.len(), decisions.len());
            for (decision, result) in decisions.iter().zip(&results) {
                prop_assert_eq!(result.unused.is_some(), result.uses.is_empty(), "{} has no answer", &decision.id);
                let in_force = result.uses.iter().any(|one| one.standing.is_in_force());
                if in_force {
                    prop_assert_eq!(effect.tier, Tier::Human, "{} is in force", &decision.id);
                }
                let is_worse = decision.verdict() == Some(Verdict::Affected) && !result.uses.is_empty();
                if is_worse && !effect.is_open() {
                    prop_assert!(in_force || decision.id == "D-4", "{} was settled in silence", &decision.id);
                }
            }
        }
    }
}
