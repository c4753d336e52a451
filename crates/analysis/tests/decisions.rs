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

mod carry;
mod effects;

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
        files: Vec::new(),
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
        questions: Vec::new(),
        would_change: Vec::new(),
        rationale: Vec::new(),
        environmental: None,
        environmental_metrics: Vec::new(),
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
