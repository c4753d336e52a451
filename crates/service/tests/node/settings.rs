//! The settings of the server: where they come from, what is refused, and the page of the manual.

use std::path::Path;

use service::settings::{Given, Role, SETTINGS, Settings, page};

fn of(file: &str, variables: &[(&str, &str)], given: &[Given]) -> Result<Settings, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::of(Some(("patchwright.toml", file)), variables, given).map_err(|error| error.to_string())
}

#[test]
fn the_command_line_goes_before_the_environment_before_the_file_before_the_default() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\nnode = \"file\"\ndocument_megabytes = 3\n";
    let variables = [("PATCHWRIGHT_SERVER_LISTEN", "127.0.0.1:2"), ("PATCHWRIGHT_SERVER_NODE", "variable")];
    let settings = of(file, &variables, &[("server.listen", "127.0.0.1:3".to_owned())]).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.node, "variable");
    assert_eq!(settings.document_megabytes, 3);
    assert_eq!(settings.every_hours, 6);
    assert_eq!(settings.roles, [Role::Pages, Role::Jobs]);
}

#[test]
fn variables_of_others_are_left_alone() {
    let others = [
        ("PATCHWRIGHT_SERVER", "https://patchwright.example"),
        ("PATCHWRIGHT_TOKEN", "pw_x"),
        ("PATCHWRIGHT_INDEX", "/x"),
        ("PATCHWRIGHT_FEEDS_NVD2_KEY", "k"),
        ("PATCHWRIGHT_TEST_POSTGRES", "postgres://x"),
        ("HOME", "/root"),
    ];
    assert!(of("", &others, &[]).is_ok());
}

#[test]
fn what_is_unknown_or_cannot_be_names_its_place() {
    for (file, says) in [
        (
            "[servers]\nlisten = \"x\"",
            "patchwright.toml:1:2: there is no section \"servers\"; there are server, sign_in, store, log, knowledge, alerts",
        ),
        (
            "[server]\nlisten = \"127.0.0.1:1\"\n listn = \"x\"",
            "patchwright.toml:3:2: there is no setting server.listn; there are server.listen, server.base_url",
        ),
        ("server = 3", "patchwright.toml:1:1: server is a section: write [server] and its keys below"),
        ("[server]\nlisten = 80", "patchwright.toml:2:1: server.listen: takes a text in quotation marks"),
        (
            "[server]\nlisten = \"everywhere\"",
            "patchwright.toml:2:1: server.listen: \"everywhere\" is no address and port",
        ),
        ("[server]\nbase_url = \"https://a.example/x\"", "is no base URL"),
        ("[server]\nbase_url = \"ftp://a.example\"", "is no base URL"),
        ("[server]\nbehind_proxy = \"yes\"", "takes true or false"),
        ("[server]\nroles = [\"pages\", \"cook\"]", "there is no role \"cook\"; there are pages and jobs"),
        ("[server]\nroles = []", "a node needs a role"),
        ("[server]\nroles = [1]", "takes texts in quotation marks"),
        ("[server]\ndocument_megabytes = 0", "write at least 1"),
        ("[server]\ndocument_megabytes = 70000", "70000 is no whole number from 0 to 65535"),
        ("[server]\nnode = \"a/b\"", "a node is named by letters"),
        ("[server]\ntls_key = \"k.pem\"", "belong together: give both or none"),
        ("[store]\ndatabase = \"mysql://x:secret@y\"", "a database is named by a URL"),
        ("[store]\ndatabase = \"sqlite:a\"\ndatabase_file = \"b\"", "and not both"),
        ("[sign_in]\noidc_issuer = \"http://id.example\"", "is not encrypted"),
        ("[sign_in]\noidc_issuer = \"id.example\"", "is no address"),
        ("[sign_in]\noidc_issuer = \"https://id.example?a\"", "has neither ? nor #"),
        ("[sign_in]\noidc_issuer = \"https://id.example\"", "sign_in.oidc_client_id belong together"),
        ("[sign_in]\noidc_client_id = \"pw\"", "sign_in.oidc_issuer is missing"),
        ("[sign_in]\noidc_name = \" \"", "cannot be empty"),
        ("[sign_in]\noidc_roles = [\"security\"]", "\"security\" is no pair: write"),
        ("[sign_in]\noidc_roles = [\"security=boss\"]", "there is no role \"boss\"; there are triager"),
        (
            "[sign_in]\noidc_issuer = \"https://id.example\"\noidc_client_id = \"pw\"\noidc_roles = [\"a=lead\"]",
            "sign_in.oidc_roles and sign_in.oidc_organisation belong together",
        ),
        ("[log]\nformat = \"xml\"", "there is no log format \"xml\""),
        ("[server\nlisten = 1", "patchwright.toml:1:"),
        ("[server]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"", "patchwright.toml:3:"),
    ] {
        let error = of(file, &[], &[]).expect_err(file);
        assert!(error.contains(says), "{file}\n{error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let error = of("", &[("PATCHWRIGHT_SERVER_LISTN", "x")], &[]).expect_err("unknown");
    assert!(error.starts_with("PATCHWRIGHT_SERVER_LISTN: there is no setting"), "{error}");
    assert!(error.contains("PATCHWRIGHT_SERVER_LISTEN"), "{error}");
    let error = of("", &[("PATCHWRIGHT_LOG_FORMAT", "x")], &[]).expect_err("no format");
    assert!(error.starts_with("PATCHWRIGHT_LOG_FORMAT: there is no log format"), "{error}");
}

#[test]
fn passwords_come_by_file_or_environment_and_are_never_shown() {
    let url = "postgres://patchwright:Pa55-word@db/patchwright";
    let error = of("", &[], &[("store.database", url.to_owned())]).expect_err("readable for all");
    assert!(error.starts_with("--database: holds a password"), "{error}");
    assert!(error.contains("PATCHWRIGHT_STORE_DATABASE") && !error.contains("Pa55"), "{error}");
    let settings = of("", &[("PATCHWRIGHT_STORE_DATABASE", url)], &[]).unwrap();
    assert_eq!(settings.database, url);
    assert!(!format!("{settings:?}").contains("Pa55"), "{settings:?}");
    let plain = "postgres://patchwright@db/patchwright";
    assert_eq!(of("", &[], &[("store.database", plain.to_owned())]).unwrap().database, plain);
}

#[test]
fn groups_of_a_provider_may_hold_equal_signs() {
    let file = "[sign_in]\noidc_issuer = \"https://id.example\"\noidc_client_id = \"pw\"\noidc_organisation = \"acme\"";
    let roles = ("PATCHWRIGHT_SIGN_IN_OIDC_ROLES", "cn=security=lead,developers = triager");
    let settings = of(file, &[roles], &[]).unwrap();
    let rows: Vec<(&str, &str)> =
        settings.oidc.roles.iter().map(|(group, role)| (group.as_str(), role.word())).collect();
    assert_eq!(rows, [("cn=security", "lead"), ("developers", "triager")]);
    assert_eq!((&*settings.oidc.name, &*settings.oidc.groups_claim), ("single sign-on", "groups"));
}

#[test]
fn every_option_is_one_of_the_list() {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len());
    assert!(SETTINGS.iter().all(|setting| !setting.about.is_empty() && setting.about.ends_with('.')));
}

#[test]
fn the_manual_shows_the_settings_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/settings.md");
    if std::env::var_os("PATCHWRIGHT_REFRESH").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, page(), "refresh with PATCHWRIGHT_REFRESH=1 cargo test -p service settings");
}
