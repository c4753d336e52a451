//! Lock files of programming languages, where firmware ships or builds with them: `Cargo.lock`, `go.mod`,
//! `package-lock.json` and `npm-shrinkwrap.json`. Each names exact versions; none of them proves what was linked in.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod cargo;
pub mod go;
pub mod npm;

use model::component::Component;
use model::identity::Purl;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

use crate::limits::{FormatError, Limits};

/// Adds a package URL of decoded parts; what its type forbids is noted.
fn add_parts(component: &mut Component, kind: &str, namespace: &str, name: &str, version: &str, place: &str) {
    let parts = Purl {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Purl::default()
    };
    match Purl::build(parts.clone()) {
        Ok(purl) => component.purls.push(purl),
        // A Go module may be called by one word, though the type asks for two.
        Err(_) if !name.is_empty() && kind == "golang" => component.purls.push(parts),
        Err(error) => {
            component.notes.push(Note::new(
                NoteCode::BadPurl,
                Severity::Warn,
                place,
                &format!("{name}: {error}"),
            ));
        }
    }
}

/// Code of the maker's own, or a folder beside it: no registry knows it.
fn note_local(component: &mut Component, place: &str) {
    let value = format!("{} is local code without a purl; name it by a CPE or a repository", component.name);
    component.notes.push(Note::new(NoteCode::BadPurl, Severity::Info, place, &value));
}

/// Checks the limits and that something was read.
fn finish(
    mut inventory: Inventory,
    name: &str,
    tool: &str,
    limits: &Limits,
    mut notes: Vec<Note>,
) -> Result<Read<Inventory>, FormatError> {
    if inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    if inventory.components.is_empty() {
        let why = "it names no package besides the one it belongs to".to_owned();
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    inventory.documents.push(SourceDocument { tool: tool.to_owned(), ..SourceDocument::default() });
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}
