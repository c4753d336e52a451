//! Every worked example of the assessment design, for both profiles: inputs, row, class, reasons, scores, SSVC rows.

use analysis::risk::assess::{Outcome, assess, under_misuse};
use analysis::risk::facts::{AdpPoints, Entry, EntryKind, FactSheet, Losses};
use analysis::risk::patch::patched;
use analysis::risk::table_set::TableSet;
use model::assessment::{Assessment, ResponseClass, TechnicalImpact};
use model::finding::Verdict;
use model::profile::{Basis, Profile};
use serde_json::Value;

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases");
    std::fs::read(folder.join(name)).expect("a case file")
}

pub fn profile(id: &str) -> Profile {
    let name = id.split('/').next().unwrap_or_default();
    let file = format!("profiles/{name}.toml");
    formats::profile::read(&fixture(&file), &file).expect("a valid profile")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn facts(case: &Value) -> FactSheet {
    let facts = &case["facts"];
    let is_high = |name: &str| facts["impact"][name] == "H";
    let adp = &facts["ssvc_cisa_adp"];
    FactSheet {
        component: text(&case["component"]),
        version: text(&case["version"]),
        verdict: match case["verdict"].as_str() {
            Some("affected") => Some(Verdict::Affected),
            Some("not_affected") => Some(Verdict::NotAffected),
            _ => None,
        },
        verdict_because: texts(&case["expected"]["reasons"]).join("; "),
        vector: text(&facts["cvss31"]),
        losses: facts["impact"].is_object().then(|| Losses {
            confidentiality: is_high("C"),
            integrity: is_high("I"),
            availability: is_high("A"),
        }),
        cwes: texts(&facts["cwe"]),
        technical_impact: TechnicalImpact::parse(&text(&facts["technical_impact"]))
            .map(|impact| (impact, Basis::Source)),
        kev_since: text(&facts["kev_date_added"]),
        epss: facts["epss"].as_f64(),
        adp: adp.is_object().then(|| AdpPoints {
            exploitation: text(&adp["exploitation"]),
            automatable: text(&adp["automatable"]),
            technical_impact: text(&adp["technical_impact"]),
        }),
        exploit_reference: text(&facts["exploit_reference"]),
        entry: entry(&facts["entry"]),
        requires: texts(&facts["requires_conditions"]),
        is_malicious: facts["malicious_code"] == true,
        ..FactSheet::default()
    }
}

fn entry(entry: &Value) -> Entry {
    Entry {
        kind: EntryKind::parse(&text(&entry["kind"])).unwrap_or_default(),
        via: texts(&entry["via"]),
        subsystem: text(&entry["subsystem"]),
        server_requires: text(&entry["server_requires"]),
        before_peer_auth: entry["before_peer_auth"] == true,
        ui_is_automatic: entry["ui_is_automatic"] == true,
        basis: Some(Basis::Source),
    }
}

fn patched_profile(case: &Value) -> Profile {
    let mut profile = profile(&text(&case["profile"]));
    for (key, value) in case["profile_patch"].as_object().into_iter().flatten() {
        profile = patched(&profile, key, &text(value)).expect("a key of the profile");
    }
    profile
}

fn tenths(value: &Value) -> u16 {
    value.as_f64().map_or(0, |score| (score * 10.0).round() as u16)
}

/// What the example expects against what was found, one line for each difference.
fn differences(expected: &Value, found: &Assessment) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: String, found: String| {
        if expected != found {
            differences.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    compare("reach", text(&expected["reach"]), found.reach.value.word().to_owned());
    compare("exploitation", text(&expected["exploitation"]), found.exploitation.value.word().to_owned());
    compare("preconditions", text(&expected["preconditions"]), found.preconditions.value.word().to_owned());
    compare("technical", text(&expected["technical_impact"]), found.technical_impact.value.word().to_owned());
    compare("product", text(&expected["product_impact"]), found.product_impact.value.word().to_owned());
    compare("row", expected["row"].to_string(), found.row.number.to_string());
    compare("rule", text(&expected["rule"]), found.row.rule.to_owned());
    compare("class", text(&expected["class"]), found.class.word().to_owned());
    compare("override", text(&expected["override"]), found.overrides.join(" "));
    let path = found.paths.first().map_or("no path", |path| path.words.as_str());
    compare("path", text(&expected["path"]), path.to_owned());
    compare("reasons", texts(&expected["reasons"]).join(" | "), found.reasons.join(" | "));
    let changes = |change: &Value| ["input", "from", "to", "class"].map(|key| text(&change[key])).join(" ");
    let wanted: Vec<String> =
        expected["would_change"].as_array().into_iter().flatten().map(changes).collect();
    let turns = found.would_change.iter();
    let got: Vec<String> =
        turns.map(|one| format!("{} {} {} {}", one.input, one.from, one.to, one.class.word())).collect();
    compare("would change", wanted.join(" | "), got.join(" | "));
    let environmental = &expected["cvss31_environmental"];
    let wanted = (
        text(&environmental["vector"]),
        tenths(&environmental["base"]),
        tenths(&environmental["environmental"]),
    );
    let got = found.environmental.clone().unwrap_or_default();
    compare("environmental", format!("{wanted:?}"), format!("{got:?}"));
    compare("ssvc", ssvc_of(&expected["ssvc"]), ssvc_found(found));
    differences
}

const TABLES: [&str; 4] = ["supplier", "deployer", "cisa_coordinator", "bod_26_04"];

fn ssvc_of(expected: &Value) -> String {
    let line = |table: &&str| {
        let one = &expected[*table];
        one.is_object().then(|| format!("{table} {} {}", one["row"], text(&one["outcome"])))
    };
    TABLES.iter().filter_map(line).collect::<Vec<_>>().join(" | ")
}

fn ssvc_found(found: &Assessment) -> String {
    let line = |table: &&str| {
        let one = found.ssvc.iter().find(|outcome| outcome.table == *table)?;
        Some(format!("{table} {} {}", one.row, one.outcome))
    };
    TABLES.iter().filter_map(line).collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_worked_example() {
    let file: Value = serde_json::from_slice(&fixture("assessment-examples.json")).expect("JSON");
    let mut failures = Vec::new();
    let (mut assessed, mut excluded, mut without) = (0, 0, 0);
    for case in file["cases"].as_array().expect("cases") {
        let expected = &case["expected"];
        let id = text(&case["id"]);
        match assess(&facts(case), &patched_profile(case)) {
            Outcome::NoFinding => {
                without += 1;
                if !expected["class"].is_null() {
                    failures.push(format!("{id}: no finding"));
                }
            }
            Outcome::NotAffected(_) => {
                excluded += 1;
                if expected["class"] != "none" || !expected["row"].is_null() {
                    failures.push(format!("{id}: excluded"));
                }
            }
            Outcome::Assessed(assessment) => {
                assessed += 1;
                let lines = differences(expected, &assessment);
                failures.extend(lines.into_iter().map(|line| format!("{id}: {line}")));
            }
        }
    }
    assert_eq!((assessed, excluded, without), (30, 7, 9), "how many of each kind");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    testkit::quality(
        "assessment examples",
        46,
        46,
        "inputs, row, class, reasons, environmental score, SSVC rows",
    );
}

#[test]
fn misuse_that_happens_now_and_then_is_shown() {
    let file: Value = serde_json::from_slice(&fixture("assessment-examples.json")).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["id"] == "CVE-2024-6387/example-gateway").expect("the example");
    let found =
        under_misuse(&facts(case), &patched_profile(case), ResponseClass::Planned, TableSet::default());
    assert_eq!(found, [("port-forward-ssh".to_owned(), ResponseClass::Immediate)]);
}

/// Each profile that is worse in one fact, with what was changed.
fn worse(profile: &Profile) -> Vec<(String, Profile)> {
    use model::profile::{
        Enabled, LocalCode, Measure, PeerAuth, PhysicalAccess, RadioReach, Requirement, Start, Zone,
    };
    let mut all = Vec::new();
    let mut push = |what: String, change: &dyn Fn(&mut Profile)| {
        let mut changed = profile.clone();
        change(&mut changed);
        if changed != *profile {
            all.push((what, changed));
        }
    };
    for at in 0..profile.interfaces.len() {
        let zone = profile.interfaces[at].zone;
        let id = &profile.interfaces[at].id;
        // Outward along the networks; what somebody must touch or hear is another kind of interface.
        if matches!(zone, Zone::Isolated | Zone::Site) {
            push(format!("{id} to internet"), &|changed| changed.interfaces[at].zone = Zone::Internet);
        }
        push(format!("{id} always"), &|changed| changed.interfaces[at].enabled = Enabled::Always);
        push(format!("{id} public"), &|changed| {
            let reach = &mut changed.interfaces[at].radio_reach;
            *reach = reach.map(|_| RadioReach::Public);
        });
        push(format!("{id} open"), &|changed| {
            changed.interfaces[at].inbound = Some(model::profile::Filter::Allow);
        });
    }
    for at in 0..profile.services.len() {
        let id = &profile.services[at].id;
        push(format!("{id} without authentication"), &|changed| {
            changed.services[at].peer_auth = PeerAuth::None;
            changed.services[at].pre_auth_surface = true;
        });
        push(format!("{id} started"), &|changed| changed.services[at].start = Start::Default);
    }
    for at in 0..profile.functions.len() {
        let id = &profile.functions[at].id;
        push(format!("{id} high"), &|changed| {
            let function = &mut changed.functions[at];
            function.confidentiality = Requirement::High;
            function.integrity = Requirement::High;
            function.availability = Requirement::High;
        });
    }
    for name in profile.conditions.keys() {
        push(format!("{name} holds"), &|changed| {
            changed.conditions.get_mut(name).expect("known").state = true;
        });
    }
    push("third-party code".to_owned(), &|changed| changed.access.local_code = LocalCode::ThirdParty);
    push("public access".to_owned(), &|changed| changed.physical.access = PhysicalAccess::Public);
    push("no hardening".to_owned(), &|changed| {
        changed.hardening.aslr = Measure::No;
        changed.hardening.pie = Measure::No;
    });
    push("safety".to_owned(), &|changed| changed.impact.safety = model::profile::Safety::Catastrophic);
    push("mission".to_owned(), &|changed| changed.impact.mission = model::profile::Mission::MissionFailure);
    all
}

#[test]
fn a_worse_profile_never_lowers_the_class() {
    let file: Value = serde_json::from_slice(&fixture("assessment-examples.json")).expect("JSON");
    let mut compared = 0;
    for case in file["cases"].as_array().expect("cases") {
        let (facts, profile) = (facts(case), patched_profile(case));
        let Outcome::Assessed(before) = assess(&facts, &profile) else { continue };
        for (what, changed) in worse(&profile) {
            let Outcome::Assessed(after) = assess(&facts, &changed) else { panic!("{what}: no answer") };
            assert!(
                after.class >= before.class && after.class <= after.ceiling,
                "{}: {what}: {} became {} ({})",
                text(&case["id"]),
                before.class.word(),
                after.class.word(),
                after.reasons.join("; ")
            );
            compared += 1;
        }
        for worse in worse_facts(&facts) {
            let Outcome::Assessed(after) = assess(&worse, &profile) else { panic!("no answer") };
            assert!(after.class >= before.class, "{}: {worse:?}", text(&case["id"]));
            compared += 1;
        }
    }
    assert_eq!(compared, 1118, "how many single worsenings were compared");
}

/// A known-exploited entry, a public exploit, complete control, planted code.
fn worse_facts(facts: &FactSheet) -> Vec<FactSheet> {
    let total = (TechnicalImpact::Total, Basis::Source);
    vec![
        FactSheet { kev_since: "2026-01-01".to_owned(), ..facts.clone() },
        FactSheet { exploit_reference: "a module".to_owned(), ..facts.clone() },
        FactSheet { technical_impact: Some(total), ..facts.clone() },
        FactSheet { is_malicious: true, ..facts.clone() },
        FactSheet { epss: Some(0.99), ..facts.clone() },
        FactSheet { requires: Vec::new(), ..facts.clone() },
    ]
}

#[test]
fn the_rationale_is_short_and_names_its_assumptions() {
    let file: Value = serde_json::from_slice(&fixture("assessment-examples.json")).expect("JSON");
    for case in file["cases"].as_array().expect("cases") {
        let Outcome::Assessed(found) = assess(&facts(case), &patched_profile(case)) else { continue };
        let sentences = found.rationale.iter().filter(|line| !line.starts_with("Assumes ")).count();
        assert!((1..=4).contains(&sentences), "{:?}", found.rationale);
        assert!(
            found.rationale.iter().all(|line| line.ends_with('.') && !line.contains('{')),
            "{:?}",
            found.rationale
        );
    }
    let case = |id: &str| {
        let cases = file["cases"].as_array().expect("cases");
        cases.iter().find(|case| case["id"] == id).expect("an example").clone()
    };
    let case = case("CVE-2024-6387/example-gateway");
    let Outcome::Assessed(found) = assess(&facts(&case), &patched_profile(&case)) else { panic!("assessed") };
    assert_eq!(
        found.rationale,
        [
            "openssh 9.6p1 runs as root; input reaches it by ssh on lan0 (site) in the standard deployment.",
            "Anyone on the customer's network can send to it; an attacker needs what can be expected: AC:H.",
            "An exploit is taken to be public (CISA-ADP: poc).",
            "Success gives complete control of the component: device-wide control and a function with a high \
             requirement.",
            "Assumes A1: The factory LAN is behind a firewall; no inbound connections from the internet.",
        ]
    );
}
