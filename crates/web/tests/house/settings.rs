//! Alerts, rules and the second person over the pages; documents over the API.

use model::access::Role;
use serde_json::json;

use super::{TestHouse, bom};
use crate::visitor::proof;

#[test]
fn alerts_are_set_and_a_server_without_a_way_out_says_so() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let page = ada.get("/settings/alerts");
    let csrf = proof(&page.body);
    // The example that the page shows can be saved as it stands.
    let example = include_str!("../../src/pages/alerts.example.json");
    let saved = ada.post("/settings/alerts", &[("csrf", &csrf), ("text", example)]);
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert!(ada.get("/settings/alerts").body.contains("every morning"));
    let wrong = ada.post("/settings/alerts", &[("csrf", &csrf), ("text", "{\"version\": 1, \"colour\": 2}")]);
    assert!(wrong.status == 422 && wrong.body.contains("unknown field `colour`"), "{}", wrong.body);
    assert!(
        wrong.body.contains("&quot;colour&quot;") || wrong.body.contains("&#34;colour&#34;"),
        "kept as written"
    );
    for path in ["/settings/alerts/channels/security%20team/test", "/settings/alerts/secrets"] {
        let answer = ada.post(path, &[("csrf", &csrf), ("name", "smtp"), ("secret", "x")]);
        assert!(answer.status == 503 && answer.body.contains("sends no messages"), "{}", answer.body);
    }
    assert!(house.log().iter().any(|line| line == "person/1 alerts.changed setting/alerts"));
}

#[test]
fn rules_are_written_tried_and_approved_by_a_second_person() {
    let house = TestHouse::new();
    house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0")]));
    house.work();
    house.person("pia", &[(Role::PolicyEditor, None)]);
    house.person("lea", &[(Role::Lead, None)]);
    let mut pia = house.visitor("pia");
    let csrf = proof(&pia.get("/settings/rules").body);
    let wrong = pia
        .post("/settings/rules", &[("csrf", &csrf), ("kind", "rules"), ("name", "house"), ("text", "x =")]);
    assert!(wrong.status == 422 && wrong.body.contains(">x =</textarea>"), "{}", wrong.body);
    let text = r#"[[rule]]
id       = "widget-raised"
priority = 80
mode     = "active"
when     = 'finding.component.name == "widget" && class_at_least("routine")'
then     = { class_floor = "planned", note = "{{component}} is the way in for maintenance" }
"#;
    let kept =
        pia.post("/settings/rules", &[("csrf", &csrf), ("kind", "rules"), ("name", "house"), ("text", text)]);
    assert_eq!(kept.status, 303, "{}", kept.body);
    let place = kept.header("location").to_owned();
    let page = pia.get(&format!("/api/v1{place}")).json();
    assert_eq!((page["state"].clone(), page["releases"].clone()), (json!("draft"), json!(1)), "{page}");
    let moved: Vec<_> =
        page["moved"].as_array().unwrap().iter().map(|one| (&one["from"], &one["to"])).collect();
    assert_eq!(
        moved,
        [(&json!("routine"), &json!("planned")), (&json!("routine"), &json!("planned"))],
        "{page}"
    );
    let hash = page["hash"].as_str().unwrap();
    let own = pia.post(&format!("{place}/approve"), &[("csrf", &csrf), ("hash", hash)]);
    assert_eq!(own.status, 403, "{}", own.body);
    let mut lea = house.visitor("lea");
    let csrf = proof(&lea.get(&place).body);
    let other = lea.post(&format!("{place}/approve"), &[("csrf", &csrf), ("hash", "0000")]);
    assert_eq!(other.status, 409, "another text than was seen: {}", other.body);
    let done = lea.post(&format!("{place}/approve"), &[("csrf", &csrf), ("hash", hash)]);
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(lea.get(&format!("/api/v1{place}")).json()["state"], "approved");
    assert!(lea.get("/products/gateway/drafts").body.contains("in force"));
    let retired = lea.post(&format!("{place}/retire"), &[("csrf", &csrf), ("why", "not needed")]);
    assert_eq!(retired.status, 303, "{}", retired.body);
    // A kind that the version is not of is the address of nothing.
    assert_eq!(lea.get(&place.replace("rules", "profile")).status, 404);
    assert_eq!(lea.get("/drafts/other/1").status, 404);
}

#[test]
fn the_second_person_is_demanded_or_advisory() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let page = ada.get("/settings");
    assert!(page.body.contains("Demanded:"), "{}", page.body);
    let csrf = proof(&page.body);
    assert_eq!(ada.post("/settings/four-eyes", &[("csrf", &csrf), ("four_eyes", "perhaps")]).status, 422);
    assert_eq!(ada.post("/settings/four-eyes", &[("csrf", &csrf), ("four_eyes", "advisory")]).status, 303);
    assert!(ada.get("/settings").body.contains("Advisory:"));
}

#[test]
fn a_build_hands_in_its_sbom_in_one_line() {
    let house = TestHouse::new();
    let mut build = house.program("ada", &[Role::ProductManager]);
    let place = "/api/v1/products/gateway/releases/1.0.0/documents?name=bom.cdx.json";
    let document = bom(&[("widget", "1.0"), ("gadget", "2")]);
    let taken = build.send("POST", place, "application/octet-stream", document.clone());
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert!(taken.body.contains("gateway 1.0.0 is made: 2 components"), "{}", taken.body);
    let again = build.send("POST", place, "application/octet-stream", document);
    assert!(again.body.contains("has this document already"), "{}", again.body);
    assert_eq!(house.work(), 1, "the release is judged once");
    assert_eq!(house.findings().len(), 3);
    let odd = build.send("POST", &place.replace("gateway", "No%20Slug"), "", b"x".to_vec());
    assert_eq!(odd.status, 422, "{}", odd.body);
    let none = build.send("POST", place, "", b"what is this".to_vec());
    assert_eq!(none.status, 422, "{}", none.body);
    let mut other = house.program("ada", &[Role::Lead]);
    assert_eq!(other.send("POST", place, "", b"x".to_vec()).status, 403, "a token has its roles only");
}

#[test]
fn a_token_may_be_for_some_products_only() {
    let house = TestHouse::new();
    for product in ["gateway", "sensor"] {
        house.upload(product, "1.0.0", &bom(&[("widget", "1.0")]));
    }
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/account").body);
    let form = |products: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("name", "CI".into()),
            ("days", "9".into()),
            ("roles", Role::ProductManager.word().into()),
        ]
        .into_iter()
        .chain([("products", products.to_owned())])
        .collect::<Vec<(&str, String)>>()
    };
    let mut make = |products| {
        let form = form(products);
        let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (*key, value.as_str())).collect();
        ada.post("/account/tokens", &form)
    };
    let wrong = make("gateway, robot");
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    assert!(
        wrong.body.contains("there is no product `robot`") && wrong.body.contains("value=\"gateway robot\"")
    );
    let made = make("gateway");
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains("on gateway only"), "{}", made.body);
    let token = made.body.split("<code>pw_").nth(1).unwrap().split('<').next().unwrap();
    let mut build = house.stranger();
    build.headers.push(("authorization", format!("Bearer pw_{token}")));
    let seen = build.get("/api/v1/products").json();
    let names: Vec<&str> =
        seen["items"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(names, ["gateway"], "{seen}");
    let place = |product: &str| format!("/api/v1/products/{product}/releases/2.0.0/documents");
    let document = bom(&[("gadget", "1")]);
    assert_eq!(build.send("POST", &place("gateway"), "", document.clone()).status, 200);
    assert_eq!(build.send("POST", &place("sensor"), "", document.clone()).status, 404);
    assert_eq!(build.send("POST", &place("robot"), "", document).status, 404, "it makes no product");
}

#[test]
fn health_and_numbers_are_of_the_store() {
    let house = TestHouse::new();
    house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0"), ("gadget", "2")]));
    house.work();
    assert_eq!(house.stranger().get("/health").status, 200);
    assert_eq!(house.stranger().get("/metrics").status, 303);
    let text = house.program("ada", &[Role::Admin]).get("/metrics").body;
    let open: u64 = (text.lines().filter(|line| line.starts_with("patchwright_open_findings{")))
        .map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64)
        .sum();
    assert_eq!(open, 3, "{text}");
    assert!(
        text.contains("patchwright_releases{} 1") && text.contains("patchwright_jobs{state=\"done\"} 1"),
        "{text}"
    );
}
