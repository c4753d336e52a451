//! SPDX 2.2 and 2.3 as JSON, tag-value, YAML and XML: one document, or a set that refers to each other (Yocto packs one
//! per recipe, package and image into an archive, Zephyr writes four files).
//!
//! Start with [`read_document`] and [`read_set`]. Every form becomes the JSON form first; [`document`] takes one in,
//! `yocto`, `zephyr` and `plain` make components.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod document;
mod plain;
mod schema;
pub mod sets;
mod tag_value;
mod xml;
mod yocto;
mod zephyr;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

use crate::limits::{FormatError, Limits};
use crate::text::entries::{Entries, Raw};
use crate::text::{decode, quotes, yaml};
use document::Document;

/// The forms of SPDX 2 that are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// JSON.
    #[default]
    Json,
    /// Lines of tags and values.
    TagValue,
    /// YAML with the keys of JSON.
    Yaml,
    /// XML with the keys of JSON.
    Xml,
}

impl Form {
    /// The word that names the reader.
    pub fn word(self) -> &'static str {
        match self {
            Form::Json => "spdx2",
            Form::TagValue => "spdx2-tag-value",
            Form::Yaml => "spdx2-yaml",
            Form::Xml => "spdx2-xml",
        }
    }
}

/// Reads one document.
///
/// # Errors
/// When the bytes are not one whole SPDX 2 document of the form, or pass a limit.
pub fn read(bytes: &[u8], name: &str, form: Form, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    Ok(read_set(vec![read_document(bytes, name, form, limits)?]))
}

/// Reads one document, to be joined with others.
///
/// # Errors
/// As for [`read`].
pub fn read_document(bytes: &[u8], name: &str, form: Form, limits: &Limits) -> Result<Document, FormatError> {
    let (text, mut notes) = decode(bytes);
    let mut document = match form {
        Form::Json => document::read(&text, name, limits)?,
        Form::Yaml => document::read(&yaml_to_json(&text, name, limits, &mut notes)?, name, limits)?,
        Form::Xml => document::read(&xml::to_json(&text, name, limits, &mut notes)?, name, limits)?,
        Form::TagValue => {
            let mut converted = tag_value::to_json(&text, name)?;
            let mut document = document::read(&converted.json, name, limits)?;
            notes.append(&mut converted.notes);
            let of_components = document.packages.iter_mut().flat_map(|item| &mut item.component.notes);
            for note in document.notes.iter_mut().chain(of_components) {
                name_line(note, &converted);
            }
            document
        }
    };
    notes.append(&mut document.notes);
    document.notes = notes;
    document.form = form;
    name.clone_into(&mut document.file);
    document.bytes = bytes.len() as u64;
    Ok(document)
}

/// YAML as JSON; quotation marks that were not escaped are, where that makes it YAML.
fn yaml_to_json(
    text: &str,
    name: &str,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<String, FormatError> {
    yaml::to_json(text, name, limits).or_else(|error| {
        let repaired = match &error {
            FormatError::Malformed { .. } => quotes::escape_stray(text),
            _ => None,
        };
        let Some((repaired, line)) = repaired else { return Err(error) };
        let json = yaml::to_json(&repaired, name, limits).map_err(|_| error)?;
        let value = "a quotation mark inside of a quoted text, taken as a part of it";
        notes.push(Note::new(NoteCode::FieldType, Severity::Warn, format!("line {line}"), value));
        Ok(json)
    })
}

/// A place in the JSON that tag-value became, as the line of the text: `line 42, versionInfo`.
fn name_line(note: &mut Note, converted: &tag_value::Converted) {
    let lists = [("/packages/", &converted.packages), ("/relationships/", &converted.relationships)];
    for (start, lines) in lists {
        let Some(rest) = note.place.strip_prefix(start) else { continue };
        let (number, field) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some(line) = number.parse::<usize>().ok().and_then(|at| lines.get(at)) {
            note.place =
                if field.is_empty() { format!("line {line}") } else { format!("line {line}, {field}") };
            return;
        }
    }
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
    read(inner.as_bytes(), name, Form::Json, limits)
}

/// Makes one inventory of documents that refer to each other by namespace.
pub fn read_set(mut documents: Vec<Document>) -> Read<Inventory> {
    // The order of an archive's members is an accident.
    documents.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    let mut notes = Vec::new();
    for document in &mut documents {
        notes.append(&mut document.notes);
    }
    let described = documents.iter().map(describe).collect();
    let is_yocto = documents.iter().any(|document| document.tool.contains("create-spdx"));
    let mut inventory = if is_yocto {
        yocto::inventory(documents)
    } else if documents.iter().any(zephyr::is_zephyr) {
        zephyr::inventory(documents)
    } else {
        plain::inventory(documents)
    };
    notes.append(&mut inventory.notes);
    inventory.documents = described;
    Read { value: inventory, notes }
}

fn describe(document: &Document) -> SourceDocument {
    SourceDocument {
        file: document.file.clone(),
        kind: document.form.word().to_owned(),
        bytes: document.bytes,
        spec_version: document.spec_version.clone(),
        created: document.created.clone(),
        tool: document.tool.clone(),
        ..SourceDocument::default()
    }
}

/// One description of a set in an archive: the latest of its dates.
pub fn describe_set(documents: &[SourceDocument]) -> Option<SourceDocument> {
    let mut first = documents.first()?.clone();
    first.created = documents.iter().map(|document| document.created.clone()).max().unwrap_or_default();
    Some(first)
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
