//! CycloneDX JSON and XML 1.2 to 1.7: SBOMs of build systems and scanners, and documents of statements only (VEX).
//!
//! Start with [`read`]. Components are taken one at a time, so a long list costs what it says and no more.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod checks;
mod component;
mod schema;
mod sources;
mod statements;
mod xml;
pub mod write;

use std::collections::HashSet;
use std::fmt;

use model::component::Scope;
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::kept;
use crate::limits::{FormatError, Limits};
use crate::normalise::needs;
use crate::text::loose::{Each, List, Name, Text};

pub use xml::{NAMESPACE as XML_NAMESPACE, to_json as xml_to_json};

/// Reads one CycloneDX document.
///
/// # Errors
/// When the bytes are not one whole JSON document, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    read_text(&text, name, limits, notes)
}

/// Reads one CycloneDX document in XML.
///
/// # Errors
/// When the bytes are not one whole XML document, declare a document type, or pass a limit.
pub fn read_xml(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    let json = xml::to_json(&text, name, limits, &mut notes)?;
    read_text(&json, name, limits, notes)
}

fn read_text(
    text: &str,
    name: &str,
    limits: &Limits,
    mut notes: Vec<Note>,
) -> Result<Read<Inventory>, FormatError> {
    crate::text::check_depth(text, name, limits)?;
    let mut bom = Bom { limit: limits.components, ..Bom::default() };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    (&mut bom).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    if bom.inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    let mut inventory = bom.finish();
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}

/// The document while it streams by.
#[derive(Default)]
struct Bom<'a> {
    inventory: Inventory,
    limit: usize,
    spec_version: String,
    metadata: schema::Metadata<'a>,
    /// Kept to the end: they refer to components that may stand behind them.
    vulnerabilities: Vec<schema::Vulnerability<'a>>,
    dependencies: Vec<schema::Dependency<'a>>,
    complete: HashSet<String>,
}

impl<'a> Bom<'a> {
    fn finish(mut self) -> Inventory {
        let metadata = std::mem::take(&mut self.metadata);
        let tool = tool(&metadata);
        let product = self.take_product(metadata.component);
        self.inventory.documents.push(SourceDocument {
            spec_version: self.spec_version.clone(),
            created: metadata.timestamp.get().to_owned(),
            tool: tool.clone(),
            ..SourceDocument::default()
        });
        self.check_version();
        checks::timestamp(metadata.timestamp.get(), &mut self.inventory.notes);
        if metadata.wrong {
            self.note_type("/metadata");
        }
        // A document of ours names the tools of what it was made of, and says itself what they told.
        let is_ours = kept::apply_to_inventory(&mut self.inventory, &component::pairs(&metadata.properties));
        let tool = if is_ours { String::new() } else { tool };
        self.know_builder(&tool, &product);
        if !is_ours {
            sources::name(&mut self.inventory, &self.dependencies);
        }
        let references = self.references();
        self.check_dependencies(&references, &product);
        self.add_needs(&tool, &product);
        self.add_statements(&tool, &product, &references);
        self.inventory
    }

    /// The root of any type is the product; with an identity of its own it is a component too.
    fn take_product(&mut self, mut root: schema::Component<'a>) -> String {
        let reference = root.reference.get().to_owned();
        if root.wrong || (root.name.is_empty() && root.components.items.is_empty()) {
            return reference;
        }
        self.inventory.product = root.name.get().to_owned();
        self.inventory.release = root.version.get().to_owned();
        let nested = std::mem::take(&mut root.components.items);
        let place = "/metadata/component";
        let has_identity = !root.cpe.is_empty() || !root.purl.is_empty();
        let known = self.inventory.components.iter().any(|component| component.source_ref == reference);
        if has_identity && !known {
            component::add(&mut self.inventory, root, place, None);
        }
        for (at, inner) in nested.into_iter().enumerate() {
            component::add(&mut self.inventory, inner, &format!("{place}/components/{at}"), None);
        }
        reference
    }

    fn note_type(&mut self, place: impl Into<String>) {
        self.inventory.notes.push(Note::new(
            NoteCode::FieldType,
            Severity::Warn,
            place,
            "not an object, ignored",
        ));
    }

    fn check_version(&mut self) {
        let version = self.spec_version.as_str();
        let minor = version.strip_prefix("1.").and_then(|minor| minor.parse::<u32>().ok());
        if !version.is_empty() && minor.is_none_or(|minor| minor > 7) {
            self.inventory.notes.push(Note::new(
                NoteCode::SchemaNewer,
                Severity::Info,
                "/specVersion",
                version,
            ));
        }
    }

    /// What the tool that wrote the document tells about the platform.
    fn know_builder(&mut self, tool: &str, product: &str) {
        let platform = &mut self.inventory.platform;
        if is_buildroot(tool) {
            platform.distribution = "buildroot".to_owned();
            platform.inventory_complete = !self.inventory.components.is_empty();
        } else if is_yocto(tool) {
            platform.distribution = "yocto".to_owned();
        } else if tool.contains("OpenWrt") || self.inventory.product == "OpenWrt" {
            platform.distribution = "openwrt".to_owned();
        }
        platform.inventory_complete |= !product.is_empty() && self.complete.contains(product);
    }

    fn references(&self) -> HashSet<String> {
        self.inventory.components.iter().map(|component| component.source_ref.clone()).collect()
    }

    fn check_dependencies(&mut self, references: &HashSet<String>, product: &str) {
        if references.is_empty() {
            return;
        }
        for (at, dependency) in self.dependencies.iter().enumerate() {
            if dependency.wrong {
                let place = format!("/dependencies/{at}");
                let note = Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored");
                self.inventory.notes.push(note);
            } else if dependency.reference.is_empty() {
                let place = format!("/dependencies/{at}");
                self.inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Info, place, "no ref"));
            }
            let ends = std::iter::once(&dependency.reference).chain(&dependency.depends_on);
            for end in ends.map(Text::get).filter(|end| !end.is_empty() && *end != product) {
                if !references.contains(end) {
                    let place = format!("/dependencies/{at}");
                    self.inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Info, place, end));
                }
            }
        }
    }

    /// The graph. What the root depends on is what the product is made of, not what a program needs. Buildroot writes
    /// what a package was built against.
    fn add_needs(&mut self, tool: &str, product: &str) {
        let tie = if is_buildroot(tool) { Tie::BuiltAgainst } else { Tie::Stated };
        let mut at: FxHashMap<String, usize> = FxHashMap::default();
        for (place, component) in self.inventory.components.iter().enumerate() {
            // Whose needs are known has them of properties, with their ties.
            if component.needs.is_none() {
                at.entry(component.source_ref.clone()).or_insert(place);
            }
        }
        for dependency in self.dependencies.iter().filter(|one| !one.wrong) {
            let reference = dependency.reference.get();
            let place = at.get(reference).filter(|_| reference != product);
            let Some(component) = place.and_then(|at| self.inventory.components.get_mut(*at)) else {
                continue;
            };
            // What a tool of the build host needs is on no way into the device.
            if component.scope == Scope::BuildOnly {
                continue;
            }
            // Listed without dependencies: it has none, says the specification.
            component.needs.get_or_insert_default();
            for on in dependency.depends_on.iter().map(Text::get).filter(|on| !on.is_empty()) {
                needs::add(component, on, tie);
            }
        }
    }

    fn add_statements(&mut self, tool: &str, product: &str, references: &HashSet<String>) {
        let product_name = self.inventory.product.clone();
        let by_build = is_buildroot(tool) || is_yocto(tool);
        let context = statements::Context { by_build, references, product, product_name: &product_name };
        let mut bare = 0_usize;
        for (at, vulnerability) in self.vulnerabilities.iter().enumerate() {
            bare += usize::from(!statements::add(&mut self.inventory, vulnerability, at, &context));
        }
        if bare > 0 {
            let value =
                format!("{bare} vulnerabilities without an analysis: another tool's findings, not imported");
            self.inventory.notes.push(Note::new(
                NoteCode::StatementUnusable,
                Severity::Info,
                "/vulnerabilities",
                &value,
            ));
        }
    }
}

fn is_buildroot(tool: &str) -> bool {
    tool.contains("Buildroot") || tool.contains("buildroot")
}

fn is_yocto(tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    ["meta-cyclonedx", "openembedded", "yocto", "bitbake"].iter().any(|word| tool.contains(word))
}

/// The names and versions of the tools, whichever form the version of the format gives them.
fn tool(metadata: &schema::Metadata<'_>) -> String {
    let mut tools: Vec<String> = Vec::new();
    let mut push = |name: &str, version: &str| {
        if !name.is_empty() {
            tools.push(format!("{name} {version}").trim().to_owned());
        }
    };
    for tool in &metadata.tools {
        push([tool.vendor.get(), tool.name.get()].join(" ").trim(), tool.version.get());
        for component in &tool.components {
            push(component.name.get(), component.version.get());
        }
    }
    tools.join(", ")
}

impl<'a> DeserializeSeed<'a> for &mut Bom<'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Bom<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "specVersion" => {
                    let version: Text<'a> = map.next_value()?;
                    self.spec_version = version.get().to_owned();
                }
                "metadata" => self.metadata = map.next_value()?,
                "components" => {
                    let (inventory, limit) = (&mut self.inventory, self.limit);
                    map.next_value_seed(Each::new(|wire: schema::Component<'a>, at| {
                        if inventory.components.len() < limit {
                            component::add(inventory, wire, &format!("/components/{at}"), None);
                        }
                    }))?;
                }
                "vulnerabilities" => {
                    let list = &mut self.vulnerabilities;
                    map.next_value_seed(Each::new(|wire, _| list.push(wire)))?;
                }
                "dependencies" => {
                    let list = &mut self.dependencies;
                    map.next_value_seed(Each::new(|wire, _| list.push(wire)))?;
                }
                "compositions" => {
                    let list: List<schema::Composition<'a>> = map.next_value()?;
                    let complete = list.items.into_iter().filter(|part| part.aggregate.get() == "complete");
                    let parts = complete.flat_map(|part| part.assemblies.items);
                    self.complete.extend(parts.map(|part| part.get().to_owned()));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
