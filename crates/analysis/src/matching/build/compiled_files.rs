//! Witness: lists of compiled files (matching.md 7.3). A file in any list is built, complete or not; a file
//! that a complete list lacks is not. Whole paths are compared, never names alone.

use model::reason::Reason;

use super::files::Class;
use super::prepared::Prepared;
use super::sources::{File, Out, Says, State};

/// The word of a list that names the file: it outweighs every other witness.
pub fn listed(prepared: &Prepared<'_>, path: &str) -> Option<Says> {
    if prepared.is_listed(path) {
        return Some(Says::told(State::Listed, "named in the list of compiled files"));
    }
    let root = rust_root(prepared, path)?;
    Some(Says::told(State::Listed, format!("the Rust crate of {root} is compiled")))
}

/// What a list says of a file that it does not name.
pub fn witness(prepared: &Prepared<'_>, file: &File<'_>) -> Says {
    if file.class == Class::Data {
        // Lists name what a compiler reads; a device tree is not among it.
        return Says::nothing();
    }
    if prepared.has_complete_list() {
        return Says::told(State::Out(Out::NotListed), "not in the complete list of compiled files");
    }
    if prepared.has_unusable_list() {
        Says::state(State::Unknown(Reason::EListIncomplete))
    } else {
        Says::nothing()
    }
}

/// Rust is compiled through the root of its crate or module: of `binder/node.rs` only `binder/….rs` beside or
/// above it is ever named. A compiled one there may hold the file.
fn rust_root<'a>(prepared: &Prepared<'a>, path: &str) -> Option<&'a str> {
    let mut folder = path.strip_suffix(".rs")?.rsplit_once('/')?.0;
    loop {
        if let Some(root) = prepared.listed_rust_in(folder) {
            return Some(root);
        }
        folder = folder.rsplit_once('/')?.0;
    }
}
