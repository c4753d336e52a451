//! The security walk: every route with every role, other organisations, other products, forged forms, hostile documents.

use std::io::Write;

use model::access::{May, Role};
use service::access::table::may;
use web::server::Options;
use web::server::routes::{ROUTES, Verb, Who};

use super::{PASSWORD, TestHouse, bom, small_index};
use crate::visitor::{Visitor, proof};

/// What each route takes, written down by hand: the name of an act, `signed in` or `anyone`.
const TAKES: &str = "
signed in: today products product release drafts rules draft compare findings finding decisions decision deed queue
signed in: vulnerabilities vulnerability components knowledge jobs search account rename-self change-password
signed in: end-session end-sessions make-token end-token end-token-api help sign-out theme
add_release: hand-in
draft_profile: write-draft
edit_rules: write-rules approve-draft retire-draft
investigate: decide preview decide-all comment snooze approve withdraw approve-deed undo-deed
administer: sync settings people invite person rename grant revoke reset lock allow four-eyes
administer: alerts put-alerts put-secret test-channel
read_log: audit metrics
anyone: set-up set-up-now join join-now join-by-provider sign-in sign-in-now sign-in-by-provider back-from-provider openapi health
";

fn takes(name: &str) -> &'static str {
    let line = TAKES.lines().find(|line| line.split_whitespace().any(|word| word == name));
    line.unwrap_or_else(|| panic!("{name} stands in no line: decide who may")).split_once(": ").unwrap().0
}

/// An address of something that is not there.
fn of_nothing(path: &str) -> String {
    let mut address = String::new();
    for part in path.split_inclusive(['{', '}']) {
        match part.strip_suffix('}') {
            Some(_) => address.push_str(if part == "kind}" { "rules" } else { "999999" }),
            None => address.push_str(part.trim_end_matches('{')),
        }
    }
    address
}

/// Asks a route by one of its addresses, as a browser does.
fn ask(visitor: &mut Visitor<()>, verb: Verb, path: &str, csrf: &str) -> u16 {
    visitor.headers.retain(|(name, _)| *name != "x-csrf-token");
    match verb {
        Verb::Get => visitor.get(path).status,
        _ => {
            visitor.headers.push(("x-csrf-token", csrf.to_owned()));
            visitor.send(verb.word(), path, "application/x-www-form-urlencoded", String::new()).status
        }
    }
}

#[test]
fn every_route_with_every_role_is_as_the_table_says() {
    let house = TestHouse::new();
    for role in Role::ALL {
        let login = format!("one.{}", role.word().replace('_', "-"));
        house.person(&login, &[(*role, None)]);
        let mut visitor = house.visitor(&login);
        let csrf = proof(&visitor.get("/account").body);
        for route in ROUTES.iter().filter(|route| !matches!(route.name, "sign-out" | "sign-in-now")) {
            let wanted = takes(route.name);
            let is_allowed = match (wanted, route.who) {
                ("anyone", Who::Anyone) | ("signed in", Who::SignedIn) => true,
                (word, Who::May(act)) => {
                    assert_eq!(word, act.word(), "{}", route.name);
                    may(act, *role) != May::No
                }
                (word, who) => panic!("{} is for {who:?}, not for {word}", route.name),
            };
            for path in [route.page, route.api].into_iter().filter(|path| !path.is_empty()) {
                let status = ask(&mut visitor, route.verb, &of_nothing(path), &csrf);
                assert_ne!(status, 401, "{} {path}", role.word());
                assert_eq!(
                    status != 403,
                    is_allowed,
                    "{} {} {path}: {status}",
                    role.word(),
                    route.verb.word()
                );
                assert_ne!(status, 500, "{} {} {path}", role.word(), route.verb.word());
            }
        }
    }
    let named: Vec<&str> = TAKES
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, names)| names.split(' '))
        .collect();
    assert!(named.iter().all(|name| ROUTES.iter().any(|route| route.name == *name)), "a name of no route");
    assert_eq!(named.len(), ROUTES.len());
}

#[test]
fn somebody_without_any_role_sees_nothing() {
    let house = TestHouse::new();
    house.person("nil", &[]);
    let mut nil = house.visitor("nil");
    assert_eq!(nil.get("/account").status, 200);
    for path in ["/api/v1/decisions", "/api/v1/rules", "/api/v1/people", "/api/v1/audit", "/metrics"] {
        assert_eq!(nil.get(path).status, 403, "{path}");
    }
}

/// A house with a neighbour who has a product, a release and findings.
fn with_neighbour() -> (TestHouse, i64, i64, i64) {
    let house = TestHouse::new();
    let scope = house.neighbour("rival");
    let (product, release) = house.run(async {
        let now = house.moment();
        let product =
            service::products::product(&house.house, &scope, "hushhush", "person/9", now).await.unwrap();
        let document =
            service::scan::Document { name: "bom.cdx.json".to_owned(), bytes: bom(&[("widget", "1.0")]) };
        let upload = service::intake::Upload {
            product,
            version: "9.9.9".to_owned(),
            documents: vec![document],
            actor: "person/9".to_owned(),
            person: 9,
        };
        (product, service::intake::receive(&house.house, &scope, upload, now).await.unwrap().release)
    });
    house.work();
    let finding = house.run(async {
        let mut look = house.house.store.look().await.unwrap();
        let page = service::maker::Page { after: None, limit: 10 };
        let filter = service::maker::FindingFilter::default();
        look.findings(&scope, &filter, Default::default(), &page).await.unwrap().rows[0].id
    });
    (house, product, release, finding)
}

#[test]
fn another_organisation_is_not_there() {
    let (house, product, release, finding) = with_neighbour();
    house.person(
        "lea",
        &[(Role::Lead, None), (Role::PolicyEditor, None), (Role::Admin, None), (Role::Auditor, None)],
    );
    let mut lea = house.visitor("lea");
    let csrf = proof(&lea.get("/account").body);
    for route in ROUTES.iter().filter(|route| route.who != Who::Anyone) {
        for path in [route.page, route.api].into_iter().filter(|path| path.contains('{')) {
            let address = path
                .replace("{finding}", &finding.to_string())
                .replace("{release}", &release.to_string())
                .replace("{product}", &product.to_string());
            let fields = [
                ("csrf", csrf.as_str()),
                ("status", "affected"),
                ("action", "x"),
                ("comment", "x"),
                ("text", "x"),
                ("days", "0"),
                ("kind", "rules"),
                ("name", "x"),
            ];
            if address.contains('{') {
                continue;
            }
            let answer = match route.verb {
                Verb::Get => lea.get(&address),
                _ => {
                    // Only the fields that the route knows, or the form would be refused before anything is looked up.
                    let known: &[&str] = match route.name {
                        "decide" => &["csrf", "status", "action", "comment"],
                        "snooze" => &["csrf", "days"],
                        "comment" => &["csrf", "text"],
                        _ => &["csrf", "kind", "name", "text"],
                    };
                    let own: Vec<_> = fields.into_iter().filter(|(name, _)| known.contains(name)).collect();
                    lea.post(&address, &own)
                }
            };
            assert!(!answer.body.contains("hushhush") && !answer.body.contains("rival"), "{address}");
            assert_eq!(answer.status, 404, "{} {address}", route.verb.word());
        }
    }
    let many = lea.post("/findings/decide", &[("csrf", &csrf), ("finding", &finding.to_string())]);
    assert_eq!(many.status, 404, "{}", many.body);
}

#[test]
fn a_role_on_one_product_reaches_no_other() {
    let house = TestHouse::new();
    let mine = house.upload("mine", "1.0.0", &bom(&[("widget", "1.0")]));
    let other = house.upload("other", "1.0.0", &bom(&[("widget", "1.0")]));
    house.work();
    let product = house.product("mine");
    house.person(
        "tom",
        &[
            (Role::Triager, Some(product)),
            (Role::Admin, Some(product)),
            (Role::ProductManager, Some(product)),
        ],
    );
    let mut tom = house.visitor("tom");
    let csrf = proof(&tom.get("/account").body);
    let say = |tom: &mut Visitor<()>, release: i64| {
        let place = format!("/findings/{}/comments", house.finding(release, "CVE-2024-1").id);
        tom.post(&place, &[("csrf", &csrf), ("text", "x")]).status
    };
    assert_eq!((say(&mut tom, mine), say(&mut tom, other)), (303, 404));
    let both: Vec<String> =
        [mine, other].iter().map(|release| house.finding(*release, "CVE-2024-1").id.to_string()).collect();
    let form = [("csrf", csrf.as_str()), ("finding", &both[0]), ("finding", &both[1])];
    assert_eq!(tom.post("/findings/decide", &form).status, 404, "one that is out of reach ends it");
    assert_eq!(
        (tom.get("/products/mine/drafts").status, tom.get("/products/other/drafts").status),
        (200, 404)
    );
    let people = tom.get("/api/v1/people/2").json();
    assert_eq!(people["products"].as_array().unwrap().len(), 1, "{people}");
    let other_id = house.product("other").to_string();
    let far =
        tom.post("/settings/people/2/roles", &[("csrf", &csrf), ("role", "lead"), ("product", &other_id)]);
    assert_eq!(far.status, 403, "{}", far.body);
    let all = tom.post("/settings/people/2/roles", &[("csrf", &csrf), ("role", "lead")]);
    assert_eq!(all.status, 403, "{}", all.body);
    for path in ["/settings/alerts", "/api/v1/alerts"] {
        assert_eq!(tom.get(path).status, 403, "{path}: alerts are the organisation's");
    }
    let mut build = house.program("tom", &[Role::ProductManager]);
    let place = |slug: &str| format!("/api/v1/products/{slug}/releases/2.0.0/documents");
    assert_eq!(build.send("POST", &place("mine"), "", bom(&[("widget", "2.0")])).status, 200);
    for slug in ["other", "new-one"] {
        let answer = build.send("POST", &place(slug), "", bom(&[("widget", "2.0")]));
        assert_eq!(answer.status, 404, "{slug}: whether there is one is not told: {}", answer.body);
    }
}

#[test]
fn forms_of_others_change_nothing() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    house.person("eve", &[]);
    let mut eve = house.visitor("eve");
    let foreign = proof(&eve.get("/account").body);
    let before = house.log().len();
    for route in ROUTES.iter().filter(|route| route.verb != Verb::Get) {
        for path in [route.page, route.api].into_iter().filter(|path| !path.is_empty()) {
            for csrf in ["", "x", &foreign] {
                let status = ask(&mut ada, route.verb, &of_nothing(path), csrf);
                assert_eq!(status, 403, "{path} with {csrf:?}");
            }
        }
    }
    assert_eq!(house.log().len(), before + 1, "only this test's own sign-in was logged");
    let own = proof(&ada.get("/account").body);
    ada.headers.push(("sec-fetch-site", "cross-site".into()));
    assert_eq!(ask(&mut ada, Verb::Post, "/theme", &own), 403);
}

#[test]
fn a_session_that_was_planted_is_worth_nothing() {
    let house = TestHouse::new();
    let planted = "a".repeat(64);
    let mut victim = house.stranger();
    victim.cookies.push(("__Host-patchwright".to_owned(), planted.clone()));
    assert_eq!(victim.sign_in("ada", PASSWORD).status, 303);
    let held = victim.cookies.iter().find(|(name, _)| name == "__Host-patchwright").unwrap().1.clone();
    assert_ne!(held, planted);
    let mut thief = house.stranger();
    thief.cookies.push(("__Host-patchwright".to_owned(), planted));
    assert_eq!(thief.get("/account").status, 303);
    // Signing in again ends the session of before.
    assert_eq!(victim.get("/account").status, 200);
    let csrf = proof(&victim.get("/account").body);
    victim.post("/sign-in", &[("csrf", &csrf), ("name", "ada"), ("password", PASSWORD)]);
    thief.cookies = vec![("__Host-patchwright".to_owned(), held)];
    assert_eq!(thief.get("/account").status, 303);
}

#[test]
fn a_form_that_was_open_for_hours_can_still_be_sent() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/account").body);
    let before = ada.cookies.clone();
    house.pass(2 * 3_600_000);
    assert_eq!(ada.get("/account").status, 200);
    assert_ne!(ada.cookies, before, "the secret was changed");
    assert_eq!(ada.post("/account", &[("csrf", &csrf), ("person", "Ada")]).status, 303);
    house.pass(13 * 3_600_000);
    assert_eq!(ada.get("/account").status, 303, "nobody used it for half a day");
}

#[test]
fn nobody_is_sent_to_another_host() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/account").body);
    for bad in
        ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=y", "javascript:x"]
    {
        let done = ada.post("/account", &[("csrf", &csrf), ("person", "Ada"), ("return", bad)]);
        assert_eq!((done.status, done.header("location")), (303, "/"), "{bad:?}");
        let theme = ada.post("/theme", &[("csrf", &csrf), ("theme", "dark"), ("return", bad)]);
        assert_eq!(theme.header("location"), "/", "{bad:?}");
        let mut stranger = house.stranger();
        let form = stranger.get("/sign-in");
        let csrf = proof(&form.body);
        let fields = [("csrf", csrf.as_str()), ("name", "ada"), ("password", PASSWORD), ("next", bad)];
        assert_eq!(stranger.post("/sign-in", &fields).header("location"), "/", "{bad:?}");
    }
}

#[test]
fn names_of_components_act_nowhere() {
    const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'--><script>alert(2)</script>";
    let house = TestHouse::new();
    let text = String::from_utf8(bom(&[("widget", "1.0"), ("gadget", "2")])).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["components"][0]["name"] = HOSTILE.into();
    value["components"][1]["name"] = "=cmd|' /C calc'!A1".into();
    let mut build = house.program("ada", &[Role::ProductManager]);
    let place = "/api/v1/products/gateway/releases/1.0.0%3Cb%3E/documents";
    assert_eq!(build.send("POST", place, "", value.to_string()).status, 200);
    house.work();
    house.person("lea", &[(Role::Lead, None), (Role::Auditor, None)]);
    let mut lea = house.visitor("lea");
    let csrf = proof(&lea.get("/account").body);
    let rows = house.findings();
    assert_eq!(rows.len(), 3, "the documents are taken as they are");
    for row in &rows {
        let fields = [
            ("csrf", csrf.as_str()),
            ("status", "affected"),
            ("action", "=1+1"),
            ("comment", "<script>alert(3)</script>"),
        ];
        assert_eq!(lea.post(&format!("/findings/{}/decision", row.id), &fields).status, 303);
        lea.post(&format!("/findings/{}/comments", row.id), &[("csrf", &csrf), ("text", HOSTILE)]);
    }
    let mut pages = 0;
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Get && !route.page.is_empty()) {
        let address = route
            .page
            .replace("{finding}", &rows[0].id.to_string())
            .replace("{release}", &rows[0].release.to_string())
            .replace("{product}", "gateway")
            .replace("{vulnerability}", "CVE-2024-1")
            .replace("{decision}", "D-2026-001");
        if address.contains('{') {
            continue;
        }
        let answer = lea.get(&address);
        pages += 1;
        for raw in ["<img", "<script>alert", "onerror=alert(1)>", "<b>"] {
            assert!(!answer.body.contains(raw), "{address} holds {raw} as it was sent");
        }
    }
    assert!(pages > 15, "{pages}");
    let one = lea.get("/decisions/D-2026-001").body;
    assert!(
        one.contains("&lt;script&gt;alert(3)") || one.contains("&#60;script&#62;alert(3)"),
        "shown as text: {one}"
    );
    let csv = lea.get("/decisions?export=csv").body;
    assert!(csv.contains("cmd|") && csv.lines().count() == 4, "{csv}");
    for cell in csv.lines().flat_map(|line| line.split(',')) {
        let begins = cell.trim_matches('"').chars().next().unwrap_or(' ');
        assert!(!matches!(begins, '=' | '+' | '@' | '\t' | '\r'), "a table would compute {cell}");
    }
}

#[test]
fn uploads_have_an_end() {
    let house = TestHouse::with(small_index(), Options { document: 100_000, ..Options::default() });
    let mut build = house.program("ada", &[Role::ProductManager]);
    let place = "/api/v1/products/gateway/releases/1.0.0/documents";
    let long = build.send("POST", place, "", vec![b'x'; 100_001]);
    assert_eq!(long.status, 413, "{}", long.body);
    let form = build.send("POST", "/api/v1/tokens", "application/json", vec![b' '; 2 << 20]);
    assert_eq!(form.status, 413);
    let fields = "a=1&".repeat(20_000);
    let many = build.send("POST", "/api/v1/tokens", "application/x-www-form-urlencoded", fields);
    assert_eq!(many.status, 422, "{}", many.body);
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(build.send("POST", "/api/v1/tokens", "application/json", deep).status, 422);
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let house = TestHouse::new();
    let mut build = house.program("ada", &[Role::ProductManager]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..512 {
        packed.write_all(&zeros).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 1 << 20, "half a gigabyte in {} bytes", bomb.len());
    let answer = build.send("POST", "/api/v1/products/gateway/releases/1.0.0/documents?name=a.gz", "", bomb);
    assert_eq!(answer.status, 422, "{}", answer.body);
    let nested = format!("{}{}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    let answer = build.send("POST", "/api/v1/products/gateway/releases/1.0.0/documents", "", nested);
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(house.findings().is_empty());
    let products = build.get("/api/v1/products").json();
    assert_eq!(products["total"], 0, "what is refused leaves no empty product: {products}");
}

#[test]
fn every_attempt_to_sign_in_costs_the_same_work() {
    let house = TestHouse::new();
    house.person("tom", &[]);
    let ada = house.identity("ada");
    let locked = house.person("lou", &[]);
    house.run(house.door.set_active(&ada, locked, false, house.moment())).unwrap();
    let invitation = service::access::people::Invitation {
        login: "new".to_owned(),
        name: "new".to_owned(),
        mail: String::new(),
        roles: Vec::new(),
    };
    house.run(house.door.invite(&ada, &invitation, house.moment())).unwrap();
    let long = "x".repeat(5_000);
    let mut answers = Vec::new();
    for (login, password) in [
        ("tom", "the wrong words"),
        ("nobody", "the wrong words"),
        ("lou", PASSWORD),
        ("new", ""),
        ("new", "the wrong words"),
        ("tom", long.as_str()),
        ("tom'; DROP TABLE person; --", "x"),
    ] {
        let before = house.door.passwords().work();
        let mut stranger = house.stranger();
        let answer = stranger.sign_in(login, password);
        assert_eq!(house.door.passwords().work() - before, 1, "{login}");
        assert_eq!(answer.status, 422, "{login}");
        answers.push(
            answer
                .body
                .replace(&proof(&answer.body), "")
                .replace("tom&#39;; DROP TABLE person; --", "")
                .replace(login, ""),
        );
    }
    let plain: Vec<&String> = answers.iter().take(6).collect();
    assert!(plain.windows(2).all(|two| two[0] == two[1]), "all are told the same: {plain:?}");
}

#[test]
fn one_time_links_open_for_their_kind_and_their_time_only() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/settings/people/1").body);
    let reset = super::entrance::link(&ada.post("/settings/people/1/link", &[("csrf", &csrf)]));
    let mut stranger = house.stranger();
    let as_set_up = stranger.get(&reset.replace("/join/", "/set-up/"));
    assert!(as_set_up.body.contains("used or is over"), "a link to a password makes no organisation");
    house.pass(25 * 3_600_000);
    assert!(stranger.get(&reset).body.contains("This link is over"), "it holds for a day");
}
