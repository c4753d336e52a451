//! Build evidence as inventories without components; the readers live in their own folders.

use model::build::BuildEvidence;
use model::note::Read;
use model::sbom::Inventory;

use super::FormatError;
use crate::{compiled_files, kconfig, module_lists};

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

fn wrap<T>(read: Read<T>, put: impl FnOnce(&mut BuildEvidence, T)) -> Read<Inventory> {
    let mut inventory = Inventory::default();
    put(&mut inventory.build, read.value);
    Read { value: inventory, notes: read.notes }
}
