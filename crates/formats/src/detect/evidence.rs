//! Build evidence as inventories without components: the readers live in their own folders.

use model::build::{BuildEvidence, CompiledFiles};
use model::note::Read;
use model::sbom::Inventory;

use super::FormatError;

/// Reads a `.config`.
pub fn config(_bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Err(FormatError::NotYet { name: name.to_owned(), what: "configurations are not read yet" })
}
/// Reads a list of compiled files.
pub fn compiled(_bytes: &[u8], name: &str) -> Result<Read<CompiledFiles>, FormatError> {
    Err(FormatError::NotYet { name: name.to_owned(), what: "lists of compiled files are not read yet" })
}
/// Reads a list of modules.
pub fn modules(_bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Err(FormatError::NotYet { name: name.to_owned(), what: "lists of modules are not read yet" })
}
/// Reads a patch.
pub fn patch(_bytes: &[u8], name: &str) -> Result<Read<Inventory>, FormatError> {
    Err(FormatError::NotYet { name: name.to_owned(), what: "patches are not read yet" })
}
/// Wraps one piece of build evidence as an inventory without components.
pub fn wrap<T>(read: Read<T>, put: impl FnOnce(&mut BuildEvidence, T)) -> Read<Inventory> {
    let mut inventory = Inventory::default();
    put(&mut inventory.build, read.value);
    Read { value: inventory, notes: read.notes }
}
