//! The digest, the feed, and feeds in trouble.

use model::assessment::ResponseClass;
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::{Value, json};
use service::notify::facts::{Facts, TroubleKind};
use service::notify::settings::Alerts;
use service::notify::{AtomSettings, atom, digest, knowledge};
use service::scan::Document;
use store::event::Event;
use store::feed::FeedState;
use store::jobs::WorkState;
use store::{Moment, Products, Scope};
use testkit::records::Knowledge;

use super::desk::{HOSTILE, hook, later};
use crate::loop_house::{NOW, Site, bom, knowledge as known, run};

const HOUR: i64 = 3_600_000;

fn cpe(vendor: &str, product: &str, version: &str) -> String {
    format!("cpe:2.3:a:{vendor}:{product}:{version}:*:*:*:*:*:*:*")
}

fn product_bom() -> Document {
    bom(&[("widget", "1.0", cpe("acme", "widget", "1.0")), ("gadget", "2", cpe("acme", "gadget", "2"))])
}

/// Two releases with three vulnerabilities; one is withdrawn later.
async fn site() -> Site {
    let first = Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 3")
        .claim("CVE-2024-2", "acme:widget", "< 3")
        .claim("CVE-2024-3", "acme:gadget", "< 9");
    let site = Site::new(first.index(), "g1").await;
    site.upload("1.0", vec![product_bom()]).await;
    site.upload("1.1", vec![product_bom()]).await;
    site.work(NOW).await;
    site
}

#[test]
fn a_digest_is_the_net_of_a_day_by_product() {
    run(async {
        let site = site().await;
        let mut look = site.house.store.look().await.unwrap();
        let facts = digest::digest(&mut look, &site.scope, NOW, later(1)).await.unwrap();
        assert_eq!((facts.products.len(), facts.releases), (1, 2));
        let new = &facts.products[0].new;
        assert_eq!((new.vulnerabilities, new.findings, new.lines.len()), (3, 6, 3));
        assert_eq!(new.lines[0].releases, 2);
        drop(look);
        // CVE-2024-3 is withdrawn; a day later only that is told.
        let second = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 3").claim(
            "CVE-2024-2",
            "acme:widget",
            "< 3",
        );
        site.house.renew(known(second.feed("cve-list").index()), "g2".to_owned());
        for release in [1, 2] {
            service::analyse::analyse(&site.house, &site.scope, release, later(HOUR), async |_| Ok(()))
                .await
                .unwrap();
        }
        let mut look = site.house.store.look().await.unwrap();
        let facts = digest::digest(&mut look, &site.scope, later(1), later(2 * HOUR)).await.unwrap();
        let gone = &facts.products[0].gone;
        assert_eq!((gone.vulnerabilities, gone.findings, facts.products[0].new.findings), (1, 2, 0));
        assert_eq!(
            (gone.lines[0].vulnerability.as_str(), gone.lines[0].component.as_str()),
            ("CVE-2024-3", "gadget")
        );
        // Over both: what came and went is not told.
        let facts = digest::digest(&mut look, &site.scope, NOW, later(2 * HOUR)).await.unwrap();
        assert_eq!((facts.products[0].new.vulnerabilities, facts.products[0].gone.vulnerabilities), (2, 0));
        // Nobody sees what is not his.
        let nothing = Scope { products: Products::Some([77].into()), ..site.scope.clone() };
        assert_eq!(digest::digest(&mut look, &nothing, NOW, later(HOUR)).await.unwrap().products, []);
    });
}

/// Events by hand: finding 1 rises, 2 falls, 3 rises and falls back, 4 comes back.
#[test]
fn rising_and_falling_are_told_by_their_ends() {
    run(async {
        let site = site().await;
        let event = |finding: i64, kind: &str, from: Value, to: Value| {
            Event {
            id: 0,
            product: site.product,
            release: 1,
            finding,
            kind: kind.to_owned(),
            at: later(HOUR),
            body: json!({ "vulnerability": format!("CVE-2025-{finding}"), "component": 1, "class": { "from": from, "to": to } }).to_string(),
        }
        };
        let events = [
            event(1, "class_changed", json!("routine"), json!("planned")),
            event(1, "class_changed", json!("planned"), json!("immediate")),
            event(2, "status_changed", json!("planned"), Value::Null),
            event(3, "class_changed", json!("routine"), json!("planned")),
            event(3, "class_changed", json!("planned"), json!("routine")),
            event(4, "finding_gone", json!("planned"), json!("planned")),
            event(4, "finding_new", Value::Null, json!("immediate")),
        ];
        let mut change = site.house.store.change().await.unwrap();
        change.put_events(&events).await.unwrap();
        let facts = digest::digest(&mut change, &site.scope, later(1), later(2 * HOUR)).await.unwrap();
        let product = &facts.products[0];
        let told: Vec<String> = (product.groups().iter())
            .flat_map(|(word, group)| {
                group
                    .lines
                    .iter()
                    .map(move |line| format!("{word} {} {:?} {:?}", line.vulnerability, line.from, line.to))
            })
            .collect();
        assert_eq!(
            told,
            [
                "worse CVE-2025-1 Some(\"routine\") Some(\"immediate\")",
                "worse CVE-2025-4 Some(\"planned\") Some(\"immediate\")",
                "better CVE-2025-2 Some(\"planned\") None",
            ]
        );
    });
}

#[test]
fn digests_leave_at_their_hour_once_and_are_made_up_for() {
    run(async {
        let site = site().await;
        // NOW is 14:13 UTC.
        let mut alerts = hook(json!(["digest"]));
        alerts.digest_hour = 16;
        site.subscribe(&alerts).await;
        let house = &site.house;
        assert_eq!(digest::queue(house, NOW, later(60_000)).await.unwrap(), 0, "no full hour has passed");
        // The server slept from 14:13 to 18:13: four hours, two jobs each; another node finds nothing left.
        let woken = later(4 * HOUR);
        assert_eq!(digest::queue(house, NOW, woken).await.unwrap(), 8);
        assert_eq!(digest::queue(house, NOW, woken).await.unwrap(), 0);
        site.work(woken).await;
        let messages = site.messages(WorkState::Waiting).await;
        assert_eq!(messages.len(), 1);
        let facts = site.waiting().await.remove(0);
        assert_eq!(facts["products"][0]["new"]["vulnerabilities"], 3);
        let until = facts["until"].as_i64().unwrap();
        assert_eq!((until % (24 * HOUR) / HOUR, until - facts["since"].as_i64().unwrap()), (16, 24 * HOUR));
        // The next day is quiet, and says so; or not, where nobody wants it.
        site.house.store.change().await.unwrap().abandon().await.unwrap();
        assert_eq!(digest::queue(house, woken, woken.plus(24 * HOUR)).await.unwrap(), 48);
        site.work(woken.plus(24 * HOUR)).await;
        assert_eq!(site.waiting().await.len(), 2);
        alerts.subscriptions[0].quiet_days = false;
        site.subscribe(&alerts).await;
        digest::queue(house, woken.plus(24 * HOUR), woken.plus(48 * HOUR)).await.unwrap();
        site.work(woken.plus(48 * HOUR)).await;
        assert_eq!(site.waiting().await.len(), 2);
    });
}

fn feed(id: &str, fetched: Moment, failures: u64) -> FeedState {
    let error = if failures > 0 { "connection refused".to_owned() } else { String::new() };
    FeedState { id: id.to_owned(), fetched, failures, error, ..FeedState::default() }
}

#[test]
fn feeds_that_fail_again_and_again_or_grow_old_are_told_once_a_day() {
    run(async {
        let day = 24 * HOUR;
        let found = knowledge::troubles(
            &[
                feed("a", NOW, 0),
                feed("b", NOW, 2),
                feed("c", later(-2 * day), 3),
                feed("d", later(-40 * day), 0),
            ],
            |id| if id == "d" { 30 } else { 0 },
            NOW,
        );
        let told: Vec<_> = found.iter().map(|one| (one.feed.as_str(), one.what)).collect();
        assert_eq!(told, [("c", TroubleKind::Failing), ("d", TroubleKind::Stale)]);

        let site = Site::new(Knowledge::new().index(), "g1").await;
        site.subscribe(&hook(json!(["knowledge"]))).await;
        let mut change = site.house.store.change().await.unwrap();
        assert_eq!(knowledge::tell(&mut change, &found, NOW).await.unwrap(), 2);
        assert_eq!(knowledge::tell(&mut change, &found, later(HOUR)).await.unwrap(), 0);
        assert_eq!(knowledge::tell(&mut change, &found, later(day)).await.unwrap(), 2);
        // By the job, with the limits of the feeds themselves.
        change.put_feed(&feed("kev", later(-400 * day), 0)).await.unwrap();
        change.put_feed(&feed("unheard-of", later(-400 * day), 0)).await.unwrap();
        change.commit().await.unwrap();
        digest::queue(&site.house, later(3 * day), later(3 * day + HOUR)).await.unwrap();
        site.work(later(3 * day + HOUR)).await;
        let last = site.waiting().await.pop().unwrap();
        assert_eq!((&last["feed"], &last["what"]), (&json!("kev"), &json!("stale")));
        assert_eq!(site.waiting().await.len(), 5);
    });
}

/// The elements of a document, with their texts; fails when it is not well-formed.
fn elements(xml: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut path): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(tag) => {
                path.push(tag.name().as_ref().to_owned());
                found.push((path.join("/"), String::new()));
            }
            Xml::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
                found.push((format!("{}/{name}", path.join("/")), String::from(&*tag)));
            }
            Xml::Text(text) => {
                let Some(last) = found.last_mut() else { continue };
                last.1.push_str(&text);
            }
            Xml::End(_) => {
                path.pop();
            }
            Xml::Eof => {
                assert!(path.is_empty());
                return found;
            }
            _ => {}
        }
    }
}

async fn rendered(site: &Site, settings: &AtomSettings) -> String {
    let mut look = site.house.store.look().await.unwrap();
    let own = "https://pw.example/feeds/team?a=1&b=2";
    atom::feed(&mut look, &site.scope, settings, "https://pw.example/", own, NOW).await.unwrap()
}

#[test]
fn the_feed_is_atom_with_stable_ids() {
    run(async {
        let site = site().await;
        let everything =
            AtomSettings { at_least: ResponseClass::None.word().to_owned(), ..AtomSettings::default() };
        let xml = rendered(&site, &everything).await;
        assert_eq!(xml, rendered(&site, &everything).await);
        let found = elements(&xml);
        let of = |path: &str| -> Vec<&str> {
            found.iter().filter(|one| one.0 == path).map(|one| one.1.trim()).collect()
        };
        // What RFC 4287 asks of a feed and of an entry: one id, one title, one updated; an author; a link.
        for (path, number) in
            [("feed/id", 1), ("feed/title", 1), ("feed/updated", 1), ("feed/author/name", 1)]
        {
            assert_eq!(of(path).len(), number, "{path}");
        }
        let entries = of("feed/entry").len();
        assert_eq!(entries, 6);
        for path in [
            "feed/entry/id",
            "feed/entry/title",
            "feed/entry/updated",
            "feed/entry/link",
            "feed/entry/summary",
        ] {
            assert_eq!(of(path).len(), entries, "{path}");
        }
        let ids: std::collections::BTreeSet<&str> =
            of("feed/entry/id").into_iter().chain(of("feed/id")).collect();
        assert_eq!(ids.len(), entries + 1);
        assert!(ids.iter().all(|id| id.starts_with("urn:uuid:") && id.len() == 45), "{ids:?}");
        assert!(xml.contains("href=\"https://pw.example/feeds/team?a=1&amp;b=2\""));
        assert!(of("feed/entry/updated").iter().all(|at| *at == "2026-09-21T14:13:20Z"));
        // Later events change no id of earlier ones.
        service::analyse::analyse(&site.house, &site.scope, 1, later(HOUR), async |_| Ok(())).await.unwrap();
        site.upload("2.0", vec![product_bom()]).await;
        site.work(later(HOUR)).await;
        let newer = rendered(&site, &everything).await;
        let newer = elements(&newer);
        let newer: Vec<&str> =
            newer.iter().filter(|one| one.0 == "feed/entry/id").map(|one| one.1.trim()).collect();
        assert_eq!(newer[3..], of("feed/entry/id"));
    });
}

#[test]
fn the_feed_keeps_to_its_classes_and_products_and_to_the_reader() {
    run(async {
        let site = site().await;
        let immediate = AtomSettings { at_least: "immediate".to_owned(), ..AtomSettings::default() };
        assert!(!rendered(&site, &immediate).await.contains("<entry>"));
        let other = AtomSettings { at_least: "none".to_owned(), products: Some([77].into()), title: None };
        let empty = rendered(&site, &other).await;
        assert!(!empty.contains("<entry>"));
        // Without entries it is still a feed, with a date.
        assert!(empty.contains("<updated>2026-09-21T14:13:20Z</updated>"), "{empty}");
    });
}

#[test]
fn a_feed_of_hostile_names_is_well_formed_and_holds_no_markup() {
    run(async {
        let knowledge = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 3");
        let site = Site::new(knowledge.index(), "g1").await;
        let name = serde_json::to_string(HOSTILE).unwrap();
        let name = name.trim_matches('"');
        site.upload("1]]>&", vec![bom(&[(name, "1.0", cpe("acme", "widget", "1.0"))])]).await;
        site.work(NOW).await;
        let everything =
            AtomSettings { at_least: "none".to_owned(), title: Some(HOSTILE.to_owned()), products: None };
        let xml = rendered(&site, &everything).await;
        assert!(
            elements(&xml).iter().any(|one| one.0 == "feed/entry/title" && one.1.contains("alert(1)")),
            "{xml}"
        );
        assert!(!xml.contains("<script") && !xml.contains('\u{202e}') && !xml.contains('\u{8}'), "{xml}");
    });
}

#[test]
fn facts_are_read_back_as_written() {
    let text = json!({ "about": "test", "channel": "x" }).to_string();
    let facts: Facts = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&facts).unwrap(), text);
    assert_eq!(serde_json::from_str::<Alerts>(r#"{"version":1}"#).unwrap(), Alerts::default());
}
