//! What Zephyr's `west spdx` writes: one document of sources (`zephyr-sources`, and `MODULE-sources` with address and
//! revision), one of the application's, one of what the modules say of their upstream (`MODULE-deps` with CPE and purl),
//! one of the build (a package per CMake target, with the file it made). Together they say which module is what, and what
//! of it was compiled; none says it alone.
//!
//! Source: the documentation of `west spdx` and the names that its documents bear.

use std::collections::BTreeMap;

use model::component::{Component, Scope};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{Document, Item};
use super::global;
use crate::normalise::combine_identity;
use crate::normalise::identity::push_new;

/// True for a document that `west spdx` wrote.
pub fn is_zephyr(document: &Document) -> bool {
    document.tool.contains("Zephyr SPDX builder")
}

/// What the namespaces of one run begin with: `PREFIX/app`, `PREFIX/zephyr`, `PREFIX/modules-deps`, `PREFIX/build`.
pub fn run(document: &Document) -> Option<&str> {
    if !is_zephyr(document) {
        return None;
    }
    let (prefix, _) = document.namespace.rsplit_once('/')?;
    Some(prefix)
}

/// What a package stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Zephyr itself or a module, by its bare name.
    Module(String),
    /// What a module says of its upstream.
    Upstream(String),
    /// The application.
    Application,
    /// The toolchain.
    Sdk,
    /// A target of the build.
    Target(String),
}

impl Part {
    fn of(item: &Item, document: &Document) -> Part {
        let name = item.component.name.as_str();
        let has_identity = !item.component.cpes.is_empty()
            || !item.component.purls.is_empty()
            || !item.component.git.repositories.is_empty();
        match (name.strip_suffix("-sources"), name.strip_suffix("-deps")) {
            (Some("app"), _) if !has_identity => Part::Application,
            (Some(module), _) => Part::Module(module.to_owned()),
            (_, Some(module)) if document.name != "build" => Part::Upstream(module.to_owned()),
            _ if document.name == "sdk" => Part::Sdk,
            _ if document.name == "build" || !has_identity => Part::Target(name.to_owned()),
            _ => Part::Module(name.to_owned()),
        }
    }
}

#[derive(Default)]
struct Set {
    /// By bare name, so that the order of documents does not matter.
    modules: BTreeMap<String, Component>,
    upstream: BTreeMap<String, Component>,
    /// Files of all documents by global id, and what they belong to.
    owners: FxHashMap<String, Part>,
    /// What was made, and from what.
    made: Vec<(String, String)>,
}

/// Makes the inventory of a set of documents.
pub fn inventory(documents: Vec<Document>) -> Inventory {
    let mut inventory = Inventory::default();
    note_missing(&documents, &mut inventory.notes);
    let mut set = Set::default();
    for document in documents {
        gather(document, &mut set, &mut inventory);
    }
    for (from, to) in std::mem::take(&mut set.made) {
        if let (Some(Part::Target(target)), Some(Part::Module(module))) =
            (set.owners.get(&from), set.owners.get(&to))
            && let Some(component) = set.modules.get_mut(module)
        {
            push_new(&mut component.locations, target.clone());
        }
    }
    for (module, upstream) in std::mem::take(&mut set.upstream) {
        match set.modules.get_mut(&module) {
            Some(component) => combine_identity(component, upstream),
            None => {
                set.modules.insert(module, upstream);
            }
        }
    }
    inventory.components.extend(set.modules.into_values());
    if inventory.components.is_empty() {
        let value =
            "part of what `west spdx` wrote; give zephyr.spdx and modules-deps.spdx of the same run with it";
        inventory.notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "document", value));
    }
    inventory
}

fn gather(mut document: Document, set: &mut Set, inventory: &mut Inventory) {
    let mut parts: FxHashMap<String, Part> = FxHashMap::default();
    for mut item in std::mem::take(&mut document.packages) {
        let part = Part::of(&item, &document);
        let id = std::mem::take(&mut item.component.source_ref);
        let mut component = item.component;
        component.source_ref = global(&document, &id);
        match &part {
            Part::Module(name) => keep(&mut set.modules, name, component),
            Part::Upstream(name) => keep(&mut set.upstream, name, component),
            Part::Sdk => {
                "zephyr-sdk".clone_into(&mut component.name);
                component.scope = Scope::ToolchainRuntime;
                inventory.components.push(component);
            }
            Part::Application | Part::Target(_) => {}
        }
        parts.insert(id, part);
    }
    for (file, package) in std::mem::take(&mut document.owners) {
        if let Some(part) = parts.get(&package) {
            set.owners.insert(global(&document, &file), part.clone());
        }
    }
    for link in std::mem::take(&mut document.links) {
        if link.kind == "GENERATED_FROM" {
            set.made.push((global(&document, &link.from), global(&document, &link.to)));
        }
    }
}

/// A module is named as it is in the manifest, without what the tool appends.
fn keep(modules: &mut BTreeMap<String, Component>, name: &str, mut component: Component) {
    name.clone_into(&mut component.name);
    match modules.get_mut(name) {
        Some(known) => combine_identity(known, component),
        None => {
            modules.insert(name.to_owned(), component);
        }
    }
}

/// A document that another refers to and that was not given: what it would have told is missing.
fn note_missing(documents: &[Document], notes: &mut Vec<Note>) {
    let given: FxHashSet<&str> = documents.iter().map(|document| document.namespace.as_str()).collect();
    for document in documents {
        let mut missing: Vec<(&String, &String)> =
            document.references.iter().filter(|(_, namespace)| !given.contains(namespace.as_str())).collect();
        missing.sort();
        for (reference, namespace) in missing {
            let value = format!("{reference} ({namespace}) was not given");
            let mut note = Note::new(NoteCode::DanglingRef, Severity::Warn, &*document.name, &value);
            note.file.clone_from(&document.file);
            notes.push(note);
        }
    }
}
