//! What the other tests do not reach: texts with versions, feeds, generations, documents, settings, pages.

use store::document::Document;
use store::feed::FeedState;
use store::written::{WrittenKind, WrittenName, WrittenState};
use store::{Error, Page};

use crate::harness::{NOW, add_release, begin, component, on_both};

#[test]
fn an_approved_text_is_followed_by_a_new_version() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        let (kind, product) = (WrittenKind::Profile, Some(product));
        let (first, version) = change
            .put_draft(&scope, WrittenName { kind, product, name: "standard" }, 1, "a", NOW)
            .await
            .unwrap();
        assert_eq!(version, 1);
        assert_eq!(
            change
                .put_draft(&scope, WrittenName { kind, product, name: "standard" }, 1, "b", NOW)
                .await
                .unwrap(),
            (first, 1)
        );
        // Approval of what was looked at, not of what it became meanwhile.
        let stale = change.approve_draft(&scope, first, &store::sha256(b"a"), 2, NOW).await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        change.approve_draft(&scope, first, &store::sha256(b"b"), 2, NOW).await.unwrap();
        let (second, version) = change
            .put_draft(&scope, WrittenName { kind, product, name: "standard" }, 1, "c", NOW)
            .await
            .unwrap();
        assert_eq!(version, 2);
        change.approve_draft(&scope, second, &store::sha256(b"c"), 2, NOW).await.unwrap();
        let states: Vec<(i64, WrittenState, String)> = change
            .written(&scope, kind, product.unwrap())
            .await
            .unwrap()
            .into_iter()
            .map(|one| (one.version, one.state, one.body))
            .collect();
        assert_eq!(states, [(1, WrittenState::Retired, "b".into()), (2, WrittenState::Approved, "c".into())]);
        change.retire_written(&scope, second).await.unwrap();
        assert!(change.approve_draft(&scope, second, &store::sha256(b"c"), 2, NOW).await.is_err());
    });
}

#[test]
fn feeds_and_generations_are_kept() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let mut feed = FeedState { id: "nvd2".into(), records: 5, fetched: NOW, ..FeedState::default() };
        change.put_feed(&feed).await.unwrap();
        feed.error = "timed out".into();
        feed.failures = 1;
        change.put_feed(&feed).await.unwrap();
        assert_eq!(change.feeds().await.unwrap(), [feed.clone()]);
        assert_eq!(change.feed("nvd2").await.unwrap(), Some(feed));
        for hash in ["a", "b", "a"] {
            change.put_generation(hash, 9, "[]", NOW).await.unwrap();
        }
        assert_eq!(change.current_generation().await.unwrap().unwrap().hash, "a");
        assert_eq!(change.generations().await.unwrap().len(), 2);
    });
}

#[test]
fn the_same_document_twice_is_one_and_a_version_is_unique() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, release) = begin(&mut change, "acme").await;
        let document = Document {
            id: 0,
            release,
            kind: "spdx3".into(),
            name: "a.json".into(),
            hash: store::sha256(b"a"),
            size: 1,
            media: "application/json".into(),
            received: NOW,
            received_by: 0,
        };
        let (id, is_new) = change.add_document(&scope, &document).await.unwrap();
        assert!(is_new);
        assert_eq!(change.add_document(&scope, &document).await.unwrap(), (id, false));
        assert_eq!(change.noted_blobs().await.unwrap(), [(store::sha256(b"a"), 1)]);
        change.mark_judged(release, "g1", "{\"ok\":1}", 17, NOW).await.unwrap();
        let release = change.release_by_version(&scope, product, "1.0.0").await.unwrap().unwrap();
        assert_eq!((release.generation.as_str(), release.judged), ("g1", NOW));
        change.put_setting(&scope, "a", "1", NOW).await.unwrap();
        change.put_setting(&scope, "a", "2", NOW).await.unwrap();
        assert_eq!(change.settings(&scope).await.unwrap(), [("a".to_owned(), "2".to_owned())]);
        let text = store::release::ReleaseText {
            version: "1.0.0".into(),
            state: model::product::ReleaseState::Draft,
            support_until: NOW,
            released: NOW,
        };
        assert!(matches!(change.add_release(&scope, product, &text, NOW).await, Err(Error::Conflict(_))));
    });
}

#[test]
fn pages_lead_through_the_whole_list() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, release) = begin(&mut change, "acme").await;
        for number in 1..7 {
            add_release(&mut change, &scope, product, &format!("2.{number}")).await;
        }
        let mut page = Page { after: None, limit: 3 };
        let mut seen = Vec::new();
        loop {
            let listed = change.releases(&scope, Some(product), &page).await.unwrap();
            assert_eq!(listed.total, 7);
            seen.extend(listed.rows.into_iter().map(|release| release.version));
            match listed.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, ["2.6", "2.5", "2.4", "2.3", "2.2", "2.1", "1.0.0"]);
        let all: Vec<_> = (0..5).map(|at| component(&format!("lib_{at}"), "1")).collect();
        change.put_inventory(&scope, release, &all).await.unwrap();
        let found = change.release_components(&scope, release, "LIB_3", "", &Page::default()).await.unwrap();
        assert_eq!((found.total, found.rows[0].name.as_str()), (1, "lib_3"));
        let foreign = Page { after: found.next.or(Some("7b7d".into())), limit: 3 };
        assert!(change.release_components(&scope, release, "", "", &foreign).await.is_err());
    });
}

#[test]
fn a_link_opens_once_and_the_newest_of_a_person_holds() {
    use model::access::Role;
    use store::link::{Link, LinkKind};
    use store::person::{NewPerson, SecretHash};
    use store::session::Session;
    use store::{Moment, Scope};
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, ..) = begin(&mut change, "acme").await;
        let (other, ..) = begin(&mut change, "other").await;
        let new = NewPerson {
            login: "jane".into(),
            name: "Jane".into(),
            mail: String::new(),
            password: SecretHash("old".into()),
        };
        let jane = change.add_person(&scope, &new, NOW).await.unwrap();
        let link = |hash: &str, kind, scope: &Scope, person| Link {
            hash: SecretHash(hash.into()),
            organisation: scope.organisation,
            kind,
            person,
            made_by: 0,
            created: NOW,
            expires: NOW.plus(1000),
            used: Moment::NEVER,
        };
        let first = link("a", LinkKind::Invitation, &scope, jane);
        change.add_link(&scope, &first).await.unwrap();
        let second = link("b", LinkKind::Reset, &scope, jane);
        change.add_link(&scope, &second).await.unwrap();
        assert_eq!(change.link(&first.hash, NOW).await.unwrap(), None);
        assert_eq!(change.link(&second.hash, NOW).await.unwrap(), Some(second.clone()));
        assert_eq!(change.link(&second.hash, NOW.plus(1000)).await.unwrap(), None);
        // Nobody of another organisation, and the first start only where there is none.
        let foreign = link("c", LinkKind::Reset, &other, jane);
        assert!(matches!(change.add_link(&other, &foreign).await, Err(Error::NotFound(_))));
        assert!(change.add_link(&scope, &link("d", LinkKind::SetUp, &scope, 0)).await.is_err());
        let nowhere = Scope::whole(0, Role::Admin);
        change.add_link(&nowhere, &link("e", LinkKind::SetUp, &nowhere, 0)).await.unwrap();
        assert!(change.use_link(&second.hash, NOW).await.unwrap());
        assert!(!change.use_link(&second.hash, NOW).await.unwrap());

        // The same password hashed anew keeps the sessions; somebody else's hash is not written over.
        let session = Session {
            hash: SecretHash("s".into()),
            person: jane,
            data: "{}".into(),
            created: NOW,
            last_seen: NOW,
            expires: NOW.plus(5),
        };
        change.put_session(&session).await.unwrap();
        change.renew_password(jane, &SecretHash("wrong".into()), &SecretHash("x".into())).await.unwrap();
        change.renew_password(jane, &SecretHash("old".into()), &SecretHash("new".into())).await.unwrap();
        assert_eq!(change.sign_in("jane").await.unwrap().unwrap().1, SecretHash("new".into()));
        assert_eq!(change.sessions_of(&scope, jane, NOW).await.unwrap(), std::slice::from_ref(&session));
        assert_eq!(change.sessions_of(&other, jane, NOW).await.unwrap(), []);
        assert_eq!(change.sessions_of(&scope, jane, NOW.plus(5)).await.unwrap(), []);
        assert!(change.end_sessions_of(&other, jane, None).await.is_err());
        assert_eq!(change.end_sessions_of(&scope, jane, Some(&session.hash)).await.unwrap(), 0);
        assert_eq!(change.end_sessions_of(&scope, jane, None).await.unwrap(), 1);
        change.rename_person(&scope, jane, "J.", "j@example.com").await.unwrap();
        assert!(change.rename_person(&other, jane, "J.", "").await.is_err());
        assert_eq!(change.person(&scope, jane).await.unwrap().unwrap().mail, "j@example.com");
    });
}

#[test]
fn decisions_are_numbered_per_organisation_and_found_by_name() {
    use store::decision::{Act, DecisionText};
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        let (other, ..) = begin(&mut change, "other").await;
        let text = |name: &str| DecisionText {
            product: Some(product),
            name: name.to_owned(),
            vulnerability: "CVE-2024-1".into(),
            component: "a".into(),
            state: model::decision::DecisionState::Active,
            bulk: String::new(),
            author: 1,
            reviewer: None,
            expires: store::Moment::NEVER,
            body: String::new(),
        };
        assert_eq!(change.next_decision_number(&scope, "D-2026-").await.unwrap(), 1);
        for name in ["D-2026-009", "D-2026-1000", "D-2026-x", "D-2027-077", "D-20261"] {
            let act = Act { act: "made", actor: "person/1", note: "", at: NOW };
            change.add_decision(&scope, &text(name), &act).await.unwrap();
        }
        assert_eq!(change.next_decision_number(&scope, "D-2026-").await.unwrap(), 1001);
        assert_eq!(change.next_decision_number(&scope, "D-2027-").await.unwrap(), 78);
        assert_eq!(change.next_decision_number(&other, "D-2026-").await.unwrap(), 1);
        assert!(change.decision_by_name(&scope, "D-2026-009").await.unwrap().is_some());
        assert!(change.decision_by_name(&other, "D-2026-009").await.unwrap().is_none());
    });
}
