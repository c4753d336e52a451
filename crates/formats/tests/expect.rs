//! Fixtures of ours: one minimal document per oddity, beside it what is read of it. `UPDATE_EXPECT=1` writes
//! the expectations anew; read the difference before committing.

use std::fs;
use std::path::{Path, PathBuf};

use formats::detect::read_inventory;
use formats::limits::Limits;

use crate::summary;

/// The folder of a format's fixtures.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

/// The documents of a folder, by name.
pub fn documents(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(folder(name))
        .expect("the folder is part of the project")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end != "expect"))
        .map(|path| {
            (
                path.file_name().expect("a name").to_string_lossy().into_owned(),
                fs::read(&path).expect("a file"),
            )
        })
        .collect();
    found.sort();
    found
}

/// One document of a folder.
pub fn document(folder_name: &str, name: &str) -> Vec<u8> {
    fs::read(folder(folder_name).join(name)).unwrap_or_else(|error| panic!("{folder_name}/{name}: {error}"))
}

/// Compares every document of a folder with its expectation.
pub fn check(name: &str) {
    let mut wrong = Vec::new();
    let documents = documents(name);
    assert!(!documents.is_empty(), "no fixtures in {name}");
    for (file, bytes) in documents {
        let got = match read_inventory(&bytes, &file, &Limits::INVENTORY) {
            Ok(read) => summary::full(&read),
            Err(error) => format!("error {}: {error}", error.code()),
        };
        let got = format!("{}\n", got.trim_end());
        let path = folder(name).join(format!("{}.expect", file.trim_end_matches(".json")));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &got).expect("the expectation can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != got {
            wrong.push(format!("{name}/{file}:\n{got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ from their .expect file\n{}", wrong.len(), wrong.join("\n"));
}
