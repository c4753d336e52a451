//! Any other SPDX 3 document: each package is a component, the root is the product.

use std::collections::HashSet;

use model::component::{Component, Patch, Scope};
use model::dependency::Tie;
use model::licence::Acknowledgement;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::statement::StatementOrigin;
use rustc_hash::FxHashMap;

use super::graph::{Graph, Link};
use super::schema::Element;
use super::{package, said, statements};
use crate::kept;
use crate::normalise::{identity, needs};

/// Makes the inventory of a document that no build system we know wrote.
pub fn inventory(graph: &Graph<'_>) -> Inventory {
    let mut inventory = Inventory::default();
    let mut component_of: FxHashMap<&str, String> = FxHashMap::default();
    let mut at: FxHashMap<&str, usize> = FxHashMap::default();
    for (id, element) in &graph.packages {
        if is_product(graph, id, element) {
            inventory.product = element.name.get().to_owned();
            inventory.release = said(&element.version).to_owned();
            // What is said of it is said of the whole.
            component_of.insert(id, String::new());
            continue;
        }
        let component = component(graph, id, element, &mut inventory.notes);
        component_of.insert(id, component.source_ref.clone());
        at.insert(id, inventory.components.len());
        inventory.components.push(component);
    }
    let known = Known { component_of: &component_of, at: &at };
    apply_links(graph, known, &mut inventory);
    apply_pairs(graph, &at, &mut inventory);
    inventory.statements =
        statements::read(graph, &component_of, StatementOrigin::Supplier, &mut inventory.notes);
    inventory
}

/// The root is the product, unless it says what software it is or there is nothing else.
fn is_product(graph: &Graph<'_>, id: &str, element: &Element<'_>) -> bool {
    let has_identity = !element.identifiers.items.is_empty() || !element.package_url.is_empty();
    graph.roots.contains(id) && !has_identity && graph.packages.len() > 1
}

/// What a document of ours says in properties, after everything else.
fn apply_pairs(graph: &Graph<'_>, at: &FxHashMap<&str, usize>, inventory: &mut Inventory) {
    for (id, element) in &graph.packages {
        let component = at.get(id.as_ref()).and_then(|at| inventory.components.get_mut(*at));
        if let Some(component) = component {
            kept::apply(component, &element.pairs(), id);
        }
    }
    let pairs: Vec<(&str, &str)> =
        graph.pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    kept::apply_to_inventory(inventory, &pairs);
}

fn component(graph: &Graph<'_>, id: &str, element: &Element<'_>, notes: &mut Vec<Note>) -> Component {
    let reference =
        element.pairs().into_iter().find(|(name, _)| *name == "ref").map(|(_, text)| text.to_owned());
    let mut component = Component {
        source_ref: reference.unwrap_or_else(|| id.to_owned()),
        name: element.name.noted(|| format!("{id}#name"), notes).to_owned(),
        version: package::version(element, id, notes),
        ..Component::default()
    };
    package::describe(&mut component, element, id, graph);
    if element.purpose.get() == "test" {
        component.scope = Scope::Test;
    }
    component
}

/// Elements that became components: to their references, and to their places in the list.
#[derive(Clone, Copy)]
struct Known<'k> {
    component_of: &'k FxHashMap<&'k str, String>,
    at: &'k FxHashMap<&'k str, usize>,
}

/// Containment, static linking, patches, and what is needed for building only.
fn apply_links(graph: &Graph<'_>, known: Known<'_>, inventory: &mut Inventory) {
    let Known { component_of, at } = known;
    let (mut build_only, mut needed) = (HashSet::new(), HashSet::new());
    for (link, from, to) in &graph.links {
        for target in to {
            let place = at.get(target.as_ref()).copied();
            match link {
                Link::Contains | Link::Static => {
                    needed.extend(place);
                    let parent = component_of.get(from.as_ref()).filter(|parent| !parent.is_empty());
                    if let (Some(component), Some(parent)) =
                        (place.and_then(|at| inventory.components.get_mut(at)), parent)
                    {
                        identity::push_new(&mut component.parents, parent.clone());
                    }
                }
                Link::Needs | Link::Runtime | Link::Dynamic => {
                    needed.extend(place);
                    let on = component_of.get(target.as_ref()).map_or(target.as_ref(), String::as_str);
                    add_need(inventory, at.get(from.as_ref()).copied(), on, *link);
                }
                Link::Describes => needed.extend(place),
                Link::BuildOnly => build_only.extend(place),
                Link::PatchedBy => {
                    let owner =
                        at.get(from.as_ref()).copied().and_then(|at| inventory.components.get_mut(at));
                    if let (Some(component), Some(file)) = (owner, graph.files.get(target)) {
                        let name = file.name.rsplit('/').next().unwrap_or_default().to_owned();
                        let patch = Patch {
                            name,
                            hash: file.hash.clone(),
                            origin: "sbom".to_owned(),
                            ..Patch::default()
                        };
                        identity::push_new(&mut component.patches, patch);
                    }
                }
                Link::DeclaredLicence | Link::ConcludedLicence => {
                    let owner =
                        at.get(from.as_ref()).copied().and_then(|at| inventory.components.get_mut(at));
                    let said = if *link == Link::DeclaredLicence {
                        Acknowledgement::Declared
                    } else {
                        Acknowledgement::Concluded
                    };
                    if let Some(component) = owner {
                        package::license(component, [target.as_ref()], said, graph);
                    }
                }
                Link::Input | Link::Output | Link::Vulnerability => {}
            }
            if place.is_none()
                && matches!(link, Link::Needs | Link::Runtime | Link::Dynamic | Link::BuildOnly)
                && !is_nothing(target)
                && !graph.package_at.contains_key(target)
            {
                inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Info, &**from, target));
            }
        }
    }
    for at in build_only.difference(&needed) {
        if let Some(component) = inventory.components.get_mut(*at)
            && component.scope == Scope::Target
        {
            component.scope = Scope::BuildOnly;
        }
    }
}

/// The element that stands for "none" and the one for "nobody says".
fn is_nothing(target: &str) -> bool {
    target.ends_with("/NoneElement") || target.ends_with("/NoAssertionElement")
}

fn add_need(inventory: &mut Inventory, from: Option<usize>, target: &str, link: Link) {
    let Some(component) = from.and_then(|at| inventory.components.get_mut(at)) else { return };
    let tie = match link {
        Link::Dynamic => Tie::DynamicLink,
        Link::Runtime => Tie::Runtime,
        _ => Tie::Stated,
    };
    if target.ends_with("/NoneElement") {
        component.needs.get_or_insert_default();
    } else if !is_nothing(target) {
        needs::add(component, target, tie);
    }
}
