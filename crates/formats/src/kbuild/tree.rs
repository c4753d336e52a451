//! The files of a tree: which there are, and the texts of the make files.

use rustc_hash::{FxHashMap, FxHashSet};

use super::words::{ROOT, WILD};

/// What is known of a source tree.
#[derive(Debug, Default)]
pub struct Tree {
    /// All paths, sorted once the tree is whole.
    sorted: Vec<String>,
    paths: FxHashSet<String>,
    folders: FxHashSet<String>,
    /// Make files by path.
    makefiles: FxHashMap<String, String>,
}

impl Tree {
    /// Adds a file.
    pub fn add(&mut self, path: &str) {
        if !self.paths.insert(path.to_owned()) {
            return;
        }
        self.sorted.push(path.to_owned());
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if !self.folders.insert(parent.to_owned()) {
                break;
            }
            folder = parent;
        }
    }

    /// Adds the text of a make file; texts of one path are joined.
    pub fn add_makefile(&mut self, path: &str, text: &str) {
        self.add(path);
        let known = self.makefiles.entry(path.to_owned()).or_default();
        known.push_str(text);
        known.push('\n');
    }

    /// To be called when all files are there.
    pub fn close(&mut self) {
        self.sorted.sort_unstable();
    }

    /// True when there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// True when there is such a folder.
    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// All paths, sorted.
    pub fn paths(&self) -> &[String] {
        &self.sorted
    }

    /// The text of a make file.
    pub fn makefile(&self, path: &str) -> Option<&str> {
        self.makefiles.get(path).map(String::as_str)
    }

    /// The make file that kbuild reads in a folder: `Kbuild` before `Makefile`; BusyBox's `Kbuild.src`.
    pub fn makefile_of(&self, folder: &str) -> Option<&str> {
        ["Kbuild", "Kbuild.src", "Makefile"].iter().find_map(|name| self.makefile(&join(folder, name)))
    }

    /// Folders right below one.
    pub fn folders_below(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let inner = self.folders.iter().filter_map(|path| path.strip_prefix(&prefix));
        let mut names: Vec<String> = inner.filter(|rest| !rest.contains('/')).map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Files and folders that match a pattern (`*`, or a part that cannot be known), as paths from the root.
    /// A pattern without either is matched as it is.
    pub fn matching(&self, pattern: &str, folder: &str) -> Vec<String> {
        let path = placed(pattern, folder);
        let Some(at) = path.find(['*', WILD]) else {
            let is_there = self.has(&path) || self.has_folder(path.trim_end_matches('/'));
            return if is_there { vec![path] } else { Vec::new() };
        };
        let start = path.get(..at).unwrap_or_default();
        let wants_folder = path.ends_with('/');
        let mut found: Vec<String> = if wants_folder {
            let pattern = path.trim_end_matches('/');
            self.folders.iter().filter(|name| glob(pattern, name)).map(|name| format!("{name}/")).collect()
        } else {
            let from = self.sorted.partition_point(|name| name.as_str() < start);
            let candidates = self.sorted.get(from..).unwrap_or_default().iter();
            candidates
                .take_while(|name| name.starts_with(start))
                .filter(|name| glob(&path, name))
                .cloned()
                .collect()
        };
        found.sort_unstable();
        found
    }
}

/// Matches without crossing `/`.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.find(['*', WILD]) {
        None => pattern == text,
        Some(at) => {
            let (start, rest) = pattern.split_at_checked(at).unwrap_or((pattern, ""));
            let rest = rest.get(1..).unwrap_or_default();
            let Some(tail) = text.strip_prefix(start) else { return false };
            let reach = tail.find('/').unwrap_or(tail.len());
            (0..=reach).any(|skip| tail.get(skip..).is_some_and(|tail| glob(rest, tail)))
        }
    }
}

/// Folder and name as one path.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The path of a word of a folder's make file: from the root where the word says so, `.` and `..` folded.
/// A closing `/` is kept.
pub fn placed(word: &str, folder: &str) -> String {
    let whole = match word.rfind(ROOT) {
        Some(at) => word.get(at + ROOT.len_utf8()..).unwrap_or_default().to_owned(),
        None => join(folder, word),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut path = parts.join("/");
    if whole.ends_with('/') && !path.is_empty() {
        path.push('/');
    }
    path
}
