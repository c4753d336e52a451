//! Tidiness as code: the walls, names and lists that `ARCHITECTURE.md` claims, checked.
//!
//! Each rule returns sentences that say what to do and why. Start with [`check`].

mod arrows;
mod document;
mod lists;
mod scans;
mod scopes;
mod tree;

use std::path::Path;

/// Runs every rule over the project at `root` and returns the complaints, empty when tidy.
pub fn check(root: &Path) -> Vec<String> {
    let files = tree::files(root);
    let architecture = match std::fs::read_to_string(root.join("ARCHITECTURE.md")) {
        Ok(text) => document::Architecture::parse(&text),
        Err(error) => return vec![format!("cannot read ARCHITECTURE.md: {error}")],
    };
    let mut complaints = Vec::new();
    complaints.extend(arrows::check(root, &architecture));
    complaints.extend(tree::names(&files));
    complaints.extend(tree::sizes(root, &files));
    complaints.extend(scans::check(root, &files));
    complaints.extend(scopes::check(root, &files));
    complaints.extend(lists::check(root, &files));
    complaints.extend(document::mentioned_paths_exist(root, &files));
    complaints.sort();
    complaints
}
