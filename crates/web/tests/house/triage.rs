//! Decisions of people over the pages and the API.

use model::access::Role;
use serde_json::json;

use super::{TestHouse, bom};
use crate::visitor::{Visitor, proof};

struct Desk {
    house: TestHouse,
    finding: String,
}

impl Desk {
    fn new() -> Desk {
        let house = TestHouse::new();
        let release = house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0"), ("gadget", "2")]));
        house.work();
        for (login, role) in [("tom", Role::Triager), ("rob", Role::Reviewer), ("lea", Role::Lead)] {
            house.person(login, &[(role, None)]);
        }
        let finding = format!("/findings/{}", house.finding(release, "CVE-2024-1").id);
        Desk { house, finding }
    }

    /// Somebody who is signed in, with the proof of the forms.
    fn at(&self, login: &str) -> (Visitor<()>, String) {
        let mut visitor = self.house.visitor(login);
        let csrf = proof(&visitor.get("/account").body);
        (visitor, csrf)
    }
}

const AFFECTED: [(&str, &str); 3] =
    [("status", "affected"), ("action", "Update."), ("comment", "seen on a device")];

/// Closes by an analysis of one's own, which takes a second person.
const UNCALLED: [(&str, &str); 8] = [
    ("status", "not_affected"),
    ("justification", "vulnerable_code_not_in_execute_path"),
    ("comment", "nobody calls the parser"),
    ("expires", "2027-03-01"),
    ("own_kind", "call_path_analysis"),
    ("own_subject", "calls.md"),
    ("own_value", "1.0"),
    ("own_hash", "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
];

fn form<'a>(csrf: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("csrf", csrf)];
    all.extend_from_slice(fields);
    all
}

#[test]
fn a_decision_is_made_seen_edited_and_taken_back() {
    let desk = Desk::new();
    let (mut tom, csrf) = desk.at("tom");
    let place = format!("{}/decision", desk.finding);
    let done = tom.post(&place, &form(&csrf, &AFFECTED));
    assert_eq!((done.status, done.header("location")), (303, desk.finding.as_str()), "{}", done.body);
    let list = tom.get("/api/v1/decisions").json();
    assert_eq!((list["total"].clone(), list["items"][0]["state"].clone()), (json!(1), json!("active")));
    let name = list["items"][0]["name"].as_str().unwrap().to_owned();
    assert!(tom.get(&format!("/decisions/{name}")).body.contains("seen on a device"));
    let said = tom.get("/api/v1/vulnerabilities/CVE-2024-1").json()["statements"].clone();
    assert_eq!(
        (said[0]["decision"].clone(), said[0]["says"].clone()),
        (json!(name), json!("affected")),
        "{said}"
    );

    let mut program = desk.house.program("tom", &[Role::Triager]);
    let body = r#"{"status":"affected","action":"Wait.","comment":"again"}"#;
    let api = format!("/api/v1{place}");
    let blind = program.send("POST", &api, "application/json", body);
    assert_eq!(blind.status, 409, "{}", blind.body);
    assert_eq!(blind.json()["hint"], format!("{name}@1"), "the version to look at is named");
    program.headers.push(("if-match", format!("\"{name}@1\"")));
    let seen = program.send("POST", &api, "application/json", body);
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(program.send("POST", &api, "application/json", body).status, 412, "an older version");

    let withdraw = format!("/decisions/{name}/withdraw");
    let stale = tom.post(&withdraw, &form(&csrf, &[("version", "1"), ("why", "wrong device")]));
    assert_eq!(stale.status, 409, "{}", stale.body);
    let silent = tom.post(&withdraw, &form(&csrf, &[("version", "2")]));
    assert_eq!(silent.status, 422, "it says why");
    let done = tom.post(&withdraw, &form(&csrf, &[("version", "2"), ("why", "wrong device")]));
    assert_eq!(done.status, 303, "{}", done.body);
    let page = tom.get(&format!("/api/v1/decisions/{name}")).json();
    let acts: Vec<&str> =
        page["steps"].as_array().unwrap().iter().map(|step| step["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["withdrawn", "edited", "made"]);
    let log = desk.house.log().join("\n");
    assert!(!log.contains("decision"), "decisions stand in the chain of their product, not here: {log}");
}

#[test]
fn a_proposal_takes_a_second_person() {
    let desk = Desk::new();
    let (mut tom, csrf) = desk.at("tom");
    let done = tom.post(&format!("{}/decision", desk.finding), &form(&csrf, &UNCALLED));
    assert_eq!(done.status, 303, "{}", done.body);
    let list = tom.get("/api/v1/decisions?state=proposed").json();
    let name = list["items"][0]["name"].as_str().unwrap().to_owned();
    let place = format!("/decisions/{name}/approve");
    let own = tom.post(&place, &form(&csrf, &[("version", "1")]));
    assert_eq!(own.status, 403, "nobody approves what is his own: {}", own.body);
    let (mut rob, csrf) = desk.at("rob");
    assert_eq!(rob.post(&place, &form(&csrf, &[])).status, 422, "the version that was seen is named");
    assert_eq!(rob.post(&place, &form(&csrf, &[("version", "7")])).status, 409);
    let done = rob.post(&place, &form(&csrf, &[("version", "1"), ("note", "I looked, too")]));
    assert_eq!((done.status, done.header("location")), (303, format!("/decisions/{name}").as_str()));
    let page = rob.get(&format!("/decisions/{name}")).body;
    assert!(page.contains("in force") && page.contains("I looked, too") && !page.contains("Second person"));
    desk.house.work();
    let row = desk.house.findings().into_iter().find(|row| row.vulnerability == "CVE-2024-1").unwrap();
    assert!(!service::maker::is_open(&row.cell), "{row:?}");
}

#[test]
fn what_a_form_lacks_is_said_and_nothing_is_lost() {
    let desk = Desk::new();
    let mut program = desk.house.program("tom", &[Role::Triager]);
    let api = format!("/api/v1{}/decision", desk.finding);
    for (body, field) in [
        (json!({"status": "affected", "comment": "x"}), "action"),
        (json!({"status": "not_affected", "comment": "x"}), "justification"),
        (json!({"status": "fixed", "comment": "x", "evidence": ["nonsense"]}), "evidence"),
        (json!({"status": "affected", "comment": "x", "action": "y", "own_subject": "calls.md"}), "own_kind"),
        (json!({"status": "affected", "comment": "x", "action": "y", "attacks": "rumour"}), "attacks"),
        (json!({"status": "affected", "comment": "x", "action": "y", "accepts_risk": "yes"}), "expires"),
    ] {
        let answer = program.send("POST", &api, "application/json", body.to_string());
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}: {}", answer.body);
    }
    // A rule of decisions that only the services know.
    let body = json!({"status": "fixed", "comment": "it is fixed"}).to_string();
    let answer = program.send("POST", &api, "application/json", body);
    assert!(answer.status == 422 && answer.body.contains("needs evidence"), "{}", answer.body);
    assert!(desk.house.visitor("tom").get("/api/v1/decisions").json()["total"] == 0);
}

#[test]
fn many_are_decided_undone_and_approved_as_one_deed() {
    let desk = Desk::new();
    let (mut tom, csrf) = desk.at("tom");
    let ids: Vec<String> = desk.house.findings().iter().map(|row| row.id.to_string()).collect();
    let mut chosen: Vec<(&str, &str)> = ids.iter().map(|id| ("finding", id.as_str())).collect();
    let first = tom.post("/findings/decide", &form(&csrf, &chosen));
    assert_eq!(first.status, 200, "{}", first.body);
    chosen.extend([("status", "under_investigation"), ("comment", "all of them")]);
    let seen = tom.post("/findings/decide", &form(&csrf, &chosen));
    let (_, rest) = seen.body.split_once("name=\"preview\" value=\"").expect("a preview");
    let preview = rest.split('"').next().unwrap().to_owned();
    let mut wrong = chosen.clone();
    wrong.push(("preview", "0000"));
    assert_eq!(tom.post("/findings/decide/all", &form(&csrf, &wrong)).status, 409);
    chosen.push(("preview", &preview));
    let done = tom.post("/findings/decide/all", &form(&csrf, &chosen));
    assert_eq!(done.status, 303, "{}", done.body);
    let deed = done.header("location").to_owned();
    assert!(deed.starts_with("/deeds/B-"), "{deed}");
    let page = tom.get(&format!("/api/v1{deed}")).json();
    assert_eq!(page["decisions"].as_array().unwrap().len(), 3);
    assert_eq!(tom.post(&format!("{deed}/undo"), &form(&csrf, &[])).status, 422, "it says why");
    let undone = tom.post(&format!("{deed}/undo"), &form(&csrf, &[("why", "the wrong release")]));
    assert_eq!((undone.status, undone.header("location")), (303, deed.as_str()), "{}", undone.body);
    assert_eq!(tom.get(&format!("/api/v1{deed}")).json()["open"], 0);
    assert_eq!(tom.get("/deeds/B-none").status, 404);
}

#[test]
fn comments_and_sleep_change_nothing_that_holds() {
    let desk = Desk::new();
    let (mut tom, csrf) = desk.at("tom");
    let said = tom.post(&format!("{}/comments", desk.finding), &form(&csrf, &[("text", "ask the vendor")]));
    assert_eq!((said.status, said.header("location")), (303, desk.finding.as_str()), "{}", said.body);
    assert_eq!(tom.post(&format!("{}/comments", desk.finding), &form(&csrf, &[])).status, 422);
    let place = format!("{}/snooze", desk.finding);
    for bad in ["15", "-1", "x", "300"] {
        assert_eq!(tom.post(&place, &form(&csrf, &[("days", bad), ("reason", "x")])).status, 422, "{bad}");
    }
    assert_eq!(tom.post(&place, &form(&csrf, &[("days", "7")])).status, 422, "it says why");
    assert_eq!(tom.post(&place, &form(&csrf, &[("days", "7"), ("reason", "waits")])).status, 303);
    let who = desk.house.identity("tom");
    let filters = [service::maker::FindingFilter::default()];
    let queue = |now| desk.house.run(service::triage::queue::queue(&desk.house.house, &who, &filters, now));
    let now = desk.house.moment();
    assert_eq!(queue(now).unwrap().rows.len(), 2);
    assert_eq!(tom.post(&place, &form(&csrf, &[("days", "0")])).status, 303);
    desk.house.pass(1);
    assert_eq!(queue(desk.house.moment()).unwrap().rows.len(), 3, "called back");
}
