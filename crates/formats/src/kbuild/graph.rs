//! Conditions of code that is only compiled inside other code, and the include graph made small.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::condition::{Condition, Conditions};
use super::derive::Source;

/// Includers beyond which a header is taken for always there.
const BROAD: usize = 200;

/// Header to direct includers.
pub type Includers = FxHashMap<String, Vec<String>>;

/// Adds code files that are included by other code (`#include "rt.c"`, Rust's `mod`) under the conditions of
/// their includers, also where they are compiled by themselves too. A file with an includer of which nothing is
/// known is left out: nothing is known of it either.
pub fn add_included(
    files: &mut BTreeMap<String, Source>,
    includers: &Includers,
    conditions: &mut Conditions,
    guard: &dyn Fn(&str, &str) -> Option<&'static str>,
) {
    let is_code = |path: &str| [".c", ".S", ".rs"].iter().any(|end| path.ends_with(end));
    let mut wanted: Vec<&String> = includers.keys().filter(|path| is_code(path)).collect();
    wanted.sort_unstable();
    let mut found: Vec<(&String, Option<Source>)> = Vec::new();
    for path in wanted {
        let mut search = Search {
            files,
            includers,
            conditions,
            guard,
            seen: FxHashSet::default(),
            modules: BTreeSet::new(),
        };
        let when = search.of_included(path);
        let modules = search.modules;
        found.push((path, when.map(|when| Source { when, modules })));
    }
    for (path, included) in found {
        match (included, files.get_mut(path)) {
            (Some(included), None) => drop(files.insert(path.clone(), included)),
            (Some(included), Some(own)) => {
                own.when = conditions.or(own.when, included.when);
                own.modules.extend(included.modules);
            }
            (None, Some(own)) if own.when == Condition::YES => {}
            (None, _) => drop(files.remove(path)),
        }
    }
}

struct Search<'s> {
    files: &'s BTreeMap<String, Source>,
    includers: &'s Includers,
    conditions: &'s mut Conditions,
    guard: &'s dyn Fn(&str, &str) -> Option<&'static str>,
    seen: FxHashSet<&'s str>,
    modules: BTreeSet<String>,
}

impl<'s> Search<'s> {
    fn of_included(&mut self, path: &str) -> Option<Condition> {
        let includers = self.includers.get(path)?;
        if includers.len() > BROAD {
            return Some(Condition::YES);
        }
        let mut when = Condition::NO;
        for includer in includers {
            if !self.seen.insert(includer) {
                continue;
            }
            let one = match self.files.get(includer) {
                Some(source) => {
                    self.modules.extend(source.modules.iter().cloned());
                    source.when
                }
                None => self.of_included(includer)?,
            };
            let one = match (self.guard)(includer, path) {
                Some(symbol) => {
                    let symbol = self.conditions.value(symbol);
                    self.conditions.and(one, symbol)
                }
                None => one,
            };
            when = self.conditions.or(when, one);
        }
        Some(when)
    }
}

/// Makes the graph small: a header that an always-built file brings in keeps one includer on the way there.
/// What `is_always` says must hold for every architecture.
pub fn small(includers: Includers, is_always: &dyn Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
    let mut includes: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    let mut open: Vec<&str> = Vec::new();
    for (header, files) in &includers {
        for file in files {
            includes.entry(file).or_default().push(header);
        }
    }
    open.extend(includes.keys().copied().filter(|file| is_always(file)));
    open.sort_unstable();
    let mut witness: FxHashMap<&str, &str> = FxHashMap::default();
    while let Some(file) = open.pop() {
        for header in includes.get(file).map_or(&[][..], Vec::as_slice) {
            if !witness.contains_key(header) && !is_always(header) {
                witness.insert(header, file);
                open.push(header);
            }
        }
    }
    let witness: FxHashMap<String, String> =
        witness.into_iter().map(|(header, file)| (header.to_owned(), file.to_owned())).collect();
    let mut small = BTreeMap::new();
    for (header, mut files) in includers {
        if let Some(file) = witness.get(&header) {
            files = vec![file.clone()];
        }
        files.sort_unstable();
        files.dedup();
        small.insert(header, files);
    }
    small
}
