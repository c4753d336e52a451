//! Two organisations, every question: no foreign row ever appears, and no foreign row is ever changed.

use model::access::Role;
use model::component::Coverage;
use model::decision::DecisionState;
use serde_json::json;
use store::audit::AuditEntry;
use store::decision::{Act, DecisionFilter, DecisionText};
use store::document::Document;
use store::event::Event;
use store::finding_list::{FindingFilter, Sort, SortBy};
use store::grant::Grant;
use store::outbox::NewMessage;
use store::person::{NewPerson, SecretHash};
use store::token::NewToken;
use store::written::{WrittenKind, WrittenName};
use store::{Moment, Page, Scope, Store};

use crate::harness::{NOW, begin, component, judged, on_both, only, vulnerability};

/// Everything of an organisation, each text with its marker in it.
struct Side {
    scope: Scope,
    product: i64,
    release: i64,
    person: i64,
    token: i64,
    document: i64,
    finding: i64,
    decision: i64,
    statement: i64,
    written: i64,
}

const ACT: Act<'_> = Act { act: "made", actor: "person/1", note: "", at: NOW };

fn decision(marker: &str, product: Option<i64>) -> DecisionText {
    DecisionText {
        product,
        name: format!("D-{marker}"),
        vulnerability: "CVE-2024-1".into(),
        component: "openssl".into(),
        state: DecisionState::Active,
        bulk: format!("bulk-{marker}"),
        author: 1,
        reviewer: None,
        expires: Moment::NEVER,
        body: format!("body {marker}"),
    }
}

async fn fill(store: &Store, marker: &str) -> Side {
    let mut change = store.change().await.unwrap();
    let (scope, product, release) = begin(&mut change, marker).await;
    let person = NewPerson {
        login: format!("{marker}-jane"),
        name: marker.into(),
        mail: format!("jane@{marker}.example"),
        password: SecretHash("$argon2id$".into()),
    };
    let person = change.add_person(&scope, &person, NOW).await.unwrap();
    let grant = Grant { person, product: Some(product), role: Role::Lead, granted_by: 0, granted: NOW };
    change.grant(&scope, &grant).await.unwrap();
    let token = NewToken {
        person,
        name: marker.into(),
        prefix: format!("pw_{marker}"),
        hash: SecretHash("aa".into()),
        grants: "[]".into(),
        expires: Moment::NEVER,
    };
    let token = change.add_token(&scope, &token, NOW).await.unwrap();
    let document = Document {
        id: 0,
        release,
        kind: "spdx3".into(),
        name: format!("{marker}.json"),
        hash: store::sha256(marker.as_bytes()),
        size: 5,
        media: String::new(),
        received: NOW,
        received_by: person,
    };
    let (document, is_new) = change.add_document(&scope, &document).await.unwrap();
    assert!(is_new);
    let components = [component("openssl", "3.0"), component(&format!("{marker}-app"), "1")];
    let ids = change.put_inventory(&scope, release, &components).await.unwrap();
    change.put_vulnerabilities(&[vulnerability("CVE-2024-1")]).await.unwrap();
    let basis = change.put_basis("{}").await.unwrap();
    let rows: Vec<_> = ids.iter().map(|(id, _)| judged(release, *id, "CVE-2024-1", basis)).collect();
    let finding = change.put_findings(&rows, NOW).await.unwrap()[0].id;
    let event = Event {
        id: 0,
        product,
        release,
        finding,
        kind: "finding_new".into(),
        at: NOW,
        body: format!("event {marker}"),
    };
    change.put_events(&[event]).await.unwrap();
    let id = change.add_decision(&scope, &decision(marker, Some(product)), &ACT).await.unwrap();
    change.add_remark(&scope, product, "finding/1", person, marker, NOW).await.unwrap();
    let (statement, _) = change
        .add_statement_document(&scope, &store::sha256(b"vex"), &format!("publisher {marker}"), marker, NOW)
        .await
        .unwrap();
    let (written, _) = change
        .put_draft(
            &scope,
            WrittenName { kind: WrittenKind::Profile, product: Some(product), name: "standard" },
            person,
            marker,
            NOW,
        )
        .await
        .unwrap();
    change
        .put_draft(
            &scope,
            WrittenName { kind: WrittenKind::Rules, product: None, name: "rules" },
            person,
            marker,
            NOW,
        )
        .await
        .unwrap();
    change.put_setting(&scope, "title", marker, NOW).await.unwrap();
    for product in [Some(product), None] {
        let entry = AuditEntry {
            product,
            at: NOW,
            actor: format!("person/{marker}"),
            act: "made".into(),
            subject: "finding/1".into(),
            body: json!({"marker": marker}),
        };
        change.log(&scope, &entry).await.unwrap();
    }
    let message = NewMessage {
        channel: "mail".into(),
        key: format!("key-{marker}"),
        body: marker.into(),
        run_after: NOW,
        most_attempts: 3,
    };
    change.send(&scope, &message, NOW).await.unwrap();
    change.commit().await.unwrap();
    Side { scope, product, release, person, token, document, finding, decision: id, statement, written }
}

/// Every question of the crate in `scope`, about `side`, as one text. A refusal is part of the text.
async fn ask_everything(store: &Store, scope: &Scope, side: &Side) -> String {
    let mut look = store.look().await.unwrap();
    let mut text = String::new();
    let page = Page { after: None, limit: 1000 };
    macro_rules! ask {
        ($($question:ident ( $($argument:expr),* ) ;)+) => {
            $(text.push_str(&format!("{}: {:?}\n", stringify!($question), look.$question(scope $(, $argument)*).await));)+
        };
    }
    ask! {
        organisation();
        people();
        person(side.person);
        grants();
        tokens();
        products();
        product(side.product);
        product_by_slug("alien-gateway");
        release(side.release);
        release_by_version(side.product, "1.0.0");
        releases(None, &page);
        releases(Some(side.product), &page);
        documents(side.release);
        document(side.document);
        inventory(side.release);
        release_components(side.release, "", "", &page);
        coverage(side.release);
        finding(side.finding);
        counts_by_product();
        counts_by_release(side.product);
        counts_of_release(side.release);
        decision(side.decision);
        decisions(&DecisionFilter::default(), &page);
        decision_history(side.decision);
        remarks(side.product, "finding/1");
        statement_documents(None);
        written(WrittenKind::Profile, side.product);
        written_for_all(WrittenKind::Rules);
        written_by_id(side.written);
        events("", Moment::NEVER, &page);
        events_of_finding(side.finding);
        setting("title");
        settings();
        audit(Some(side.product), "", &page);
        audit(None, "", &page);
        verify_audit(Some(side.product));
        messages(store::jobs::WorkState::Waiting, &page);
    }
    let filters = [
        FindingFilter::default(),
        FindingFilter { product: Some(side.product), ..FindingFilter::default() },
        FindingFilter { release: Some(side.release), ..FindingFilter::default() },
        FindingFilter { text: "o".into(), ..FindingFilter::default() },
        FindingFilter { vulnerability: Some("CVE-2024-1".into()), ..FindingFilter::default() },
        FindingFilter { due_by: Some(Moment(i64::MAX)), ..FindingFilter::default() },
    ];
    for filter in &filters {
        for by in SortBy::ALL {
            let sort = Sort { by: *by, descending: true };
            text.push_str(&format!("{:?}\n", look.findings(scope, filter, sort, &page).await.unwrap().rows));
        }
    }
    text
}

#[test]
fn no_foreign_row_ever_appears() {
    on_both(|store| async move {
        let (own, other) = (fill(&store, "mine").await, fill(&store, "alien").await);
        let text = ask_everything(&store, &own.scope, &own).await;
        assert!(text.contains("mine") && text.contains("event mine") && !text.contains("alien"), "{text}");
        // About foreign ids.
        let text = ask_everything(&store, &own.scope, &other).await;
        assert!(!text.contains("alien"), "{text}");
        // A scope that names a foreign product shows nothing of it either.
        let text = ask_everything(&store, &only(&own.scope, &[other.product]), &other).await;
        assert!(!text.contains("alien") && !text.contains("event mine"), "{text}");
        // A scope of no product.
        let text = ask_everything(&store, &only(&own.scope, &[]), &own).await;
        assert!(
            !text.contains("event mine") && !text.contains("mine-app") && !text.contains("body mine"),
            "{text}"
        );
    });
}

#[test]
fn no_foreign_row_is_ever_changed() {
    on_both(|store| async move {
        let (own, other) = (fill(&store, "mine").await, fill(&store, "alien").await);
        let before = store::copy::sums(&store).await.unwrap();
        let scope = &own.scope;
        macro_rules! refuse {
            ($($deed:ident ( $($argument:expr),* ) ;)+) => {
                $({
                    let mut change = store.change().await.unwrap();
                    let answer = change.$deed(scope $(, $argument)*).await;
                    assert!(answer.is_err(), "{} was done", stringify!($deed));
                    change.commit().await.unwrap();
                })+
            };
        }
        let text = decision("mine", Some(other.product));
        let entry = AuditEntry {
            product: Some(other.product),
            at: NOW,
            actor: String::new(),
            act: String::new(),
            subject: String::new(),
            body: json!({}),
        };
        let grant = Grant {
            person: own.person,
            product: Some(other.product),
            role: Role::Lead,
            granted_by: 0,
            granted: NOW,
        };
        let foreign = Grant { person: other.person, product: None, ..grant.clone() };
        let product = store::product::ProductText::default();
        let release = store::release::ReleaseText {
            version: "9".into(),
            state: model::product::ReleaseState::Draft,
            support_until: NOW,
            released: NOW,
        };
        refuse! {
            set_password(other.person, &SecretHash::default());
            set_person_active(other.person, false);
            grant(&grant);
            grant(&foreign);
            revoke(other.person, Some(other.product), Role::Lead);
            revoke_token(other.token, NOW);
            put_product(other.product, &product);
            add_release(other.product, &release, NOW);
            put_release(other.release, &release);
            put_inventory(other.release, &[]);
            put_coverage(other.release, &[Coverage::Clean, Coverage::Clean]);
            add_decision(&text, &ACT);
            change_decision(other.decision, 1, &decision("mine", None), &ACT);
            add_remark(other.product, "finding/1", own.person, "x", NOW);
            judge_statement_document(other.statement, "accepted", "", NOW);
            put_draft(WrittenName { kind: WrittenKind::Profile, product: Some(other.product), name: "x" }, 1, "x", NOW);
            approve_draft(other.written, "x", 1, NOW);
            retire_written(other.written);
            log(&entry);
            unpark_message(1, NOW);
        }
        let mut change = store.change().await.unwrap();
        assert!(change.undo_decisions(scope, "bulk-alien", &ACT).await.unwrap().is_empty());
        change.commit().await.unwrap();
        assert_eq!(store::copy::sums(&store).await.unwrap(), before);
    });
}

#[test]
fn who_asks_is_found_and_a_secret_is_not_printed() {
    on_both(|store| async move {
        let side = fill(&store, "mine").await;
        let mut look = store.look().await.unwrap();
        let (person, hash) = look.sign_in("mine-jane").await.unwrap().unwrap();
        assert_eq!((person.id, hash.0.as_str()), (side.person, "$argon2id$"));
        assert_eq!(format!("{hash:?}"), "SecretHash(…)");
        let (token, _, _) = look.token_by_prefix("pw_mine", NOW).await.unwrap().unwrap();
        assert_eq!(token.id, side.token);
        assert_eq!(look.grants_of(side.person).await.unwrap()[0].role, Role::Lead);
        drop(look);
        let mut change = store.change().await.unwrap();
        let session = store::session::Session {
            hash: SecretHash("cc".into()),
            person: side.person,
            data: "{}".into(),
            created: NOW,
            last_seen: NOW,
            expires: NOW.plus(10),
        };
        change.put_session(&session).await.unwrap();
        assert!(change.session(&session.hash, NOW).await.unwrap().is_some());
        assert!(change.session(&session.hash, NOW.plus(10)).await.unwrap().is_none());
        change.set_person_active(&side.scope, side.person, false).await.unwrap();
        assert!(change.sign_in("mine-jane").await.unwrap().is_none());
        assert!(change.token_by_prefix("pw_mine", NOW).await.unwrap().is_none());
        assert!(change.session(&session.hash, NOW).await.unwrap().is_none());
    });
}
