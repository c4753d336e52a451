//! Requests with a key are done once, whatever happens between.

use axum::body::Body;
use axum::http::Request;
use model::access::Role;
use tower::ServiceExt;

use super::{TestHouse, bom};
use crate::visitor::{Visitor, proof};

fn judged() -> (TestHouse, String) {
    let house = TestHouse::new();
    let release = house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0")]));
    house.work();
    let place = format!("/api/v1/findings/{}/comments", house.finding(release, "CVE-2024-1").id);
    (house, place)
}

fn remarks(house: &TestHouse) -> usize {
    let (scope, product) = (house.scope(), house.product("gateway"));
    house.run(async {
        let mut look = house.house.store.look().await.unwrap();
        let page = service::maker::Page { after: None, limit: 1000 };
        let rows = look.audit(&scope, Some(product), "", &page).await.unwrap().rows;
        rows.iter().filter(|row| row.entry.act == "finding.commented").count()
    })
}

fn keyed(mut visitor: Visitor<()>, key: &str) -> Visitor<()> {
    visitor.headers.retain(|(name, _)| *name != "idempotency-key");
    visitor.headers.push(("idempotency-key", key.to_owned()));
    visitor
}

#[test]
fn the_same_key_gives_the_same_answer_and_changes_nothing_twice() {
    let (house, place) = judged();
    house.person("tom", &[(Role::Triager, None)]);
    let mut tom = keyed(house.program("tom", &[Role::Triager]), "k1");
    let first = tom.send("POST", &place, "application/json", r#"{"text":"once"}"#);
    assert_eq!(first.status, 200, "{}", first.body);
    house.pass(60_000);
    let again = tom.send("POST", &place, "application/json", r#"{"text":"once"}"#);
    assert_eq!((again.status, again.body), (200, first.body));
    assert_eq!(remarks(&house), 1);
    let other = tom.send("POST", &place, "application/json", r#"{"text":"other"}"#);
    assert_eq!(
        (other.status, other.json()["type"].as_str()),
        (422, Some("urn:patchwright:problem:repeated"))
    );
    let elsewhere =
        tom.send("POST", &place.replace("comments", "snooze"), "application/json", r#"{"text":"once"}"#);
    assert_eq!(elsewhere.status, 422, "another address is another request");
    assert_eq!(remarks(&house), 1);
    // Keys are of whoever asks: another token may use the same.
    let mut other = keyed(house.program("tom", &[Role::Triager]), "k1");
    assert_eq!(other.send("POST", &place, "application/json", r#"{"text":"two"}"#).status, 200);
    assert_eq!(remarks(&house), 2);
    // What was refused was not done, and can be asked again, corrected.
    let mut tom = keyed(tom, "k2");
    assert_eq!(tom.send("POST", &place, "application/json", r#"{"text":""}"#).status, 422);
    assert_eq!(tom.send("POST", &place, "application/json", r#"{"text":"three"}"#).status, 200);
}

#[test]
fn two_at_once_are_one() {
    let (house, place) = judged();
    house.person("tom", &[(Role::Triager, None)]);
    let tom = keyed(house.program("tom", &[Role::Triager]), "k1");
    let ask = || {
        let mut request =
            Request::builder().method("POST").uri(&place).header("content-type", "application/json");
        for (name, value) in &tom.headers {
            request = request.header(*name, value);
        }
        house.router.clone().oneshot(request.body(Body::from(r#"{"text":"once"}"#)).unwrap())
    };
    let answers = house.run(futures_util::future::join_all((0..8).map(|_| ask())));
    for answer in answers {
        assert_eq!(answer.unwrap().status().as_u16(), 200);
    }
    assert_eq!(remarks(&house), 1);
}

#[test]
fn what_is_shown_once_is_not_shown_twice_and_not_made_twice() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/account").body);
    ada.headers.push(("x-csrf-token", csrf));
    let mut ada = keyed(ada, "k1");
    let body = r#"{"name":"build","days":9,"roles":["product_manager"]}"#;
    let first = ada.send("POST", "/api/v1/tokens", "application/json", body);
    assert_eq!(first.status, 200, "{}", first.body);
    let again = ada.send("POST", "/api/v1/tokens", "application/json", body);
    assert_eq!(again.status, 409, "{}", again.body);
    assert!(!again.body.contains("pw_"));
    assert_eq!(ada.get("/api/v1/account").json()["tokens"].as_array().unwrap().len(), 1);
}

#[test]
fn a_build_that_repeats_its_upload_gets_the_same_answer() {
    let house = TestHouse::new();
    let mut build = keyed(house.program("ada", &[Role::ProductManager]), "run 17");
    let place = "/api/v1/products/gateway/releases/1.0.0/documents";
    let first = build.send("POST", place, "", bom(&[("widget", "1.0")]));
    assert_eq!(first.status, 200, "{}", first.body);
    let again = build.send("POST", place, "", bom(&[("widget", "1.0")]));
    assert_eq!((again.status, again.body), (200, first.body));
    assert_eq!(build.send("POST", place, "", bom(&[("widget", "2.0")])).status, 422);
    assert_eq!(house.work(), 1);
}
