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
        change.mark_judged(release, "g1", "{\"ok\":1}", NOW).await.unwrap();
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
