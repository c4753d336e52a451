//! The last words on a component: which of several it is, its stable key, and what reading alone can say
//! about its coverage (matching.md 1.1, 1.5, 1.6).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use model::component::{Component, Coverage, Role, Scope};
use model::identity::Purl;
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::packages::is_unplaced;
use super::versions::is_unknown;

/// Tells several kernels or boot loaders of one release apart: by name, else by what contains them, else by
/// version.
pub fn name_instances(inventory: &mut Inventory) {
    for role in [Role::Kernel, Role::Bootloader] {
        let on_target =
            |component: &&mut Component| component.role == role && component.scope != Scope::BuildOnly;
        let several: Vec<&mut Component> = inventory.components.iter_mut().filter(on_target).collect();
        if several.len() < 2 {
            continue;
        }
        let (mut names, mut parents) = (BTreeMap::new(), BTreeMap::new());
        for component in &several {
            *names.entry(component.name.clone()).or_insert(0_usize) += 1;
            *parents.entry(component.parents.join(",")).or_insert(0_usize) += 1;
        }
        for component in several.into_iter().filter(|component| component.instance.is_empty()) {
            let within = component.parents.join(",");
            let own = |counts: &BTreeMap<String, usize>, word: &str| {
                !word.is_empty() && counts.get(word) == Some(&1)
            };
            if own(&names, &component.name) {
                component.instance.clone_from(&component.name);
            } else if own(&parents, &within) {
                component.instance = within;
            }
        }
    }
}

/// Purl types whose versions we can compare and for which feeds exist, or whose name alone serves.
const KNOWN_PURLS: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "buildroot",
    "cargo",
    "composer",
    "conan",
    "deb",
    "gem",
    "generic",
    "git",
    "github",
    "gitlab",
    "golang",
    "maven",
    "npm",
    "nuget",
    "openembedded",
    "openwrt",
    "opkg",
    "pypi",
    "rpm",
    "yocto",
    "zephyr",
];

/// The coverage state as far as reading can tell.
pub fn coverage(component: &Component) -> Coverage {
    if component.scope == Scope::BuildOnly {
        return Coverage::BuildOnly;
    }
    let has_git = !component.git.repositories.is_empty() || !component.git.commit.is_empty();
    if component.cpes.is_empty() && component.purls.is_empty() && !has_git {
        return Coverage::NoIdentity;
    }
    if is_unknown(&component.version) {
        return Coverage::NoVersion;
    }
    let known = |kind: &str| KNOWN_PURLS.contains(&kind);
    let is_usable = |purl: &Purl| known(&purl.kind) && !is_unplaced(purl);
    if component.cpes.is_empty() && !has_git && !component.purls.iter().any(is_usable) {
        return Coverage::UnsupportedEcosystem;
    }
    Coverage::Pending
}

/// Gives every component its key: a hash of what stays the same when the same release is read again.
pub fn assign(inventory: &mut Inventory) {
    if !inventory.components.is_sorted_by(|one, other| order(one, other).is_le()) {
        inventory.components.sort_by(order);
    }
    let mut taken: FxHashSet<u64> = FxHashSet::default();
    let mut again: FxHashMap<u64, u64> = FxHashMap::default();
    for component in &mut inventory.components {
        let kind = if component.scope == Scope::BuildOnly { "build" } else { "target" };
        let (purl, namespace) =
            component.purls.first().map_or(("", ""), |purl| (purl.kind.as_str(), purl.namespace.as_str()));
        let parts = [kind, purl, namespace, &component.name, &component.version, &component.instance];
        let first = hash(&parts);
        let mut key = first;
        // Two of one name and version (two patch sets): the second in order gets the next free number.
        while !taken.insert(key) {
            let step = again.entry(first).or_default();
            *step += 1;
            key = first.wrapping_add(*step);
        }
        component.key = format!("{key:016x}");
    }
}

/// By name without case, then version, then whatever tells two of them apart.
fn order(one: &Component, other: &Component) -> Ordering {
    fn name(component: &Component) -> impl Iterator<Item = u8> + '_ {
        component.name.bytes().map(|byte| byte.to_ascii_lowercase())
    }
    (name(one).cmp(name(other)))
        .then_with(|| one.version.cmp(&other.version))
        .then_with(|| (one.scope, one.role).cmp(&(other.scope, other.role)))
        .then_with(|| one.source_ref.cmp(&other.source_ref))
}

/// FNV-1a: the same on every machine and in every release of this program.
fn hash(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
