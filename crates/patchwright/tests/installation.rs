//! The verbs on a data directory: migrate, backup, restore, store copy; as a person calls them, with what they refuse.

use std::path::PathBuf;

use crate::binary::{Ran, run};

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("installation-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A data directory with an empty database, made by the program itself.
fn installed(root: &std::path::Path) -> String {
    let data = root.join("data").display().to_string();
    std::fs::create_dir_all(&data).unwrap();
    let url = format!("sqlite:{data}/patchwright.db");
    std::fs::write(root.join("data/patchwright.db"), b"").unwrap();
    let ran = run(&["migrate", "--database", &url]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("applied 0001_begin"), "{}", ran.out);
    data
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ran.out, ran.err))
}

#[test]
fn a_database_is_brought_up_to_date() {
    let root = folder("migrate");
    let nothing = run(&["migrate", "--data", &root.display().to_string()]);
    assert_eq!(nothing.code, 3, "{}", nothing.err);
    assert!(nothing.err.contains("patchwright.db") && nothing.err.contains("--data"), "{}", nothing.err);
    assert!(!root.join("patchwright.db").exists(), "nothing is made by asking");
    std::fs::create_dir(root.join("data")).unwrap();
    std::fs::write(root.join("data/patchwright.db"), b"").unwrap();
    let data = root.join("data").display().to_string();
    let lacks = run(&["migrate", "--data", &data, "--check"]);
    assert_eq!(lacks.code, 1, "{}", lacks.err);
    assert!(lacks.out.contains("lacks 0001_begin"), "{}", lacks.out);
    assert_eq!(run(&["migrate", "--data", &data]).code, 0);
    let done = run(&["migrate", "--data", &data, "--check", "--json"]);
    assert_eq!((done.code, &json(&done)["missing"]), (0, &serde_json::json!([])));
}

#[test]
fn a_backup_is_made_checked_and_restored() {
    let root = folder("backup");
    let data = installed(&root);
    std::fs::write(root.join("data/feeds.toml"), "private_hosts = []\n").unwrap();
    let file = root.join("b.tar.zst").display().to_string();
    let ran = run(&["backup", &file, "--data", &data, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let saved = json(&ran);
    assert_eq!((&saved["schema"], &saved["engine"]), (&"patchwright.backup/1".into(), &"sqlite".into()));
    assert_eq!(saved["files"].as_array().unwrap().len(), 3);
    let again = run(&["backup", &file, "--data", &data]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let checked = run(&["restore", &file, "--check"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.out.contains("settings/feeds.toml"), "{}", checked.out);
    let new = root.join("new").display().to_string();
    let restored = run(&["restore", &file, "--data", &new, "--json"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    assert_eq!(json(&restored)["files"], serde_json::json!(["settings/feeds.toml"]));
    let taken = run(&["restore", &file, "--data", &new]);
    assert_eq!(taken.code, 1);
    assert!(taken.err.contains("--replace"), "{}", taken.err);
    let replaced = run(&["restore", &file, "--data", &new, "--replace"]);
    assert_eq!(replaced.code, 0, "{}", replaced.err);
    assert!(replaced.out.contains("before-restore-1"), "{}", replaced.out);
    let moved = run(&[
        "store",
        "copy",
        "--from",
        &format!("sqlite:{new}/patchwright.db"),
        "--to",
        &format!("sqlite:{new}/other.db"),
        "--json",
    ]);
    assert_eq!(moved.code, 0, "{}", moved.err);
    assert!(json(&moved)["tables"].as_array().unwrap().len() > 30);
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let root = folder("refused");
    let data = installed(&root);
    let good = root.join("good").display().to_string();
    assert_eq!(run(&["backup", &good, "--data", &data]).code, 0);
    let bytes = std::fs::read(&good).unwrap();
    let bad = root.join("bad").display().to_string();
    std::fs::write(&bad, &bytes[..bytes.len() / 2]).unwrap();
    let rows: &[(&[&str], i32, &str)] = &[
        (&["restore", &bad, "--check"], 3, "bad"),
        (&["restore", &format!("{data}/patchwright.db"), "--check"], 3, "no backup of Patchwright"),
        (&["restore", "/no/such/file"], 3, "/no/such/file"),
        (&["restore", &good, "--check", "--replace"], 2, "--check"),
        (&["restore", &good, "--database", "mysql://x/y"], 2, "sqlite:FILE"),
        (&["restore", &good, "--data", &data, "--documents", "s3://"], 2, "s3://BUCKET"),
        (&["restore", &good, "--data", &data, "--documents", "ftp://x"], 2, "ftp is no kind"),
        (&["backup", "/no/such/folder/b", "--data", &data], 3, "/no/such/folder"),
        (&["backup", &format!("{good}2"), "--data", "/no/such/data", "--documents", &data], 3, "--data"),
        (&["store", "copy", "--from", "sqlite:/no/such.db", "--to", "sqlite:/x.db"], 3, "/no/such.db"),
        (&["store", "copy", "--from", "x"], 2, "--to"),
        (
            &["store", "copy", "--from", "sqlite:a", "--to", "sqlite:b", "--documents-to", "c"],
            2,
            "--documents-from",
        ),
        (&["migrate", "--database", "postgres://u:secret@127.0.0.1:1/x"], 5, "reachable"),
    ];
    for (words, code, says) in rows {
        let ran = run(words);
        assert_eq!(ran.code, *code, "{words:?}: {}\n{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{words:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains("secret"), "{words:?}: {}", ran.err);
    }
    let same = run(&["restore", &good, "--data", &data]);
    assert_eq!(same.code, 1, "{}", same.err);
}
