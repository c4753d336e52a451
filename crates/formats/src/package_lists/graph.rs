//! What packages need of each other. They name packages, virtual packages and libraries; only the whole list tells
//! which package that is.

use model::dependency::Tie;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

use crate::normalise::needs;

/// Providers of one name that are followed: `mail-transport-agent` has a few, a hostile list has thousands.
const PROVIDERS: usize = 8;

/// Needs and provisions by name.
#[derive(Default)]
pub struct Graph {
    provided: FxHashMap<String, Vec<String>>,
    wanted: Vec<Want>,
}

struct Want {
    from: String,
    /// Any one of them will do.
    any_of: Vec<String>,
    tie: Tie,
    /// A need that may be left open by intent (a file, a capability of the package manager).
    is_soft: bool,
}

impl Graph {
    /// The package with this reference is, or provides, this name.
    pub fn provide(&mut self, name: &str, reference: &str) {
        let providers = self.provided.entry(name.to_owned()).or_default();
        if providers.len() < PROVIDERS && providers.last().is_none_or(|last| last != reference) {
            providers.push(reference.to_owned());
        }
    }

    /// The package needs any one of these names.
    pub fn want<'n>(&mut self, from: &str, any_of: impl Iterator<Item = &'n str>, tie: Tie) {
        let any_of: Vec<String> = any_of.map(str::to_owned).collect();
        if !any_of.is_empty() {
            self.wanted.push(Want { from: from.to_owned(), any_of, tie, is_soft: false });
        }
    }

    /// As [`Graph::want`]; nothing is said when nobody provides it.
    pub fn may_want(&mut self, from: &str, name: &str, tie: Tie) {
        self.wanted.push(Want { from: from.to_owned(), any_of: vec![name.to_owned()], tie, is_soft: true });
    }

    /// Makes edges of it. What nobody in the list provides is counted in one note.
    pub fn settle(self, inventory: &mut Inventory) {
        let mut edges: Vec<needs::Edge> = Vec::new();
        let mut open = 0_usize;
        let mut example = String::new();
        for want in self.wanted {
            let providers = want.any_of.iter().find_map(|name| self.provided.get(name));
            match providers {
                Some(providers) => {
                    let others = providers.iter().filter(|on| **on != want.from);
                    edges.extend(others.map(|on| (want.from.clone(), on.clone(), want.tie)));
                }
                None if want.is_soft => {}
                None => {
                    open += 1;
                    if example.is_empty() {
                        example = format!("{} needs {}", want.from, want.any_of.join(" or "));
                    }
                }
            }
        }
        if !self.provided.is_empty() {
            // The list names all needs: a package without any needs nothing.
            for component in &mut inventory.components {
                if self.provided.contains_key(&component.name) {
                    component.needs.get_or_insert_default();
                }
            }
        }
        needs::hand_out(inventory, edges);
        if open > 0 {
            let value = format!("{open} dependencies on what is not in the list: {example}");
            let note = Note::new(NoteCode::DanglingRef, Severity::Info, "dependencies", &value);
            inventory.notes.push(note);
        }
    }
}

/// Splits `a (>= 1) | b, c [amd64]` into clauses of alternatives, names only.
pub fn clauses(text: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    let bare = |name: &str| {
        let end = name.find(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '<' | '=' | '>'));
        end.unwrap_or(name.len())
    };
    text.split(',').map(move |clause| {
        let names = clause.split('|').map(str::trim).filter_map(move |name| name.get(..bare(name)));
        names.map(|name| name.split(':').next().unwrap_or(name)).filter(|name| !name.is_empty())
    })
}
