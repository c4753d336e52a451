//! Signing in at an identity provider, over the pages, against a provider that answers by HTTP and lies on demand.

use model::access::Role;
use serde_json::{Value, json};
use service::access::oidc::{Provider, ProviderSettings};
use service::access::people::Invitation;
use service::outside::http::HttpOptions;

use super::identity_provider::{CLIENT, IdentityProvider, SECRET};
use super::{NOW, PASSWORD, TestHouse};
use crate::visitor::{Answer, Visitor, proof};

/// A house and its provider; the file of the secret goes with it.
struct Setting {
    house: TestHouse,
    at: IdentityProvider,
    file: std::path::PathBuf,
}

impl Drop for Setting {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

fn provider(at: &IdentityProvider, file: &std::path::Path, roles: &[(&str, Role)]) -> Provider {
    let settings = ProviderSettings {
        issuer: at.issuer.clone(),
        client_id: CLIENT.to_owned(),
        client_secret_file: file.display().to_string(),
        name: "Acme ID".to_owned(),
        groups_claim: "realm_access.roles".to_owned(),
        roles: roles.iter().map(|(group, role)| ((*group).to_owned(), *role)).collect(),
        organisation: if roles.is_empty() { String::new() } else { "acme".to_owned() },
    };
    Provider::new(settings, HttpOptions::default()).unwrap()
}

fn setting(roles: &[(&str, Role)]) -> Setting {
    let at = IdentityProvider::new();
    let port = at.issuer.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let file = std::env::temp_dir().join(format!("patchwright-oidc-{}-{port}", std::process::id()));
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let house = TestHouse::new().knowing(provider(&at, &file, roles));
    Setting { house, at, file }
}

const MAPPED: &[(&str, Role)] = &[("security", Role::Lead), ("developers", Role::Triager)];

fn claims(subject: &str, groups: &[&str]) -> Value {
    json!({ "sub": subject, "preferred_username": "grace", "name": "Grace Hopper", "email": "ada@example.org",
        "email_verified": true, "realm_access": { "roles": groups } })
}

impl Setting {
    /// To the provider, which lets the person in, and back.
    fn visit(&self, visitor: &mut Visitor<()>, from: &str, claims: Value) -> Answer {
        let to = visitor.get(from);
        assert_eq!((to.status, to.header("cache-control")), (303, "no-store"), "{}", to.body);
        let back = self.at.lets_in(to.header("location"), claims);
        visitor.get(&back)
    }

    /// The address at the provider to which a one-time link leads.
    fn leads(&self, visitor: &mut Visitor<()>, link: &str) -> String {
        let csrf = proof(&visitor.get(link).body);
        let page = visitor.post(&format!("{link}/oidc"), &[("csrf", &csrf)]);
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{}", page.body);
        let href = page.body.split("id=\"onward\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        href.unwrap().replace("&#38;", "&").replace("&amp;", "&")
    }

    /// By a one-time link to the provider, which lets the person in, and back.
    fn join(&self, visitor: &mut Visitor<()>, link: &str, claims: Value) -> Answer {
        let back = self.at.lets_in(&self.leads(visitor, link), claims);
        visitor.get(&back)
    }

    fn comes(&self, claims: Value) -> (Visitor<()>, Answer) {
        let mut visitor = self.house.stranger();
        let answer = self.visit(&mut visitor, "/sign-in/oidc", claims);
        (visitor, answer)
    }

    /// An invitation of somebody with a role; the address of its link.
    fn invited(&self, login: &str) -> String {
        let ada = self.house.identity("ada");
        let invitation = Invitation {
            login: login.to_owned(),
            name: login.to_owned(),
            mail: String::new(),
            roles: vec![(Role::Support, None)],
        };
        let made = self.house.run(self.house.door.invite(&ada, &invitation, self.house.moment())).unwrap();
        format!("/join/{}", made.1.reveal())
    }
}

fn is_refused(answer: &Answer, says: &str) {
    assert_eq!((answer.status, answer.header("cache-control")), (422, "no-store"), "{}", answer.body);
    assert!(answer.body.contains(says), "{says}: {}", answer.body);
}

fn roles(visitor: &mut Visitor<()>) -> Value {
    visitor.get("/api/v1/account").json()["roles"].clone()
}

#[test]
fn an_invited_person_links_once_and_comes_back_by_the_provider() {
    let at = setting(&[]);
    let link = at.invited("grace");
    let waited_for = |at: &Setting| at.house.visitor("ada").get("/settings/people?state=invited").body;
    assert!(waited_for(&at).contains("grace"));
    let mut grace = at.house.stranger();
    assert!(grace.get(&link).body.contains("Sign in with Acme ID"));
    let joined = at.join(&mut grace, &link, claims("7", &[]));
    assert_eq!((joined.status, joined.header("location")), (303, "/"), "{}", joined.body);
    assert_eq!(roles(&mut grace), json!(["support"]));
    assert!(at.house.stranger().get(&link).body.contains("This link is over"));
    let mut late = at.house.stranger();
    let csrf = proof(&late.get("/sign-in").body);
    let over = late.post(&format!("{link}/oidc"), &[("csrf", &csrf)]);
    assert_eq!(over.header("location"), link, "a link that is over leads to nobody");
    let other = at.invited("lured");
    let lured = at.house.stranger().get(&format!("{other}/oidc"));
    assert_eq!(lured.status, 405, "an address alone begins nothing");

    let page = at.house.stranger().get("/sign-in?next=%2Ffindings");
    assert!(page.body.contains("href=\"/sign-in/oidc?next=%2Ffindings\""), "{}", page.body);
    let mut again = at.house.stranger();
    let answer = at.visit(&mut again, "/sign-in/oidc?next=%2Ffindings", claims("7", &["security"]));
    assert_eq!((answer.status, answer.header("location")), (303, "/findings"), "{}", answer.body);
    assert_eq!(roles(&mut again), json!(["support"]), "groups give nothing to whom people here gave roles");
    let log = at.house.log();
    for wanted in ["person/2 person.linked person/2", "person/2 signed_in person/2"] {
        assert!(log.iter().any(|line| line == wanted), "{wanted}: {log:?}");
    }
    assert!(!waited_for(&at).contains("grace"), "whoever can sign in is not waited for any more");
}

#[test]
fn a_mail_address_or_a_name_opens_nothing() {
    let at = setting(&[]);
    // The provider vouches for the address and the name of the administrator here.
    let mut ada = claims("666", &["security"]);
    ada["preferred_username"] = json!("ada");
    let (mut visitor, answer) = at.comes(ada.clone());
    is_refused(&answer, "Acme ID knows you, but you have no account here");
    assert_eq!(visitor.get("/account").status, 303);

    let at = setting(MAPPED);
    let (mut visitor, answer) = at.comes(ada);
    assert_eq!(answer.status, 303, "an account of its own");
    let account = visitor.get("/api/v1/account").json();
    assert_eq!(account["roles"], json!(["lead"]), "{account}");
    let login = account["login"].as_str().unwrap();
    assert!(login.starts_with("ada-") && login.len() == 16, "{login}");
    assert_eq!(at.house.identity("ada").person, 1);
}

#[test]
fn whoever_did_not_begin_here_is_not_let_in() {
    let at = setting(MAPPED);
    let mut visitor = at.house.stranger();
    let to = visitor.get("/sign-in/oidc");
    let back = at.at.lets_in(to.header("location"), claims("7", &["security"]));
    // Another browser, without or with a beginning of its own.
    is_refused(&at.house.stranger().get(&back), "was not begun in this browser");
    let mut other = at.house.stranger();
    other.get("/sign-in/oidc");
    is_refused(&other.get(&back), "was not begun in this browser");
    let kept = visitor.cookies.clone();
    assert_eq!(visitor.get(&back).status, 303);
    // The same address a second time, also by somebody who has copied the cookie.
    let mut thief = at.house.stranger();
    thief.cookies = kept;
    is_refused(&thief.get(&back), "did not work");
    let mut late = at.house.stranger();
    let to = late.get("/sign-in/oidc");
    let back = at.at.lets_in(to.header("location"), claims("7", &["security"]));
    at.house.pass(10 * 60_000);
    is_refused(&late.get(&back), "took too long");
    let mut unwilling = at.house.stranger();
    let to = unwilling.get("/sign-in/oidc").header("location").to_owned();
    let state = super::identity_provider::pairs(to.split_once('?').unwrap().1)["state"].clone();
    let answer = unwilling.get(&format!("/sign-in/oidc/back?error=access_denied&state={state}"));
    is_refused(&answer, "There was no sign-in at Acme ID");
    let elsewhere = "http%3A%2F%2Fevil.example";
    let to = unwilling.get("/sign-in/oidc").header("location").to_owned();
    let back = at.at.lets_in(&to, claims("7", &["security"]));
    is_refused(&unwilling.get(&format!("{back}&iss={elsewhere}")), "did not work");
}

#[test]
fn a_token_that_lies_is_not_believed() {
    let seconds = NOW / 1000;
    type Case = (&'static str, fn(&mut Value, &mut Value, i64));
    let cases: &[Case] = &[
        ("token_nonce", |_, body, _| body["nonce"] = json!("other")),
        ("token_nonce", |_, body, _| body["nonce"] = Value::Null),
        ("token_audience", |_, body, _| body["aud"] = json!("other")),
        ("token_audience", |_, body, _| body["aud"] = json!(["other", 7])),
        ("token_party", |_, body, _| body["aud"] = json!([CLIENT, "other"])),
        ("token_party", |_, body, _| body["azp"] = json!("other")),
        ("token_issuer", |_, body, _| body["iss"] = json!("https://evil.example")),
        ("token_expired", |_, body, now| body["exp"] = json!(now - 60)),
        ("token_expired", |_, body, _| {
            body.as_object_mut().unwrap().remove("exp");
        }),
        ("token_form", |_, body, _| body["exp"] = json!("tomorrow")),
        ("token_early", |_, body, now| body["iat"] = json!(now + 61)),
        ("token_early", |_, body, now| body["nbf"] = json!(now + 61)),
        ("token_subject", |_, body, _| body["sub"] = json!("")),
        ("token_algorithm", |head, _, _| head["alg"] = json!("none")),
        ("token_algorithm", |head, _, _| head["alg"] = json!("HS256")),
        ("token_extension", |head, _, _| head["crit"] = json!(["b64"])),
        ("token_key", |head, _, _| head["alg"] = json!("RS256")),
        ("token_key", |head, _, _| head["kid"] = json!("no such key")),
    ];
    for (word, lie) in cases {
        // A house of its own: of strangers the log has the first failure, and then fewer and fewer.
        let at = setting(MAPPED);
        let lie = *lie;
        at.at.lies(move |head, body| lie(head, body, seconds));
        let (mut visitor, answer) = at.comes(claims("7", &["security"]));
        is_refused(&answer, "The sign-in with Acme ID did not work");
        assert!(!answer.body.contains(word), "{word} is for the log");
        assert_eq!(visitor.get("/account").status, 303, "{word}");
        assert_eq!(reason(&at.house), *word);
    }
    let at = setting(MAPPED);
    // Within the leeway, and with an audience more that says for whom it is.
    at.at.lies(move |_, body| {
        body["exp"] = json!(seconds - 59);
        body["iat"] = json!(seconds + 60);
        body["aud"] = json!([CLIENT, "other"]);
        body["azp"] = json!(CLIENT);
    });
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303);
}

/// Why the last one was refused, as the log says.
fn reason(house: &TestHouse) -> String {
    let scope = house.scope();
    house.run(async {
        let mut look = house.house.store.look().await.unwrap();
        let page = service::maker::Page { after: None, limit: 1000 };
        let rows = look.audit(&scope, None, "", &page).await.unwrap().rows;
        let last = rows.iter().find(|row| row.entry.act == "sign_in.failed").expect("a failure in the log");
        last.entry.body["why"].as_str().unwrap_or_default().to_owned()
    })
}

#[test]
fn a_new_key_is_read_once_and_an_old_one_is_over() {
    let at = setting(MAPPED);
    for _ in 0..2 {
        assert_eq!(at.comes(claims("7", &["security"])).1.status, 303);
    }
    assert_eq!(at.at.keys_read(), 1, "kept");
    at.at.changes_its_key("second");
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303);
    assert_eq!(at.at.keys_read(), 2);
    at.at.lies(|head, _| head["kid"] = json!("third"));
    is_refused(&at.comes(claims("7", &["security"])).1, "did not work");
    assert_eq!(at.at.keys_read(), 3, "once more, and no oftener");
    at.at.is_honest_again();
    // The same id with another key: the signature is wrong, and nothing is read anew.
    at.at.changes_its_key("second");
    is_refused(&at.comes(claims("7", &["security"])).1, "did not work");
    assert_eq!(at.at.keys_read(), 3);
    at.house.pass(3_600_000);
    at.at.lies(|_, body| body["exp"] = json!(NOW / 1000 + 7200));
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303, "after an hour all is read again");
}

#[test]
fn nobody_is_sent_elsewhere_afterwards() {
    let at = setting(MAPPED);
    for bad in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"] {
        let from = web::pages::list::address("/sign-in/oidc", &[("next", bad.to_owned())]);
        let mut visitor = at.house.stranger();
        let answer = at.visit(&mut visitor, &from, claims("7", &["security"]));
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{bad}");
        assert_eq!(visitor.get(&from).header("location"), "/", "also who is in already");
    }
}

#[test]
fn groups_give_roles_and_take_them() {
    let at = setting(MAPPED);
    let (mut grace, answer) = at.comes(claims("7", &["security", "unknown"]));
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(roles(&mut grace), json!(["lead"]));
    let (mut again, _) = at.comes(claims("7", &["developers"]));
    assert_eq!(roles(&mut again), json!(["triager"]), "one account, other roles");
    assert_eq!(roles(&mut grace), json!(["triager"]), "also where a session is open");
    let (_, none) = at.comes(claims("7", &["unknown"]));
    is_refused(&none, "no account here");
    assert_eq!(grace.get("/account").status, 303, "all sessions have ended");
    assert!(!at.house.log().iter().any(|line| line.contains("person.made person/3")), "one account");
    let (mut back, _) = at.comes(claims("7", &["developers"]));
    assert_eq!(roles(&mut back), json!(["triager"]));
    is_refused(&at.comes(claims("8", &["unknown"])).1, "no account here");
}

#[test]
fn who_is_shut_out_stays_out_and_is_not_told() {
    let at = setting(MAPPED);
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303);
    let ada = at.house.identity("ada");
    at.house.run(at.house.door.set_active(&ada, 2, false, at.house.moment())).unwrap();
    let (mut visitor, answer) = at.comes(claims("7", &["security"]));
    is_refused(&answer, "no account here");
    assert_eq!(visitor.get("/account").status, 303);
    let stranger = at.comes(claims("8", &[])).1;
    let text = |answer: &Answer| answer.body.split("role=\"alert\"").nth(1).unwrap()[..100].to_owned();
    assert_eq!(text(&answer), text(&stranger), "the same words as for somebody unknown");
    let log = at.house.log();
    assert!(log.iter().any(|line| line == "unknown sign_in.failed person/2"), "{log:?}");
}

#[test]
fn a_link_is_not_used_up_for_an_account_of_somebody_else() {
    let at = setting(&[]);
    let (first, second) = (at.invited("grace"), at.invited("joan"));
    let mut grace = at.house.stranger();
    assert_eq!(at.join(&mut grace, &first, claims("7", &[])).status, 303);
    let taken = at.join(&mut at.house.stranger(), &second, claims("7", &[]));
    is_refused(&taken, "belongs to another person here");
    assert!(at.house.stranger().get(&second).body.contains("Welcome, joan"), "the link still holds");
    // Two browsers with one link: the second is late.
    let (mut one, mut two) = (at.house.stranger(), at.house.stranger());
    let (to, late) = (at.leads(&mut one, &second), at.leads(&mut two, &second));
    let (to, late) = (at.at.lets_in(&to, claims("8", &[])), at.at.lets_in(&late, claims("9", &[])));
    assert_eq!(one.get(&to).status, 303);
    is_refused(&two.get(&late), "The link was used or is over");
}

#[test]
fn failures_count_and_a_provider_that_is_down_does_not() {
    let at = setting(MAPPED);
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303, "the description is known");
    at.at.is_broken(true);
    for _ in 0..35 {
        is_refused(&at.comes(claims("7", &["security"])).1, "Try again later");
    }
    at.at.is_broken(false);
    assert_eq!(at.comes(claims("7", &["security"])).1.status, 303);
    let mut stranger = at.house.stranger();
    for _ in 0..30 {
        is_refused(&stranger.get("/sign-in/oidc/back?code=x&state=y"), "was not begun in this browser");
    }
    is_refused(&stranger.get("/sign-in/oidc/back?code=x&state=y"), "was not begun in this browser");
    assert_eq!(stranger.get("/sign-in/oidc/back?code=x&state=y").status, 429);
    assert_eq!(stranger.sign_in("ada", PASSWORD).status, 429, "one count for both ways in");
}

#[test]
fn without_a_provider_there_is_no_way_to_one() {
    let house = TestHouse::new();
    let mut stranger = house.stranger();
    assert!(!stranger.get("/sign-in").body.contains("/sign-in/oidc"));
    for path in ["/sign-in/oidc", "/sign-in/oidc/back?code=x&state=y"] {
        assert_eq!(stranger.get(path).header("location"), "/sign-in", "{path}");
    }
}
