//! Deployment profiles: both forms, the way back, and what is said about a wrong one.

use std::collections::BTreeMap;
use std::path::Path;

use formats::profile::{hash, read, to_json, to_toml, values};
use model::profile::{Direction, Peer, PeerAuth, Profile, ProfileStatus, Zone};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/profiles").join(name);
    std::fs::read(path).expect("the example is there")
}

fn profile(name: &str) -> Profile {
    read(&file(name), name).expect("the example is a profile")
}

fn gateway() -> String {
    String::from_utf8(file("example-gateway.toml")).expect("the example is text")
}

/// The faults of the gateway's profile after one replacement, one line each.
fn faults(from: &str, to: &str) -> String {
    let text = gateway();
    assert!(text.contains(from), "{from:?} is in the example");
    faults_of(&text.replacen(from, to, 1))
}

fn faults_of(text: &str) -> String {
    match read(text.as_bytes(), "p.toml") {
        Ok(_) => "none".to_owned(),
        Err(error) => error.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn both_examples_are_equal_in_both_forms() {
    for product in ["gateway", "sensor"] {
        let toml = profile(&format!("example-{product}.toml"));
        let json = profile(&format!("example-{product}.json"));
        assert_eq!(toml, json);
        assert_eq!(hash(&toml), hash(&json));
    }
}

#[test]
fn the_examples_say_what_they_say() {
    let gateway = profile("example-gateway.toml");
    assert_eq!((gateway.version, gateway.status), (3, ProfileStatus::Approved));
    assert_eq!(gateway.valid_from, "2026-09-01");
    assert_eq!(gateway.releases, ">=4.0.0,<6.0.0");
    assert_eq!((gateway.interfaces.len(), gateway.services.len()), (8, 7));
    assert!(gateway.interfaces[3].shared_bus && !gateway.is_inferred);
    let telemetry = &gateway.services[3];
    assert_eq!((telemetry.direction, telemetry.peer_auth), (Direction::Connect, PeerAuth::PublicPki));
    assert_eq!(telemetry.ports[0].peer, Some(Peer::MakerCloud));
    assert!(!telemetry.pre_auth_surface, "the default of a client");
    assert!(gateway.services[5].pre_auth_surface, "the default of a listener");
    assert_eq!(gateway.impact.connected_systems, [(Zone::Isolated, true), (Zone::Site, true)]);
    assert_eq!(gateway.misuses[0].to, "internet");
    assert_eq!(gateway.conditions.len(), 7);
    assert_eq!(profile("example-sensor.json").interfaces[1].kind, "ip_over_wlan0");
}

#[test]
fn the_way_through_both_forms_changes_nothing() {
    for name in ["example-gateway.toml", "example-sensor.toml"] {
        let first = profile(name);
        let json = to_json(&first);
        let second = read(json.as_bytes(), "p.json").expect("own JSON is read");
        let toml = to_toml(&second, &BTreeMap::new());
        let third = read(toml.as_bytes(), "p.toml").expect("own TOML is read");
        assert_eq!((&first, &first), (&second, &third));
        assert_eq!(toml, to_toml(&third, &BTreeMap::new()));
        assert_eq!(hash(&first), hash(&third));
    }
}

#[test]
fn canonical_json_is_sorted_and_without_blanks() {
    let json = to_json(&profile("example-sensor.toml"));
    let value: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    // serde_json keeps objects sorted, and writes no blanks.
    assert_eq!(json, value.to_string());
}

#[test]
fn the_hash_of_an_example_stays() {
    assert_eq!(
        hash(&profile("example-sensor.toml")),
        "sha256:59ed925cd561a3cbffaff5e9da184f881e6a0338531cce50d20f3c49bbd0b7b2"
    );
}

#[test]
fn texts_with_odd_characters_come_back() {
    let mut profile = profile("example-sensor.toml");
    profile.title = "quote \" back \\ line\nbell \u{7} del \u{7f} nel \u{85} \u{1f4a5}".to_owned();
    profile.hardening.evidence.insert("a.b".to_owned(), "test".to_owned());
    for text in [to_json(&profile), to_toml(&profile, &BTreeMap::new())] {
        assert_eq!(read(text.as_bytes(), "p").expect("own text is read"), profile);
    }
}

#[test]
fn comments_stand_at_their_keys_and_change_nothing() {
    let profile = profile("example-sensor.toml");
    let comments = [
        ("service[0]", "inferred: the broker's client is in the SBOM\nsecond line"),
        ("service[0].peer_auth", "assumed: \u{7}usual"),
        ("service[0].connect[0].port", "assumed: the usual port"),
        ("valid_from", "assumed: today"),
    ];
    let comments = comments.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let text = to_toml(&profile, &comments);
    for line in [
        "# inferred: the broker's client is in the SBOM\n# second line\n[[service]]\nid = \"uplink\"",
        "peer_auth = \"pinned_server\"  # assumed:  usual\n",
        "peer = \"site_broker\" }]  # assumed: the usual port\n",
        "valid_from = 2026-06-15  # assumed: today\n",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    assert_eq!(read(text.as_bytes(), "p.toml").expect("own TOML is read"), profile);
}

#[test]
fn values_are_named_by_ids() {
    let values = values(&profile("example-gateway.toml"));
    assert_eq!(values["interface[lan0].zone"], "\"site\"");
    assert_eq!(values["service[dns-dhcp].listen[1].port"], "67");
    assert_eq!(values["component_role[busybox].role"], "\"local_tool\"");
}

#[test]
fn an_unknown_key_is_refused_and_the_nearest_named() {
    assert_eq!(
        faults("pre_auth_surface = true", "preauth_surface = true"),
        "line 94, column 1: service[0].preauth_surface: unknown key; did you mean pre_auth_surface?"
    );
    assert_eq!(
        faults("[physical]", "[psysical]"),
        "line 1, column 1: physical: it is missing\nline 284, column 2: psysical: unknown key; did you mean physical?"
    );
}

#[test]
fn an_unknown_word_names_the_allowed_ones_and_the_nearest() {
    assert_eq!(
        faults("zone = \"internet\"", "zone = \"intranet\""),
        "line 29, column 8: interface[0].zone: unknown word \"intranet\"; did you mean \"internet\"? \
         One of physical, local, bus, radio, isolated, site, internet"
    );
    assert_eq!(
        faults("peer_auth = \"key\"", "peer_auth = \"magic\""),
        "line 107, column 13: service[1].peer_auth: unknown word \"magic\"; one of none, password, shared_secret, \
         key, client_cert, public_pki, pinned_server"
    );
}

#[test]
fn a_fault_deep_inside_has_its_whole_path() {
    assert_eq!(
        faults("port = 67,", "port = 70000,"),
        "line 119, column 90: service[2].listen[1].port: 70000 is not between 0 and 65535"
    );
    assert_eq!(
        faults("port = 67,", "port = \"67\","),
        "line 119, column 90: service[2].listen[1].port: it is a text, and must be a whole number"
    );
    assert_eq!(faults("port = 67, ", ""), "line 119, column 61: service[2].listen[1].port: it is missing");
}

#[test]
fn every_fault_is_told_at_once() {
    let text = gateway().replace("proto = \"l2\"", "proto = \"L2\"").replace("version  = 3", "version  = 0");
    let told = faults_of(&text);
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.contains("version: 0 is not between 1 and"), "{told}");
    assert!(told.contains("did you mean \"l2\"?"), "{told}");
    let error = read(text.as_bytes(), "p.toml").expect_err("it has faults");
    assert!(error.to_string().starts_with("cannot read p.toml: line 5, column "), "{error}");
    assert!(error.to_string().ends_with("(and 2 more)"), "{error}");
}

#[test]
fn a_service_of_both_directions_is_two_services() {
    let both =
        "connect = [{ interface = \"lan0\", port = 1, proto = \"tcp\", peer = \"other\" }]\ntls = \"server\"";
    assert_eq!(
        faults("tls = \"server\"", both),
        "line 92, column 11: service[0].connect: this service does not connect (see its direction); describe a \
         component that does both as two services, one for each direction"
    );
}

#[test]
fn forms_of_single_values_are_checked() {
    for (from, to, told) in [
        ("2026-09-01", "\"2026-02-29\"", "valid_from: \"2026-02-29\" is no date"),
        ("2026-09-01", "\"next week\"", "valid_from: \"next week\" is no date"),
        ("example-gateway/standard", "Example/standard", "id: \"Example/standard\" is not <product>/<name>"),
        ("deployment-profile/1", "deployment-profile/2", "the only form that is read"),
        ("bits   = 64", "bits   = 48", "platform.bits: 48 is neither 32 nor 64"),
        ("kind = \"cellular\"", "kind = \"celular\"", "did you mean \"cellular\"?"),
        ("lsm = \"apparmor_enforcing\"", "lsm = \"apparmor\"", "hardening.lsm: \"apparmor\" is not none"),
        ("aslr = \"build\"", "aslr = \"hope\"", "hardening.evidence.aslr: unknown word \"hope\""),
        ("restart_required = \"system\"", "restart_required = \"sytem\"", "did you mean \"system\"?"),
        ("state = false", "state = \"no\"", "condition.dnssec_validation.state: it is a text"),
        (
            "hardware = [\"EG-200\"",
            "hardware = [7",
            "applies_to.hardware[0]: it is a number, and must be a text",
        ),
        ("title    = \"Standard", "title    = \"\" # \"", "title: it is empty"),
        ("[access]", "[[access]]", "access: it is a list, and must be a table"),
        ("breaks = [\"lan0\"]", "breaks = [\"LAN 0\"]", "assumption[0].breaks: \"LAN 0\" is not an id"),
        ("version  = 3", "version  = 3.5", "version: it is a number with a fraction"),
        ("safety = \"marginal\"", "safety = \"\"", "impact.safety: unknown word \"\""),
    ] {
        let faults = faults(from, to);
        assert!(faults.contains(told), "{to}: {faults}");
        assert_eq!(faults.lines().count(), 1, "{faults}");
    }
}

#[test]
fn what_is_no_toml_says_where() {
    let told = faults("[provenance]", "[provenance");
    assert!(told.starts_with("line 11, column 12: "), "{told}");
    let told = faults("version  = 3", "version  = 3\nversion = 4");
    assert!(told.starts_with("line 6, column 1: ") && told.contains("duplicate key"), "{told}");
    assert_eq!(faults_of(" \n"), "it is empty");
    let error = read(b"schema = \"\xff\"", "p.toml").expect_err("it is not UTF-8");
    assert_eq!(error.to_string(), "cannot read p.toml: line 1, column 11: it is not UTF-8");
}

#[test]
fn what_is_wrong_in_json_says_where() {
    let text = String::from_utf8(file("example-sensor.json")).expect("the example is text");
    let told = faults_of(&text.replacen("\"version\": 1", "\"version\": 1, \"version\": null", 1));
    assert_eq!(told, "line 5, column 27: version: it is given twice");
    let told = faults_of(&text.replacen("\"bits\": 32", "\"bits\": null", 1));
    assert!(told.ends_with("platform.bits: it is null, and must be a whole number"), "{told}");
    let told = faults_of(&text.replacen("\"bits\": 32", "\"bits\" 32", 1));
    assert!(told.starts_with("line ") && told.contains("expected `:`"), "{told}");
    assert!(faults_of(&format!("{{\"a\":{}", "[".repeat(100_000))).contains("nested deeper than 32 levels"));
    assert_eq!(faults_of("{\"schema\": \"\\ud800\"}"), "line 1, column 12: unexpected end of hex escape");
}

#[test]
fn missing_parts_are_all_named() {
    let told = faults_of("schema = \"patchwright/deployment-profile/1\"\n");
    for key in ["id", "product", "version", "status", "valid_from", "applies_to", "title", "provenance"] {
        assert!(told.contains(&format!("{key}: it is missing")), "{key} in\n{told}");
    }
    assert!(told.contains("status: it is missing; one of draft, approved, retired"), "{told}");
    assert!(told.contains("service: it is missing; an empty list is written as []"), "{told}");
}

#[test]
fn truncated_and_changed_examples_never_panic() {
    for name in ["example-gateway.toml", "example-gateway.json"] {
        let bytes = file(name);
        let mut state = 0x9e37_79b9_u32;
        for length in (0..bytes.len()).step_by(131) {
            let mut part = bytes[..length].to_vec();
            drop(read(&part, name));
            part.extend_from_slice(&bytes[length..]);
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = state as usize % part.len();
                part[at] = (state >> 8) as u8;
            }
            drop(read(&part, name));
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_never_panics(text in "\\PC{0,200}") {
        drop(read(text.as_bytes(), "p"));
        drop(read(format!("{{{text}").as_bytes(), "p"));
    }

    #[test]
    fn any_title_comes_back(title in "\\PC{0,60}[a-z]\\PC{0,60}") {
        let mut profile = profile("example-sensor.toml");
        profile.title = title;
        let toml = to_toml(&profile, &BTreeMap::new());
        proptest::prop_assert_eq!(&read(toml.as_bytes(), "p.toml").expect("own TOML is read"), &profile);
        let json = to_json(&profile);
        proptest::prop_assert_eq!(&read(json.as_bytes(), "p.json").expect("own JSON is read"), &profile);
    }
}

/// The published schema and the reader agree on every closed list.
#[test]
fn the_published_schema_has_the_words_of_the_model() {
    use model::profile::{
        ComponentRole, Credentials, Enabled, Filter, Firewall, HeldBy, InputFrom, InteractiveUser, Isolation,
        Likelihood, LocalCode, Measure, Mission, PhysicalAccess, Privilege, RadioReach, Requirement, Rootfs,
        RunsAs, Safety, SecureBoot, Start, Tls, UpdateChannel, ValueDensity,
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/deployment-profile.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("the schema is JSON");
    let mut compared = 0;
    macro_rules! same {
        ($($place:literal: $kind:ty),+ $(,)?) => {
            $({
                let pointer = $place.split('.').fold(String::new(), |pointer, key| match key.strip_suffix("[]") {
                    Some(key) => format!("{pointer}/properties/{key}/items"),
                    None => format!("{pointer}/properties/{key}"),
                });
                let words = schema.pointer(&pointer).and_then(|key| key["enum"].as_array()).expect($place);
                let mut words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
                let mut known: Vec<&str> = <$kind>::ALL.iter().map(|value| value.word()).collect();
                words.sort_unstable();
                known.sort_unstable();
                assert_eq!(words, known, $place);
                compared += 1;
            })+
        };
    }
    same!(
        "status": ProfileStatus, "interface[].zone": Zone, "interface[].enabled": Enabled,
        "interface[].inbound": Filter, "interface[].outbound": Filter, "interface[].radio_reach": RadioReach,
        "service[].direction": Direction, "service[].zone": Zone, "service[].tls": Tls,
        "service[].peer_auth": PeerAuth, "service[].runs_as": RunsAs, "service[].start": Start,
        "service[].connect[].peer": Peer, "service[].listen[].proto": model::profile::Proto,
        "component_role[].role": ComponentRole, "component_role[].input_from": InputFrom,
        "role[].privilege": Privilege, "role[].held_by": HeldBy, "access.credentials": Credentials,
        "access.interactive_user": InteractiveUser, "access.local_code": LocalCode,
        "access.local_code_isolation": Isolation, "function[].integrity": Requirement, "impact.safety": Safety,
        "impact.mission": Mission, "impact.value_density": ValueDensity, "hardening.aslr": Measure,
        "hardening.secure_boot": SecureBoot, "hardening.rootfs": Rootfs, "hardening.firewall": Firewall,
        "update.channel": UpdateChannel, "physical.access": PhysicalAccess,
        "foreseeable_misuse[].likelihood": Likelihood,
    );
    assert_eq!(compared, 33);
}

/// What the schema says must be there, the reader misses, key by key.
#[test]
fn the_reader_misses_what_the_schema_requires() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/deployment-profile.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("the schema is JSON");
    let whole: serde_json::Value =
        serde_json::from_slice(&file("example-gateway.json")).expect("the example is JSON");
    let mut tried = 0;
    let mut check = |place: &str, schema: &serde_json::Value, pointer: &str| {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(|key| key.as_str()) {
            let mut without = whole.clone();
            let table = without.pointer_mut(pointer).and_then(|table| table.as_object_mut()).expect(pointer);
            assert!(table.remove(key).is_some(), "{pointer} has {key}");
            let told = faults_of(&without.to_string());
            let path = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
            assert!(told.contains(&format!("{path}: it is missing")), "{path}: {told}");
            tried += 1;
        }
        // An unknown key is refused everywhere.
        let mut more = whole.clone();
        let table = more.pointer_mut(pointer).and_then(|table| table.as_object_mut()).expect(pointer);
        table.insert("zzz".to_owned(), true.into());
        let path = if place.is_empty() { "zzz".to_owned() } else { format!("{place}.zzz") };
        let told = faults_of(&more.to_string());
        assert!(told.contains(&format!("{path}: unknown key")), "{path}: {told}");
    };
    check("", &schema, "");
    let all = schema["properties"].as_object().expect("properties");
    for (key, inner) in all {
        match inner["type"].as_str() {
            Some("object") if inner.get("properties").is_some() => check(key, inner, &format!("/{key}")),
            Some("array") => check(&format!("{key}[0]"), &inner["items"], &format!("/{key}/0")),
            _ => {}
        }
    }
    assert_eq!(tried, 70);
}

#[test]
fn long_lists_are_written_over_several_lines() {
    let mut profile = profile("example-sensor.toml");
    profile.services[0].reaches = (0..30).map(|number| format!("component-{number}")).collect();
    let text = to_toml(&profile, &BTreeMap::new());
    assert!(text.contains("reaches = [\n  \"component-0\", \"component-1\","), "{text}");
    assert!(text.lines().filter(|line| line.starts_with("  ")).all(|line| line.len() <= 104), "{text}");
    assert_eq!(read(text.as_bytes(), "p.toml").expect("own TOML is read"), profile);
}
