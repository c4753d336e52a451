//! The last words on a component: which of several it is, its stable key, and what reading alone can say
//! about its coverage (matching.md 1.1, 1.5, 1.6).

use model::component::{Component, Coverage, Role, Scope};
use model::sbom::Inventory;
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

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
    inventory.components.sort_by_cached_key(|component| {
        (component.name.to_ascii_lowercase(), component.version.clone(), super::fold::equality(component), component.source_ref.clone())
    });
    let mut taken: FxHashSet<String> = FxHashSet::default();
    for component in &mut inventory.components {
        let kind = if component.scope == Scope::BuildOnly { "build" } else { "target" };
        let mut count = 0_usize;
        loop {
            let purl = component.purls.first().map(|purl| format!("{}/{}", purl.kind, purl.namespace)).unwrap_or_default();
            let key = hash(&[kind, &purl, &component.name, &component.version, &component.instance, &count.to_string()]);
            if taken.insert(key.clone()) {
                component.key = key;
                break;
            }
            count += 1;
        }
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
