//! The last words on a component: which of several it is, its stable key, and what reading alone can say
//! about its coverage (matching.md 1.1, 1.5, 1.6).

use std::cmp::Ordering;

use model::component::{Component, Coverage, Role, Scope};
use model::sbom::Inventory;
use rustc_hash::FxHashSet;

use super::versions::is_unknown;

/// Tells several kernels or boot loaders of one release apart: by name, else by what contains them, else by
/// version.
pub fn name_instances(inventory: &mut Inventory) {
    for role in [Role::Kernel, Role::Bootloader] {
        let on_target = |component: &&mut Component| component.role == role && component.scope != Scope::BuildOnly;
        let mut several: Vec<&mut Component> = inventory.components.iter_mut().filter(on_target).collect();
        if several.len() < 2 {
            continue;
        }
        let names: Vec<String> = several.iter().map(|component| component.name.clone()).collect();
        let parents: Vec<String> = several.iter().map(|component| component.parents.join(",")).collect();
        for (at, component) in several.iter_mut().enumerate().filter(|(_, component)| component.instance.is_empty()) {
            let own = |list: &[String]| list.get(at).filter(|word| !word.is_empty() && list.iter().filter(|other| other == word).count() == 1).cloned();
            component.instance = own(&names).or_else(|| own(&parents)).unwrap_or_default();
        }
    }
}

/// Purl types whose versions we can compare and for which feeds exist, or whose name alone serves.
const KNOWN_PURLS: &[&str] = &[
    "alpm", "apk", "bitbucket", "bitnami", "buildroot", "cargo", "composer", "conan", "deb", "gem", "generic", "git", "github", "gitlab",
    "golang", "maven", "npm", "nuget", "openembedded", "openwrt", "opkg", "pypi", "rpm", "yocto", "zephyr",
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
    if component.cpes.is_empty() && !has_git && !component.purls.iter().any(|purl| known(&purl.kind)) {
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
    for component in &mut inventory.components {
        let kind = if component.scope == Scope::BuildOnly { "build" } else { "target" };
        let (purl, namespace) =
            component.purls.first().map_or(("", ""), |purl| (purl.kind.as_str(), purl.namespace.as_str()));
        let parts = [kind, purl, namespace, &component.name, &component.version, &component.instance];
        let mut key = hash(&parts);
        // Two of one name and version (two patch sets): the second in order gets the next free number.
        while !taken.insert(key) {
            key = key.wrapping_add(1);
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
