//! Finds the shared data folder. Absent as a whole: the test says *skipped*. Present but incomplete: the test fails.

use std::path::{Path, PathBuf};

/// Returns the path of `name` (`cases/version-order.tsv`) in the shared folder, or `None` after printing
/// "skipped: no shared data" when the whole folder is absent.
///
/// # Panics
/// When the folder is there and `name` is not: a missing suite is a failure, never a skip.
pub fn shared(name: &str) -> Option<PathBuf> {
    let Some(root) = root() else {
        eprintln!("skipped: no shared data ({name})");
        return None;
    };
    let path = root.join(name);
    assert!(path.exists(), "{} is missing in the shared folder", path.display());
    Some(path)
}

/// The shared folder: `PATCHWRIGHT_SHARED`, else `../shared` beside the checkout.
pub fn root() -> Option<PathBuf> {
    let folder = match std::env::var_os("PATCHWRIGHT_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    folder.is_dir().then_some(folder)
}

/// Rows of one of our case tables: `#` lines are comments, the next line is the header, fields are
/// separated by tabs, `-` means empty. Each row comes as a map from column to text.
pub fn table(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines
        .map(|line| {
            let mut fields = line.split('\t');
            header
                .iter()
                .map(|column| {
                    let field = fields.next().unwrap_or("-");
                    ((*column).to_owned(), if field == "-" { String::new() } else { field.to_owned() })
                })
                .collect()
        })
        .collect()
}
