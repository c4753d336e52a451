//! What the writers of SBOMs share: the heading that the caller gives, ids made of content, and what becomes of
//! references between components and statements.
//!
//! Output depends on the inventory and the heading alone: no clock, no random number.

use model::component::{Component, Scope};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::statement::Statement;
use model::vex::Instant;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use crate::kept::{PREFIX, Pair};
use crate::limits::FormatError;
use crate::normalise::names;

/// What the caller says of the document that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// When it is made, in RFC 3339.
    pub created: String,
    /// Who makes it; empty = only the tool is named.
    pub author: String,
    /// Who supplies the product; empty when unknown.
    pub supplier: String,
    /// The product; empty = what the inventory calls it.
    pub product: String,
    /// The release; empty = what the inventory calls it.
    pub release: String,
    /// From what the data comes; none when nobody says so.
    pub context: Option<Context>,
    /// The version of this program.
    pub tool_version: String,
}

/// From what an SBOM was made: the type of an SBOM, the phase of the life cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// From sources.
    Source,
    /// By a build.
    Build,
    /// From finished files, after the build.
    Analyzed,
    /// From what is installed on a device.
    Deployed,
}

impl Context {
    /// All of them, in the order of a product's life.
    pub const ALL: &'static [Context] =
        &[Context::Source, Context::Build, Context::Analyzed, Context::Deployed];

    /// The word of SPDX 3, which is also ours.
    pub fn word(self) -> &'static str {
        match self {
            Context::Source => "source",
            Context::Build => "build",
            Context::Analyzed => "analyzed",
            Context::Deployed => "deployed",
        }
    }

    /// The phase of CycloneDX.
    pub fn phase(self) -> &'static str {
        match self {
            Context::Source => "pre-build",
            Context::Build => "build",
            Context::Analyzed => "post-build",
            Context::Deployed => "operations",
        }
    }
}

/// The name of this program in documents.
pub const TOOL: &str = "Patchwright";

/// An inventory about to be written.
pub struct Outgoing<'i> {
    /// What is written.
    pub inventory: &'i Inventory,
    /// What the caller says.
    pub heading: &'i Heading,
    /// The time of the heading.
    pub time: Instant,
    /// Reference to place in the list of components.
    pub at: FxHashMap<&'i str, usize>,
    named: FxHashMap<String, Vec<usize>>,
    /// What could not be written.
    pub notes: Vec<Note>,
}

impl<'i> Outgoing<'i> {
    /// Prepares an inventory for a form called `name`.
    ///
    /// # Errors
    /// When the heading has no usable time.
    pub fn new(inventory: &'i Inventory, heading: &'i Heading, name: &str) -> Result<Self, FormatError> {
        let why = "the creation time is not in the form of RFC 3339";
        let time = Instant::parse(&heading.created)
            .ok_or_else(|| FormatError::Unwritable { name: name.to_owned(), why: why.to_owned() })?;
        let mut out = Outgoing {
            inventory,
            heading,
            time,
            at: FxHashMap::default(),
            named: FxHashMap::default(),
            notes: Vec::new(),
        };
        for (at, component) in inventory.components.iter().enumerate() {
            out.at.entry(&component.source_ref).or_insert(at);
            let names = std::iter::once(&component.name)
                .chain(&component.names)
                .map(|name| name.to_ascii_lowercase());
            for name in names.chain(component.locations.iter().cloned()) {
                let places = out.named.entry(name).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        out.note_evidence();
        Ok(out)
    }

    /// The name of the product.
    pub fn product(&self) -> &str {
        let names = [self.heading.product.as_str(), &self.inventory.product, "product"];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// The version of the product; empty when unknown.
    pub fn release(&self) -> &str {
        if self.heading.release.is_empty() { &self.inventory.release } else { &self.heading.release }
    }

    /// The components a statement speaks about, found as matching finds them: by reference, by name, by place.
    /// `None` is the whole product; an empty list is nothing that exists.
    pub fn targets(&self, statement: &Statement) -> Option<Vec<usize>> {
        if statement.components.is_empty() {
            return None;
        }
        let mut found: Vec<usize> = Vec::new();
        for name in &statement.components {
            if let Some(at) = self.at.get(name.as_str()) {
                found.push(*at);
                continue;
            }
            for known in [name.to_ascii_lowercase().as_str(), name] {
                found.extend(self.named.get(known).into_iter().flatten());
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// Notes a statement that names nothing of this inventory.
    pub fn leave_out(&mut self, statement: &Statement) {
        let value = format!(
            "{} left out: no component is called {}",
            statement.vulnerability,
            statement.components.join(", ")
        );
        self.notes.push(Note::new(NoteCode::NotWritten, Severity::Warn, statement.place.clone(), &value));
    }

    /// Options and file lists of a build have no place in an SBOM; without them a scan knows less.
    fn note_evidence(&mut self) {
        let build = &self.inventory.build;
        let configs = build.configs.iter().map(|config| ("configuration", &config.file));
        let lists = build.compiled.iter().map(|list| ("list of compiled files", &list.file));
        let notes = configs.chain(lists).map(|(what, file)| {
            let value = format!("a {what} is build evidence: give it to scans beside the new document");
            Note::new(NoteCode::NotWritten, Severity::Warn, file.as_str(), &value)
        });
        self.notes.extend(notes);
    }
}

/// What a reader's normalisation makes of a component by its name alone: names, role, scope, vendor tree.
pub fn settled(mut plain: Component) -> Component {
    plain.names.clear();
    names::settle(&mut plain);
    plain
}

/// True for what is on no device.
pub fn is_excluded(component: &Component) -> bool {
    matches!(component.scope, Scope::BuildOnly | Scope::Test)
}

/// True for a text that can stand where a URI reference is asked for.
pub fn is_reference(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

/// A UUID (version 8: of content) made of a text's fingerprint.
pub fn uuid(text: &str) -> String {
    let hex = crate::fingerprint::sha256(text.as_bytes());
    let hex = hex.trim_start_matches("sha256:");
    let part = |start: usize, end: usize| hex.get(start..end).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

/// Pairs as properties of CycloneDX.
pub fn properties(pairs: &[Pair]) -> Vec<Value> {
    pairs.iter().map(|(name, text)| json!({ "name": format!("{PREFIX}{name}"), "value": text })).collect()
}

/// A JSON object in the making: what is empty is left out.
#[derive(Default)]
pub struct Object(Map<String, Value>);

impl Object {
    /// Adds a text.
    pub fn text(&mut self, key: &str, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.0.insert(key.to_owned(), text.into());
        }
        self
    }

    /// Adds a list.
    pub fn list(&mut self, key: &str, list: Vec<Value>) -> &mut Self {
        if !list.is_empty() {
            self.0.insert(key.to_owned(), list.into());
        }
        self
    }

    /// Adds anything.
    pub fn put(&mut self, key: &str, value: Value) -> &mut Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    /// The object, taken out.
    pub fn take(&mut self) -> Value {
        std::mem::take(&mut self.0).into()
    }
}
