//! Vigiles (Timesys, Lynx): the manifest that its Yocto layer and its Buildroot and OpenWrt tools write, and the CSV files
//! that go with it ([`lists`]). What maps to what is told to people in `docs/manual/vigiles.md`.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod lists;
mod package;
mod schema;
mod statements;

use std::fmt;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::limits::{FormatError, Limits};
use crate::normalise::needs;
use crate::normalise::platform::arch_word;
use crate::text::entries::{EachEntry, Entries};
use crate::text::loose::{Each, List, Name, Text};
use package::Lifecycle;
use schema::{Info, Package, Vulnerability};

/// Reads one manifest.
///
/// # Errors
/// When the bytes are not one whole JSON document, name no package, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut manifest = Manifest { limit: limits.components, ..Manifest::default() };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    (&mut manifest).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    let mut inventory = manifest.finish();
    if inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    if inventory.components.is_empty() {
        let why = "it names no package, neither in `packages` nor in `additional_packages`".to_owned();
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}

/// The manifest while it streams by.
#[derive(Default)]
struct Manifest<'a> {
    inventory: Inventory,
    limit: usize,
    edges: Vec<needs::Edge>,
    texts: Vec<(String, String)>,
    has_layers: bool,
    additional: Vec<(String, List<Text<'a>>)>,
    additional_info: Vec<(String, Info<'a>)>,
    whitelist: List<Text<'a>>,
    vulnerabilities: Vec<Vulnerability<'a>>,
}

impl Manifest<'_> {
    fn text(&self, key: &str) -> &str {
        self.texts.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value)
    }

    fn finish(mut self) -> Inventory {
        for (product, versions) in std::mem::take(&mut self.additional) {
            for version in &versions {
                self.add_additional(&product, version.get());
            }
            if versions.items.is_empty() {
                self.add_additional(&product, "");
            }
        }
        self.describe();
        self.add_edges();
        statements::add_whitelist(&mut self.inventory, &self.whitelist, "/whitelist", None);
        statements::add_vulnerabilities(&mut self.inventory, &self.vulnerabilities);
        self.inventory
    }

    fn add_additional(&mut self, product: &str, version: &str) {
        let keys = [format!("{product}{version}"), product.to_owned()];
        let info = keys.iter().find_map(|key| self.additional_info.iter().find(|(known, _)| known == key));
        let lifecycle = info.map(|(_, info)| Lifecycle::of_info(info)).unwrap_or_default();
        let component = package::additional(product, version, &lifecycle, "/additional_packages");
        if self.inventory.components.len() < self.limit {
            self.inventory.components.push(component);
        }
    }

    fn describe(&mut self) {
        let (image, manifest) = (self.text("image").to_owned(), self.text("manifest_name").to_owned());
        let distribution = match self.text("distro").to_ascii_lowercase().as_str() {
            "buildroot" => "buildroot",
            "openwrt" => "openwrt",
            _ if self.has_layers => "yocto",
            _ => "",
        };
        let arch = [self.text("arch"), self.text("cpu")].into_iter().find_map(arch_word).unwrap_or_default();
        let document = SourceDocument {
            spec_version: self.text("manifest_version").to_owned(),
            created: self.text("date").to_owned(),
            tool: "Vigiles".to_owned(),
            ..SourceDocument::default()
        };
        distribution.clone_into(&mut self.inventory.platform.distribution);
        arch.clone_into(&mut self.inventory.platform.arch);
        self.inventory.product = image;
        self.inventory.release = manifest;
        self.inventory.documents.push(document);
    }

    fn add_edges(&mut self) {
        let known: std::collections::HashSet<&str> =
            self.inventory.components.iter().map(|component| component.source_ref.as_str()).collect();
        let (edges, open): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.edges).into_iter().partition(|(_, on, _)| known.contains(on.as_str()));
        if let Some((from, on, _)) = open.first() {
            let value = format!("{} dependencies on what is not listed: {from} needs {on}", open.len());
            let note = Note::new(NoteCode::DanglingRef, Severity::Info, "/packages/*/dependencies", &value);
            self.inventory.notes.push(note);
        }
        needs::hand_out(&mut self.inventory, edges);
    }
}

impl<'a> DeserializeSeed<'a> for &mut Manifest<'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Manifest<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Vigiles manifest")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "packages" => {
                    let (inventory, edges, limit) = (&mut self.inventory, &mut self.edges, self.limit);
                    map.next_value_seed(EachEntry::new(|key: &str, wire: Package<'a>| {
                        if inventory.components.len() < limit {
                            package::add(inventory, edges, key, &wire);
                        }
                    }))?;
                }
                "additional_packages" => self.additional = map.next_value::<Entries<_>>()?.0,
                "additional_packages_info" => self.additional_info = map.next_value::<Entries<_>>()?.0,
                "whitelist" => self.whitelist = map.next_value()?,
                "vulnerabilities" => {
                    let list = &mut self.vulnerabilities;
                    map.next_value_seed(Each::new(|wire, _| list.push(wire)))?;
                }
                "layers" => {
                    self.has_layers = true;
                    map.next_value::<IgnoredAny>()?;
                }
                "manifest_name" | "manifest_version" | "date" | "distro" | "image" | "arch" | "cpu" => {
                    let text: Text<'a> = map.next_value()?;
                    let text = text.noted(|| format!("/{}", key.0), &mut self.inventory.notes).to_owned();
                    self.texts.push((key.0.into_owned(), text));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
