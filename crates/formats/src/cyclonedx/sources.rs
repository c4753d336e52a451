//! Debian's binary packages and their source packages: CycloneDX has only one kind of dependency for "built
//! from" and for "statically contains", so the source is the one whose version fits.

use model::component::Component;
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

use super::schema::Dependency;
use crate::text::loose::Text;

/// Gives binary packages the name of their source package.
pub fn name(inventory: &mut Inventory, dependencies: &[Dependency<'_>]) {
    let sources: FxHashMap<String, (String, String)> = inventory
        .components
        .iter()
        .filter(|component| is_source(component))
        .map(|component| (component.source_ref.clone(), (component.name.clone(), component.version.clone())))
        .collect();
    if sources.is_empty() {
        return;
    }
    let needs: FxHashMap<&str, &Dependency<'_>> =
        dependencies.iter().map(|dependency| (dependency.reference.get(), dependency)).collect();
    for component in &mut inventory.components {
        if is_source(component) || !is_deb(component) || !component.source_package.is_empty() {
            continue;
        }
        let Some(dependency) = needs.get(component.source_ref.as_str()) else { continue };
        let version = crate::normalise::source_version(component);
        let candidates: Vec<&(String, String)> = dependency
            .depends_on
            .iter()
            .map(Text::get)
            .filter_map(|reference| sources.get(reference))
            .collect();
        let fitting: Vec<&&(String, String)> =
            candidates.iter().filter(|(_, known)| *known == version).collect();
        let source = match (fitting.as_slice(), candidates.as_slice()) {
            ([source], _) => Some(&source.0),
            ([], [source]) => Some(&source.0),
            (several, _) => several.iter().find(|(name, _)| *name == component.name).map(|source| &source.0),
        };
        if let Some(source) = source {
            component.source_package.clone_from(source);
        }
    }
}

fn is_deb(component: &Component) -> bool {
    component.purls.iter().any(|purl| purl.kind == "deb")
}

fn is_source(component: &Component) -> bool {
    component.purls.iter().any(|purl| purl.kind == "deb" && purl.qualifier("arch") == Some("source"))
}
