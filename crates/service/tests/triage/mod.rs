//! What people make of findings, over the store.

mod play;

use std::collections::BTreeMap;

use model::access::Role;
use model::assessment::ResponseClass;
use model::decision::{Atom, AtomKind, DecisionState, EvidenceItem, EvidenceKind};
use model::vex::{Justification, VexStatus};
use service::access::identity::Identity;
use service::house::Fault;
use service::scan::Document;
use service::triage::bulk::Chosen;
use service::triage::decide::{decide, propose};
use service::triage::edit::{edit, withdraw};
use service::triage::history::{What, history};
use service::triage::queue::{Queue, queue};
use service::triage::word::Word;
use service::triage::{approve, bulk, ending, snooze, undo};
use store::finding::Finding;
use store::finding_list::{FindingFilter, Sort};
use store::grant::Grant;
use store::{Moment, Page};
use testkit::records::Knowledge;

use crate::loop_house::{NOW, Site, bom, run};

const DAY: i64 = 86_400_000;

fn cpe(product: &str, version: &str) -> String {
    format!("cpe:2.3:a:acme:{product}:{version}:*:*:*:*:*:*:*")
}

fn index() -> index::Index {
    Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 3")
        .claim("CVE-2024-2", "acme:widget", "< 3")
        .claim("CVE-2024-3", "acme:gadget", "< 9")
        .index()
}

fn sbom(names: &[(&str, &str)]) -> Document {
    let rows: Vec<(&str, &str, String)> =
        names.iter().map(|(name, version)| (*name, *version, cpe(name, version))).collect();
    // Known to name every component, so that what is absent can be told.
    let document = bom(&rows);
    let text = String::from_utf8(document.bytes).unwrap();
    let text = text.replace(r#"{"type":"firmware","#, r#"{"type":"firmware","bom-ref":"gw","#);
    let end = r#","compositions":[{"aggregate":"complete","assemblies":["gw"]}]}"#;
    let text = format!("{}{end}", text.strip_suffix('}').unwrap());
    Document { name: document.name, bytes: text.into_bytes() }
}

/// A site with release 1.0.0: widget and gadget with three findings.
async fn site() -> Site {
    let site = Site::new(index(), "g1").await;
    site.upload("1.0.0", vec![sbom(&[("widget", "1.0"), ("gadget", "2")])]).await;
    site.work(NOW).await;
    site
}

fn who(site: &Site, person: i64, login: &str, role: Role) -> Identity {
    Identity {
        person,
        login: login.to_owned(),
        name: login.to_owned(),
        organisation: site.scope.organisation,
        grants: vec![Grant { person, product: None, role, granted_by: 0, granted: NOW }],
        token: None,
    }
}

/// Active findings by `version vulnerability`.
async fn rows(site: &Site) -> BTreeMap<String, Finding> {
    let mut look = site.house.store.look().await.unwrap();
    let page = Page { after: None, limit: 1000 };
    let listed = look.findings(&site.scope, &FindingFilter::default(), Sort::default(), &page).await.unwrap();
    let name = |row: &Finding| format!("{} {}", row.release_version, row.vulnerability);
    listed.rows.into_iter().map(|row| (name(&row), row)).collect()
}

async fn row(site: &Site, name: &str) -> Finding {
    rows(site).await.remove(name).unwrap_or_else(|| panic!("no finding {name}"))
}

async fn id(site: &Site, name: &str) -> i64 {
    row(site, name).await.id
}

fn affected(reason: &str) -> Word {
    Word {
        status: Some(VexStatus::Affected),
        reason: reason.to_owned(),
        action: "update".to_owned(),
        ..Word::default()
    }
}

fn seen(kind: EvidenceKind) -> EvidenceItem {
    EvidenceItem {
        kind,
        subject: "widget".to_owned(),
        value: "absent".to_owned(),
        tool: String::new(),
        tool_version: String::new(),
        collected_at: String::new(),
        release: String::new(),
        hash: String::new(),
        attachment: String::new(),
    }
}

/// Not affected, because a package is not there: justification 1 with what the machine sees of it.
fn absent(package: &str) -> Word {
    let atom = Atom {
        kind: AtomKind::PackageAbsent,
        subject: package.to_owned(),
        expected: "absent".to_owned(),
        hash: String::new(),
    };
    Word {
        status: Some(VexStatus::NotAffected),
        justification: Some(Justification::ComponentNotPresent),
        reason: format!("{package} is not shipped"),
        conditions: Some(vec![atom]),
        evidence: vec![seen(EvidenceKind::PackageListAbsence)],
        ..Word::default()
    }
}

/// Not affected, because nothing calls it: justification 3, which takes a second person.
fn uncalled() -> Word {
    let hash = format!("sha256:{}", "a".repeat(64));
    let atom =
        Atom { kind: AtomKind::Manual, subject: "calls.md".to_owned(), expected: "1.0".to_owned(), hash };
    Word {
        status: Some(VexStatus::NotAffected),
        justification: Some(Justification::VulnerableCodeNotInExecutePath),
        reason: "nobody calls the parser".to_owned(),
        conditions: Some(vec![atom]),
        evidence: vec![seen(EvidenceKind::CallPathAnalysis)],
        expires: "2027-03-01".to_owned(),
        ..Word::default()
    }
}

fn told<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    match answer {
        Err(fault) => fault.to_string(),
        Ok(done) => panic!("was done: {done:?}"),
    }
}

async fn queued(site: &Site, who: &Identity, now: Moment) -> Queue {
    queue(&site.house, who, &[FindingFilter::default()], now).await.unwrap()
}

fn names(queue: &Queue) -> Vec<String> {
    queue
        .rows
        .iter()
        .map(|row| format!("{} {}", row.finding.component_name, row.finding.vulnerability))
        .collect()
}

#[test]
fn what_is_decided_holds_and_leaves_the_queue() {
    run(async {
        let site = site().await;
        let tom = who(&site, 1, "tom", Role::Triager);
        let before = queued(&site, &tom, NOW).await;
        assert_eq!(names(&before).len(), 3);
        let first = before.rows[0].finding.id;
        let position = before.position(first, None);
        assert_eq!((position.at, position.of), (Some(1), 3));
        assert_eq!(position.next, Some(before.rows[1].finding.id));

        let proposed = propose(&site.house, &tom, first, NOW).await.unwrap();
        assert_eq!(proposed.proposal.status, VexStatus::Affected);
        assert!(proposed.decisions.is_empty());
        let decided = decide(&site.house, &tom, first, &affected("reachable"), NOW).await.unwrap();
        assert_eq!((decided.name.as_str(), decided.state), ("D-2026-001", DecisionState::Active));
        assert_eq!(site.work(NOW).await.len(), 1);
        let after = queued(&site, &tom, NOW).await;
        assert_eq!(after.rows.len(), 2);
        // The next one took its place.
        assert_eq!(after.position(first, Some(1)).next, Some(after.rows[0].finding.id));
        let rows = rows(&site).await;
        let row = rows.values().find(|row| row.id == first).unwrap();
        assert_eq!((row.decision, row.cell.status), (Some(decided.id), VexStatus::Affected));
        let shown = propose(&site.house, &tom, first, NOW).await.unwrap().decisions;
        assert_eq!((shown[0].code, shown[0].says.as_str()), ("active", "affected"));

        // Under investigation stays in the queue: nobody knows yet.
        let word = Word {
            status: Some(VexStatus::UnderInvestigation),
            reason: "asking the supplier".to_owned(),
            ..Word::default()
        };
        decide(&site.house, &tom, after.rows[0].finding.id, &word, NOW).await.unwrap();
        site.work(NOW).await;
        assert_eq!(queued(&site, &tom, NOW).await.rows.len(), 2);
    });
}

#[test]
fn what_a_role_may_not_is_proposed_or_denied() {
    run(async {
        let site = site().await;
        let tom = who(&site, 1, "tom", Role::Triager);
        let ann = who(&site, 2, "ann", Role::Triager);
        let rob = who(&site, 3, "rob", Role::Reviewer);
        let sue = who(&site, 4, "sue", Role::Support);
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        assert!(told(decide(&site.house, &sue, finding, &affected("x"), NOW).await).contains("raise needs"));
        // Machine evidence: at once. Judgement: a proposal.
        let other = id(&site, "1.0.0 CVE-2024-2").await;
        let closed = decide(&site.house, &tom, other, &absent("webserver"), NOW).await.unwrap();
        assert_eq!(closed.state, DecisionState::Active);
        let proposal = decide(&site.house, &tom, finding, &uncalled(), NOW).await.unwrap();
        assert_eq!(proposal.state, DecisionState::Proposed);
        site.work(NOW).await;
        assert_eq!(row(&site, "1.0.0 CVE-2024-1").await.cell.status, VexStatus::Affected, "not in force yet");
        let house = &site.house;
        let own = approve::approve(house, &tom, proposal.id, 1, "", NOW).await;
        assert!(told(own).contains("somebody else puts it into force"));
        let other = approve::approve(house, &ann, proposal.id, 1, "", NOW).await;
        assert!(told(other).contains("somebody else puts it into force"));
        assert!(
            told(approve::approve(house, &rob, proposal.id, 7, "", NOW).await).contains("changed meanwhile")
        );
        let done = approve::approve(house, &rob, proposal.id, 1, "read the analysis", NOW).await.unwrap();
        assert_eq!((done.version, done.state), (2, DecisionState::Active));
        site.work(NOW).await;
        assert_eq!(row(&site, "1.0.0 CVE-2024-1").await.cell.status, VexStatus::NotAffected);
        let again = approve::approve(house, &rob, proposal.id, 2, "", NOW).await;
        assert!(told(again).contains("no proposal"));
        let mut look = house.store.look().await.unwrap();
        let text = look.decision(&site.scope, proposal.id).await.unwrap().unwrap().body;
        assert!(text.contains("author = \"tom\"\nreviewer = \"rob\""), "{text}");
    });
}

#[test]
fn nobody_approves_his_own_unless_it_is_advisory_and_says_so() {
    run(async {
        let site = site().await;
        let rob = who(&site, 3, "rob", Role::Reviewer);
        let house = &site.house;
        // A reviewer may decide it, and still needs somebody else: his token is himself.
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        let proposal = decide(house, &rob, finding, &uncalled(), NOW).await.unwrap();
        assert_eq!(proposal.state, DecisionState::Proposed);
        let limits = service::access::identity::Limits {
            token: 9,
            roles: [Role::Reviewer].into(),
            products: store::Products::All,
        };
        let token = Identity { token: Some(limits), ..rob.clone() };
        for own in [&rob, &token] {
            let own = approve::approve(house, own, proposal.id, 1, "", NOW).await;
            assert!(told(own).contains("nobody approves what is his own"));
        }
        let mut change = house.store.change().await.unwrap();
        change.put_setting(&site.scope, "four_eyes", "advisory", NOW).await.unwrap();
        change.commit().await.unwrap();
        approve::approve(house, &rob, proposal.id, 1, "alone today", NOW).await.unwrap();
        let mut look = house.store.look().await.unwrap();
        let steps = look.decision_history(&site.scope, proposal.id).await.unwrap();
        assert_eq!(steps[1].note, "own approval, four_eyes = advisory. alone today");
        let log = look.audit(&site.scope, Some(site.product), "", &Page::default()).await.unwrap();
        assert_eq!(log.rows[0].entry.body["own"], true);
    });
}

/// A house in which CVE-2024-1 is immediate: a person says that the product is being attacked through it.
async fn under_attack() -> (Site, i64) {
    let site = site().await;
    let lea = who(&site, 5, "lea", Role::Lead);
    let finding = id(&site, "1.0.0 CVE-2024-1").await;
    let word = Word {
        class: Some(ResponseClass::Immediate),
        reason: "customers report it".to_owned(),
        ..Word::default()
    };
    decide(&site.house, &lea, finding, &word, NOW).await.unwrap();
    site.work(NOW).await;
    assert_eq!(row(&site, "1.0.0 CVE-2024-1").await.cell.class, Some(ResponseClass::Immediate));
    (site, finding)
}

#[test]
fn classes_are_lowered_by_those_who_may() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let finding = row(&site, "1.0.0 CVE-2024-1").await;
        let computed = finding.cell.class.unwrap();
        assert!(computed > ResponseClass::None, "{computed:?}");
        let one_less = ResponseClass::ALL[computed as usize - 1];
        let lower = |class| Word {
            class: Some(class),
            reason: "behind a firewall".to_owned(),
            conditions: absent("webserver").conditions,
            ..Word::default()
        };
        let by = [
            (who(&site, 1, "tom", Role::Triager), DecisionState::Proposed),
            (who(&site, 3, "rob", Role::Reviewer), DecisionState::Active),
        ];
        for (who, state) in by {
            let decided = decide(house, &who, finding.id, &lower(one_less), NOW).await.unwrap();
            let expected = if computed == ResponseClass::Immediate { DecisionState::Proposed } else { state };
            assert_eq!(decided.state, expected, "{}", who.login);
            withdraw(house, &who, decided.id, 1, "only a test", NOW).await.unwrap();
        }
        // Raising is everybody's; from there two people lower it again.
        let tom = who(&site, 1, "tom", Role::Triager);
        let up = Word { class: Some(ResponseClass::Immediate), reason: "attacked".into(), ..Word::default() };
        assert_eq!(decide(house, &tom, finding.id, &up, NOW).await.unwrap().state, DecisionState::Active);
    });
}

#[test]
fn a_risk_is_accepted_by_a_lead_and_ends() {
    run(async {
        let (site, _) = under_attack().await;
        let house = &site.house;
        let finding = id(&site, "1.0.0 CVE-2024-3").await;
        let word = |expires: &str| Word {
            accepts_risk: true,
            reason: "the line ends in December".to_owned(),
            conditions: absent("webserver").conditions,
            expires: expires.to_owned(),
            ..Word::default()
        };
        let tom = who(&site, 1, "tom", Role::Triager);
        let lea = who(&site, 5, "lea", Role::Lead);
        assert!(
            told(decide(house, &tom, finding, &word("2026-12-01"), NOW).await).contains("accept_risk needs")
        );
        assert!(told(decide(house, &lea, finding, &word(""), NOW).await).contains("180 days"));
        assert!(told(decide(house, &lea, finding, &word("2028-01-01"), NOW).await).contains("180 days"));
        let decided = decide(house, &lea, finding, &word("2026-12-01"), NOW).await.unwrap();
        assert_eq!(decided.state, DecisionState::Active);
        site.work(NOW).await;
        let now = row(&site, "1.0.0 CVE-2024-3").await;
        let standing = propose(house, &lea, finding, NOW).await.unwrap().decisions;
        assert_eq!(now.cell.class, Some(ResponseClass::None), "{standing:?}");
        let mut look = house.store.look().await.unwrap();
        let kept = look.decision(&site.scope, decided.id).await.unwrap().unwrap();
        // A day ends when it is over: 2 December, 00:00 UTC.
        assert_eq!(kept.expires, Moment(1_796_169_600_000));
        drop(look);
        let ending = async |until| ending::ending(house, &tom, until).await.unwrap().len();
        assert_eq!((ending(kept.expires.plus(-1)).await, ending(kept.expires).await), (0, 1));
        assert_eq!(ending::mark_ended(house, kept.expires.plus(-1)).await.unwrap(), 0);
        assert_eq!(ending::mark_ended(house, kept.expires).await.unwrap(), 1);
        assert_eq!(ending::mark_ended(house, kept.expires).await.unwrap(), 0);
        site.work(kept.expires).await;
        assert_eq!(row(&site, "1.0.0 CVE-2024-3").await.cell.class, Some(ResponseClass::Routine));
        let mut look = house.store.look().await.unwrap();
        let ended = look.decision(&site.scope, decided.id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.body), (DecisionState::Overtaken, kept.body));
    });
}

#[test]
fn edits_name_their_version_and_never_write_over_somebody() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let (tom, ann) = (who(&site, 1, "tom", Role::Triager), who(&site, 2, "ann", Role::Triager));
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        let first = decide(house, &tom, finding, &affected("first"), NOW).await.unwrap();
        let clash = told(decide(house, &ann, finding, &absent("webserver"), NOW).await);
        assert!(clash.contains("decision D-2026-001 by tom says affected: edit it"), "{clash}");
        let second = edit(house, &tom, first.id, 1, finding, &affected("second"), NOW).await.unwrap();
        assert_eq!((second.id, second.version), (first.id, 2));
        let later = NOW.plus(3_600_000);
        let again = edit(house, &tom, first.id, 2, finding, &affected("second"), later).await.unwrap();
        assert_eq!((again.version, again.releases), (2, Vec::new()), "said once more: nothing is new");
        let late = edit(house, &tom, first.id, 1, finding, &affected("late"), NOW).await;
        assert!(told(late).contains("you saw version 1, it is 2"));
        // Somebody else's edit is a decision of its own.
        let other = edit(house, &ann, first.id, 2, finding, &absent("webserver"), NOW).await.unwrap();
        assert_ne!(other.id, first.id);
        let mut look = house.store.look().await.unwrap();
        let old = look.decision(&site.scope, first.id).await.unwrap().unwrap();
        assert_eq!(old.state, DecisionState::Superseded);
        assert!(old.body.contains("second") && old.body.contains("tom"), "{}", old.body);
        let steps = look.decision_history(&site.scope, first.id).await.unwrap();
        let acts: Vec<&str> = steps.iter().map(|step| step.act.as_str()).collect();
        assert_eq!(acts, ["made", "edited", "superseded"]);
        assert!(steps[0].body.contains("reason = \"first\""));
        drop(look);
        let wrong = id(&site, "1.0.0 CVE-2024-3").await;
        let about = edit(house, &ann, other.id, 1, wrong, &affected("x"), NOW).await;
        assert!(told(about).contains("about another finding"));
        let ended = edit(house, &tom, first.id, 3, finding, &affected("x"), NOW).await;
        assert!(told(ended).contains("is superseded: make a new one"));
        let sue = who(&site, 4, "sue", Role::Support);
        assert!(withdraw(house, &sue, other.id, 1, "no", NOW).await.is_err());
        assert!(told(withdraw(house, &ann, other.id, 1, " ", NOW).await).contains("give a reason"));
        withdraw(house, &ann, other.id, 1, "wrong package", NOW).await.unwrap();
        assert!(withdraw(house, &ann, other.id, 2, "again", NOW).await.is_err());
    });
}

#[test]
fn bad_words_are_refused_with_what_is_needed() {
    run(async {
        let site = site().await;
        let tom = who(&site, 1, "tom", Role::Triager);
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        let forged = EvidenceItem { tool: "Patchwright".to_owned(), ..seen(EvidenceKind::KernelConfig) };
        let no_value = Atom {
            kind: AtomKind::Config,
            subject: "linux:CONFIG_X".into(),
            expected: String::new(),
            hash: String::new(),
        };
        let cases = [
            (Word::default(), "says why"),
            (Word { reason: "x".into(), ..Word::default() }, "decides nothing"),
            (Word { action: String::new(), ..affected("x") }, "needs an action"),
            (Word { justification: None, ..absent("a") }, "needs a justification"),
            (Word { evidence: vec![], ..absent("a") }, "needs evidence"),
            (Word { evidence: vec![forged], ..absent("a") }, "made by the program"),
            (Word { conditions: Some(vec![]), ..absent("a") }, "at least one condition"),
            (Word { conditions: Some(vec![no_value]), ..absent("a") }, "nothing in this release tells"),
            (
                absent("gadget"),
                "does not hold on this finding: package_absent gadget: was absent, is present",
            ),
            (Word { versions: Some("vers:generic/>=7".into()), ..affected("x") }, "is outside of"),
            (Word { versions: Some("nonsense".into()), ..affected("x") }, "versions"),
            (Word { supersedes: vec!["D-1".into()], ..affected("x") }, "no decision \"D-1\""),
            (Word { expires: "2020-01-01".into(), ..affected("x") }, "ends before it begins"),
            (Word { status: Some(VexStatus::Fixed), ..affected("x") }, "fixed needs evidence"),
        ];
        for (word, why) in cases {
            let answer = told(decide(&site.house, &tom, finding, &word, NOW).await);
            assert!(answer.contains(why), "{why}: {answer}");
        }
        assert!(told(decide(&site.house, &tom, 999, &affected("x"), NOW).await).contains("no finding 999"));
        let mut look = site.house.store.look().await.unwrap();
        let all = look.decisions(&site.scope, &Default::default(), &Page::default()).await.unwrap();
        assert_eq!(all.total, 0, "nothing of it was written");
    });
}

#[test]
fn a_decision_is_carried_and_marked_where_its_ground_has_shifted() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let tom = who(&site, 1, "tom", Role::Triager);
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        let decided = decide(house, &tom, finding, &absent("webserver"), NOW).await.unwrap();
        site.work(NOW).await;
        let state = async || {
            let mut look = house.store.look().await.unwrap();
            look.decision(&site.scope, decided.id).await.unwrap().unwrap()
        };
        let text = state().await.body;
        // Carried to the next release.
        site.upload("1.1.0", vec![sbom(&[("widget", "1.1")])]).await;
        site.work(NOW).await;
        let next = row(&site, "1.1.0 CVE-2024-1").await;
        let standing = propose(house, &tom, next.id, NOW).await.unwrap().decisions;
        assert_eq!(next.decision, Some(decided.id), "{standing:?} {next:?}");
        assert_eq!(state().await.state, DecisionState::Active);
        // Stopped where the package is there.
        let later = NOW.plus(DAY);
        site.upload("1.2.0", vec![sbom(&[("widget", "1.1"), ("webserver", "1")])]).await;
        site.work(later).await;
        let open = row(&site, "1.2.0 CVE-2024-1").await;
        assert_eq!(open.cell.status.verdict(), model::finding::Verdict::Affected);
        let marked = state().await;
        assert_eq!((marked.state, marked.version), (DecisionState::Overtaken, 2));
        assert_eq!(marked.body, text, "the text is not touched");
        assert_eq!(row(&site, "1.0.0 CVE-2024-1").await.cell.status, VexStatus::NotAffected, "holds there");
        let lines = history(house, &tom, open.id).await.unwrap();
        let overtaken = lines.iter().find_map(|line| match &line.what {
            What::Decision { act, note, .. } if act == "overtaken" => {
                Some((line.actor.clone(), note.clone()))
            }
            _ => None,
        });
        let (actor, note) = overtaken.unwrap();
        assert_eq!(actor, "system");
        assert!(
            note.starts_with("release 1.2.0: CVE-2024-1 in widget 1.1: package_absent webserver"),
            "{note}"
        );
        // It waits in the queue, and judging again marks nothing twice.
        assert!(names(&queued(&site, &tom, later).await).contains(&"widget CVE-2024-1".to_owned()));
        service::analyse::analyse(house, &site.scope, open.release, later, async |_| Ok(())).await.unwrap();
        assert_eq!(state().await.version, 2);
        // The author looks again and says it for what still holds.
        let kept = edit(house, &tom, decided.id, 2, finding, &absent("database"), later).await.unwrap();
        assert_eq!((kept.id, kept.state), (decided.id, DecisionState::Active));
        site.work(later).await;
        assert_eq!(row(&site, "1.2.0 CVE-2024-1").await.decision, Some(decided.id));
        assert_eq!(state().await.state, DecisionState::Active);
    });
}

#[test]
fn many_are_decided_as_one_deed_and_undone_as_one() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let (tom, rob) = (who(&site, 1, "tom", Role::Triager), who(&site, 3, "rob", Role::Reviewer));
        site.upload("1.0.1", vec![sbom(&[("widget", "1.0"), ("gadget", "9.5")])]).await;
        site.work(NOW).await;
        let before = id(&site, "1.0.0 CVE-2024-2").await;
        let single = decide(house, &rob, before, &affected("alone"), NOW).await.unwrap();
        site.work(NOW).await;
        let filter = FindingFilter { product: Some(site.product), ..FindingFilter::default() };
        let word = Word { supersedes: Vec::new(), ..absent("webserver") };
        let plan = bulk::preview(house, &tom, Chosen::Filter(&filter), &word, NOW).await.unwrap();
        assert_eq!((plan.findings, plan.qualify, plan.components), (5, 3, 2), "{plan:#?}");
        // The same anchor in two releases needs one decision.
        assert_eq!((plan.anchors, plan.needs_second), (2, false));
        assert_eq!(plan.refused.len(), 2);
        assert!(plan.refused[0].1.contains("decision D-2026-001 by rob says affected"), "{:?}", plan.refused);
        assert_eq!(plan.after, [(None, 3)]);
        assert_eq!(plan.before.iter().map(|(_, number)| number).sum::<usize>(), 3);

        // What was looked at has changed: told.
        let other = Word { reason: "another".to_owned(), ..word.clone() };
        for (who, word) in [(&tom, &other), (&rob, &word)] {
            let stale = bulk::decide_all(house, who, Chosen::Filter(&filter), word, &plan.token, NOW).await;
            assert!(told(stale).contains("changed since the preview"));
        }
        let deed =
            bulk::decide_all(house, &tom, Chosen::Filter(&filter), &word, &plan.token, NOW).await.unwrap();
        let names: Vec<&str> = deed.decisions.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, deed.refused), (vec!["D-2026-002", "D-2026-003"], 2));
        site.work(NOW).await;
        assert_eq!(row(&site, "1.0.1 CVE-2024-1").await.cell.status, VexStatus::NotAffected);

        let sue = who(&site, 4, "sue", Role::Support);
        assert!(undo::undo(house, &sue, &deed.bulk, "no", NOW).await.is_err());
        let late = undo::undo(house, &tom, &deed.bulk, "late", NOW.plus(undo::WITHIN + 1)).await;
        assert!(told(late).contains("older than 30 days"));
        assert!(told(undo::undo(house, &tom, "B-none", "x", NOW).await).contains("no deed"));
        let undone = undo::undo(house, &tom, &deed.bulk, "wrong filter", NOW.plus(DAY)).await.unwrap();
        assert_eq!((undone.withdrawn.len(), undone.ended.len()), (2, 0));
        site.work(NOW.plus(DAY)).await;
        assert_eq!(row(&site, "1.0.1 CVE-2024-1").await.cell.status, VexStatus::Affected);
        assert_eq!(row(&site, "1.0.0 CVE-2024-2").await.decision, Some(single.id));
        assert!(
            told(bulk::preview(house, &tom, Chosen::Filter(&FindingFilter::default()), &word, NOW).await)
                .contains("choose a product")
        );
    });
}

#[test]
fn undoing_brings_back_what_had_lost_its_place() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let tom = who(&site, 1, "tom", Role::Triager);
        let finding = id(&site, "1.0.0 CVE-2024-1").await;
        decide(house, &tom, finding, &affected("first"), NOW).await.unwrap();
        site.work(NOW).await;
        let filter = FindingFilter {
            product: Some(site.product),
            vulnerability: Some("CVE-2024-1".to_owned()),
            ..FindingFilter::default()
        };
        let word = Word { supersedes: vec!["D-2026-001".to_owned()], ..absent("webserver") };
        let plan = bulk::preview(house, &tom, Chosen::Filter(&filter), &word, NOW).await.unwrap();
        let deed =
            bulk::decide_all(house, &tom, Chosen::Filter(&filter), &word, &plan.token, NOW).await.unwrap();
        let undone = undo::undo(house, &tom, &deed.bulk, "no", NOW).await.unwrap();
        assert_eq!(undone.restored, [("D-2026-001".to_owned(), "D-2026-003".to_owned())]);
        site.work(NOW).await;
        let mut look = house.store.look().await.unwrap();
        let back = look.decision_by_name(&site.scope, "D-2026-003").await.unwrap().unwrap();
        assert_eq!(row(&site, "1.0.0 CVE-2024-1").await.decision, Some(back.id));
        assert!(back.body.contains("reason = \"first\""));
    });
}

#[test]
fn a_deed_with_an_immediate_finding_is_a_proposal() {
    run(async {
        let (site, _) = under_attack().await;
        let house = &site.house;
        let (tom, rob) = (who(&site, 1, "tom", Role::Triager), who(&site, 3, "rob", Role::Reviewer));
        let filter = FindingFilter { product: Some(site.product), ..FindingFilter::default() };
        let word = affected("all of them");
        // By ids, in any order and one of them twice, it is the same deed.
        let mut ids: Vec<i64> = rows(&site).await.values().map(|row| row.id).collect();
        ids.reverse();
        ids.push(ids[0]);
        let plan = bulk::preview(house, &tom, Chosen::Findings(&ids), &word, NOW).await.unwrap();
        assert!(plan.needs_second, "{plan:#?}");
        let none = bulk::preview(house, &tom, Chosen::Findings(&[]), &word, NOW).await;
        assert!(told(none).contains("choose 1 to 5000"));
        let foreign = bulk::preview(house, &tom, Chosen::Findings(&[999]), &word, NOW).await;
        assert!(told(foreign).contains("no finding 999"));
        let deed =
            bulk::decide_all(house, &tom, Chosen::Filter(&filter), &word, &plan.token, NOW).await.unwrap();
        assert!(deed.decisions.iter().all(|one| one.state == DecisionState::Proposed));
        assert!(told(approve::approve_all(house, &tom, &deed.bulk, "", NOW).await).contains("his own"));
        let done = approve::approve_all(house, &rob, &deed.bulk, "looked", NOW).await.unwrap();
        assert_eq!(done.len(), deed.decisions.len());
        assert!(told(approve::approve_all(house, &rob, &deed.bulk, "", NOW).await).contains("no proposals"));
    });
}

#[test]
fn what_sleeps_wakes_up_in_time_and_when_it_gets_worse() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let tom = who(&site, 1, "tom", Role::Triager);
        let finding = id(&site, "1.0.0 CVE-2024-3").await;
        let until = NOW.plus(3 * DAY);
        assert!(
            told(snooze::snooze(house, &tom, finding, NOW.plus(15 * DAY), "x", NOW).await)
                .contains("14 days")
        );
        assert!(told(snooze::snooze(house, &tom, finding, until, "", NOW).await).contains("why"));
        snooze::snooze(house, &tom, finding, until, "next sprint", NOW).await.unwrap();
        let sleeping = queued(&site, &tom, NOW).await;
        assert_eq!((sleeping.rows.len(), sleeping.asleep.len()), (2, 1));
        assert_eq!(sleeping.asleep[0].1.reason, "next sprint");
        assert_eq!(queued(&site, &tom, until).await.rows.len(), 3);
        // Worse: it wakes up, and says that it slept.
        let word = Word {
            status: Some(VexStatus::UnderInvestigation),
            class: Some(ResponseClass::Immediate),
            reason: "attacked".into(),
            ..Word::default()
        };
        decide(house, &tom, finding, &word, NOW).await.unwrap();
        site.work(NOW).await;
        let awake = queued(&site, &tom, NOW).await;
        assert_eq!((awake.rows.len(), awake.rows[0].finding.id), (3, finding));
        assert!(awake.rows[0].woken.is_some());
        snooze::comment(house, &tom, finding, " seen on Monday ", NOW.plus(1)).await.unwrap();
        assert!(told(snooze::comment(house, &tom, finding, "  ", NOW).await).contains("20,000"));
        let lines = history(house, &tom, finding).await.unwrap();
        let kinds: Vec<&str> = lines
            .iter()
            .map(|line| match &line.what {
                What::Event { kind, .. } => kind.as_str(),
                What::Decision { act, .. } => act.as_str(),
                What::Remark { text, .. } => text.as_str(),
            })
            .collect();
        assert_eq!(kinds[0], "finding_new");
        assert!(kinds.contains(&"snoozed") && kinds.contains(&"made"), "{kinds:?}");
        assert_eq!(kinds.last(), Some(&"seen on Monday"));
    });
}

#[test]
fn a_queue_has_one_row_for_all_releases() {
    run(async {
        let site = site().await;
        site.upload("1.1.0", vec![sbom(&[("widget", "1.0")])]).await;
        site.work(NOW).await;
        let tom = who(&site, 1, "tom", Role::Triager);
        let queue = queued(&site, &tom, NOW).await;
        assert_eq!(queue.rows.len(), 3);
        let row = queue.rows.iter().find(|row| row.finding.vulnerability == "CVE-2024-1").unwrap();
        let versions: Vec<&str> = row.releases.iter().map(|(.., version)| version.as_str()).collect();
        assert_eq!(versions, ["1.1.0", "1.0.0"]);
    });
}
