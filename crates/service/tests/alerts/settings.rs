//! The document `alerts`.

use model::access::Role;
use serde_json::{Value, json};
use service::house::Fault;
use service::notify::secret::{Secret, SecretName, Secrets};
use service::notify::settings::{self, Alerts};
use service::outside::secrets::SecretFolder;
use store::{Page, Scope};
use testkit::records::Knowledge;

use super::desk::hook;
use crate::loop_house::{NOW, Site, run};

async fn put(site: &Site, scope: &Scope, alerts: &Alerts) -> Result<(), Fault> {
    let mut change = site.house.store.change().await.unwrap();
    settings::put(&mut change, scope, alerts, "person/1", NOW).await?;
    change.commit().await.unwrap();
    Ok(())
}

#[test]
fn what_is_put_is_got_and_logged() {
    run(async {
        let site = Site::new(Knowledge::new().index(), "g1").await;
        let mut look = site.house.store.look().await.unwrap();
        assert_eq!(settings::get(&mut look, &site.scope).await.unwrap(), Alerts::default());
        drop(look);
        let alerts = hook(json!(["immediate", "digest"]));
        put(&site, &site.scope, &alerts).await.unwrap();
        put(&site, &site.scope, &alerts).await.unwrap();
        let mut look = site.house.store.look().await.unwrap();
        assert_eq!(settings::get(&mut look, &site.scope).await.unwrap(), alerts);
        // The second time nothing changed, and nothing is logged.
        let log = look.audit(&site.scope, None, "setting/alerts", &Page::default()).await.unwrap();
        assert_eq!(log.total, 1);
        assert_eq!(log.rows[0].entry.act, "alerts.changed");
        let body = &log.rows[0].entry.body;
        assert_eq!((&body["channels"], &body["subscriptions"]), (&json!(["hook"]), &json!(["team"])));
        assert_ne!(body["before"], body["after"]);
        assert!(!body.to_string().contains("hook.example"), "addresses stay out of the log");
    });
}

#[test]
fn only_an_administrator_sets_them() {
    run(async {
        let site = Site::new(Knowledge::new().index(), "g1").await;
        let scope = Scope { role: Role::Auditor, ..site.scope.clone() };
        let fault = put(&site, &scope, &hook(json!(["digest"]))).await.unwrap_err();
        assert!(fault.to_string().contains("administrator"), "{fault}");
    });
}

#[test]
fn documents_that_cannot_work_are_refused_with_their_place() {
    let document = |change: fn(&mut Value)| {
        let mut value = serde_json::to_value(hook(json!(["immediate"]))).unwrap();
        change(&mut value);
        value.to_string()
    };
    let parse = |change, word: &str| {
        let error = Alerts::parse(&document(change)).unwrap_err();
        assert!(error.contains(word) && error.contains("line 1 column"), "{error}");
    };
    parse(|value| value["surprise"] = json!(1), "unknown field `surprise`");
    parse(|value| value["channels"][0]["kind"] = json!("pigeon"), "unknown variant `pigeon`");
    parse(|value| value["subscriptions"][0]["kinds"] = json!(["loud"]), "unknown variant `loud`");
    parse(|value| value["subscriptions"][0]["mood"] = json!("x"), "unknown field `mood`");
    let check = |change, word: &str| {
        let error = Alerts::parse(&document(change)).unwrap().check(&[1].into()).unwrap_err();
        assert!(error.contains(word), "{error}");
    };
    check(|value| value["version"] = json!(2), "version 2");
    check(|value| value["digest_hour"] = json!(24), "0 to 23");
    check(
        |value| value["channels"][0]["settings"]["urk"] = json!(1),
        "channels[0] \"hook\": settings: unknown field `urk`",
    );
    check(|value| value["channels"][0]["name"] = json!("a\nb"), "one line");
    check(|value| value["channels"] = json!([value["channels"][0], value["channels"][0]]), "another channel");
    check(
        |value| value["subscriptions"][0]["channel"] = json!("pipe"),
        "subscriptions[0] \"team\": there is no channel \"pipe\"",
    );
    check(|value| value["subscriptions"][0]["products"] = json!([2]), "there is no product 2");
    check(|value| value["subscriptions"][0]["products"] = json!([]), "products is empty");
    check(|value| value["subscriptions"][0]["kinds"] = json!([]), "kinds is empty");
    let atom = json!([{ "name": "hook", "kind": "atom", "settings": {} }]);
    let mut value = serde_json::to_value(hook(json!(["immediate"]))).unwrap();
    value["channels"] = atom;
    let error = Alerts::parse(&value.to_string()).unwrap().check(&[1].into()).unwrap_err();
    assert!(error.contains("a feed is read"), "{error}");
}

#[test]
fn settings_of_a_newer_program_stop_what_would_tell() {
    run(async {
        let site = Site::new(Knowledge::new().index(), "g1").await;
        let mut change = site.house.store.change().await.unwrap();
        change.put_setting(&site.scope, "alerts", r#"{"version":9}"#, NOW).await.unwrap();
        let fault = settings::get(&mut change, &site.scope).await.unwrap_err();
        assert!(matches!(&fault, Fault::Broken(why) if why.contains("version 9")), "{fault}");
    });
}

#[test]
fn secrets_lie_in_files_of_their_own() {
    let folder = std::env::temp_dir().join(format!("patchwright-secrets-{}", std::process::id()));
    let drawer = SecretFolder::new(&folder);
    let name = SecretName::try_from("hook-key".to_owned()).unwrap();
    let missing = drawer.secret(1, &name).unwrap_err();
    assert!(missing.contains("there is no secret hook-key"), "{missing}");
    drawer.put(1, &name, &Secret::new("first\n")).unwrap();
    drawer.put(1, &name, &Secret::new(" second \n")).unwrap();
    assert_eq!(drawer.secret(1, &name).unwrap().expose(), "second");
    // Another organisation has a drawer of its own.
    assert!(drawer.secret(2, &name).is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("1/hook-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(folder.join("1/hook-key"), "  \n").unwrap();
    assert!(drawer.secret(1, &name).unwrap_err().contains("is empty"));
    assert_eq!(std::fs::read_dir(folder.join("1")).unwrap().count(), 1, "no half-written file is left");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(format!("{:?}", Secret::new("x")), "Secret(…)");
    for bad in ["", "a/b", "..", "A", &"x".repeat(65)] {
        assert!(SecretName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}
