//! Which documents belong together: those that refer to each other, and those of one run of `west spdx`.
//!
//! Of Zephyr's documents nothing refers to the one with the CPEs; what they share is how their namespaces begin.

use rustc_hash::FxHashMap;

use super::document::Document;
use super::zephyr;

/// Documents given one by one: those that refer to each other, directly or by a third, are one set.
pub fn linked(documents: Vec<Document>) -> Vec<Vec<Document>> {
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    let mut by_namespace: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        if let Some(run) = zephyr::run(document) {
            pairs.push((*first_of.entry(run).or_insert(at), at));
        }
        if !document.namespace.is_empty() {
            by_namespace.entry(&document.namespace).or_default().push(at);
        }
    }
    for (from, document) in documents.iter().enumerate() {
        let others =
            document.references.values().filter_map(|namespace| by_namespace.get(namespace.as_str()));
        pairs.extend(others.flatten().map(|to| (from, *to)));
    }
    let groups = connected(documents.len(), &pairs);
    gather(documents, groups)
}

/// Documents of one archive are one set, except that each run of `west spdx` is one: a boot loader and an application
/// may come in one archive.
pub fn packed(documents: Vec<Document>) -> Vec<Vec<Document>> {
    let mut runs: FxHashMap<&str, usize> = FxHashMap::default();
    let mut groups = Vec::with_capacity(documents.len());
    for document in &documents {
        let next = runs.len() + 1;
        groups.push(zephyr::run(document).map_or(0, |run| *runs.entry(run).or_insert(next)));
    }
    gather(documents, groups)
}

/// The documents by their groups, in the order in which the groups begin.
fn gather(documents: Vec<Document>, groups: Vec<usize>) -> Vec<Vec<Document>> {
    let mut sets: Vec<Vec<Document>> = Vec::new();
    let mut set_of: FxHashMap<usize, usize> = FxHashMap::default();
    for (document, group) in documents.into_iter().zip(groups) {
        let at = *set_of.entry(group).or_insert(sets.len());
        match sets.get_mut(at) {
            Some(set) => set.push(document),
            None => sets.push(vec![document]),
        }
    }
    sets
}

/// The group of each of so many nodes, where pairs are connected: the first node that is reached.
fn connected(nodes: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (one, other) in pairs {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(list) = neighbours.get_mut(*from) {
                list.push(*to);
            }
        }
    }
    let mut group_of: Vec<Option<usize>> = vec![None; nodes];
    for start in 0..nodes {
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if let Some(group @ None) = group_of.get_mut(at) {
                *group = Some(start);
                open.extend(neighbours.get(at).into_iter().flatten());
            }
        }
    }
    group_of.into_iter().enumerate().map(|(at, group)| group.unwrap_or(at)).collect()
}
