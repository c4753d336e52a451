//! Kbuild maps: which source files of a kernel, U-Boot or BusyBox tree are built under which options
//! (matching.md 7.4), derived from the tree's make files, and their text form.
//!
//! The caller walks the tree and hands in files ([`Builder`]); nothing here opens a file. Make is not run: its
//! lists are evaluated with options left open, so that one pass answers for every configuration. What cannot
//! be known (the output of a program, a board's name) is taken for "built" or leaves a file out of the map;
//! both keep findings. Not here: Kconfig dependencies, which a complete `.config` already obeys.
//!
//! Start with [`Builder::finish`]; `folder` evaluates one make file, `derive` walks the tree.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod condition;
mod derive;
mod expand;
mod folder;
mod functions;
mod graph;
mod includes;
mod makefile;
mod map_text;
mod tree;
mod words;

use std::collections::BTreeMap;

use model::build::{ConfigOf, KbuildMap};
use model::note::{Note, NoteCode, Read, Severity};
use rustc_hash::FxHashMap;

use condition::{Condition, Conditions};
use derive::Source;
use includes::Include;
pub use map_text::{FIRST_LINE, read, write};
use tree::Tree;

/// What is needed of a file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Its text.
    Text,
    /// That it is there.
    Name,
    /// Nothing.
    Nothing,
}

/// Says what is needed of a file, so that the caller reads no more than that.
pub fn wants(path: &str) -> Want {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_makefile(name) {
        return Want::Text;
    }
    let is_outside = includes::is_outside(path);
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "c" | "h" | "S" | "s" | "rs" | "inc" | "cpp" | "cc" | "hpp" if !is_outside => Want::Text,
        "c" | "S" | "c_shipped" | "S_shipped" | "asn1" | "y" | "l" | "uc" | "pl" => Want::Name,
        _ => Want::Nothing,
    }
}

fn is_makefile(name: &str) -> bool {
    const STARTS: &[&str] = &["Makefile", "Kbuild", "Platform"];
    STARTS.iter().any(|start| {
        name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_']))
    }) || name.ends_with(".mk")
}

/// What was found in one file; made without the builder, so that many threads can.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    path: String,
    makefile: Option<String>,
    includes: Vec<Include>,
    /// BusyBox: `//kbuild:` lines of a source file.
    kbuild: String,
}

/// Looks into one file. Paths are relative to the root of the tree, with `/`.
pub fn scan(path: &str, bytes: &[u8]) -> Scanned {
    let path = path.trim_start_matches("./").to_owned();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let mut scanned = Scanned::default();
    if wants(&path) == Want::Text {
        if is_makefile(name) {
            scanned.makefile = Some(String::from_utf8_lossy(bytes).into_owned());
        } else if name.ends_with(".rs") {
            scanned.includes = includes::of_rust(&String::from_utf8_lossy(bytes));
        } else {
            scanned.includes = includes::of_code(bytes);
            scanned.kbuild = kbuild_comments(bytes);
        }
    }
    Scanned { path, ..scanned }
}

/// BusyBox writes a file's make line into the file itself.
fn kbuild_comments(bytes: &[u8]) -> String {
    const MARK: &[u8] = b"//kbuild:";
    let mut found = String::new();
    // Only BusyBox has them, and near the top.
    for line in bytes.get(..1 << 16).unwrap_or(bytes).split(|byte| *byte == b'\n') {
        if let Some(rest) = line.strip_prefix(MARK) {
            found.push_str(&String::from_utf8_lossy(rest));
            found.push('\n');
        }
    }
    found
}

/// Collects the files of a tree.
#[derive(Debug, Default)]
pub struct Builder {
    tree: Tree,
    includes: Vec<(String, Vec<Include>)>,
    comments: BTreeMap<String, String>,
}

impl Builder {
    /// An empty tree.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Adds a file; what is not needed of it is not kept.
    pub fn add(&mut self, path: &str, bytes: &[u8]) {
        self.insert(scan(path, bytes));
    }

    /// Adds a file that was looked into before.
    pub fn insert(&mut self, scanned: Scanned) {
        let Scanned { path, makefile, includes, kbuild } = scanned;
        match makefile {
            Some(text) => self.tree.add_makefile(&path, &text),
            None => self.tree.add(&path),
        }
        if !includes.is_empty() {
            self.includes.push((path.clone(), includes));
        }
        if !kbuild.is_empty() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            // Sorted by path at the end: the order of adding must not matter.
            self.comments.entry(folder).or_default().push_str(&kbuild);
        }
    }

    /// Derives the map.
    pub fn finish(mut self) -> Read<KbuildMap> {
        self.place_comments();
        self.tree.close();
        self.includes.sort_by(|a, b| a.0.cmp(&b.0));
        let of = kind(&self.tree);
        let mut conditions = Conditions::default();
        let mut derived = derive::derive(&self.tree, of, &mut conditions);
        let mut includers = includes::turned(&self.includes, &self.tree);
        if of == ConfigOf::Linux || of == ConfigOf::Busybox {
            let guard = |from: &str, path: &str| derive::guard(from, path, of);
            graph::add_included(&mut derived.files, &includers, &mut conditions, &guard);
        }
        includers.retain(|path, _| !includes::is_outside(path));
        let mut notes = notes(of, &derived);
        let files = texts(&derived.files, &conditions);
        let always = |path: &str| {
            !path.starts_with("arch/")
                && derived.files.get(path).is_some_and(|source| source.when == Condition::YES)
        };
        let includers = kept(graph::small(includers, &always));
        let version = version(&self.tree);
        if version.is_empty() {
            notes.push(Note::new(
                NoteCode::NoVersion,
                Severity::Warn,
                "Makefile",
                "no VERSION and PATCHLEVEL",
            ));
        }
        Read { value: KbuildMap { of, version, files, includers }, notes }
    }

    fn place_comments(&mut self) {
        for (folder, text) in std::mem::take(&mut self.comments) {
            // A made tree has Kbuild with these lines already; an unpacked one has only Kbuild.src.
            let path = tree::join(&folder, "Kbuild.src");
            if self.tree.makefile(&path).is_some()
                || self.tree.makefile(&tree::join(&folder, "Kbuild")).is_none()
            {
                self.tree.add_makefile(&path, &text);
            }
        }
    }
}

/// What tree it is, by files that only it has.
fn kind(tree: &Tree) -> ConfigOf {
    match () {
        () if tree.has_folder("libbb") && tree.has_folder("applets") => ConfigOf::Busybox,
        () if ["scripts/Makefile.spl", "scripts/Makefile.xpl", "common/board_f.c"]
            .iter()
            .any(|file| tree.has(file)) =>
        {
            ConfigOf::Uboot
        }
        () if tree.has_folder("kernel") && tree.has_folder("init") => ConfigOf::Linux,
        () => ConfigOf::Unknown,
    }
}

/// `VERSION = 6`, `PATCHLEVEL = 1`, `SUBLEVEL = 192` of the top make file.
fn version(tree: &Tree) -> String {
    let Some(text) = tree.makefile("Makefile") else { return String::new() };
    let field = |name: &str| {
        text.lines().take(40).find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim().to_owned()).filter(|value| !value.is_empty())
        })
    };
    let (Some(version), Some(level)) = (field("VERSION"), field("PATCHLEVEL")) else { return String::new() };
    match field("SUBLEVEL") {
        Some(sub) => format!("{version}.{level}.{sub}"),
        None => format!("{version}.{level}"),
    }
}

fn texts(files: &BTreeMap<String, Source>, conditions: &Conditions) -> BTreeMap<String, String> {
    let mut known: FxHashMap<Condition, String> = FxHashMap::default();
    let mut texts = BTreeMap::new();
    for (path, source) in files {
        let expression = known.entry(source.when).or_insert_with(|| conditions.text(source.when));
        let mut text = expression.clone();
        // A file that is never a module needs no module's name.
        if source.when != Condition::YES && !source.modules.is_empty() {
            text.push_str(" :");
            for module in &source.modules {
                text.push(' ');
                text.push_str(module);
            }
        }
        texts.insert(path.clone(), text);
    }
    texts
}

/// Of the graph, what a walk can use.
fn kept(mut includers: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    for list in includers.values_mut() {
        list.retain(|path| !includes::is_outside(path));
    }
    includers.retain(|_, list| !list.is_empty());
    includers
}

fn notes(of: ConfigOf, derived: &derive::Derived) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |place: &str, count: usize, what: &str, first: Option<&String>| {
        if count > 0 {
            let value = format!("{count} {what}, first {}", first.map_or("", String::as_str));
            notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Info, place, &value));
        }
    };
    note("objects", derived.unresolved.len(), "objects have no source file", derived.unresolved.first());
    note("folders", derived.missing.len(), "folders are named but not there", derived.missing.first());
    if of == ConfigOf::Unknown {
        let value = "no tree of a kernel, U-Boot or BusyBox";
        notes.push(Note::new(NoteCode::UnknownKind, Severity::Error, "whole tree", value));
    }
    notes
}
