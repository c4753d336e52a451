//! Archives: Yocto's set of SPDX 2 documents, or any collection of inputs of one release.

use std::ops::ControlFlow;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::{FormatError, Kind, detect};
use crate::limits::Limits;
use crate::{archives, normalise, spdx2};

/// Says what an archive holds, by its first member that says something.
pub fn kind(bytes: &[u8], name: &str) -> Kind {
    let mut kind = Kind::Archive;
    // An error here is found again, and told, when the archive is read.
    let _ = archives::members(bytes, name, &Limits::INVENTORY, &mut |member, content| {
        if is_index(member) {
            return Ok(ControlFlow::Continue(()));
        }
        if detect(content, member) == Kind::Spdx2 {
            kind = Kind::YoctoSpdx2Archive;
        }
        Ok(ControlFlow::Break(()))
    });
    kind
}

fn is_index(member: &str) -> bool {
    member == "index.json" || member.ends_with("/index.json")
}

/// Reads every member by its own kind. SPDX 2 documents are read together, because they refer to each other.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let mut documents = Vec::new();
    let mut inventories = Vec::new();
    let mut notes = Vec::new();
    let passed = archives::members(bytes, name, limits, &mut |member, content| {
        take(member, content, limits, &mut documents, &mut inventories, &mut notes);
        Ok(ControlFlow::Continue(()))
    })?;
    notes.extend(passed);
    if documents.is_empty() && inventories.is_empty() {
        let why = match notes.first() {
            Some(note) => format!("nothing in the archive can be read ({}: {})", note.place, note.value),
            None => "the archive is empty".to_owned(),
        };
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    let mut sets = spdx2::sets::packed(documents);
    if let ([_], true) = (sets.as_slice(), inventories.is_empty())
        && let Some(only) = sets.pop()
    {
        let mut set = spdx2::read_set(only);
        notes.append(&mut set.notes);
        return Ok(Read { value: set.value, notes });
    }
    for documents in sets {
        let mut set = spdx2::read_set(documents);
        notes.append(&mut set.notes);
        normalise::finish(&mut set.value);
        inventories.push(set.value);
    }
    Ok(Read { value: normalise::merge(inventories), notes })
}

/// One member that cannot be read does not stop the others.
fn take(
    member: &str,
    content: &[u8],
    limits: &Limits,
    documents: &mut Vec<spdx2::document::Document>,
    inventories: &mut Vec<Inventory>,
    notes: &mut Vec<Note>,
) {
    if is_index(member) {
        return;
    }
    let result = if let Some(form) = detect(content, member).spdx2() {
        spdx2::read_document(content, member, form, limits).map(|document| documents.push(document))
    } else {
        super::read_inventory(content, member, limits).map(|read| {
            notes.extend(read.notes);
            inventories.push(read.value);
        })
    };
    if let Err(error) = result {
        let severity = if error.code() == NoteCode::UnknownKind { Severity::Info } else { Severity::Error };
        notes.push(Note::new(error.code(), severity, member, &error.to_string()));
    }
}
