//! From what a reader found to the components that everything else works on (matching.md 1.3): names, scope,
//! role, versions, folding, duplicates, keys, coverage.
//!
//! [`finish`] may be applied any number of times; [`merge`] joins several inputs of one release in any order.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod combine;
mod fold;
pub mod identity;
mod keys;
mod merge;
pub mod names;
pub mod needs;
pub mod packages;
pub mod platform;
pub mod versions;

use model::component::Component;
use model::identity::Purl;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;

use identity::keep_first;
pub use merge::merge;

/// Normalises an inventory as a reader left it.
pub fn finish(inventory: &mut Inventory) {
    name_the_unnamed(inventory);
    fold::separate_references(inventory);
    fold::name_sources(inventory);
    for component in &mut inventory.components {
        names::settle(component);
        versions::recover(component);
    }
    keys::name_instances(inventory);
    fold::settle(inventory);
    needs::settle(inventory);
    versions::recover_from_files(inventory);
    platform::settle(inventory);
    for component in &mut inventory.components {
        component.coverage = keys::coverage(component);
        tidy(component);
    }
    keys::assign(inventory);
}

fn name_the_unnamed(inventory: &mut Inventory) {
    for (at, component) in inventory.components.iter_mut().enumerate() {
        if component.name.is_empty() {
            component.name = format!("unnamed#{}", at + 1);
            component.notes.push(Note::new(
                NoteCode::NoName,
                Severity::Warn,
                &*component.source_ref,
                "kept without a name",
            ));
        }
        if component.source_ref.is_empty() {
            component.source_ref.clone_from(&component.name);
        }
    }
}

/// Notes and lists in one order, each once.
fn tidy(component: &mut Component) {
    component.notes.sort();
    component.notes.dedup();
    component.locations.sort();
    component.locations.dedup();
    for list in [
        &mut component.names,
        &mut component.hashes,
        &mut component.download_urls,
        &mut component.git.repositories,
    ] {
        keep_first(list, String::clone);
    }
    keep_first(&mut component.cpes, |cpe| cpe.cpe.clone());
    keep_first(&mut component.purls, Purl::clone);
    keep_first(&mut component.patches, |patch| {
        (patch.name.clone(), patch.hash.clone(), patch.resolves.clone(), patch.origin.clone())
    });
    component.names.retain(|name| *name != component.name);
    if !component.version.is_empty() {
        component.notes.retain(|note| note.code != NoteCode::NoVersion);
    }
}

/// Adds to `keep` what a part of it (a download, a sub-package) says about identity: CPEs, purls, addresses,
/// hashes. Name, version, scope and notes of the whole stay its own; notes are joined.
pub fn combine_identity(keep: &mut Component, part: Component) {
    let part = Component {
        name: keep.name.clone(),
        version: String::new(),
        scope: keep.scope,
        supplier: String::new(),
        homepage: String::new(),
        ..part
    };
    combine::absorb(keep, part);
}

/// The version of the source package that a distribution's binary was built of.
pub fn source_version(component: &Component) -> String {
    fold::source_version(component)
}
