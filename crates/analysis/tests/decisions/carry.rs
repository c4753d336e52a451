//! Whether a decision is carried to a release, and what overtakes it (assessment.md 4.4).

use super::*;

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
