//! Several inputs of one release: SBOMs give components, evidence files add facts, and the order in which
//! they were given changes nothing.

use std::collections::BTreeMap;

use model::build::Platform;
use model::component::{Component, Role, Scope};
use model::identity::Purl;
use model::identity::name::name_key;
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::combine::absorb;
use super::{finish, fold, names, packages};

/// Joins inventories of one release. Components that two documents describe become one; build evidence,
/// statements and notes add up.
pub fn merge(mut inventories: Vec<Inventory>) -> Inventory {
    if inventories.len() == 1
        && let Some(mut only) = inventories.pop()
    {
        finish(&mut only);
        return only;
    }
    // A document that lists a whole image leads; the rest only makes the order the same for every input order.
    inventories.sort_by_cached_key(|inventory| {
        let first = inventory.documents.first();
        let kind =
            first.map(|document| (document.kind.clone(), document.file.clone(), document.hash.clone()));
        (
            !inventory.platform.inventory_complete,
            inventory.components.is_empty(),
            std::cmp::Reverse(inventory.components.len()),
            kind,
        )
    });
    for at in 0..inventories.len() {
        settle_product_statements(&mut inventories, at);
    }
    place_packages(&mut inventories);
    separate_documents(&mut inventories);
    let mut whole = Inventory::default();
    let mut components: Vec<(usize, Component)> = Vec::new();
    for (document, inventory) in inventories.into_iter().enumerate() {
        components.extend(inventory.components.into_iter().map(|component| (document, component)));
        whole.documents.extend(inventory.documents);
        for (mine, theirs) in
            [(&mut whole.product, inventory.product), (&mut whole.release, inventory.release)]
        {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        add_build(&mut whole, inventory.build);
        add_platform(&mut whole.platform, inventory.platform);
        whole.statements.extend(inventory.statements);
        whole.notes.extend(inventory.notes);
    }
    let mut moved = FxHashMap::default();
    whole.components = join(components, &mut moved);
    follow(&mut whole, &moved);
    finish(&mut whole);
    whole
}

/// One input says of which distribution the packages of another are.
fn place_packages(inventories: &mut [Inventory]) {
    let stated = inventories.iter().map(|inventory| &inventory.platform.distribution);
    let Some(distribution) = stated.into_iter().find(|distribution| !distribution.is_empty()).cloned() else {
        return;
    };
    for inventory in inventories {
        packages::place(&mut inventory.components, &distribution);
        packages::forget_note(&mut inventory.notes);
    }
}

/// Two documents may use one reference for different components: in the later one it gets the document's number, and
/// whatever that document says of it follows.
fn separate_documents(inventories: &mut [Inventory]) {
    let mut taken: FxHashSet<String> = FxHashSet::default();
    for (document, inventory) in inventories.iter_mut().enumerate() {
        let own: FxHashSet<&String> =
            inventory.components.iter().map(|component| &component.source_ref).collect();
        let renamed: FxHashMap<String, String> = (own.iter())
            .filter(|reference| !reference.is_empty() && taken.contains(**reference))
            .map(|reference| ((*reference).clone(), format!("{reference}@{document}")))
            .collect();
        taken.extend(own.into_iter().cloned());
        for component in &mut inventory.components {
            if let Some(to) = renamed.get(&component.source_ref) {
                component.source_ref.clone_from(to);
            }
        }
        follow(inventory, &renamed);
    }
}

/// Points whatever speaks of a component to its new reference.
fn follow(inventory: &mut Inventory, moved: &FxHashMap<String, String>) {
    if moved.is_empty() {
        return;
    }
    let of_statements = inventory.statements.iter_mut().flat_map(|statement| &mut statement.components);
    let of_components = inventory.components.iter_mut().flat_map(|component| {
        component.parents.iter_mut().chain(component.needs.iter_mut().flatten().map(|need| &mut need.on))
    });
    for reference in of_statements.chain(of_components) {
        if let Some(to) = moved.get(reference) {
            reference.clone_from(to);
        }
    }
}

/// A document of statements only speaks of a product by name. Said of this release, it holds for the whole of
/// it; said of another product or another version, it names nothing here and is left as it is.
fn settle_product_statements(inventories: &mut [Inventory], at: usize) {
    let Some(release) = inventories.iter().find(|inventory| !inventory.components.is_empty()) else { return };
    let (name, version) = (release.product.clone(), release.release.clone());
    let Some(document) = inventories.get_mut(at).filter(|document| document.components.is_empty()) else {
        return;
    };
    let product = document.product.clone();
    let same_version = version.is_empty() || document.release.is_empty() || version == document.release;
    if product.is_empty() || product != name || !same_version {
        return;
    }
    for statement in &mut document.statements {
        if statement.components.contains(&product) {
            statement.components.clear();
        }
    }
}

fn add_build(whole: &mut Inventory, build: model::build::BuildEvidence) {
    for config in build.configs {
        if !whole.build.configs.contains(&config) {
            whole.build.configs.push(config);
        }
    }
    for list in build.compiled {
        if !whole.build.compiled.contains(&list) {
            whole.build.compiled.push(list);
        }
    }
    if let Some(modules) = build.modules {
        let known = whole.build.modules.get_or_insert_default();
        known.present.extend(modules.present);
        known.builtin.extend(modules.builtin);
        known.blacklisted.extend(modules.blacklisted);
        known.files.extend(modules.files);
        known.complete |= modules.complete;
    }
    whole.build.applets.extend(build.applets);
    add_new(&mut whole.build.patches, build.patches);
    add_new(&mut whole.build.fixes, build.fixes);
    add_new(&mut whole.build.histories, build.histories);
    add_new(&mut whole.build.device_trees, build.device_trees);
    add_new(&mut whole.build.kernel_releases, build.kernel_releases);
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

fn add_platform(whole: &mut Platform, other: Platform) {
    for (mine, theirs) in [
        (&mut whole.os, other.os),
        (&mut whole.arch, other.arch),
        (&mut whole.distribution, other.distribution),
    ] {
        if mine.is_empty() {
            *mine = theirs;
        }
    }
    if whole.bits == 0 {
        whole.bits = other.bits;
    }
    whole.inventory_complete |= other.inventory_complete;
    for (key, value) in other.facts {
        whole.facts.entry(key).or_insert(value);
    }
}

/// Components of one name and version that are looked through for a partner.
const MOST_ALIKE: usize = 64;

/// What two documents must agree on to speak of one component.
type Same = (Role, String, String);

fn same_key(component: &Component) -> Same {
    let (bare, _) = names::unwrap(&component.name);
    let name = match component.role {
        Role::Kernel => "linux".to_owned(),
        _ => name_key(bare),
    };
    (
        if component.role == Role::Kernel { Role::Kernel } else { Role::Other },
        name,
        fold::base(&component.version).to_owned(),
    )
}

/// Joins across documents. Within one document two components of one name and version stay two.
fn join(components: Vec<(usize, Component)>, moved: &mut FxHashMap<String, String>) -> Vec<Component> {
    let mut kept: Vec<(usize, Component)> = Vec::with_capacity(components.len());
    let mut index: BTreeMap<Same, Vec<usize>> = BTreeMap::new();
    for (document, component) in components {
        let places = index.entry(same_key(&component)).or_default();
        match partner(&kept, places, document, &component) {
            Some(at) => {
                if let Some((_, keep)) = kept.get_mut(at) {
                    take_in(keep, component, moved);
                }
            }
            None => {
                places.push(kept.len());
                kept.push((document, component));
            }
        }
    }
    kept.into_iter().map(|(_, component)| component).collect()
}

/// The one component of an earlier document that this one describes too: same scope first, else the only
/// one (documents without scope call everything target).
fn partner(
    kept: &[(usize, Component)],
    places: &[usize],
    document: usize,
    component: &Component,
) -> Option<usize> {
    // Nobody can tell which of so many is meant, and looking would cost more than it is worth.
    if places.len() > MOST_ALIKE {
        return None;
    }
    let earlier = |at: &&usize| {
        kept.get(**at).is_some_and(|(other, keep)| *other != document && !contradicts(keep, component))
    };
    let candidates: Vec<usize> = places.iter().filter(earlier).copied().collect();
    let build_only = |component: &Component| component.scope == Scope::BuildOnly;
    let same: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|at| kept.get(*at).is_some_and(|(_, keep)| build_only(keep) == build_only(component)))
        .collect();
    match (same.as_slice(), candidates.as_slice()) {
        ([at], _) => Some(*at),
        ([], [at]) if !build_only(component) => Some(*at),
        _ => None,
    }
}

/// Purls of one type that name different packages speak of different components, and so do different
/// patch sets of two documents that both list patches of their own kind.
fn contradicts(one: &Component, other: &Component) -> bool {
    if names::unwrap(&one.name).1 != names::unwrap(&other.name).1 {
        return true;
    }
    one.purls.iter().any(|mine| {
        let of_kind: Vec<_> = other.purls.iter().filter(|theirs| theirs.kind == mine.kind).collect();
        !of_kind.is_empty()
            && !of_kind.iter().any(|theirs| same_place(mine, theirs) && theirs.name == mine.name)
            && !one.purls.iter().any(|known| other.purls.contains(known))
    })
}

/// A package of a distribution that nobody has told may be of any.
fn same_place(one: &Purl, other: &Purl) -> bool {
    one.namespace == other.namespace || packages::is_unplaced(one) || packages::is_unplaced(other)
}

/// The first document's word on the scope stands: it is the one that lists the image.
fn take_in(keep: &mut Component, component: Component, moved: &mut FxHashMap<String, String>) {
    let scope = keep.scope;
    if component.source_ref != keep.source_ref {
        moved.insert(component.source_ref.clone(), keep.source_ref.clone());
    }
    absorb(keep, component);
    keep.scope = scope;
}
