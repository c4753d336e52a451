//! Buildroot's `make pkg-stats` JSON. It lists every package of the tree, or with `-c` those of the configuration; what is
//! on the target `make show-info` tells better. What it says about CVEs is another tool's match.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod schema;

use std::fmt;

use model::component::{Component, Patch, Scope};
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use model::statement::{Statement, StatementOrigin, StatementStatus};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::buildroot::add_partial_cpe;
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{push_new, usable};
use crate::text::entries::EachEntry;
use crate::text::loose::{Name, Text};
use schema::Package;

/// Reads one document.
///
/// # Errors
/// When the bytes are not one whole JSON document, hold no package, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut document = Document { limit: limits.components, ..Document::default() };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    (&mut document).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    let Document { mut inventory, commit, date, foreign, virtual_packages, .. } = document;
    if inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    if inventory.components.is_empty() {
        let why = format!("it names no package ({virtual_packages} virtual ones)");
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    if foreign > 0 {
        let value = format!("{foreign} CVEs by another tool's match, not imported");
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Info, "/packages/*/cves", &value));
    }
    if inventory.components.len() > WHOLE_TREE {
        let value = format!(
            "{} packages: this is the whole tree and not a configuration; run `pkg-stats -c`, or give show-info",
            inventory.components.len()
        );
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "/packages", &value));
    }
    inventory.platform.distribution = "buildroot".to_owned();
    let tool = format!("Buildroot pkg-stats {commit}").trim_end().to_owned();
    inventory.documents.push(SourceDocument { tool, created: date, ..SourceDocument::default() });
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}

/// More packages than any product has; Buildroot's tree has nearly three thousand.
const WHOLE_TREE: usize = 1_500;

#[derive(Default)]
struct Document {
    inventory: Inventory,
    limit: usize,
    commit: String,
    date: String,
    /// CVEs that pkg-stats found.
    foreign: usize,
    virtual_packages: usize,
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
        f.write_str("a pkg-stats document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "packages" => {
                    map.next_value_seed(EachEntry::new(|key: &str, package: Package<'a>| {
                        self.add(key, &package)
                    }))?;
                }
                "commit" => self.commit = map.next_value::<Text<'a>>()?.get().to_owned(),
                "date" => self.date = map.next_value::<Text<'a>>()?.get().to_owned(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl Document {
    fn add(&mut self, key: &str, package: &Package<'_>) {
        let place = format!("/packages/{key}");
        if package.wrong {
            let note = Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored");
            self.inventory.notes.push(note);
            return;
        }
        self.foreign += package.cves.items.len() + package.unsure.items.len();
        let is = |word: &str| package.infras.0.contains(&format!("\"{word}\""));
        // It stands for others.
        if is("virtual") || is("rootfs") {
            self.virtual_packages += 1;
            return;
        }
        let name = package.name.get();
        let version = package.version.noted(|| format!("{place}/current_version"), &mut self.inventory.notes);
        let mut component = Component {
            source_ref: key.to_owned(),
            name: if name.is_empty() { key } else { name }.to_owned(),
            version: usable(version).unwrap_or_default().to_owned(),
            homepage: usable(package.url.get()).unwrap_or_default().to_owned(),
            scope: if is("host") && !is("target") { Scope::BuildOnly } else { Scope::Target },
            ..Component::default()
        };
        add_partial_cpe(&mut component, package.cpe.get(), &format!("{place}/cpeid"));
        for patch in package.patches.iter().filter(|patch| !patch.is_empty()) {
            let name = patch.get().rsplit('/').next().unwrap_or_default().to_owned();
            push_new(&mut component.patches, Patch { name, origin: "sbom".to_owned(), ..Patch::default() });
        }
        for (at, id) in package.ignored.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
            self.inventory.statements.push(Statement {
                vulnerability: id.get().to_owned(),
                components: vec![component.source_ref.clone()],
                status: StatementStatus::UnderInvestigation,
                justification: String::new(),
                text: "ignored by the Buildroot package, reason not given".to_owned(),
                origin: StatementOrigin::IgnoreList,
                place: format!("{place}/ignored_cves/{at}"),
            });
        }
        if self.inventory.components.len() < self.limit {
            self.inventory.components.push(component);
        }
    }
}
