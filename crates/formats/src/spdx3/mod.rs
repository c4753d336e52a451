//! SPDX 3 JSON-LD: as Yocto's create-spdx-3.0 class writes it (recipes, packages, builds, VEX), and any other.
//!
//! Start with [`read`]; [`graph`] takes the elements in, `yocto` and `plain` make components of them.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod graph;
mod package;
mod plain;
mod schema;
mod statements;
pub mod write;
mod yocto;

use std::fmt;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::limits::{FormatError, Limits};
use crate::text::loose::{Each, Name, Text};
use graph::Graph;
use schema::Element;

/// Reads one SPDX 3 document.
///
/// # Errors
/// When the bytes are not one whole JSON document, or nest too deeply, or hold no SPDX 3 graph.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut graph = Graph::default();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let root = Root { graph: &mut graph, limit: limits.components };
    root.deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    if graph.packages.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    if graph.elements == 0 {
        return Err(FormatError::Malformed {
            name: name.to_owned(),
            why: "its @graph has no elements".to_owned(),
        });
    }
    notes.append(&mut graph.notes);
    check_version(&graph, &mut notes);
    let mut inventory =
        if yocto::is_one(&graph) { yocto::inventory(&graph) } else { plain::inventory(&graph) };
    notes.append(&mut inventory.notes);
    inventory.documents.push(document(&graph));
    Ok(Read { value: inventory, notes })
}

fn document(graph: &Graph<'_>) -> SourceDocument {
    SourceDocument {
        spec_version: graph.spec_version.to_string(),
        created: graph.created.to_string(),
        tool: graph.names.get(&graph.tool).unwrap_or(&graph.tool).to_string(),
        ..SourceDocument::default()
    }
}

fn check_version(graph: &Graph<'_>, notes: &mut Vec<Note>) {
    let version = graph.spec_version.as_ref();
    if !version.is_empty() && !version.starts_with("3.0") {
        notes.push(Note::new(NoteCode::SchemaNewer, Severity::Info, "specVersion", version));
    }
}

/// The root: an object with a `@graph`, or one element.
struct Root<'g, 'a> {
    graph: &'g mut Graph<'a>,
    limit: usize,
}

impl<'a> DeserializeSeed<'a> for Root<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Root<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX 3 document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut single = Element::default();
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "@graph" => {
                    let (graph, limit) = (&mut *self.graph, self.limit);
                    map.next_value_seed(Each::new(|element: Element<'a>, _| {
                        // Past the limit the reader only looks for the end; the caller turns it into an error.
                        if graph.packages.len() < limit {
                            graph.add(element);
                        }
                    }))?;
                }
                "type" => single.kind = map.next_value()?,
                "spdxId" => single.id = map.next_value()?,
                "name" => single.name = map.next_value()?,
                "software_packageVersion" => single.version = map.next_value()?,
                "software_packageUrl" => single.package_url = map.next_value()?,
                "software_downloadLocation" => single.download = map.next_value()?,
                "externalIdentifier" => single.identifiers = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if self.graph.elements == 0 && !single.kind.is_empty() {
            self.graph.add(single);
        }
        Ok(())
    }
}

/// The text of a field, or nothing where SPDX says it has nothing.
fn said<'t>(text: &'t Text<'_>) -> &'t str {
    crate::normalise::identity::usable(text.get()).unwrap_or_default()
}
