//! Open families are one visible list with one docs table; pages and folders that every project has are there.

use std::path::{Path, PathBuf};

/// Files the house promises.
const PROMISED: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "Cargo.lock",
    "deny.toml",
    "rust-toolchain.toml",
    ".ci/run",
    "docs/manual/README.md",
    "docs/manual/formats.md",
    "docs/manual/feeds.md",
    "docs/manual/channels.md",
    "docs/manual/versions.md",
    "docs/manual/evidence.md",
    "docs/manual/notes.md",
    "docs/manual/reason-codes.md",
    "docs/manual/cli.md",
];

/// Family list, docs table, and how an entry of the list is recognised: a `mod` line between the markers.
const FAMILIES: &[(&str, &str)] =
    &[("crates/versions/src", "docs/manual/versions.md"), ("crates/feeds/src", "docs/manual/feeds.md")];

/// Files of a family folder that are no members.
const NOT_MEMBERS: &[&str] = &[
    "lib",
    "compare",
    "range",
    "vers",
    "text",
    "clean",
    "order",
    "branch",
    "shape",
    "plain",
    "segments",
    "digits",
    "list",
    "feed",
    "fetch",
    "transport",
    "error",
];

/// Checks the promised files, the docs rows of families, and that each crate has one test binary.
pub fn check(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut complaints: Vec<String> = PROMISED
        .iter()
        .filter(|name| !root.join(name).exists())
        .map(|name| format!("{name} is missing; the house promises it"))
        .collect();
    for (folder, page) in FAMILIES {
        let text = std::fs::read_to_string(root.join(page)).unwrap_or_default();
        for member in members(files, Path::new(folder)) {
            let words = [member.clone(), member.replace('_', "-")];
            if !words.iter().any(|word| text.contains(word.as_str())) {
                complaints.push(format!("{page} has no row for `{member}` of {folder}"));
            }
        }
    }
    complaints.extend(one_test_binary(root, files));
    complaints
}

fn members(files: &[PathBuf], folder: &Path) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.parent() == Some(folder))
        .filter_map(|file| file.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|stem| !NOT_MEMBERS.contains(&stem.as_str()))
        .collect()
}

/// One integration-test binary per crate keeps the cold build short.
fn one_test_binary(root: &Path, files: &[PathBuf]) -> Vec<String> {
    files
        .iter()
        .filter(|file| {
            file.starts_with("crates") && file.file_name().is_some_and(|name| name == "Cargo.toml")
        })
        .filter_map(|manifest| {
            let text = std::fs::read_to_string(root.join(manifest)).ok()?;
            let has_tests = root.join(manifest).with_file_name("tests").is_dir();
            (has_tests && !text.contains("autotests = false"))
                .then(|| format!("{}: set `autotests = false` and one [[test]]", manifest.display()))
        })
        .collect()
}
