//! No question to the store without a scope (invariant 14): every public method of a look or a change takes one, or
//! stands with its reason in the list of `crates/store/src/unscoped.rs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LIST: &str = "crates/store/src/unscoped.rs";

/// Looks at every signature of the store.
pub fn check(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let Ok(list) = std::fs::read_to_string(root.join(LIST)) else {
        return vec![format!("{LIST}: the list of questions without a scope is missing")];
    };
    let listed = listed(&list);
    let mut unscoped = BTreeSet::new();
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.starts_with("crates/store/src")) {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        for method in methods(&text).filter(|method| !method.is_scoped) {
            if !listed.contains(method.name) {
                complaints.push(format!(
                    "{}: `{}` takes no scope; give it `scope: &Scope`, or list it with its reason in {LIST}",
                    file.display(),
                    method.name
                ));
            }
            unscoped.insert(method.name.to_owned());
        }
    }
    for name in listed.iter().filter(|name| !unscoped.contains(**name)) {
        complaints.push(format!("{LIST}: `{name}` is no method without a scope any more; strike it"));
    }
    complaints
}

fn listed(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.split_once("\", \""))
        .map(|(name, _)| name)
        .collect()
}

struct Method<'a> {
    name: &'a str,
    is_scoped: bool,
}

/// The public asynchronous methods that change or own their handle: all questions and deeds do.
fn methods(text: &str) -> impl Iterator<Item = Method<'_>> {
    text.split("pub async fn ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once('(')?;
        let (arguments, _) = rest.split_once(") -> ")?;
        let handle = arguments.trim_start();
        let is_method = ["&mut self", "self", "mut self"].iter().any(|own| handle.starts_with(own));
        is_method.then(|| Method { name, is_scoped: arguments.contains("scope: &Scope") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_without_a_scope_is_seen() {
        let text = "pub async fn a(&mut self, id: i64) -> X {}\npub async fn b(\n  &mut self,\n  scope: &Scope,\n) -> X {}\n\
                    pub async fn open(url: &str) -> X {}";
        let seen: Vec<(&str, bool)> = methods(text).map(|method| (method.name, method.is_scoped)).collect();
        assert_eq!(seen, [("a", false), ("b", true)]);
    }

    #[test]
    fn the_list_is_read() {
        assert_eq!(listed("    (\"claim\", \"a queue\"),\n// (\"x\"").len(), 1);
    }
}
