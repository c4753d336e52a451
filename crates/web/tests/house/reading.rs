//! The pages people read, over real services: what they say is what was judged.

use serde_json::Value;
use testkit::records;
use web::server::Options;

use super::{TestHouse, bom};

/// Two judged releases of a gateway: the newer one has another widget, no gadget, and something nameless.
fn judged() -> TestHouse {
    let house = TestHouse::new();
    house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0"), ("gadget", "2")]));
    house.work();
    house.pass(3_600_000);
    house.upload("gateway", "1.1.0", &bom(&[("widget", "1.5"), ("quiet", "1")]));
    house.work();
    house
}

fn json(house: &TestHouse, path: &str) -> Value {
    let mut ada = house.visitor("ada");
    let answer = ada.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}: {}", answer.body))
}

#[test]
fn every_page_for_reading_answers_an_administrator() {
    let house = judged();
    let mut ada = house.visitor("ada");
    for path in [
        "/",
        "/products/gateway",
        "/releases/1",
        "/releases/2",
        "/findings/1",
        "/queue",
        "/queue?view=all",
        "/vulnerabilities/CVE-2024-1",
        "/vulnerabilities/CVE-1999-1",
        "/compare",
        "/compare?from=1&to=2",
        "/knowledge",
    ] {
        let answer = ada.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
}

#[test]
fn today_counts_what_is_open_in_all_releases() {
    let house = judged();
    let today = json(&house, "/api/v1/today");
    assert_eq!(today["releases"], 2);
    let open =
        today["open"].as_object().unwrap().values().map(|number| number.as_u64().unwrap()).sum::<u64>();
    assert_eq!(open, 5, "three in the first release, two in the second");
    assert_eq!(today["trend"].as_array().unwrap().len(), 1, "one day has passed its first hour");
    assert_eq!(today["not_evaluated"], 1, "nobody can say anything of quiet");
    assert_eq!(today["gaps"][0]["reason"], "feed_stale");
}

#[test]
fn a_release_shows_its_funnel_and_the_one_before() {
    let house = judged();
    let release = json(&house, "/api/v1/releases/2");
    assert_eq!(release["before"], serde_json::json!(["1", "1.0.0"]));
    let funnel = release["funnel"].as_array().unwrap();
    assert_eq!(funnel.len(), 10);
    assert_eq!(release["matches"], funnel[0]["left"].as_u64().unwrap() + funnel[0]["lost"].as_u64().unwrap());
    assert_eq!(release["coverage"]["all"], 2);
    assert_eq!(release["documents"][0]["by"], "Ada Lovelace");
    let missing = house.visitor("ada").get("/releases/77");
    assert_eq!(missing.status, 404);
}

#[test]
fn an_upgrade_on_the_line_of_a_component_says_what_it_removes() {
    let index = records::Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 1.5.2")
        .claim("CVE-2024-2", "acme:widget", "< 1.5.10")
        .claim("CVE-2024-3", "acme:widget", "< 3")
        .index();
    let house = TestHouse::with(index, Options::default());
    house.upload("gateway", "1.0.0", &bom(&[("widget", "1.5.0")]));
    house.work();
    let release = json(&house, "/api/v1/releases/1");
    let upgrade = &release["upgrades"][0];
    assert_eq!(
        (&upgrade["from"], &upgrade["to"]),
        (&Value::from("1.5.0"), &Value::from("1.5.10")),
        "{release}"
    );
    let removed: u64 = upgrade["removes"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(removed, 2, "the third flaw goes with another line only");
}

#[test]
fn a_finding_is_explained_in_full() {
    let house = judged();
    let finding = json(&house, "/api/v1/findings/2");
    assert_eq!(finding["component"], "widget", "{finding}");
    assert_eq!(finding["inputs"].as_array().unwrap().len(), 5);
    assert!(!finding["rationale"].as_array().unwrap().is_empty());
    assert!(
        finding["evidence"].as_array().unwrap().iter().any(|link| link["answer"] == "holds"),
        "{finding}"
    );
    assert_eq!(finding["elsewhere"].as_array().unwrap().len(), 1, "the other release has it, too");
    assert_eq!(finding["history"][0]["says"], "Found for the first time.");
    assert!(finding["advice"][0].as_str().unwrap().contains('3'), "{finding}");
}

#[test]
fn a_vulnerability_is_somewhere_nowhere_or_unknown() {
    let house = judged();
    let here = json(&house, "/api/v1/vulnerabilities/CVE-2024-3");
    assert_eq!((&here["releases"], &here["checked"]), (&Value::from(1), &Value::from(2)));
    assert_eq!(here["sources"][0]["fixed"], "9");
    let nowhere = house.visitor("ada").get("/vulnerabilities/CVE-1999-1");
    assert!(nowhere.body.contains("in none of 2 releases checked"), "{}", nowhere.body);
    assert!(nowhere.body.contains("No feed of ours knows this id"), "{}", nowhere.body);
}

#[test]
fn a_comparison_names_the_cause() {
    let house = judged();
    let compared = json(&house, "/api/v1/compare?from=1&to=2");
    assert_eq!(compared["numbers"], serde_json::json!([0, 1, 0, 2]));
    let gone = &compared["gone"][0];
    assert_eq!((&gone["vulnerability"], &gone["by_build"]), (&Value::from("CVE-2024-3"), &Value::from(true)));
    assert!(gone["because"].as_str().unwrap().contains("gadget"), "{gone}");
}

#[test]
fn the_queue_has_one_item_for_all_releases() {
    let house = judged();
    let queue = json(&house, "/api/v1/queue?view=all");
    assert_eq!(queue["total"], 3, "{queue}");
    assert_eq!(queue["place"], 1);
    let next = queue["next"].as_str().unwrap().to_owned();
    let second = json(&house, &format!("/api/v1/queue?view=all&at={next}"));
    assert_eq!(second["place"], 2);
    assert_eq!(second["item"]["id"], next.as_str());
}

#[test]
fn many_releases_are_shown_in_pages() {
    let house = TestHouse::new();
    for number in 0..85 {
        house.upload("gateway", &format!("1.{number}"), &bom(&[("widget", "1.0")]));
    }
    let mut ada = house.visitor("ada");
    let rows = |body: &str| body.matches("<tr data-row>").count();
    let link = |body: &str, rel: &str| {
        let rest = body.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    let first = ada.get("/products/gateway").body;
    assert_eq!((rows(&first), link(&first, "prev")), (40, None));
    assert!(first.contains("of 85 releases"));
    let second = ada.get(&link(&first, "next").unwrap()).body;
    assert_eq!(rows(&second), 40);
    assert_eq!(link(&second, "prev").as_deref(), Some("/products/gateway"));
    let third = ada.get(&link(&second, "next").unwrap()).body;
    assert_eq!((rows(&third), link(&third, "next")), (5, None));
    assert_eq!(ada.get(&link(&third, "prev").unwrap()).body.contains(">1.40<"), second.contains(">1.40<"));
    assert_eq!(json(&house, "/api/v1/products/gateway")["releases"].as_array().unwrap().len(), 85);
    assert_eq!(ada.get("/products/gateway?older=999").status, 404);
    assert_eq!(ada.get("/api/v1/products/gateway?older=3").status, 422, "the API gives all of them");
}
