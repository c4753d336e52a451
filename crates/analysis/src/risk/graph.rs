//! The dependency graph as far as input travels along it: at run time, on the device.
//!
//! Input goes from a program to what it needs at run time, what it links and what it contains. Of what it was built
//! against it goes to libraries only: a program that was there at build time was a tool. Every program of user space
//! rests on the C library, whether an SBOM says so or not. Start with [`Graph::of`].

use std::collections::hash_map::Entry;

use model::component::{Component, Role, Scope};
use model::dependency::Tie;
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

use super::defaults::{self, Part};

/// Who uses whom, by the places of the components in the inventory.
pub struct Graph<'i> {
    components: &'i [Component],
    uses: Vec<Vec<usize>>,
    /// The C library and the run-time part of the tool chain.
    under_all: Vec<usize>,
}

impl<'i> Graph<'i> {
    /// The graph of a release.
    pub fn of(inventory: &'i Inventory) -> Graph<'i> {
        let components = inventory.components.as_slice();
        let mut graph = Graph { components, uses: vec![Vec::new(); components.len()], under_all: Vec::new() };
        for (at, component) in components.iter().enumerate().filter(|(_, one)| is_in_user_space(one)) {
            if component.role == Role::Libc || component.scope == Scope::ToolchainRuntime {
                graph.under_all.push(at);
            }
        }
        if components.iter().any(|one| one.needs.is_some() || !one.parents.is_empty()) {
            graph.connect();
        }
        graph
    }

    fn connect(&mut self) {
        let at: FxHashMap<&str, usize> = (self.components.iter().enumerate())
            .filter(|(_, component)| is_in_user_space(component))
            .map(|(at, component)| (component.source_ref.as_str(), at))
            .collect();
        let mut linkable: FxHashMap<usize, bool> = FxHashMap::default();
        for (own, component) in self.components.iter().enumerate() {
            if !at.contains_key(component.source_ref.as_str()) {
                continue;
            }
            for need in component.needs.iter().flatten() {
                let Some(on) = at.get(need.on.as_str()).copied() else { continue };
                let is_used = need.tie != Tie::BuiltAgainst
                    || *linkable.entry(on).or_insert_with(|| may_be_linked(&self.components[on]));
                if is_used {
                    self.uses[own].push(on);
                }
            }
            for parent in &component.parents {
                if let Some(whole) = at.get(parent.as_str()) {
                    self.uses[*whole].push(own);
                }
            }
        }
        for uses in &mut self.uses {
            // The order of the inventory, which is that of no input.
            uses.sort_unstable();
            uses.dedup();
        }
    }

    /// What input travels to from some components, each with the component it comes from; a start comes from itself.
    /// The nearest way counts.
    pub fn reached_from(&self, starts: &[usize]) -> FxHashMap<usize, usize> {
        let mut from: FxHashMap<usize, usize> = FxHashMap::default();
        let mut row: Vec<usize> = Vec::new();
        for start in starts {
            let is_there = self.components.get(*start).is_some_and(is_in_user_space);
            if is_there && from.insert(*start, *start).is_none() {
                row.push(*start);
            }
        }
        // Nearer than anything else that leads to it.
        if let Some(first) = row.first().copied() {
            for below in &self.under_all {
                from.entry(*below).or_insert(first);
            }
            row.extend(&self.under_all);
        }
        while !row.is_empty() {
            let mut next = Vec::new();
            for at in row {
                for on in self.uses.get(at).into_iter().flatten() {
                    if let Entry::Vacant(place) = from.entry(*on) {
                        place.insert(at);
                        next.push(*on);
                    }
                }
            }
            row = next;
        }
        from
    }

    /// The components on the way to one that is reached, the start first.
    pub fn way(&self, reached: &FxHashMap<usize, usize>, to: usize) -> Vec<usize> {
        let mut way = vec![to];
        let mut at = to;
        while let Some(from) = reached.get(&at).copied().filter(|from| *from != at) {
            way.push(from);
            at = from;
        }
        way.reverse();
        way
    }
}

impl Graph<'_> {
    /// The graph turned around: for each component those that use it.
    pub fn users(&self) -> Vec<Vec<usize>> {
        let mut users = vec![Vec::new(); self.components.len()];
        for (at, uses) in self.uses.iter().enumerate() {
            for on in uses {
                users[*on].push(at);
            }
        }
        for below in &self.under_all {
            let all = self.components.iter().enumerate().filter(|(_, one)| is_in_user_space(one));
            users[*below] = all.map(|(at, _)| at).filter(|at| at != below).collect();
        }
        users
    }

    /// The names of components, one after the other: `lighttpd -> openssl`.
    pub fn names(&self, way: &[usize]) -> String {
        let names = way.iter().filter_map(|at| self.components.get(*at)).map(|one| one.name.as_str());
        names.collect::<Vec<_>>().join(" -> ")
    }
}

fn is_in_user_space(component: &Component) -> bool {
    !matches!(component.scope, Scope::BuildOnly | Scope::Test | Scope::FirmwareBlob)
        && !matches!(component.role, Role::Kernel | Role::Bootloader | Role::Tee)
}

/// Not known to be a program only.
fn may_be_linked(component: &Component) -> bool {
    if matches!(component.role, Role::Application | Role::Firmware | Role::Busybox | Role::Module) {
        return false;
    }
    let usual = defaults::of(component);
    usual.is_empty() || usual.iter().any(|one| matches!(one.part, Part::Library | Part::LibraryOrTool))
}
