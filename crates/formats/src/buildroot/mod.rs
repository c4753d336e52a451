//! Buildroot's `make show-info`: one object, a member per package. Virtual packages and root file system
//! types are no components; what a package ignores is a hint without a reason.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod schema;

use std::fmt;

use model::component::{Component, Patch, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use model::statement::{Statement, StatementOrigin, StatementStatus};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_cpe, add_download, push_new, usable};
use crate::normalise::needs;
use crate::text::loose::{Name, Text};
use schema::{Download, Package};

/// Reads one document.
///
/// # Errors
/// When the bytes are not one whole JSON document, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut document = Document {
        inventory: Inventory::default(),
        limit: limits.components,
        stand_ins: FxHashMap::default(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    (&mut document).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    document.settle_needs();
    let mut inventory = document.inventory;
    if inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    inventory.platform.distribution = "buildroot".to_owned();
    inventory.platform.inventory_complete = !inventory.components.is_empty();
    inventory
        .documents
        .push(SourceDocument { tool: "Buildroot show-info".to_owned(), ..SourceDocument::default() });
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}

struct Document {
    inventory: Inventory,
    limit: usize,
    /// What is no component and leads to others: virtual packages to what provides them.
    stand_ins: FxHashMap<String, Vec<String>>,
}

impl Document {
    /// A virtual package is no component: who was built against `openssl` was built against what provides it.
    fn settle_needs(&mut self) {
        let known: FxHashSet<String> =
            self.inventory.components.iter().map(|component| component.source_ref.clone()).collect();
        let mut missing = Vec::new();
        for component in &mut self.inventory.components {
            let Some(needs) = component.needs.take() else { continue };
            let mut seen: FxHashSet<String> = FxHashSet::default();
            let mut open: Vec<String> = needs.into_iter().map(|need| need.on).collect();
            component.needs = Some(Vec::new());
            while let Some(on) = open.pop() {
                if !seen.insert(on.clone()) {
                    continue;
                }
                match self.stand_ins.get(&on) {
                    Some(providers) => open.extend(providers.iter().cloned()),
                    None if known.contains(&on) => needs::add(component, on, Tie::BuiltAgainst),
                    None => missing.push(format!("{} depends on {on}", component.source_ref)),
                }
            }
        }
        for missing in missing {
            let note = Note::new(NoteCode::DanglingRef, Severity::Info, "dependencies", &missing);
            self.inventory.notes.push(note);
        }
    }
}

impl<'a> DeserializeSeed<'a> for &mut Document {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Document {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of packages")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            let package: Package<'a> = map.next_value()?;
            if self.inventory.components.len() < self.limit {
                if is_stand_in(&package) {
                    let providers = package.dependencies.iter().map(|on| on.get().to_owned());
                    self.stand_ins.insert(key.0.to_string(), providers.collect());
                }
                add(&mut self.inventory, key.0.as_ref(), &package);
            }
        }
        Ok(())
    }
}

/// Virtual packages and root file systems.
fn is_stand_in(package: &Package<'_>) -> bool {
    package.is_virtual.get() == "true" || package.kind.get() == "rootfs"
}

fn add(inventory: &mut Inventory, key: &str, package: &Package<'_>) {
    if package.wrong {
        inventory.notes.push(Note::new(
            NoteCode::FieldType,
            Severity::Warn,
            format!("/{key}"),
            "not an object, ignored",
        ));
        return;
    }
    let is_host = package.kind.get() == "host";
    match package.kind.get() {
        "target" | "host" => {}
        // Not software: how the image is packed.
        "rootfs" => return,
        other => {
            inventory.notes.push(Note::new(
                NoteCode::UnknownEnum,
                Severity::Info,
                format!("/{key}/type"),
                other,
            ));
        }
    }
    if package.is_virtual.get() == "true" {
        return;
    }
    let name = package.name.get();
    let mut component = Component {
        source_ref: key.to_owned(),
        name: if name.is_empty() { key.strip_prefix("host-").unwrap_or(key) } else { name }.to_owned(),
        version: usable(package.version.noted(|| format!("/{key}/version"), &mut inventory.notes))
            .unwrap_or_default()
            .to_owned(),
        scope: if is_host || is_staging_only(package) { Scope::BuildOnly } else { Scope::Target },
        ..Component::default()
    };
    // Every package of Buildroot is built against something: an empty list says nothing.
    for on in package.dependencies.iter().map(Text::get).filter(|on| !on.is_empty()) {
        needs::add(&mut component, on, Tie::BuiltAgainst);
    }
    add_partial_cpe(&mut component, package.cpe.get(), &format!("/{key}/cpe-id"));
    for download in &package.downloads {
        add_source(&mut component, download);
    }
    for patch in &package.patches {
        let name = patch.get().rsplit('/').next().unwrap_or_default().to_owned();
        push_new(&mut component.patches, Patch { name, origin: "sbom".to_owned(), ..Patch::default() });
    }
    for (at, id) in package.ignored.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
        inventory.statements.push(Statement {
            vulnerability: id.get().to_owned(),
            components: vec![component.source_ref.clone()],
            status: StatementStatus::UnderInvestigation,
            justification: String::new(),
            text: "ignored by the Buildroot package, reason not given".to_owned(),
            origin: StatementOrigin::IgnoreList,
            place: format!("/{key}/ignore_cves/{at}"),
        });
    }
    inventory.components.push(component);
}

/// Installed neither into the root file system nor as an image: headers and static libraries for building.
fn is_staging_only(package: &Package<'_>) -> bool {
    package.install_target.get() == "false" && package.install_images.get() == "false"
}

/// A `cpe-id` may stop after the product; what is not said is unknown.
pub fn add_partial_cpe(component: &mut Component, text: &str, place: &str) {
    let attributes =
        text.strip_prefix("cpe:2.3:").map_or(0, |rest| rest.replace("\\:", "").split(':').count());
    if (3..11).contains(&attributes) {
        add_cpe(component, &format!("{text}{}", ":*".repeat(11 - attributes)), place);
    } else {
        add_cpe(component, text, place);
    }
}

/// The project's own address of a file; Buildroot's mirrors say nothing about where it is from.
fn add_source(component: &mut Component, download: &Download<'_>) {
    let file = download.source.get();
    for address in download.addresses.iter().map(Text::get) {
        let address = address.split_once('+').map_or(address, |(_, address)| address);
        if address.contains("sources.buildroot.net") || address.contains("sources.buildroot.org") {
            continue;
        }
        if file.is_empty() || address.ends_with(file) {
            add_download(component, address);
        } else {
            add_download(component, &format!("{}/{file}", address.trim_end_matches('/')));
        }
    }
}
