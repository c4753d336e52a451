//! Build evidence as inventories without components; the readers live in their own folders.

use model::build::BuildEvidence;
use model::note::Read;
use model::sbom::Inventory;

use super::FormatError;
use crate::{compiled_files, device_tree, kconfig, kernel_release, module_lists, patch_files};

/// Reads a `.config`.
pub fn config(bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Ok(wrap(kconfig::read(bytes, name)?, |build, config| build.configs.push(config)))
}

/// Reads a list of compiled files.
pub fn compiled_files(bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Ok(wrap(compiled_files::read(bytes, name)?, |build, list| build.compiled.push(list)))
}

/// Reads a list of modules.
pub fn modules(bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Ok(wrap(module_lists::read(bytes, name)?, |build, list| build.modules = Some(list)))
}

/// Reads a patch. By itself it proves nothing: it is used where an SBOM lists it.
pub fn patch(bytes: &[u8], name: &str) -> Read<Inventory> {
    wrap(patch_files::read(bytes, name), |build, patch| build.patches.push(patch))
}

/// Reads a compiled device tree.
pub fn device_tree(bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Ok(wrap(device_tree::read(bytes, name)?, |build, tree| build.device_trees.push(tree)))
}

/// Reads what names the release of a kernel.
pub fn kernel_release(bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    let read = Read { value: kernel_release::read(bytes, name)?, notes: Vec::new() };
    Ok(wrap(read, |build, release| build.kernel_releases.push(release)))
}

fn wrap<T>(read: Read<T>, put: impl FnOnce(&mut BuildEvidence, T)) -> Read<Inventory> {
    let mut inventory = Inventory::default();
    put(&mut inventory.build, read.value);
    Read { value: inventory, notes: read.notes }
}
