//! What package managers keep of themselves on the device: the databases of dpkg, opkg, apk and rpm. Each reader makes
//! one component per installed package; `normalise` folds them into their source packages, because that is what the
//! feeds of the distributions speak of.
//!
//! No database says of which distribution it is: OpenWrt's apk packages are not Alpine's, Yocto's deb packages not
//! Debian's. The purls are left without a namespace here, and `normalise::packages` fills it in from
//! `Inventory::platform` (`etc/os-release`, an SBOM) or, failing that, from what the packages say of themselves.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod graph;
mod stanzas;
pub mod dpkg;
pub mod opkg;
pub mod apk;
pub mod rpm;

use model::component::Component;
use model::identity::Purl;
use model::note::{Note, Read};
use model::sbom::{Inventory, SourceDocument};
use rustc_hash::FxHashSet;

use crate::limits::{FormatError, Limits};
use graph::Graph;

/// One installed package, as its database has it.
#[derive(Clone, Copy, Debug, Default)]
struct Package<'p> {
    /// The purl type: `deb`, `opkg`, `apk`, `rpm`.
    kind: &'static str,
    name: &'p str,
    /// As the package manager writes it.
    version: &'p str,
    arch: &'p str,
    /// The source package; empty when it is called like the package.
    source: &'p str,
    /// The version of the source package; empty when it is that of the package.
    source_version: &'p str,
}

impl Package<'_> {
    /// The component: named for the package, with the version of its source, which is what it is matched by.
    fn component(&self) -> Component {
        let arch = (!self.arch.is_empty()).then(|| ("arch".to_owned(), self.arch.to_owned()));
        let purl = Purl {
            kind: self.kind.to_owned(),
            namespace: String::new(),
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            qualifiers: arch.into_iter().collect(),
            subpath: String::new(),
        };
        let version = if self.source_version.is_empty() { self.version } else { self.source_version };
        Component {
            source_ref: self.name.to_owned(),
            name: self.name.to_owned(),
            version: version.to_owned(),
            source_package: if self.source.is_empty() { self.name } else { self.source }.to_owned(),
            purls: vec![purl],
            ..Component::default()
        }
    }
}

/// A list of packages while it is read.
#[derive(Default)]
struct List {
    inventory: Inventory,
    graph: Graph,
    taken: FxHashSet<String>,
    limit: usize,
}

impl List {
    fn new(limits: &Limits) -> List {
        List { limit: limits.components, ..List::default() }
    }

    fn note(&mut self, note: Note) {
        self.inventory.notes.push(note);
    }

    /// Adds a component and returns its reference: the name, and where that is taken (two architectures of one
    /// package) the name with the architecture.
    fn add(&mut self, mut component: Component, arch: &str) -> String {
        if !self.taken.insert(component.source_ref.clone()) && !arch.is_empty() {
            component.source_ref = format!("{}:{arch}", component.source_ref);
            self.taken.insert(component.source_ref.clone());
        }
        let reference = component.source_ref.clone();
        if self.inventory.components.len() < self.limit {
            self.inventory.components.push(component);
        }
        reference
    }

    /// Hands out the dependencies and checks that something was read. `rest` says what else was in the list.
    fn finish(
        mut self,
        name: &str,
        tool: &str,
        rest: &str,
        mut notes: Vec<Note>,
    ) -> Result<Read<Inventory>, FormatError> {
        if self.inventory.components.len() >= self.limit {
            let what = format!("it has more than {} components", self.limit);
            return Err(FormatError::TooBig { name: name.to_owned(), what });
        }
        if self.inventory.components.is_empty() {
            let why = format!("it names no installed package{rest}");
            return Err(FormatError::Malformed { name: name.to_owned(), why });
        }
        self.graph.settle(&mut self.inventory);
        self.inventory.platform.os = "linux".to_owned();
        let document = SourceDocument { tool: tool.to_owned(), ..SourceDocument::default() };
        self.inventory.documents.push(document);
        notes.append(&mut self.inventory.notes);
        Ok(Read { value: self.inventory, notes })
    }
}
