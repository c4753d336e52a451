//! The first start, invitations, people and the own account, over the pages.

use model::access::Role;

use super::{PASSWORD, TestHouse};
use crate::visitor::{Answer, Visitor, proof};

/// The address of a one-time link that a page shows.
pub fn link(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("/join/").unwrap_or_else(|| panic!("no link: {}", answer.body));
    format!("/join/{}", rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
}

fn choose(visitor: &mut Visitor<()>, link: &str, password: &str, again: &str) -> Answer {
    let form = visitor.get(link);
    assert_eq!((form.status, form.header("cache-control")), (200, "no-store"), "{}", form.body);
    visitor.post(link, &[("csrf", &proof(&form.body)), ("password", password), ("again", again)])
}

#[test]
fn the_first_start_makes_an_organisation_once() {
    let house = TestHouse::unborn();
    let mut stranger = house.stranger();
    let secret = house.run(house.door.set_up_link(house.moment())).unwrap().unwrap();
    let place = format!("/set-up/{}", secret.reveal());
    assert!(stranger.get("/set-up/ffff").body.contains("used or is over"));
    let form = stranger.get(&place);
    let proof = proof(&form.body);
    let fields = [
        ("csrf", proof.as_str()),
        ("organisation", "Acme Devices"),
        ("name", "Ada Lovelace"),
        ("login", "ada"),
        ("mail", ""),
    ];
    let with = |password: &'static str, again: &'static str| {
        let mut all = fields.to_vec();
        all.extend([("password", password), ("again", again)]);
        all
    };
    let short = stranger.post(&place, &with("short", "short"));
    assert!(short.status == 422 && short.body.contains("at least 12 characters"), "{}", short.body);
    assert!(short.body.contains("value=\"Acme Devices\""), "nothing that was written is lost");
    let other = stranger.post(&place, &with(PASSWORD, "four words that differ"));
    assert!(other.status == 422 && other.body.contains("is not the same"));
    let mut odd = with(PASSWORD, PASSWORD);
    odd[3] = ("login", "a d a");
    assert!(stranger.post(&place, &odd).body.contains("is no name at sign-in"));
    let mut slow = house.stranger();
    let late = slow.get(&place);
    let made = stranger.post(&place, &with(PASSWORD, PASSWORD));
    assert_eq!((made.status, made.header("location")), (303, "/"), "{}", made.body);
    assert!(stranger.get("/help").body.contains("Acme Devices"), "signed in at once");
    // The link is used up, for whoever had the form open as well.
    assert!(slow.get(&place).body.contains("used or is over"));
    let mut second = with(PASSWORD, PASSWORD);
    let proof = crate::visitor::proof(&late.body);
    second[0] = ("csrf", &proof);
    assert_eq!(slow.post(&place, &second).status, 422);
    assert!(house.run(house.door.set_up_link(house.moment())).unwrap().is_none(), "there is no second start");
}

#[test]
fn somebody_is_invited_comes_and_gets_roles() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let page = ada.get("/settings/people");
    let csrf = proof(&page.body);
    let empty = ada.post("/settings/people", &[("csrf", &csrf), ("name", "Grace")]);
    assert!(empty.status == 422 && empty.body.contains("write the name to sign in with"));
    let invited = ada.post(
        "/settings/people",
        &[("csrf", &csrf), ("login", "grace"), ("name", "Grace Hopper"), ("mail", ""), ("roles", "support")],
    );
    assert_eq!((invited.status, invited.header("cache-control")), (200, "no-store"), "{}", invited.body);
    let address = link(&invited);
    assert!(!ada.get("/settings/people").body.contains(&address), "shown this once");
    assert!(ada.get("/settings/people?state=invited").body.contains("Grace Hopper"));
    let taken = ada.post(
        "/settings/people",
        &[("csrf", &csrf), ("login", "grace"), ("name", "Other"), ("roles", "support")],
    );
    assert!(taken.status == 422 && taken.body.contains("is taken") && taken.body.contains("value=\"Other\""));

    let mut grace = house.stranger();
    assert_eq!(choose(&mut grace, &address, "short", "short").status, 422);
    let come = choose(&mut grace, &address, PASSWORD, PASSWORD);
    assert_eq!((come.status, come.header("location")), (303, "/"), "{}", come.body);
    assert!(house.stranger().get(&address).body.contains("This link is over"));
    assert_eq!(grace.get("/settings").status, 403);

    let place = "/settings/people/2";
    assert!(ada.get(place).body.contains("Grace Hopper"));
    let given = ada.post(&format!("{place}/roles"), &[("csrf", &csrf), ("role", "auditor")]);
    assert_eq!(given.status, 303, "{}", given.body);
    assert_eq!(grace.get("/api/v1/account").json()["roles"], serde_json::json!(["auditor", "support"]));
    let taken = ada.post(&format!("{place}/roles/end"), &[("csrf", &csrf), ("role", "auditor")]);
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert_eq!(grace.get("/api/v1/account").json()["roles"], serde_json::json!(["support"]));

    let locked = ada.post(&format!("{place}/lock"), &[("csrf", &csrf)]);
    assert_eq!(locked.status, 303);
    assert_eq!(grace.get("/account").status, 303, "the session has ended");
    assert_eq!(grace.sign_in("grace", PASSWORD).status, 422);
    ada.post(&format!("{place}/allow"), &[("csrf", &csrf)]);
    let reset = ada.post(&format!("{place}/link"), &[("csrf", &csrf)]);
    let mut again = house.stranger();
    assert_eq!(choose(&mut again, &link(&reset), "another four words", "another four words").status, 303);
    assert_eq!(house.stranger().sign_in("grace", PASSWORD).status, 422, "the old password is over");
}

#[test]
fn the_last_administrator_stays() {
    let house = TestHouse::new();
    let mut ada = house.visitor("ada");
    let csrf = proof(&ada.get("/settings/people/1").body);
    let gone = ada.post("/settings/people/1/roles/end", &[("csrf", &csrf), ("role", "admin")]);
    assert!(gone.status == 422 && gone.body.contains("somebody has to administer"), "{}", gone.body);
    let out = ada.post("/settings/people/1/lock", &[("csrf", &csrf)]);
    assert!(out.status == 422 && out.body.contains("nobody shuts himself out"), "{}", out.body);
    assert_eq!(ada.get("/settings/people/77").status, 404);
}

#[test]
fn everybody_has_an_account() {
    let house = TestHouse::new();
    house.person("tom", &[(Role::Triager, None)]);
    let mut tom = house.visitor("tom");
    let mut other = house.visitor("tom");
    let page = tom.get("/account");
    assert_eq!((page.status, page.body.matches("this one").count()), (200, 1), "{}", page.body);
    let csrf = proof(&page.body);
    let ended = tom.post("/account/sessions/end", &[("csrf", &csrf)]);
    assert_eq!(ended.status, 303, "{}", ended.body);
    assert_eq!((other.get("/account").status, tom.get("/account").status), (303, 200));

    let renamed = tom.post("/account", &[("csrf", &csrf), ("person", "Tom Kilburn"), ("mail", "")]);
    assert_eq!(renamed.status, 303);
    assert!(tom.get("/account").body.contains("Tom Kilburn"));

    let far =
        tom.post("/account/tokens", &[("csrf", &csrf), ("name", "x"), ("days", "9"), ("roles", "admin")]);
    assert_eq!(far.status, 422, "a token reaches no further than its person");
    let form = [("csrf", csrf.as_str()), ("name", "mine"), ("days", "9"), ("roles", "triager")];
    let made = tom.post("/account/tokens", &form);
    assert!(made.status == 200 && made.body.contains("<code>pw_"), "{}", made.body);
    let prefix = tom.get("/api/v1/account").json()["tokens"][0]["prefix"].as_str().unwrap().to_owned();
    house.person("rob", &[(Role::Reviewer, None)]);
    let mut rob = house.visitor("rob");
    let csrf_of_rob = proof(&rob.get("/account").body);
    let foreign = rob.post(&format!("/account/tokens/{prefix}/end"), &[("csrf", &csrf_of_rob)]);
    assert_eq!(foreign.status, 404, "another's token is none");
    assert_eq!(tom.post(&format!("/account/tokens/{prefix}/end"), &[("csrf", &csrf)]).status, 303);

    let new = "some other four words";
    let change = |tom: &mut Visitor<()>, old: &str| {
        tom.post("/account/password", &[("csrf", &csrf), ("old", old), ("password", new), ("again", new)])
    };
    assert!(change(&mut tom, "not the old one").body.contains("the old password is another one"));
    let done = change(&mut tom, PASSWORD);
    assert_eq!((done.status, done.header("location")), (303, "/sign-in"), "{}", done.body);
    assert_eq!(tom.get("/account").status, 303, "all sessions have ended");
    assert_eq!(tom.sign_in("tom", new).status, 303);
}
