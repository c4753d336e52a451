//! Backup and restore of an installation, as the verbs do it: whole, checked, and refused where it is not what was saved.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use service::backup::manifest::Manifest;
use service::backup::moving::{self, default_store};
use service::backup::restore::{check, restore};
use service::backup::{BackupError, Extent, Installation, save};
use service::compile::Silent;
use service::outside::data_directory::DataDirectory;
use store::backup::Target;
use store::blobs::{Blobs, Directory};
use store::document::Document;
use store::product::ProductText;
use store::release::ReleaseText;
use store::{Moment, Store};

const ALL: Extent = Extent { with_blobs: true, with_keys: true };

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("patchwright-backups-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An installation in a folder; its database is that of `url`, or a file of the folder.
fn installation(folder: &Path, url: Option<String>) -> Installation {
    std::fs::create_dir_all(folder).unwrap();
    Installation {
        store: url.unwrap_or_else(|| default_store(folder)),
        blobs: Arc::new(Directory::open(&folder.join("blobs")).unwrap()),
        data: DataDirectory::new(folder),
    }
}

fn now() -> Timestamp {
    "2026-11-23T03:00:00Z".parse().unwrap()
}

/// A release with two documents, one of which nobody kept; settings and a secret.
async fn fill(of: &Installation) -> Store {
    let store = Store::open(&of.store).await.unwrap();
    let hash = of.blobs.put(b"an SBOM as received".to_vec()).await.unwrap();
    let mut change = store.change().await.unwrap();
    let at = Moment(1_790_000_000_000);
    let scope = change.add_organisation("acme", "Acme", at).await.unwrap();
    let text = ProductText {
        slug: "gateway".into(),
        name: "Gateway".into(),
        settings: "{}".into(),
        ..ProductText::default()
    };
    let product = change.add_product(&scope, &text, at).await.unwrap();
    let text = ReleaseText {
        version: "1.0.0".into(),
        state: model::product::ReleaseState::Released,
        support_until: Moment::NEVER,
        released: at,
    };
    let release = change.add_release(&scope, product, &text, at).await.unwrap();
    for hash in [hash, store::sha256(b"never kept")] {
        let document = Document {
            id: 0,
            release,
            kind: "spdx3".into(),
            name: "image.json".into(),
            hash,
            size: 19,
            media: String::new(),
            received: at,
            received_by: 0,
        };
        change.add_document(&scope, &document).await.unwrap();
    }
    change.commit().await.unwrap();
    std::fs::write(of.data.path("feeds.toml"), "private_hosts = []\n").unwrap();
    std::fs::create_dir_all(of.data.path("keys/alerts/1")).unwrap();
    std::fs::write(of.data.path("keys/alerts/1/mail"), "secret").unwrap();
    store
}

async fn sums(url: &str) -> Vec<store::copy::TableSum> {
    let store = Store::open(url).await.unwrap();
    let sums = store::copy::sums(&store).await.unwrap();
    store.close().await;
    sums
}

/// The URL of a schema of its own on the test server; none where there is no server.
fn postgres(name: &str) -> Option<String> {
    let server = std::env::var("PATCHWRIGHT_TEST_POSTGRES").ok();
    if server.is_none() {
        eprintln!("skipped on PostgreSQL: PATCHWRIGHT_TEST_POSTGRES is not set");
    }
    let server = server?;
    let schema = format!("backup_{name}_{}", std::process::id());
    run(async {
        let mut admin = <sqlx::PgConnection as sqlx::Connection>::connect(&server).await.unwrap();
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
    });
    let sign = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{sign}options[search_path]={schema}"))
}

fn comes_back_whole(name: &str, url: Option<String>) {
    let root = folder(name);
    let of = installation(&root.join("old"), url);
    // The store stays open: a backup is made while a server works.
    let store = run(fill(&of));
    let file = root.join("backup.tar.zst");
    let saved = save(&of, &file, ALL, now(), &Silent).unwrap();
    assert_eq!((saved.blobs, saved.blob_bytes, saved.missing.len(), saved.damaged.len()), (1, 19, 1, 0));
    assert_eq!(saved.made_at, "2026-11-23T03:00:00Z");
    assert_eq!(check(&file, &Silent).unwrap(), saved);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let into = installation(&root.join("new"), None);
    let restored = restore(&file, &into, Target::Empty, &Silent).unwrap();
    assert_eq!((restored.blobs, restored.manifest), (1, saved));
    assert_eq!(restored.files, ["settings/feeds.toml", "keys/alerts/1/mail"]);
    assert_eq!(std::fs::read_to_string(into.data.path("keys/alerts/1/mail")).unwrap(), "secret");
    let hash = store::sha256(b"an SBOM as received");
    assert_eq!(run(into.blobs.get(&hash)).unwrap(), b"an SBOM as received");
    assert_eq!(run(sums(&into.store)), run(sums(&of.store)));
    // A second time there is something already; told to, it makes room, and stays beside.
    assert!(matches!(restore(&file, &into, Target::Empty, &Silent), Err(BackupError::Taken(_))));
    let again = restore(&file, &into, Target::Replaced, &Silent).unwrap();
    assert!(again.before.unwrap().exists());
    let left: Vec<String> = std::fs::read_dir(root.join("new"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.') || name.contains("restor") && !name.contains("before"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    if let Some(url) = postgres(&format!("{name}_back")) {
        let into = installation(&root.join("pg"), Some(url));
        restore(&file, &into, Target::Empty, &Silent).unwrap();
        assert_eq!(run(sums(&into.store)), run(sums(&of.store)));
        assert!(matches!(restore(&file, &into, Target::Empty, &Silent), Err(BackupError::Taken(_))));
        restore(&file, &into, Target::Replaced, &Silent).unwrap();
        assert_eq!(run(sums(&into.store)), run(sums(&of.store)));
    }
    run(store.close());
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn a_backup_comes_back_whole() {
    comes_back_whole("sqlite", None);
}

#[test]
fn a_backup_of_postgres_comes_back_whole() {
    if let Some(url) = postgres("source") {
        comes_back_whole("postgres", Some(url));
    }
}

#[test]
fn a_database_in_use_is_not_replaced() {
    let root = folder("in-use");
    let of = installation(&root.join("data"), None);
    let store = run(fill(&of));
    let file = root.join("b");
    save(&of, &file, ALL, now(), &Silent).unwrap();
    // A server has it open, and reads.
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let look = server.block_on(async {
        let mut look = store.look().await.unwrap();
        assert_eq!(look.organisations().await.unwrap().len(), 1);
        look
    });
    let error = std::thread::spawn({
        let (file, of) = (file.clone(), of.clone());
        move || restore(&file, &of, Target::Replaced, &Silent).unwrap_err().to_string()
    });
    let error = error.join().unwrap();
    assert!(error.contains("stop the server first"), "{error}");
    drop(look);
    server.block_on(store.close());
    std::fs::remove_dir_all(root).unwrap();
}

/// What a check says to these bytes.
fn refusal(root: &Path, bytes: &[u8]) -> String {
    let file = root.join("bad");
    std::fs::write(&file, bytes).unwrap();
    let said = check(&file, &Silent).unwrap_err().to_string();
    let into = installation(&root.join("target"), None);
    assert!(restore(&file, &into, Target::Empty, &Silent).is_err());
    assert!(!root.join("target/patchwright.db").exists(), "nothing is written: {said}");
    said
}

/// A backup's members, changed by the test and packed again.
fn packed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    zstd::encode_all(builder.into_inner().unwrap().as_slice(), 1).unwrap()
}

fn members(file: &Path) -> Vec<(String, Vec<u8>)> {
    let whole = zstd::decode_all(std::fs::File::open(file).unwrap()).unwrap();
    let mut archive = tar::Archive::new(whole.as_slice());
    let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        (name, bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

fn with(mut members: Vec<(String, Vec<u8>)>, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    change(&mut members.iter_mut().find(|(known, _)| known.starts_with(name)).unwrap().1);
    packed(&members)
}

#[test]
fn what_is_not_the_backup_that_was_made_is_refused() {
    let root = folder("bad");
    let of = installation(&root.join("data"), None);
    let store = run(fill(&of));
    run(store.close());
    let file = root.join("good");
    save(&of, &file, ALL, now(), &Silent).unwrap();
    let good = std::fs::read(&file).unwrap();
    assert!(refusal(&root, b"").contains("empty"));
    assert!(refusal(&root, b"SQLite format 3\0").contains("no backup of Patchwright"));
    for part in [3, 10, good.len() / 4, good.len() / 2, good.len() - 1] {
        let said = refusal(&root, &good[..part]);
        assert!(said.contains("bad"), "the file is named: {said}");
    }
    // The frame header holds bits that mean nothing.
    for at in (16..good.len()).step_by(good.len() / 40) {
        let mut altered = good.clone();
        altered[at] ^= 0x10;
        refusal(&root, &altered);
    }
    let parts = members(&file);
    assert!(
        refusal(&root, &with(parts.clone(), "patchwright.db", |bytes| bytes[5000] ^= 1))
            .contains("patchwright.db is not what was saved")
    );
    assert!(
        refusal(&root, &with(parts.clone(), "blobs/", |bytes| bytes.push(1)))
            .contains("is not what was saved")
    );
    assert!(
        refusal(&root, &with(parts.clone(), "settings/", |bytes| bytes.clear()))
            .contains("feeds.toml is not")
    );
    assert!(
        refusal(&root, &with(parts.clone(), "manifest", |bytes| bytes.truncate(20)))
            .contains("manifest.json")
    );
    assert!(refusal(&root, &packed(&parts[..parts.len() - 1])).contains("cut short"));
    assert!(refusal(&root, &packed(&parts[1..])).contains("does not begin"));
    let newer = r#"{"format":"patchwright.backup","version":2,"program":"9.0.0","more":true}"#;
    let said =
        refusal(&root, &with(parts.clone(), "backup.json", |bytes| newer.as_bytes().clone_into(bytes)));
    assert!(said.contains("Patchwright 9.0.0") && said.contains("form 2"), "{said}");
    let later = |bytes: &mut Vec<u8>| {
        let mut manifest: Manifest = serde_json::from_slice(bytes).unwrap();
        manifest.step = "9999_later".to_owned();
        *bytes = serde_json::to_vec(&manifest).unwrap();
    };
    assert!(refusal(&root, &with(parts.clone(), "manifest", later)).contains("9999_later"));
    let mut more = parts.clone();
    more.insert(1, ("../../etc/cron.d/x".to_owned(), b"x".to_vec()));
    let packed_more = std::panic::catch_unwind(|| packed(&more));
    // tar itself refuses to write such a name; one below is refused by us.
    assert!(packed_more.is_err());
    let mut more = parts.clone();
    more.insert(1, ("cron.d/x".to_owned(), b"x".to_vec()));
    assert!(refusal(&root, &packed(&more)).contains("belongs into no backup"));
    let mut twice = parts.clone();
    twice.insert(2, parts[1].clone());
    assert!(refusal(&root, &packed(&twice)).contains("twice"));
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn settings_that_are_there_are_kept_unless_told() {
    let root = folder("settings");
    let of = installation(&root.join("data"), None);
    run(async { fill(&of).await.close().await });
    let file = root.join("b");
    let without = Extent { with_blobs: false, with_keys: false };
    let saved = save(&of, &file, without, now(), &Silent).unwrap();
    assert!(saved.files.iter().all(|file| !file.name.starts_with("keys/")) && saved.blobs == 0);
    let into = installation(&root.join("new"), None);
    std::fs::write(into.data.path("feeds.toml"), "proxy = \"http://p:1\"\n").unwrap();
    let restored = restore(&file, &into, Target::Empty, &Silent).unwrap();
    assert_eq!(restored.kept, ["settings/feeds.toml"]);
    assert!(std::fs::read_to_string(into.data.path("feeds.toml")).unwrap().contains("proxy"));
    assert!(matches!(save(&of, &file, without, now(), &Silent), Err(BackupError::Taken(_))));
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn an_installation_is_moved() {
    let root = folder("moved");
    let of = installation(&root.join("data"), None);
    run(async { fill(&of).await.close().await });
    let target = postgres("moved").unwrap_or_else(|| default_store(&root));
    let sums = moving::copy(&of.store, &target, &Silent).unwrap();
    assert!(sums.iter().any(|sum| sum.table == "document" && sum.rows == 2));
    assert!(matches!(moving::copy(&of.store, &target, &Silent), Err(BackupError::Taken(_))));
    let absent = moving::copy("sqlite:/no/such.db", &target, &Silent).unwrap_err();
    assert!(absent.to_string().contains("/no/such.db"), "{absent}");
    let to: Arc<dyn Blobs> = Arc::new(Directory::open(&root.join("elsewhere")).unwrap());
    let moved = moving::copy_blobs(&target, &of.blobs, &to, &Silent).unwrap();
    assert_eq!((moved.noted, moved.copied, moved.missing.len()), (2, 1, 1));
    assert_eq!(moving::copy_blobs(&target, &of.blobs, &to, &Silent).unwrap().copied, 0);
    assert_eq!(moving::migrate(&target).unwrap().applied, Vec::<&str>::new());
    std::fs::remove_dir_all(root).unwrap();
}
