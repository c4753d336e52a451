//! Facts that change beside the records: EPSS around its thresholds, circumstances in descriptions, scores that differ,
//! and the metrics of the environmental vector that the worked examples do not ask for.

use analysis::risk::assess::{Outcome, assess};
use analysis::risk::conditions::{known, proposal, vocabulary};
use analysis::risk::environment::RULES;
use analysis::risk::facts::{Entry, EntryKind, FactSheet, Losses};
use analysis::risk::likelihood::{exploitation, public_by_epss};
use analysis::risk::patch::patched;
use analysis::risk::sheet::scores_differ;
use model::assessment::{Assessment, Exploitation};
use model::finding::Verdict;
use model::vulnerability::{Facts, SeverityFact};

#[test]
fn epss_sways_around_its_threshold_without_changing_the_class() {
    let is_public = |now, before| public_by_epss(Some(now), before).is_some();
    assert!(is_public(0.10, None) && is_public(0.10, Some(0.01)));
    assert!(!is_public(0.099, None) && !is_public(0.099, Some(0.099)));
    assert!(is_public(0.07, Some(0.10)) && !is_public(0.069, Some(0.99)));
    assert_eq!(public_by_epss(None, Some(0.9)), None);
    let facts = FactSheet { epss: Some(0.083), epss_before: Some(0.12), ..FactSheet::default() };
    let found = exploitation(&facts);
    assert_eq!(found.value, Exploitation::PublicPoc);
    assert_eq!(found.because, ["EPSS 0.083, was 0.120 >= 0.10 and falls back below 0.07 only"]);
}

#[test]
fn neither_score_ever_lowers_the_level() {
    for now in 0..=20 {
        for before in 0..=20 {
            let at = |now: i32, before: i32| {
                let of = |number: i32| Some(f64::from(number) / 100.0);
                exploitation(&FactSheet { epss: of(now), epss_before: of(before), ..FactSheet::default() })
                    .value
            };
            assert!(at(now + 1, before) >= at(now, before) && at(now, before + 1) >= at(now, before));
        }
    }
}

#[test]
fn the_vocabulary_is_whole() {
    let mut names: Vec<&str> = vocabulary().iter().map(|known| known.name).collect();
    assert_eq!(names.len(), analysis::risk::conditions::TABLE.lines().count() - 1, "a row cannot be read");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), vocabulary().len(), "a name stands there twice");
    for one in vocabulary() {
        assert!(
            one.question.ends_with(['?', ')']) && !one.components.is_empty() && !one.cues.is_empty(),
            "{one:?}"
        );
    }
    // The circumstances that assessment.md 7 names, and those of the worked examples.
    for name in [
        "unprivileged_user_namespaces",
        "unprivileged_bpf",
        "io_uring_enabled",
        "curl_socks5_proxy",
        "dnssec_validation",
        "wifi_enterprise_peap",
        "tls_client_certificates_parsed_by_server",
        "lighttpd_mod_extforward",
        "usb_dfu_recovery",
        "network_boot",
        "bt_classic_hid",
        "kernel_net_fs",
        "kernel_net_proto",
    ] {
        assert!(known(name).is_some(), "{name}");
    }
}

fn asks(description: &str, component: &str) -> String {
    match proposal(description, component, &[]) {
        None => "nothing".to_owned(),
        Some(found) => format!("{}: {}", found.condition.map_or("-", |known| known.name), found.quote),
    }
}

#[test]
fn descriptions_raise_questions_and_no_facts() {
    assert_eq!(asks("A heap overflow in foo 1.2.3 lets attackers do anything.", "curl"), "nothing");
    assert_eq!(
        asks("An overflow exists. It is reachable only when a SOCKS proxy is used, e.g. by option.", "curl"),
        "curl_socks5_proxy: It is reachable only when a SOCKS proxy is used, e.g."
    );
    assert_eq!(
        asks("The flaw needs a non-default option. The server must be enabled.", "foo"),
        "-: The flaw needs a non-default option."
    );
    // A question of another component is none of this one, and words inside of words are none.
    assert_eq!(
        asks("Only if upskilled sockses are enabled.", "curl"),
        "-: Only if upskilled sockses are enabled."
    );
    assert!(asks("When using DNSSEC validation it crashes.", "libcurl").starts_with("-: "));
    let asked = ["dnssec_validation".to_owned()];
    assert_eq!(proposal("Only when DNSSEC is used.", "dnsmasq", &asked), None);
    for hostile in ["", ".", "ünïcode — only if ß. \u{202e}", &"only if ".repeat(5000)] {
        let _ = proposal(hostile, "ü", &[]);
    }
}

#[test]
fn scores_that_differ_are_told() {
    let severity = |by: &str, vector: &str| SeverityFact {
        vector: vector.to_owned(),
        base_tenths: Some(1),
        by: by.to_owned(),
    };
    let high = severity("NVD", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    let low = severity("CNA", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    let facts = |severities| Facts { severities, ..Facts::default() };
    let differ = scores_differ(&facts(vec![high.clone(), low.clone()]));
    assert_eq!(differ.as_deref(), Some("scores differ: 9.8 by NVD, 7.5 by CNA"));
    assert_eq!(scores_differ(&facts(vec![high.clone()])), None);
    // One source's versions are no disagreement.
    let old = severity("NVD", "AV:N/AC:L/Au:N/C:P/I:P/A:P");
    assert_eq!(scores_differ(&facts(vec![old, high])), None);
}

/// The metrics with their rules that a way by a service gives, in the gateway's deployment with some keys changed.
fn metrics(vector: &str, changes: &[(&str, &str)], more: impl Fn(&mut FactSheet)) -> (String, Assessment) {
    let mut profile = crate::assess::profile("example-gateway");
    for (key, value) in changes {
        profile = patched(&profile, key, value).expect("a key of the profile");
    }
    let mut facts = FactSheet {
        component: "lighttpd".to_owned(),
        verdict: Some(Verdict::Affected),
        vector: vector.to_owned(),
        entry: Entry { kind: EntryKind::Server, ..Entry::default() },
        ..FactSheet::default()
    };
    more(&mut facts);
    let Outcome::Assessed(found) = assess(&facts, &profile) else { panic!("assessed") };
    let said: Vec<String> = found
        .environmental_metrics
        .iter()
        .map(|(rule, metric, value)| format!("{metric}:{value} {rule}"))
        .collect();
    for (rule, _, _) in &found.environmental_metrics {
        assert!(RULES.lines().any(|line| line.starts_with(&format!("{rule},"))), "{rule} is in the table");
    }
    (said.join(" "), *found)
}

#[test]
fn metrics_beyond_the_examples() {
    let v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    let (said, found) = metrics(v4, &[], |_| {});
    assert_eq!(said, "E:U M6 CR:H M5 IR:H M5 AR:M M5 MAV:A M1 AU:Y M9 V:C M9 U:Amber M9");
    let (vector, _, _) = found.environmental.expect("a score");
    assert_eq!(analysis::risk::vectors::score(&vector).expect("a vector").label, "CVSS-BTE");
    let v3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    assert!(!metrics(v3, &[], |_| {}).0.contains("M10"));
    assert!(metrics(v3, &[], |facts| facts.is_disputed = true).0.contains("RC:U M10"));
    let low = Losses { integrity: true, availability: true, ..Losses::default() };
    let hardened = |facts: &mut FactSheet| facts.hardened = vec![("web-ui".to_owned(), low)];
    assert!(metrics(v3, &[], hardened).0.contains("MI:L M8 MA:L M8"));
    assert!(metrics(v4, &[], hardened).0.contains("MVI:L M8 MVA:L M8"));
    // Another service's test proves nothing here.
    assert!(!metrics(v3, &[], |facts| facts.hardened = vec![("ssh".to_owned(), low)]).0.contains("M8"));
    // Nor does one for a program with the rights of the device.
    let root = |facts: &mut FactSheet| {
        facts.component = "openssh".to_owned();
        facts.hardened = vec![("ssh".to_owned(), low)];
    };
    assert!(!metrics(v3, &[], root).0.contains("M8"));
}

#[test]
fn harm_to_people_is_part_of_the_4_0_vector() {
    let v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    let of = |safety: model::profile::Safety, vector: &str| {
        let mut profile = crate::assess::profile("example-gateway");
        profile.impact.safety = safety;
        let facts = FactSheet {
            component: "linux".to_owned(),
            verdict: Some(Verdict::Affected),
            vector: vector.to_owned(),
            entry: Entry { kind: EntryKind::Server, ..Entry::default() },
            ..FactSheet::default()
        };
        let Outcome::Assessed(found) = assess(&facts, &profile) else { panic!("assessed") };
        let rules = ["M7", "M9"];
        let kept = found
            .environmental_metrics
            .iter()
            .filter(|(rule, name, _)| rules.contains(rule) && matches!(*name, "MSI" | "MSA" | "S"));
        kept.map(|(_, name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join(" ")
    };
    use model::profile::Safety;
    assert_eq!(of(Safety::Critical, v4), "MSI:S MSA:S S:P");
    assert_eq!(of(Safety::Marginal, v4), "S:P");
    assert_eq!(of(Safety::Negligible, v4), "");
    // Who only reads changes nothing about what a function does.
    assert_eq!(of(Safety::Critical, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"), "");
}
