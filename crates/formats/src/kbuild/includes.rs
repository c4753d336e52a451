//! The include graph: which files bring in a header (matching.md 7.2).

use rustc_hash::{FxHashMap, FxHashSet};

use super::tree::{Tree, placed};

/// One `#include`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Include {
    /// `"x.h"`: looked for beside the file first.
    pub is_quoted: bool,
    /// What is included, as written.
    pub name: String,
}

/// Finds the includes of C and assembler.
pub fn of_code(bytes: &[u8]) -> Vec<Include> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'#') {
        let (before, after) = rest.split_at_checked(at + 1).unwrap_or((rest, &[]));
        let starts_line =
            before.iter().rev().skip(1).take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace);
        rest = after;
        if starts_line {
            found.extend(include(after));
        }
    }
    found
}

fn include(bytes: &[u8]) -> Option<Include> {
    let bytes = bytes.trim_ascii_start().strip_prefix(b"include")?;
    let bytes = bytes.trim_ascii_start();
    let (close, is_quoted) = match bytes.first()? {
        b'"' => (b'"', true),
        b'<' => (b'>', false),
        _ => return None,
    };
    let name = bytes.get(1..)?;
    let end = name.iter().take(256).position(|byte| *byte == close)?;
    let name = std::str::from_utf8(name.get(..end)?).ok()?;
    (!name.contains('\n')).then(|| Include { is_quoted, name: name.to_owned() })
}

/// The modules of a Rust file: `mod node;` stands for `node.rs` or `node/mod.rs`.
pub fn of_rust(text: &str) -> Vec<Include> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let line = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or(line);
        if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            for file in [format!("{}.rs", name.trim()), format!("{}/mod.rs", name.trim())] {
                found.push(Include { is_quoted: true, name: file });
            }
        }
    }
    found
}

/// Turns includes into paths of the tree.
pub struct Resolver<'t> {
    tree: &'t Tree,
    arches: Vec<String>,
    by_name: FxHashMap<&'t str, Vec<&'t str>>,
}

impl<'t> Resolver<'t> {
    /// For a whole tree.
    pub fn new(tree: &'t Tree) -> Resolver<'t> {
        let mut by_name: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for path in tree.paths() {
            let name = path.rsplit('/').next().unwrap_or(path);
            by_name.entry(name).or_default().push(path);
        }
        Resolver { tree, arches: tree.folders_below("arch"), by_name }
    }

    /// The files that an include may mean. More than one where architectures differ, or where only the make
    /// file's `-I` would tell.
    pub fn files(&self, from: &str, include: &Include) -> Vec<String> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        if include.is_quoted {
            let beside = placed(&include.name, folder);
            if self.tree.has(&beside) {
                return vec![beside];
            }
        }
        let mut files = self.global(from, &include.name);
        if files.is_empty() {
            files = self.by_suffix(folder, &include.name);
        }
        files
    }

    fn global(&self, from: &str, name: &str) -> Vec<String> {
        let mut roots = vec!["include".to_owned(), "include/uapi".to_owned()];
        let own = from.strip_prefix("arch/").and_then(|rest| rest.split('/').next());
        for arch in self.arches.iter().filter(|arch| own.is_none_or(|own| own == *arch)) {
            roots.push(format!("arch/{arch}/include"));
            roots.push(format!("arch/{arch}/include/uapi"));
        }
        let mut files: Vec<String> = roots.iter().map(|root| placed(name, root)).collect();
        // A header that an architecture lacks is made from the generic one.
        if let Some(asm) = name.strip_prefix("asm/") {
            files.push(format!("include/asm-generic/{asm}"));
            files.push(format!("include/uapi/asm-generic/{asm}"));
        }
        files.retain(|file| self.tree.has(file));
        files
    }

    /// Files whose path ends with the name, within the nearest folder around the includer that has any.
    fn by_suffix(&self, folder: &str, name: &str) -> Vec<String> {
        let name = name.trim_start_matches("../").trim_start_matches("./");
        let base = name.rsplit('/').next().unwrap_or(name);
        let Some(candidates) = self.by_name.get(base) else { return Vec::new() };
        let fits = |path: &str| {
            path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let fitting: Vec<&str> = candidates.iter().copied().filter(|path| fits(path)).collect();
        let mut around = folder;
        while !around.is_empty() {
            let inside = |path: &&&str| path.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'));
            let near: Vec<String> = fitting.iter().filter(inside).map(|path| (*path).to_owned()).collect();
            if !near.is_empty() {
                return near;
            }
            around = around.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        fitting.into_iter().map(str::to_owned).collect()
    }
}

/// Folders whose files are no part of what runs on the device.
pub fn is_outside(path: &str) -> bool {
    const OUTSIDE: &[&str] =
        &["tools/", "samples/", "scripts/", "Documentation/", "usr/include/", "examples/"];
    OUTSIDE.iter().any(|folder| path.starts_with(folder))
        || path.contains("/tools/")
        || path.contains("/scripts/")
}

/// Numbers the files and turns the graph round: header to includers.
pub fn turned(includes: &[(String, Vec<Include>)], tree: &Tree) -> FxHashMap<String, Vec<String>> {
    let resolver = Resolver::new(tree);
    let mut known: FxHashMap<(String, &Include), Vec<String>> = FxHashMap::default();
    let mut turned: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for (from, list) in includes {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for include in list {
            if !seen.insert(&include.name) {
                continue;
            }
            let files =
                known.entry((folder.clone(), include)).or_insert_with(|| resolver.files(from, include));
            for file in files.iter().filter(|file| *file != from) {
                turned.entry(file.clone()).or_default().push(from.clone());
            }
        }
    }
    turned
}
