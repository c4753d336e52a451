//! Inputs of one release that are read one by one and belong together: SPDX 2 documents refer to each other, so they wait
//! for the others before they become components.

use model::sbom::Inventory;

use super::{FormatError, Kind, bound, detect, merge, name_file, read_inventory, tell_nothing};
use crate::limits::Limits;
use crate::normalise;
use crate::spdx2::{self, document::Document, sets};

/// One input as far as it can be read alone.
#[derive(Debug)]
pub enum Part {
    /// Complete in itself.
    Whole(Box<Inventory>),
    /// May refer to other documents, or be referred to.
    Linked(Box<Document>),
}

impl Part {
    /// The word of its reader; `evidence` where the input is no document of components.
    pub fn kind(&self) -> &str {
        match self {
            Part::Whole(inventory) => {
                inventory.documents.first().map_or("evidence", |document| document.kind.as_str())
            }
            Part::Linked(document) => document.form.word(),
        }
    }
}

/// Reads any input of a release as [`read_inventory`] does, to be joined with the others by [`join`]. Its notes are in it.
///
/// # Errors
/// As for [`read_inventory`].
pub fn read_part(bytes: &[u8], name: &str, limits: &Limits) -> Result<Part, FormatError> {
    let form = if bytes.len() as u64 <= limits.document_bytes { detect(bytes, name).spdx2() } else { None };
    if let Some(form) = form {
        let mut document = spdx2::read_document(bytes, name, form, limits)?;
        let of_components = document.packages.iter_mut().flat_map(|item| &mut item.component.notes);
        for note in document.notes.iter_mut().chain(of_components) {
            name_file(note, name);
        }
        return Ok(Part::Linked(Box::new(document)));
    }
    let mut read = read_inventory(bytes, name, limits)?;
    read.value.notes.extend(read.notes);
    Ok(Part::Whole(Box::new(read.value)))
}

/// Makes one inventory of all inputs of a release. The order does not matter.
pub fn join(parts: Vec<Part>) -> Inventory {
    merge(groups(parts))
}

/// One inventory for each group of inputs that belong together.
pub fn groups(parts: Vec<Part>) -> Vec<Inventory> {
    let (mut whole, mut linked) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Whole(inventory) => whole.push(*inventory),
            Part::Linked(document) => linked.push(*document),
        }
    }
    whole.extend(sets::linked(linked).into_iter().map(settle));
    whole
}

/// One inventory of a group, as [`read_inventory`] leaves one.
fn settle(documents: Vec<Document>) -> Inventory {
    let file = match documents.as_slice() {
        [only] => only.file.clone(),
        _ => String::new(),
    };
    let mut read = spdx2::read_set(documents);
    tell_nothing(&mut read);
    bound(&mut read.notes);
    bound(&mut read.value.notes);
    normalise::finish(&mut read.value);
    let mut inventory = read.value;
    inventory.notes.extend(read.notes);
    let of_components = inventory.components.iter_mut().flat_map(|component| &mut component.notes);
    for note in inventory.notes.iter_mut().chain(of_components) {
        name_file(note, &file);
    }
    inventory
}

impl Kind {
    /// The form, for kinds that are SPDX 2.
    pub fn spdx2(self) -> Option<spdx2::Form> {
        match self {
            Kind::Spdx2 => Some(spdx2::Form::Json),
            Kind::Spdx2TagValue => Some(spdx2::Form::TagValue),
            Kind::Spdx2Yaml => Some(spdx2::Form::Yaml),
            Kind::Spdx2Xml => Some(spdx2::Form::Xml),
            _ => None,
        }
    }
}
