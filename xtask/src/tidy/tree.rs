//! Which files there are, how they are called, how long they are.

use std::path::{Path, PathBuf};

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: &[&str] =
    &["utils", "util", "common", "helpers", "helper", "manager", "misc", "core", "base"];

/// A source file longer than this is to be split by meaning (architecture, section 7).
const MOST_LINES: usize = 800;

/// All files of the project, relative to `root`, without build output and version control.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != ".git" && name != "node_modules" {
                walk(root, &path, found);
            }
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_owned());
        }
    }
}

/// No file or folder is called utils, common, helpers, manager, misc, core, base.
pub fn names(files: &[PathBuf]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for part in file.iter() {
            let stem = Path::new(part).file_stem().unwrap_or(part).to_string_lossy().to_lowercase();
            if EMPTY_NAMES.contains(&stem.as_str()) {
                complaints.push(format!(
                    "{}: `{stem}` says nothing; name it for what it holds, or put it with its only user",
                    file.display()
                ));
            }
        }
    }
    complaints
}

/// No source file is longer than 800 lines; tests, tables, corpora and fixtures are free.
pub fn sizes(root: &Path, files: &[PathBuf]) -> Vec<String> {
    files
        .iter()
        .filter(|file| is_source(file))
        .filter_map(|file| {
            let lines = std::fs::read_to_string(root.join(file)).ok()?.lines().count();
            (lines > MOST_LINES).then(|| {
                format!("{}: {lines} lines; split it by meaning (at most {MOST_LINES})", file.display())
            })
        })
        .collect()
}

/// True for Rust sources that ship: not tests, fixtures or tables.
pub fn is_source(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
        && !file
            .iter()
            .any(|part| part == "tests" || part == "fixtures" || part == "tables" || part == "benches")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_name_is_complained_about() {
        let complaints = names(&[PathBuf::from("crates/model/src/utils.rs"), PathBuf::from("src/cpe.rs")]);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("crates/model/src/utils.rs"));
    }
}
