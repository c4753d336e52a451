//! From a judgement to the outbox, in one transaction.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use model::vex::VexStatus;
use serde_json::{Value, json};
use service::house::Fault;
use service::notify::raise::deserves;
use service::notify::settings::{AlertKind, Alerts};
use store::Moment;
use store::cell::Cell;
use store::jobs::WorkState;
use store::written::{WrittenKind, WrittenName};
use testkit::records::Knowledge;

use super::desk::{hook, later};
use crate::loop_house::{NOW, Site, bom, knowledge, run};

fn cell(class: ResponseClass, ceiling: ResponseClass) -> Cell {
    Cell {
        is_active: true,
        verdict: Verdict::Affected,
        class: Some(class),
        ceiling: Some(ceiling),
        status: VexStatus::Affected,
        tier: Tier::Match,
        is_contested: false,
        is_build_only: false,
    }
}

#[test]
fn what_deserves_an_alert() {
    use ResponseClass::{Immediate, Planned, Routine};
    let (immediate, planned) = (cell(Immediate, Immediate), cell(Planned, Planned));
    let may_be = cell(Routine, Immediate);
    let settled = Cell { status: VexStatus::NotAffected, tier: Tier::Policy, ..immediate };
    let contested = Cell { is_contested: true, tier: Tier::Human, ..planned };
    let gone = Cell { is_active: false, ..immediate };
    // New, risen, came back, was settled: told. Stays, falls, is settled, is gone: not.
    assert_eq!(deserves(None, &immediate), Some(AlertKind::Immediate));
    assert_eq!(deserves(Some(&planned), &immediate), Some(AlertKind::Immediate));
    assert_eq!(deserves(Some(&gone), &immediate), Some(AlertKind::Immediate));
    assert_eq!(deserves(Some(&settled), &immediate), Some(AlertKind::Immediate));
    assert_eq!(deserves(Some(&may_be), &immediate), Some(AlertKind::Immediate));
    assert_eq!(deserves(Some(&immediate), &immediate), None);
    assert_eq!(deserves(Some(&immediate), &planned), None);
    assert_eq!(deserves(None, &settled), None);
    assert_eq!(deserves(Some(&immediate), &gone), None);
    assert_eq!(deserves(None, &planned), None);
    // What may be: not after it was immediate, nor where somebody has set the class.
    assert_eq!(deserves(None, &may_be), Some(AlertKind::MayBeImmediate));
    assert_eq!(deserves(Some(&may_be), &may_be), None);
    assert_eq!(deserves(Some(&immediate), &may_be), None);
    assert_eq!(deserves(None, &Cell { tier: Tier::Policy, ..may_be }), None);
    assert_eq!(deserves(None, &Cell { tier: Tier::Human, ..may_be }), None);
    // A contested one is told once, also where the status in force is that nothing is to be done.
    assert_eq!(deserves(Some(&planned), &contested), Some(AlertKind::Contested));
    assert_eq!(deserves(Some(&contested), &contested), None);
    let contested_settled = Cell { is_contested: true, class: None, ceiling: None, ..settled };
    assert_eq!(deserves(Some(&settled), &contested_settled), Some(AlertKind::Contested));
}

fn widget(version: &str) -> Vec<service::scan::Document> {
    vec![bom(&[("widget", version, format!("cpe:2.3:a:acme:widget:{version}:*:*:*:*:*:*:*"))])]
}

fn index(number: usize) -> index::Index {
    let ids: Vec<String> = (1..=number).map(|one| format!("CVE-2024-{one}")).collect();
    ids.iter().fold(Knowledge::new(), |all, id| all.claim(id, "acme:widget", "< 3")).index()
}

/// Puts rules in force: each is a condition and what follows.
async fn rules(site: &Site, name: &str, when: &str, then: &str) {
    let body =
        format!("[[rule]]\nid = \"{name}\"\nmode = \"active\"\nwhen = '{when}'\nthen = {{ {then} }}\n");
    let mut change = site.house.store.change().await.unwrap();
    let text = WrittenName { kind: WrittenKind::Rules, product: None, name };
    let (id, _) = change.put_draft(&site.scope, text, 1, &body, NOW).await.unwrap();
    let written = change.written_by_id(&site.scope, id).await.unwrap().unwrap();
    change.approve_draft(&site.scope, id, &written.hash, 2, NOW).await.unwrap();
    change.commit().await.unwrap();
}

/// Everything is immediate.
async fn alarmed(knowledge: index::Index, alerts: &Alerts) -> Site {
    let site = Site::new(knowledge, "g1").await;
    site.subscribe(alerts).await;
    rules(&site, "raised", "true", "class_floor = \"immediate\"").await;
    site
}

fn all() -> Alerts {
    hook(json!(["immediate", "may_be_immediate", "contested"]))
}

#[test]
fn an_immediate_finding_is_told_once_with_its_words() {
    run(async {
        let site = alarmed(index(1), &all()).await;
        site.upload("1.0", widget("1.0")).await;
        site.work(NOW).await;
        let messages = site.messages(WorkState::Waiting).await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert_eq!((messages[0].channel.as_str(), messages[0].run_after), ("webhook", later(30_000)));
        let facts = site.waiting().await.remove(0);
        assert_eq!(facts["kind"], "immediate");
        assert_eq!(facts["product"]["slug"], "gateway");
        let item = &facts["items"][0];
        assert_eq!(
            (&item["vulnerability"], &item["component"], &item["version"]),
            (&json!("CVE-2024-1"), &json!("widget"), &json!("1.0"))
        );
        assert_eq!(item["releases"][0]["release"], "1.0");
        assert_eq!(item["before"], Value::Null);
        assert!(!item["says"].as_str().unwrap().is_empty() && item["due"].is_i64());
    });
}

#[test]
fn what_a_rule_settles_is_never_told() {
    run(async {
        let site = alarmed(index(1), &all()).await;
        // Of equal priority the smallest id settles.
        let settle =
            "status = \"not_affected\", justification = \"component_not_present\", note = \"not shipped\"";
        rules(&site, "absent", "true", settle).await;
        site.upload("1.0", widget("1.0")).await;
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 1, "the finding is there, settled");
        assert_eq!(site.messages(WorkState::Waiting).await, []);
    });
}

#[test]
fn a_judgement_that_is_not_committed_tells_nothing_and_its_repetition_once() {
    run(async {
        let site = alarmed(index(2), &all()).await;
        let release = site.upload("1.0", widget("1.0")).await.release;
        for _ in 0..3 {
            // The node dies after everything is written and before the commit.
            let died = service::analyse::analyse(&site.house, &site.scope, release, NOW, async |_| {
                Err(Fault::Broken("killed".to_owned()))
            });
            assert!(died.await.is_err());
            assert_eq!(site.messages(WorkState::Waiting).await, []);
            assert_eq!(site.findings().await, Vec::<String>::new());
        }
        site.work(NOW).await;
        assert_eq!(site.messages(WorkState::Waiting).await.len(), 2);
        // The job again, after its commit: a worker that lost its lease.
        for _ in 0..2 {
            service::analyse::analyse(&site.house, &site.scope, release, later(5), async |_| Ok(()))
                .await
                .unwrap();
        }
        assert_eq!(site.messages(WorkState::Waiting).await.len(), 2);
    });
}

#[test]
fn releases_that_are_judged_together_come_in_one_message() {
    run(async {
        let site = alarmed(index(1), &all()).await;
        for version in ["1.0", "1.1", "1.2"] {
            site.upload(version, widget("1.0")).await;
        }
        site.upload("2.0", widget("2.0")).await;
        site.work(NOW).await;
        let facts = site.waiting().await;
        assert_eq!(facts.len(), 1, "{facts:?}");
        // The same component in three releases, another version in the fourth.
        let items = facts[0]["items"].as_array().unwrap();
        let releases: Vec<usize> =
            items.iter().map(|item| item["releases"].as_array().unwrap().len()).collect();
        assert_eq!(releases, [3, 1]);
        // Tomorrow it is told again of a new release.
        site.upload("3.0", widget("1.0")).await;
        site.work(later(24 * 3_600_000)).await;
        assert_eq!(site.waiting().await.len(), 2);
    });
}

#[test]
fn many_at_once_are_one_message() {
    run(async {
        let site = alarmed(index(40), &all()).await;
        site.upload("1.0", widget("1.0")).await;
        site.work(NOW).await;
        let facts = site.waiting().await;
        assert_eq!(facts.len(), 1);
        assert_eq!(facts[0]["items"].as_array().unwrap().len(), 40);
    });
}

#[test]
fn subscriptions_choose_products_and_kinds_and_each_receiver_has_its_own_message() {
    run(async {
        let site = Site::new(index(1), "g1").await;
        let mut alerts = all();
        alerts.subscriptions[0].kinds = [AlertKind::Digest, AlertKind::Contested].into();
        let mail = json!({ "host": "localhost", "encryption": "none", "from": "a@b.example", "to": ["x@y.example", "z@y.example"] });
        let more = Alerts::parse(&json!({ "version": 1,
            "channels": [{ "name": "post", "kind": "mail", "settings": mail }],
            "subscriptions": [{ "name": "security", "channel": "post", "products": [1], "kinds": ["immediate"] }] }).to_string());
        let more = more.unwrap();
        alerts.channels.extend(more.channels);
        alerts.subscriptions.extend(more.subscriptions);
        site.subscribe(&alerts).await;
        rules(&site, "raised", "true", "class_floor = \"immediate\"").await;
        site.upload("1.0", widget("1.0")).await;
        site.work(NOW).await;
        let messages = site.messages(WorkState::Waiting).await;
        let told: Vec<(String, Value)> = messages
            .iter()
            .map(|one| {
                (one.channel.clone(), serde_json::from_str::<Value>(&one.body).unwrap()["target"].clone())
            })
            .collect();
        assert_eq!(
            told,
            [("mail".to_owned(), json!("x@y.example")), ("mail".to_owned(), json!("z@y.example"))]
        );
        assert_ne!(messages[0].key, messages[1].key);
    });
}

#[test]
fn newer_knowledge_that_raises_nothing_tells_nothing() {
    run(async {
        let site = alarmed(index(1), &all()).await;
        let release = site.upload("1.0", widget("1.0")).await.release;
        site.work(NOW).await;
        site.house.renew(knowledge(index(2)), "g2".to_owned());
        let at: Moment = later(60_000);
        service::analyse::analyse(&site.house, &site.scope, release, at, async |_| Ok(())).await.unwrap();
        let told: Vec<Value> =
            site.waiting().await.iter().map(|facts| facts["items"][0]["vulnerability"].clone()).collect();
        assert_eq!(told, [json!("CVE-2024-1"), json!("CVE-2024-2")], "each once");
    });
}
