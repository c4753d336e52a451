//! Dependency paths by pattern: `any_path("lighttpd/**")` (assessment.md 4.7).
//!
//! A pattern names the components of a path one after the other, from the one that needs to the one that is needed;
//! the last is the component of the finding. A part is a name with `*` for any text, or `**` for any number of
//! components, also none. Start with [`Paths::leads`].

use std::sync::OnceLock;

use model::component::Component;
use model::sbom::Inventory;
use rustc_hash::FxHashSet;

use super::pattern::like;
use crate::risk::graph::Graph;

/// So many parts may a pattern have.
pub const MOST_PARTS: usize = 32;

/// The paths of a release; its graph is turned around when the first pattern asks.
#[derive(Debug)]
pub struct Paths<'i> {
    inventory: &'i Inventory,
    users: OnceLock<Vec<Vec<usize>>>,
}

impl<'i> Paths<'i> {
    /// The paths of a release.
    pub fn of(inventory: &'i Inventory) -> Paths<'i> {
        Paths { inventory, users: OnceLock::new() }
    }

    /// Whether a path that ends at a component fits the pattern; `None` where the inputs hold no dependency graph and
    /// the pattern asks for one.
    pub fn leads(&self, pattern: &str, to: usize) -> Option<bool> {
        let parts: Vec<&str> = pattern.split('/').collect();
        let has_graph = self.inventory.components.iter().any(|one| one.needs.is_some());
        let found = self.search(&parts, to);
        // A single part is the component itself.
        (found || has_graph || parts.len() < 2).then_some(found)
    }

    /// Backwards, component by component: (component, how many parts are still to be fitted).
    fn search(&self, parts: &[&str], to: usize) -> bool {
        let users = self.users.get_or_init(|| Graph::of(self.inventory).users());
        let mut seen: FxHashSet<(usize, usize)> = FxHashSet::default();
        let mut open = vec![(to, parts.len())];
        while let Some((at, left)) = open.pop() {
            if !seen.insert((at, left)) {
                continue;
            }
            let Some((part, before)) = parts.get(..left).and_then(<[&str]>::split_last) else { continue };
            let fits = match *part {
                "**" => {
                    // It stands for nothing, for this component, or for this one and more before it.
                    open.push((at, left - 1));
                    open.extend(users.get(at).into_iter().flatten().map(|user| (*user, left)));
                    true
                }
                name => self.inventory.components.get(at).is_some_and(|one| is_called(one, name)),
            };
            if !fits {
                continue;
            }
            if before.iter().all(|part| *part == "**") {
                return true;
            }
            open.extend(users.get(at).into_iter().flatten().map(|user| (*user, left - 1)));
        }
        false
    }
}

fn is_called(component: &Component, pattern: &str) -> bool {
    like(pattern, &component.name) || component.names.iter().any(|name| like(pattern, name))
}

/// What is wrong with a pattern.
///
/// # Errors
/// In words: an empty part, or too many.
pub fn check(pattern: &str) -> Result<(), String> {
    let parts = pattern.split('/');
    if parts.clone().any(|part| part.trim().is_empty()) {
        return Err("a dependency path is written lighttpd/**/openssl, with no part empty".to_owned());
    }
    if let Some(part) = parts.clone().find(|part| part.contains("**") && *part != "**") {
        return Err(format!("`{part}`: ** stands alone between slashes; within a name write *"));
    }
    match parts.count() {
        ..=MOST_PARTS => Ok(()),
        many => Err(format!("{many} parts, and {MOST_PARTS} are the most")),
    }
}
