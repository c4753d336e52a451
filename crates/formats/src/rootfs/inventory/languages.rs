//! Packages of languages: those that a distribution's package ships are that package's; the others are components.

use std::collections::BTreeMap;

use model::component::{Component, Role};
use model::sbom::Inventory;
use model::version::VersionOrigin;

use super::super::schema::Volume;
use super::Place;
use super::packages::Packages;
use super::programs::push_purl;

/// Adds packages of Python, Node and Ruby.
pub(super) fn add(inventory: &mut Inventory, volume: &Volume, packages: &Packages, place: &Place<'_>) {
    let mut found: BTreeMap<(&str, &str, &str), Component> = BTreeMap::new();
    let free = volume.packages.iter().filter(|package| packages.owner(&package.owner).is_none());
    for package in free.filter(|package| !package.kind.is_empty() && !package.name.is_empty()) {
        let key = (package.kind.as_str(), package.name.as_str(), package.version.as_str());
        let component = found.entry(key).or_insert_with(|| {
            let mut component = Component {
                name: package.name.clone(),
                source_ref: format!("{}:{}@{}", package.kind, package.name, package.version),
                version: package.version.clone(),
                version_origin: VersionOrigin::Stated,
                role: Role::Library,
                ..Component::default()
            };
            push_purl(&mut component, &package.kind, &package.name, &package.version);
            component
        });
        component.locations.push(place.of(&package.path));
    }
    inventory.components.extend(found.into_values());
}
