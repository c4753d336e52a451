//! Which package a file belongs to, by the lists of files that package managers keep.

use std::collections::BTreeMap;

/// Files that somebody asks for, and their packages.
#[derive(Debug, Default)]
pub struct Owned {
    of: BTreeMap<String, String>,
    /// There was a list at all; without one nobody can say that a file belongs to no package.
    pub is_known: bool,
}

impl Owned {
    /// Prepares for files that may be asked for.
    pub fn for_files<'p>(paths: impl Iterator<Item = &'p str>) -> Owned {
        Owned { of: paths.map(|path| (merged(path).to_owned(), String::new())).collect(), is_known: false }
    }

    /// Takes the list of one package: a path a line, for opkg with a mode behind a tab, for `md5sums` with a hash before
    /// it. Of two packages that claim one file the first in order has it.
    pub fn add_list(&mut self, owner: &str, list: &[u8]) {
        for line in String::from_utf8_lossy(list).lines() {
            let path = line.split('\t').next().unwrap_or_default();
            let path = path.split_once("  ").map_or(path, |(_, path)| path);
            self.put(path.trim(), owner);
        }
    }

    /// Takes apk's database: `P:` a package, `F:` a folder, `R:` a file in it.
    pub fn add_apk(&mut self, database: &str) {
        let (mut owner, mut folder) = ("", "");
        for line in database.lines() {
            match line.split_once(':') {
                Some(("P", name)) => (owner, folder) = (name, ""),
                Some(("F", path)) => folder = path,
                Some(("R", name)) if folder.is_empty() => self.put(name, owner),
                Some(("R", name)) => self.put(&format!("{folder}/{name}"), owner),
                _ => {}
            }
        }
    }

    fn put(&mut self, path: &str, owner: &str) {
        self.is_known = true;
        if let Some(known) = self.of.get_mut(merged(path))
            && (known.is_empty() || owner < known.as_str())
        {
            owner.clone_into(known);
        }
    }

    /// The package of a file; empty where it has none.
    pub fn of(&self, path: &str) -> String {
        self.of.get(merged(path)).cloned().unwrap_or_default()
    }
}

/// Packages name `/bin/sh` what lies at `usr/bin/sh` where the folders are merged.
fn merged(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    let Some(rest) = path.strip_prefix("usr/") else { return path };
    let top = rest.split('/').next().unwrap_or_default();
    if matches!(top, "bin" | "sbin" | "lib" | "lib32" | "lib64" | "libx32" | "libo32") { rest } else { path }
}
