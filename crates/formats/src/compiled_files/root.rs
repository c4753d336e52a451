//! The root of the source tree in a list of paths: build prefixes are cut off (`/usr/src/debug/linux/6.1/`).
//!
//! The root is the folder right below which most of the folders of a known tree lie. Paths elsewhere (tool
//! chain headers) are strays. A list of one tree may have two roots: the sources and the build folder.

use std::collections::{BTreeMap, BTreeSet};

use model::build::ConfigOf;

use super::tree_of;

/// Folders right below the root of a kernel, U-Boot or BusyBox tree.
const TOPS: &[&str] = &[
    "api",
    "applets",
    "arch",
    "archival",
    "block",
    "board",
    "boot",
    "certs",
    "cmd",
    "common",
    "console-tools",
    "coreutils",
    "crypto",
    "debianutils",
    "disk",
    "drivers",
    "dts",
    "e2fsprogs",
    "editors",
    "env",
    "findutils",
    "fs",
    "include",
    "init",
    "io_uring",
    "ipc",
    "kernel",
    "klibc-utils",
    "lib",
    "libbb",
    "libpwdgrp",
    "loginutils",
    "mailutils",
    "miscutils",
    "mm",
    "modutils",
    "net",
    "networking",
    "post",
    "printutils",
    "procps",
    "runit",
    "rust",
    "samples",
    "scripts",
    "security",
    "selinux",
    "shell",
    "sound",
    "spl",
    "sysklogd",
    "tools",
    "usr",
    "util-linux",
    "virt",
];

/// Roots a list may have at most.
const ROOTS: usize = 2;

/// A second root must have this many top folders of its own.
const SECOND: usize = 4;

/// Cuts the root off; returns what tree it is, the paths, and how many lie elsewhere.
pub(super) fn stripped(entries: BTreeSet<String>) -> (ConfigOf, BTreeSet<String>, usize) {
    let roots = roots(&entries);
    let total = entries.len();
    let mut inside = 0;
    let mut paths = BTreeSet::new();
    for entry in entries {
        if let Some(path) = roots.iter().find_map(|root| below(&entry, root)) {
            inside += 1;
            paths.insert(path.to_owned());
        }
    }
    (tree_of(&paths), paths, total - inside)
}

fn below<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    if root.is_empty() {
        // A relative list has no prefix; what climbs out of the tree is none of it.
        return (!path.starts_with("../")).then_some(path);
    }
    path.strip_prefix(root)?.strip_prefix('/')
}

/// What is known of a folder that may be the root.
#[derive(Default)]
struct Candidate<'a> {
    tops: BTreeSet<&'a str>,
    paths: usize,
}

/// The likeliest roots, the best first.
fn roots(entries: &BTreeSet<String>) -> Vec<String> {
    let mut candidates: BTreeMap<&str, Candidate<'_>> = BTreeMap::new();
    for entry in entries {
        let mut start = 0;
        for part in entry.split('/') {
            let is_folder = start + part.len() < entry.len();
            if is_folder && TOPS.contains(&part) {
                let root = entry.get(..start.saturating_sub(1)).unwrap_or_default();
                let candidate = candidates.entry(root).or_default();
                candidate.tops.insert(part);
                candidate.paths += 1;
            }
            start += part.len() + 1;
        }
    }
    let mut ranked: Vec<(&str, Candidate<'_>)> = candidates.into_iter().collect();
    ranked.sort_by_key(|(root, found)| (std::cmp::Reverse((found.tops.len(), found.paths)), root.len()));
    let mut roots: Vec<String> = Vec::new();
    for (root, found) in ranked.into_iter().take(16) {
        let is_inside = |known: &String| known.is_empty() || root.starts_with(&format!("{known}/"));
        let is_around = |known: &String| root.is_empty() || known.starts_with(&format!("{root}/"));
        let is_own = !roots.iter().any(|known| is_inside(known) || is_around(known));
        if roots.is_empty() || (is_own && found.tops.len() >= SECOND && roots.len() < ROOTS) {
            roots.push(root.to_owned());
        }
    }
    if roots.is_empty() {
        roots.push(String::new());
    }
    roots
}
