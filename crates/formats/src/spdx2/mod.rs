//! SPDX 2.2 and 2.3 JSON: one document, or the set that Yocto packs into an archive (one per recipe, package
//! and image).
//!
//! Start with [`read`] and [`read_set`]; [`document`] takes one in, `yocto` and `plain` make components.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod document;
mod plain;
mod schema;
mod yocto;

use model::note::Read;
use model::sbom::{Inventory, SourceDocument};

use crate::limits::{FormatError, Limits};
use crate::text::entries::{Entries, Raw};
use document::Document;

/// Reads one document.
///
/// # Errors
/// When the bytes are not one whole SPDX 2 JSON document, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    let document = document::read(&text, name, limits)?;
    let mut read = read_set(vec![document]);
    notes.append(&mut read.notes);
    Ok(Read { value: read.value, notes })
}

/// Reads a dependency export of GitHub, which wraps its SPDX document: `{"sbom": {…}}`.
///
/// # Errors
/// As [`read`].
pub fn read_wrapped(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, _) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let root: Entries<Raw<'_>> =
        serde_json::from_str(&text).map_err(|error| FormatError::json(name, &error))?;
    let inner = root.0.iter().find(|(key, _)| key == "sbom").map_or("", |(_, inner)| inner.0);
    read(inner.as_bytes(), name, limits)
}

/// Makes one inventory of documents that refer to each other by namespace.
pub fn read_set(mut documents: Vec<Document>) -> Read<Inventory> {
    // The order of an archive's members is an accident.
    documents.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    let mut notes = Vec::new();
    for document in &mut documents {
        notes.append(&mut document.notes);
    }
    let described = describe(&documents);
    let is_yocto = documents.iter().any(|document| document.tool.contains("create-spdx"));
    let mut inventory = if is_yocto { yocto::inventory(documents) } else { plain::inventory(documents) };
    notes.append(&mut inventory.notes);
    inventory.documents.push(described);
    Read { value: inventory, notes }
}

fn describe(documents: &[Document]) -> SourceDocument {
    let first = documents.first();
    SourceDocument {
        spec_version: first.map(|document| document.spec_version.clone()).unwrap_or_default(),
        created: documents.iter().map(|document| document.created.clone()).max().unwrap_or_default(),
        tool: first.map(|document| document.tool.clone()).unwrap_or_default(),
        ..SourceDocument::default()
    }
}

/// The one id of an element in a set of documents: namespace and SPDXID. `DocumentRef-x:SPDXRef-y` is looked
/// up in the document that says it.
fn global(document: &Document, id: &str) -> String {
    match id.split_once(':') {
        Some((reference, element)) => {
            let namespace = document.references.get(reference).map_or(reference, String::as_str);
            format!("{namespace}#{element}")
        }
        None => format!("{}#{id}", document.namespace),
    }
}
