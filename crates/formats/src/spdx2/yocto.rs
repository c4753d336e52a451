//! Yocto's SPDX 2.2: recipes (`SPDXRef-Recipe-*`), their packages (`SPDXRef-Package-*`, generated from the
//! recipe), downloads, and the image that contains packages, each in a document of its own.

use std::collections::HashSet;

use model::component::{Component, Patch, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

use super::document::{Document, Item};
use super::global;
use crate::normalise::identity::{join_sources, push_new};
use crate::normalise::{combine_identity, names, needs};

/// What a package element is, by its id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Recipe,
    Package,
    Download,
    Image,
    Other,
}

impl Part {
    fn of(id: &str) -> Part {
        let id = id.rsplit('#').next().unwrap_or(id);
        [
            ("SPDXRef-Recipe-", Part::Recipe),
            ("SPDXRef-Package-", Part::Package),
            ("SPDXRef-Download-", Part::Download),
            ("SPDXRef-Image-", Part::Image),
        ]
        .iter()
        .find(|(start, _)| id.starts_with(start))
        .map_or(Part::Other, |(_, part)| *part)
    }
}

/// Everything of the set by global id.
#[derive(Default)]
struct Set {
    items: FxHashMap<String, Item>,
    /// In the order of the documents.
    order: Vec<String>,
    /// Package to recipe.
    recipe_of: FxHashMap<String, String>,
    /// Download to recipe.
    owner_of: FxHashMap<String, String>,
    /// Packages in the image.
    installed: HashSet<String>,
    /// Between packages and between recipes: who needs, whom, how.
    edges: Vec<needs::Edge>,
    has_image: bool,
}

/// Makes the inventory of a set of documents.
pub fn inventory(documents: Vec<Document>) -> Inventory {
    let mut inventory = Inventory::default();
    let mut set = gather(documents, &mut inventory.notes);
    name_product(&set, &mut inventory);
    let mut recipes = take_recipes(&mut set);
    let mut downloads: FxHashMap<String, Vec<Component>> = FxHashMap::default();
    for id in std::mem::take(&mut set.order) {
        let Some(item) = set.items.remove(&id) else { continue };
        match Part::of(&id) {
            Part::Download => {
                if let Some(owner) = set.owner_of.get(&id) {
                    downloads.entry(owner.clone()).or_default().push(item.component);
                }
            }
            Part::Package => add_package(&set, &id, item, &mut recipes, &mut inventory),
            Part::Other => inventory.components.push(item.component),
            Part::Recipe | Part::Image => {}
        }
    }
    for (owner, sources) in downloads {
        if let Some(recipe) = recipes.get_mut(&owner) {
            join_sources(recipe, sources);
        }
    }
    let mut recipes: Vec<(String, Component)> = recipes.into_iter().collect();
    recipes.sort_by(|one, other| one.0.cmp(&other.0));
    inventory.components.extend(recipes.into_iter().map(|(_, component)| component));
    needs::hand_out(&mut inventory, edges(&mut set));
    inventory.platform.distribution = "yocto".to_owned();
    inventory.platform.inventory_complete = set.has_image;
    inventory
}

fn gather(documents: Vec<Document>, notes: &mut Vec<Note>) -> Set {
    let mut set = Set::default();
    for mut document in documents {
        let links = std::mem::take(&mut document.links);
        for link in links {
            let (from, to) = (global(&document, &link.from), global(&document, &link.to));
            match (link.kind.as_str(), Part::of(&from), Part::of(&to)) {
                ("GENERATED_FROM", Part::Package, Part::Recipe) => {
                    set.recipe_of.insert(from, to);
                }
                ("CONTAINS", Part::Image, Part::Package) => {
                    set.installed.insert(to);
                }
                ("RUNTIME_DEPENDENCY_OF", Part::Package, Part::Package) => {
                    set.edges.push((to, from, Tie::Runtime));
                }
                ("BUILD_DEPENDENCY_OF", Part::Recipe, Part::Recipe) => {
                    set.edges.push((to, from, Tie::BuiltAgainst));
                }
                // Yocto writes it the wrong way round: the recipe is said to be a dependency of its download.
                ("BUILD_DEPENDENCY_OF", Part::Recipe, Part::Download) => {
                    set.owner_of.insert(to, from);
                }
                ("BUILD_DEPENDENCY_OF", Part::Download, Part::Recipe) => {
                    set.owner_of.insert(from, to);
                }
                _ => {}
            }
        }
        for item in std::mem::take(&mut document.packages) {
            let id = global(&document, &item.component.source_ref);
            set.has_image |= Part::of(&id) == Part::Image;
            if set.items.contains_key(&id) {
                notes.push(Note::new(NoteCode::DupRef, Severity::Warn, &*document.name, &id));
                continue;
            }
            set.order.push(id.clone());
            set.items.insert(id, item);
        }
    }
    let mut missing: Vec<&String> = set.installed.iter().filter(|id| !set.items.contains_key(*id)).collect();
    missing.sort();
    for id in missing {
        notes.push(Note::new(
            NoteCode::DanglingRef,
            Severity::Error,
            "image",
            &format!("{id} is installed, but its document is missing"),
        ));
    }
    set
}

/// Edges between the components that packages and recipes have become. A package that stayed out of the image takes
/// nothing with it.
fn edges(set: &mut Set) -> Vec<needs::Edge> {
    let edges = std::mem::take(&mut set.edges);
    let is_here = |id: &String| !set.has_image || Part::of(id) != Part::Package || set.installed.contains(id);
    let owner = |id: String| set.recipe_of.get(&id).cloned().unwrap_or(id);
    let kept = edges.into_iter().filter(|(from, to, _)| is_here(from) && is_here(to));
    kept.map(|(from, to, tie)| (owner(from), owner(to), tie)).collect()
}

fn take_recipes(set: &mut Set) -> FxHashMap<String, Component> {
    let installed: HashSet<&String> =
        set.installed.iter().filter_map(|package| set.recipe_of.get(package)).collect();
    let ids: Vec<String> = set.order.iter().filter(|id| Part::of(id) == Part::Recipe).cloned().collect();
    let mut recipes = FxHashMap::default();
    for id in ids {
        let on_target = !set.has_image || installed.contains(&id);
        let Some(item) = set.items.remove(&id) else { continue };
        let mut component = item.component;
        component.source_ref.clone_from(&id);
        // Who wrote the document, not who made the software.
        component.supplier.clear();
        let (_, named_build_only) = names::unwrap(&component.name);
        if item.is_native || named_build_only || !on_target {
            component.scope = Scope::BuildOnly;
        }
        if !item.fixed.is_empty() {
            component.patches.push(Patch {
                resolves: item.fixed,
                origin: "source-info".to_owned(),
                ..Patch::default()
            });
        }
        recipes.insert(id, component);
    }
    recipes
}

/// A package is a location of its recipe; one without a recipe stands for itself.
fn add_package(
    set: &Set,
    id: &str,
    item: Item,
    recipes: &mut FxHashMap<String, Component>,
    inventory: &mut Inventory,
) {
    let installed = !set.has_image || set.installed.contains(id);
    let recipe = set.recipe_of.get(id).and_then(|recipe| recipes.get_mut(recipe));
    let mut component = item.component;
    match recipe {
        Some(recipe) => {
            if installed {
                push_new(&mut recipe.locations, component.name.clone());
            }
            if recipe.version.is_empty() {
                recipe.version = component.version.clone();
            }
            component.hashes.clear();
            combine_identity(recipe, component);
        }
        None => {
            let value = format!("the recipe of package {} is not among the documents", component.name);
            inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Warn, id, &value));
            component.source_ref = id.to_owned();
            if !installed {
                component.scope = Scope::BuildOnly;
            }
            inventory.components.push(component);
        }
    }
}

/// `core-image-minimal-beaglebone-yocto.rootfs-20250728170920`: the image and the time of its build.
fn name_product(set: &Set, inventory: &mut Inventory) {
    let Some((id, image)) =
        set.order.iter().filter(|id| Part::of(id) == Part::Image).find_map(|id| set.items.get_key_value(id))
    else {
        return;
    };
    inventory.product.clone_from(&image.component.name);
    let last = id.rsplit('-').next().unwrap_or_default();
    if last.len() >= 8 && last.bytes().all(|byte| byte.is_ascii_digit()) {
        inventory.release = last.to_owned();
    }
}
