//! Copy, backup and restore: nothing is lost between engines, and a damaged backup is refused.

use std::path::PathBuf;

use store::backup::{backup, restore};
use store::blobs::{Blobs, Directory};
use store::copy::{copy, sums};
use store::document::Document;
use store::{Error, Store, sqlite_url};

use crate::harness::{NOW, begin, component, judged, on_both, postgres_url, run, vulnerability};

/// Some rows in most tables, with texts that need care.
async fn fill(store: &Store, hash: &str) {
    let mut change = store.change().await.unwrap();
    let (scope, product, release) = begin(&mut change, "acme").await;
    let components = [component("ünïcode 'quoted' \"twice\"", "1\\n2"), component("b", "")];
    let ids = change.put_inventory(&scope, release, &components).await.unwrap();
    let keys: Vec<(i64, Vec<String>)> = ids.iter().map(|(id, _)| (*id, vec![format!("name:{id}")])).collect();
    change.put_component_keys(&keys, 3).await.unwrap();
    change.put_vulnerabilities(&[vulnerability("CVE-2024-1"), vulnerability("GHSA-x")]).await.unwrap();
    let basis = change.put_basis("{}").await.unwrap();
    change.put_findings(&[judged(release, ids[0].0, "CVE-2024-1", basis)], NOW).await.unwrap();
    let document = Document {
        id: 0,
        release,
        kind: "spdx3".into(),
        name: "a.json".into(),
        hash: hash.into(),
        size: 3,
        media: String::new(),
        received: NOW,
        received_by: 0,
    };
    change.add_document(&scope, &document).await.unwrap();
    let entry = store::audit::AuditEntry {
        product: Some(product),
        at: NOW,
        actor: "system".into(),
        act: "x".into(),
        subject: "y".into(),
        body: serde_json::json!({"text": "ü"}),
    };
    change.log(&scope, &entry).await.unwrap();
    change.commit().await.unwrap();
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("patchwright-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_store_is_copied_between_engines_and_goes_on_counting() {
    on_both(|store| async move {
        fill(&store, &store::sha256(b"abc")).await;
        let mut targets = vec![Store::temporary().await.unwrap()];
        if let Some(url) = postgres_url().await {
            targets.push(Store::open(&url).await.unwrap());
        }
        for target in targets {
            let copied = copy(&store, &target).await.unwrap();
            assert_eq!(copied, sums(&store).await.unwrap());
            assert_eq!(copied, sums(&target).await.unwrap());
            assert!(copied.iter().any(|sum| sum.table == "finding" && sum.rows == 1));
            assert!(matches!(copy(&store, &target).await, Err(Error::Conflict(_))));
            // The next ids do not clash with the copied ones.
            let mut change = target.change().await.unwrap();
            let (scope, product, _) = begin(&mut change, "later").await;
            assert!(product > 1, "{scope:?}");
            change.commit().await.unwrap();
        }
    });
}

#[test]
fn a_backup_comes_back_whole() {
    on_both(|store| async move {
        let root = folder(&format!("backup-{:?}", store.dialect()));
        let blobs = Directory::open(&root.join("blobs")).unwrap();
        let hash = blobs.put(b"abc".to_vec()).await.unwrap();
        fill(&store, &hash).await;
        let saved = backup(&store, Some(&blobs), &root.join("saved"), NOW).await.unwrap();
        assert_eq!((saved.blobs, saved.copied, saved.missing.len()), (1, 1, 0));
        assert!(matches!(backup(&store, None, &root.join("saved"), NOW).await, Err(Error::Conflict(_))));
        let target = Directory::open(&root.join("new-blobs")).unwrap();
        let url = sqlite_url(&root.join("new.db"));
        let restored = restore(&root.join("saved"), &url, Some(&target)).await.unwrap();
        assert_eq!((restored.copied, &restored.database), (1, &saved.database));
        assert_eq!(target.get(&hash).await.unwrap(), b"abc");
        let again = Store::open(&url).await.unwrap();
        assert_eq!(sums(&again).await.unwrap(), sums(&store).await.unwrap());
        again.close().await;
        assert!(matches!(restore(&root.join("saved"), &url, None).await, Err(Error::Conflict(_))));
        if let Some(url) = postgres_url().await {
            restore(&root.join("saved"), &url, None).await.unwrap();
            assert_eq!(sums(&Store::open(&url).await.unwrap()).await.unwrap(), sums(&store).await.unwrap());
        }
        std::fs::remove_dir_all(root).unwrap();
    });
}

#[test]
fn a_missing_blob_is_named_and_a_damaged_backup_is_refused() {
    run(async {
        let root = folder("damaged");
        let store = Store::temporary().await.unwrap();
        let hash = store::sha256(b"never kept");
        fill(&store, &hash).await;
        let blobs = Directory::open(&root.join("blobs")).unwrap();
        let saved = backup(&store, Some(&blobs), &root.join("saved"), NOW).await.unwrap();
        assert_eq!(saved.missing, [hash]);
        let url = sqlite_url(&root.join("new.db"));
        assert!(matches!(restore(&root, &url, None).await, Err(Error::NotFound(_))));
        let file = root.join("saved/patchwright.db");
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        let error = restore(&root.join("saved"), &url, None).await.unwrap_err();
        assert!(error.to_string().contains("not the file that was saved"), "{error}");
        assert!(!root.join("new.db").exists());
        std::fs::remove_dir_all(root).unwrap();
    });
}
