//! Deployment profiles from outside: proposed, checked, explained, compared.

use std::path::PathBuf;

use crate::binary::{run, run_with, sample, scratch};

fn example(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/profiles");
    folder.join(name).display().to_string()
}

fn text_of(name: &str) -> String {
    std::fs::read_to_string(example(name)).expect("the example is there")
}

/// The gateway's profile after one replacement, as a scratch file.
fn changed(name: &str, from: &str, to: &str) -> String {
    let text = text_of("example-gateway.toml");
    assert!(text.contains(from), "{from:?} is in the example");
    scratch(name, text.replacen(from, to, 1).as_bytes())
}

fn draft(words: &[&str]) -> String {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    let mut line = vec!["profile", "init", &sbom, "--kernel-config", &config, "--at", "2026-11-22"];
    line.extend(words);
    let ran = run(&line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

#[test]
fn init_proposes_a_profile_that_passes_the_check() {
    let text = draft(&["--product", "edge-gateway"]);
    for line in [
        "id = \"edge-gateway/standard\"  # assumed: ",
        "product = \"edge-gateway\"\n",
        "status = \"draft\"\n",
        "valid_from = 2026-11-22  # assumed: the day on which this was made\n",
        "kernel = \"linux-yocto\"  # inferred: in the inputs\n",
        "# inferred: wpa-supplicant is in the SBOM, CONFIG_CFG80211 is on in ",
        "# inferred: openssh 9.6p1 is in the SBOM; what it does here is assumed\n[[service]]\nid = \"openssh\"\n",
        "peer_auth = \"password\"  # assumed: key or password; the weaker counts\n",
        "interactive_user = \"browser_ui\"  # inferred: lighttpd is a web server\n",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    let path = scratch("profile-draft.toml", text.as_bytes());
    let sbom = sample("gateway-4.1.0.spdx.json");
    let ran = run(&["profile", "check", &path, "--sbom", &sbom, "--at", "2026-11-23"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(
        ran.out.ends_with("edge-gateway/standard version 1, draft\n0 errors, 0 warnings\n"),
        "{}",
        ran.out
    );
}

#[test]
fn init_is_the_same_every_time_and_in_both_forms() {
    assert_eq!(draft(&[]), draft(&[]));
    let toml = scratch("profile-same.toml", draft(&[]).as_bytes());
    let json = scratch("profile-same.json", draft(&["--json"]).as_bytes());
    let ran = run(&["profile", "diff", &toml, &json]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "the profiles say the same\n"), "{}", ran.err);
}

#[test]
fn init_says_what_to_do_next_and_nothing_when_told() {
    let sbom = sample("sensor-2.3.0.cdx.json");
    let ran = run(&["profile", "init", &sbom]);
    assert!(ran.err.contains("patchwright profile check"), "{}", ran.err);
    let ran = run(&["profile", "init", &sbom, "--quiet"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn init_refuses_what_is_no_product_id() {
    let ran = run(&["profile", "init", &sample("sensor-2.3.0.cdx.json"), "--product", "Edge Gateway"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("\"Edge Gateway\" is no product id"), "{}", ran.err);
    assert_eq!(run(&["profile", "init", "no-such-file.json"]).code, 3);
}

#[test]
fn the_examples_pass_the_check_in_both_forms() {
    for name in ["example-gateway.toml", "example-gateway.json", "example-sensor.toml", "example-sensor.json"]
    {
        let ran = run(&["profile", "check", &example(name), "--at", "2026-11-22", "--quiet"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.ends_with("0 errors, 0 warnings\n"), "{}", ran.out);
    }
    let input = text_of("example-sensor.toml");
    let ran = run_with(&["profile", "check", "-", "--at", "2026-11-22", "--quiet"], input.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn an_error_is_1_and_a_warning_is_0() {
    let path = changed("profile-v04.toml", "\"lan0\", port = 22", "\"wan0\", port = 22");
    let ran = run(&["profile", "check", &path, "--at", "2026-11-22"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    let row = words.join(" ");
    assert!(row.contains("V04 error service[1].listen[0].interface ssh listens on wan0"), "{}", ran.out);
    assert!(ran.out.ends_with("1 error, 0 warnings\n"), "{}", ran.out);
    assert!(ran.err.contains("give its SBOM with --sbom"), "{}", ran.err);

    let path = changed("profile-v10.toml", "\"unique_per_device\"", "\"shared_default\"");
    let ran = run(&["profile", "check", &path, "--at", "2026-11-22"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("V10") && ran.out.ends_with("0 errors, 1 warning\n"), "{}", ran.out);

    let ran = run(&["profile", "check", &example("example-sensor.toml"), "--at", "2027-11-22"]);
    assert!(ran.out.contains("V14"), "{}", ran.out);
}

#[test]
fn a_profile_is_checked_against_an_sbom() {
    let ran = run(&[
        "profile",
        "check",
        &example("example-sensor.toml"),
        "--sbom",
        &sample("gateway-4.1.0.spdx.json"),
        "--at",
        "2026-11-22",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("V07") && ran.out.contains("\"dropbear\" is not in the SBOM"), "{}", ran.out);
    assert!(ran.out.contains("V08") && ran.out.contains("openssh is in the SBOM"), "{}", ran.out);
}

#[test]
fn profiles_are_checked_together() {
    let newer = changed("profile-v05.toml", "version  = 3", "version  = 4");
    let ran =
        run(&["profile", "check", &example("example-gateway.toml"), &newer, "--at", "2026-11-22", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(json["schema"], "patchwright/profile-check/1");
    assert_eq!((json["errors"].as_u64(), json["warnings"].as_u64()), (Some(1), Some(0)));
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "V05");
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["file"], newer.as_str());
    assert_eq!(finding["key"], "applies_to");
    assert!(finding["text"].as_str().expect("a text").contains("example-gateway.toml are both approved"));
    assert_eq!(json["profiles"][1]["version"], 4);
    assert!(json["profiles"][0]["hash"].as_str().expect("a hash").starts_with("sha256:"));
}

#[test]
fn a_file_of_the_wrong_form_is_3_and_every_fault_is_told() {
    let text = text_of("example-gateway.toml").replace("proto = \"l2\"", "proto = \"l3\"");
    let path = scratch("profile-l3.toml", text.replace("runs_as = \"root\"", "run_as = \"root\"").as_bytes());
    let ran = run(&["profile", "check", &path]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("service[5].listen[0].proto: unknown word \"l3\"; did you mean \"l2\"?"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("service[1].run_as: unknown key; did you mean runs_as?"), "{}", ran.err);
    assert!(ran.err.contains("line 156, column 52: "), "{}", ran.err);
    assert!(ran.err.contains("docs/manual/profile.md"), "{}", ran.err);
    assert_eq!(run(&["profile", "explain", "no-such-profile.toml"]).code, 3);
    let empty = scratch("profile-empty.toml", b"");
    assert!(run(&["profile", "explain", &empty]).err.contains("it is empty"));
}

#[test]
fn explain_says_what_each_line_opens_or_closes() {
    let ran = run(&["profile", "explain", &example("example-gateway.toml")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in [
        "example-gateway/standard version 3\n",
        "  approved by product-owner, written by product-security\n",
        "  wan0: cellular: anyone can send, always enabled, nothing is let in\n    narrows: reach open for the device's own \
         connections only (P5); nobody connects to it\n",
        "  uart0: debug_uart: only somebody at the device can send, never enabled\n    closes: no way leads over it\n",
        "  ssh: openssh listens on lan0 (22/tcp) as root, started by default; the peer has a key; its input reaches \
         openssl, xz, zlib, pam\n    opens: reach site\n",
        "attacker must be the peer or on the path (P5: common); behind the peer's proof exploitation is rare (P5b)\n",
        "  wpa-supplicant: installed and never started\n    closes: no way leads to it\n",
        "  A1: The factory LAN is behind a firewall; no inbound connections from the internet\n    tells: where it is \
         false, the judgement of lan0 does not hold\n",
    ] {
        assert!(ran.out.contains(line), "{line}\nin\n{}", ran.out);
    }
    let ran = run(&["profile", "explain", &example("example-sensor.json"), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(json["schema"], "patchwright/profile-explained/1");
    assert_eq!(
        (json["id"].as_str(), json["is_inferred"].as_bool()),
        (Some("example-sensor/standard"), Some(false))
    );
    assert_eq!(json["sections"][1]["statements"][1]["subject"], "wifi-station");
    assert_eq!(json["sections"][1]["statements"][1]["effect"], "narrows");
}

#[test]
fn explain_says_that_a_draft_is_inferred() {
    let path = scratch("profile-inferred.toml", draft(&[]).as_bytes());
    let ran = run(&["profile", "explain", &path]);
    assert!(ran.out.contains("a draft: for dry runs only"), "{}", ran.out);
    assert!(ran.out.contains("nobody has confirmed them"), "{}", ran.out);
}

#[test]
fn diff_names_changed_keys() {
    let text = text_of("example-gateway.toml")
        .replace("version  = 3", "version  = 4")
        .replace("peer_auth = \"key\"", "peer_auth = \"password\"")
        .replace("tamper_evidence = true", "")
        .replace(
            "[[assumption]]\nid = \"A1\"",
            "[[assumption]]\nid = \"A0\"\ntext = \"new\"\n[[assumption]]\nid = \"A1\"",
        );
    let newer = scratch("profile-newer.toml", text.as_bytes());
    let older = example("example-gateway.json");
    let ran = run(&["profile", "diff", &older, &newer]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out,
        "+ assumption[A0].id: \"A0\"\n+ assumption[A0].text: \"new\"\n~ physical.tamper_evidence: true -> false\n\
         ~ service[ssh].peer_auth: \"key\" -> \"password\"\n~ version: 3 -> 4\n5 keys differ\n"
    );
    let ran = run(&["profile", "diff", &older, &newer, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(json["changes"][0]["from"], serde_json::Value::Null);
    assert_eq!(json["changes"][4]["to"], 4);
}

/// The example of the manual is a profile, and breaks no rule.
#[test]
fn the_example_of_the_manual_passes() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/profile.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let path = scratch("profile-manual.toml", example.as_bytes());
    let ran = run(&["profile", "check", &path, "--at", "2026-12-01", "--quiet"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.ends_with("0 errors, 0 warnings\n"), "{}", ran.out);
}
