//! SPDX 2 of any other tool: each package is a component, what the document describes is the product,
//! source packages of a distribution stand for their binaries.

use std::collections::HashSet;

use model::component::{Component, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

use super::document::{Document, Item, Link};
use super::global;
use crate::normalise::identity::push_new;
use crate::normalise::needs;

/// Makes the inventory of one document, or of several that refer to each other.
pub fn inventory(documents: Vec<Document>) -> Inventory {
    let mut inventory = Inventory::default();
    let single = documents.len() == 1;
    let described = described(&documents);
    let mut at: FxHashMap<String, usize> = FxHashMap::default();
    let mut patches = FxHashMap::default();
    let mut links: Vec<Link> = Vec::new();
    let packages: usize = documents.iter().map(|document| document.packages.len()).sum();
    for mut document in documents {
        for link in std::mem::take(&mut document.links) {
            links.push(Link { from: global(&document, &link.from), to: global(&document, &link.to), ..link });
        }
        let files = std::mem::take(&mut document.patches);
        patches.extend(files.into_iter().map(|(id, patch)| (global(&document, &id), patch)));
        for item in std::mem::take(&mut document.packages) {
            let id = global(&document, &item.component.source_ref);
            if is_product(&item, described.contains(&id), packages) {
                if inventory.product.is_empty() {
                    inventory.product.clone_from(&item.component.name);
                    inventory.release.clone_from(&item.component.version);
                }
                continue;
            }
            // The first of two equal ids is meant; `normalise` notes it and gives the second a suffix.
            at.entry(id.clone()).or_insert(inventory.components.len());
            let mut component = component(item);
            if !single {
                component.source_ref = id;
            }
            inventory.components.push(component);
        }
    }
    apply_links(&links, &at, patches, &mut inventory);
    inventory
}

fn described(documents: &[Document]) -> HashSet<String> {
    let mut described = HashSet::new();
    for document in documents {
        described.extend(document.described.iter().map(|id| global(document, id)));
        for link in &document.links {
            match link.kind.as_str() {
                "DESCRIBES" if link.from == "SPDXRef-DOCUMENT" => {
                    described.insert(global(document, &link.to));
                }
                "DESCRIBED_BY" if link.to == "SPDXRef-DOCUMENT" => {
                    described.insert(global(document, &link.from));
                }
                _ => {}
            }
        }
    }
    described
}

/// What the document describes is the product, unless it is software with an identity of its own or the only
/// package there is.
fn is_product(item: &Item, described: bool, packages: usize) -> bool {
    let component = &item.component;
    let has_identity = !component.cpes.is_empty() || !component.purls.is_empty();
    described && packages > 1 && !has_identity
}

fn component(item: Item) -> Component {
    let mut component = item.component;
    if !item.fixed.is_empty() {
        component.patches.push(model::component::Patch {
            resolves: item.fixed,
            origin: "source-info".to_owned(),
            ..Default::default()
        });
    }
    component
}

fn apply_links(
    links: &[Link],
    at: &FxHashMap<String, usize>,
    patches: FxHashMap<String, model::component::Patch>,
    inventory: &mut Inventory,
) {
    let (mut build_only, mut needed) = (HashSet::new(), HashSet::new());
    for link in links {
        let (from, to) = (at.get(&link.from).copied(), at.get(&link.to).copied());
        match link.kind.as_str() {
            "CONTAINS" | "STATIC_LINK" => {
                add_parent(inventory, to, from);
                needed.extend(to);
            }
            "CONTAINED_BY" | "PACKAGE_OF" => {
                add_parent(inventory, from, to);
                needed.extend(from);
            }
            "DESCRIBES" => needed.extend(to),
            "DEPENDS_ON" | "DYNAMIC_LINK" | "HAS_PREREQUISITE" => {
                needed.extend(to);
                add_need(inventory, from, to, link);
            }
            "DEPENDENCY_OF"
            | "RUNTIME_DEPENDENCY_OF"
            | "OPTIONAL_DEPENDENCY_OF"
            | "PROVIDED_DEPENDENCY_OF"
            | "PREREQUISITE_FOR" => {
                needed.extend(from);
                add_need(inventory, to, from, link);
            }
            "GENERATES" => name_source(inventory, from, to),
            "GENERATED_FROM" if link.comment.is_empty() => name_source(inventory, to, from),
            // Debian's Built-Using: the source is statically in the binary.
            "GENERATED_FROM" => {
                add_parent(inventory, to, from);
                needed.extend(to);
            }
            "BUILD_TOOL_OF"
            | "DEV_TOOL_OF"
            | "TEST_TOOL_OF"
            | "BUILD_DEPENDENCY_OF"
            | "DEV_DEPENDENCY_OF"
            | "TEST_DEPENDENCY_OF"
            | "TEST_OF"
            | "TEST_CASE_OF" => build_only.extend(from),
            "PATCH_APPLIED" | "PATCH_FOR" => {
                let owner = to.and_then(|at| inventory.components.get_mut(at));
                if let (Some(component), Some(patch)) = (owner, patches.get(&link.from)) {
                    push_new(&mut component.patches, patch.clone());
                }
            }
            _ => {}
        }
        note_missing(link, from, to, at, inventory);
    }
    for at in build_only.difference(&needed) {
        if let Some(component) = inventory.components.get_mut(*at) {
            component.scope = Scope::BuildOnly;
        }
    }
}

/// Who needs whom; `DEPENDS_ON NONE` says that there is nothing.
fn add_need(inventory: &mut Inventory, who: Option<usize>, on: Option<usize>, link: &Link) {
    let on = on.and_then(|at| inventory.components.get(at)).map(|component| component.source_ref.clone());
    let Some(component) = who.and_then(|at| inventory.components.get_mut(at)) else { return };
    let tie = match link.kind.as_str() {
        "DYNAMIC_LINK" => Tie::DynamicLink,
        "RUNTIME_DEPENDENCY_OF" => Tie::Runtime,
        _ => Tie::Stated,
    };
    match on {
        Some(on) => needs::add(component, on, tie),
        None if link.to.ends_with("#NONE") => {
            component.needs.get_or_insert_default();
        }
        None => {}
    }
}

fn add_parent(inventory: &mut Inventory, child: Option<usize>, parent: Option<usize>) {
    let parent =
        parent.and_then(|at| inventory.components.get(at)).map(|component| component.source_ref.clone());
    if let (Some(parent), Some(child)) = (parent, child.and_then(|at| inventory.components.get_mut(at))) {
        push_new(&mut child.parents, parent);
    }
}

/// A binary package of a distribution learns its source package.
fn name_source(inventory: &mut Inventory, source: Option<usize>, binary: Option<usize>) {
    let source = source.and_then(|at| inventory.components.get(at)).map(|component| component.name.clone());
    let binary = binary.and_then(|at| inventory.components.get_mut(at));
    if let (Some(source), Some(binary)) = (source, binary.filter(|binary| binary.source_package.is_empty())) {
        binary.source_package = source;
    }
}

/// Both ends in this document's own words and one missing: the document promises what it does not hold.
fn note_missing(
    link: &Link,
    from: Option<usize>,
    to: Option<usize>,
    at: &FxHashMap<String, usize>,
    inventory: &mut Inventory,
) {
    let namespace = |id: &str| id.split('#').next().unwrap_or_default().to_owned();
    let is_package = |id: &str| id.contains("#SPDXRef-Package");
    if from.is_some()
        && to.is_none()
        && is_package(&link.to)
        && namespace(&link.from) == namespace(&link.to)
        && !at.contains_key(&link.to)
    {
        inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Info, &*link.from, &link.to));
    }
}
