//! The log: its chain, what breaks it, and who may touch it.

use serde_json::json;
use sqlx::Connection;
use store::audit::AuditEntry;
use store::{Error, Page, Store};

use crate::harness::{NOW, begin, on_both, run};

fn entry(product: Option<i64>, subject: &str) -> AuditEntry {
    AuditEntry {
        product,
        at: NOW,
        actor: "person/1".into(),
        act: "decision.made".into(),
        subject: subject.into(),
        body: json!({"z": 1, "a": {"y": [1, "x"], "b": null}}),
    }
}

#[test]
fn a_chain_has_no_gaps_and_is_verified() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        for number in 1..=5 {
            assert_eq!(
                change.log(&scope, &entry(Some(product), &format!("finding/{number}"))).await.unwrap(),
                number
            );
        }
        assert_eq!(change.log(&scope, &entry(None, "person/1")).await.unwrap(), 1);
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let check = look.verify_audit(&scope, Some(product)).await.unwrap();
        assert_eq!((check.entries, check.broken_at), (5, None));
        let listed = look.audit(&scope, Some(product), "", &Page { after: None, limit: 2 }).await.unwrap();
        assert_eq!((listed.total, listed.rows[0].seq, &listed.rows[0].hash), (5, 5, &check.head));
        assert_eq!(listed.rows[0].entry, entry(Some(product), "finding/5"));
        assert_eq!(look.audit(&scope, Some(product), "finding/3", &Page::default()).await.unwrap().total, 1);
    });
}

#[test]
fn what_is_not_committed_leaves_no_gap() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        change.commit().await.unwrap();
        let mut change = store.change().await.unwrap();
        change.log(&scope, &entry(Some(product), "lost")).await.unwrap();
        change.abandon().await.unwrap();
        let mut change = store.change().await.unwrap();
        assert_eq!(change.log(&scope, &entry(Some(product), "kept")).await.unwrap(), 1);
        let fraction = AuditEntry { body: json!({"x": 0.5}), ..entry(Some(product), "x") };
        assert!(matches!(change.log(&scope, &fraction).await, Err(Error::Invalid(_))));
    });
}

#[test]
fn a_changed_row_is_refused_by_the_engine_and_seen_by_the_check() {
    run(async {
        let folder = std::env::temp_dir().join(format!("patchwright-audit-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = store::sqlite_url(&folder.join("x.db"));
        let store = Store::open(&url).await.unwrap();
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        for number in 1..=3 {
            change.log(&scope, &entry(Some(product), &format!("finding/{number}"))).await.unwrap();
        }
        change.commit().await.unwrap();
        let mut line = sqlx::SqliteConnection::connect(&url).await.unwrap();
        for sql in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
            let error = sqlx::query(sql).execute(&mut line).await.unwrap_err();
            assert!(error.to_string().contains("new rows only"), "{error}");
        }
        // Somebody with the file takes the guard away first.
        let tampering = "DROP TRIGGER audit_update; UPDATE audit SET actor = 'person/9' WHERE seq = 2";
        sqlx::raw_sql(tampering).execute(&mut line).await.unwrap();
        line.close().await.unwrap();
        let check = store.look().await.unwrap().verify_audit(&scope, Some(product)).await.unwrap();
        assert_eq!((check.entries, check.broken_at), (1, Some(2)));
        std::fs::remove_dir_all(folder).unwrap();
    });
}
