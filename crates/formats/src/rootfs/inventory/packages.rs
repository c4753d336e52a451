//! The package databases of a file system, each by its reader. This is the one place that knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use model::component::Component;
use model::identity::name::name_key;
use model::note::{Note, Read, Severity};
use model::sbom::Inventory;

use super::super::schema::{Document, Is, Volume};
use super::{Place, bytes_of};
use crate::limits::{FormatError, Limits};
use crate::package_lists::{apk, dpkg, opkg, rpm};

/// The packages of a file system.
#[derive(Default)]
pub(super) struct Packages {
    /// Their components, dependencies and notes.
    pub inventory: Inventory,
    /// Remarks of the readers.
    pub notes: Vec<Note>,
    /// Reference and version by package.
    of: BTreeMap<String, Package>,
    /// Keys of all names of all packages.
    keys: BTreeMap<String, String>,
    /// Some file is known to belong to some package.
    pub knows_files: bool,
}

/// Names that begin alike and are looked at.
const NEAR: usize = 64;

/// A package as others speak of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    /// The reference of its component.
    pub reference: String,
    /// Its version as the package manager writes it.
    pub version: String,
}

impl Packages {
    /// Reads all databases.
    pub fn read(volume: &Volume, place: &Place<'_>, limits: &Limits) -> Packages {
        let mut packages =
            Packages { knows_files: volume.seen.contains_key("lists of files"), ..Packages::default() };
        let mut parts = Vec::new();
        for document in databases(volume) {
            let at = place.of(&document.path);
            let Some(bytes) = bytes_of(document) else { continue };
            match read(document.is, &bytes, &at, limits) {
                Ok(read) => {
                    packages.notes.extend(read.notes);
                    parts.push(read.value);
                }
                Err(error) => {
                    packages.notes.push(Note::new(error.code(), Severity::Error, at, &error.to_string()));
                }
            }
        }
        packages.inventory = joined(parts);
        for component in &packages.inventory.components {
            let package =
                Package { reference: component.source_ref.clone(), version: component.version.clone() };
            for name in names(component) {
                packages.keys.entry(name_key(name)).or_insert_with(|| component.source_ref.clone());
                packages.of.entry(name.to_owned()).or_insert_with(|| package.clone());
            }
        }
        packages
    }

    /// The package that owns a file, by the name under which its list has it.
    pub fn owner(&self, name: &str) -> Option<&Package> {
        if name.is_empty() { None } else { self.of.get(name) }
    }

    /// The reference of the package of a product, for databases that do not say which files are theirs.
    pub fn of_product(&self, product: &str) -> Option<&str> {
        let key = name_key(product);
        ["", "lib"].iter().find_map(|start| self.numbered(&format!("{start}{key}")))
    }

    /// `openssl`, or a name with a number behind it: `python311`.
    fn numbered(&self, key: &str) -> Option<&str> {
        let from = (Bound::Included(key), Bound::Unbounded);
        let near = self.keys.range::<str, _>(from).take(NEAR).take_while(|(known, _)| known.starts_with(key));
        let is_number = |known: &str| {
            known.strip_prefix(key).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        near.into_iter().find(|(known, _)| is_number(known)).map(|(_, reference)| reference.as_str())
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

/// Name, binary packages, purl names.
fn names(component: &Component) -> impl Iterator<Item = &str> {
    let purls = component.purls.iter().map(|purl| purl.name.as_str());
    purls.chain([component.name.as_str(), component.source_package.as_str()]).filter(|name| !name.is_empty())
}

/// The databases; a `control` of opkg counts only where there is no `status`.
fn databases(volume: &Volume) -> impl Iterator<Item = &Document> {
    let is_status = |document: &&Document| document.is == Is::Opkg && document.path.ends_with("/status");
    let has_status = volume.documents.iter().any(|document| is_status(&document));
    volume.documents.iter().filter(move |document| match document.is {
        Is::Dpkg | Is::Apk | Is::Rpm => true,
        Is::Opkg => !has_status || is_status(document),
        Is::Release | Is::Config | Is::Document => false,
    })
}

fn read(is: Is, bytes: &[u8], at: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    match is {
        Is::Dpkg => dpkg::read(bytes, at, limits),
        Is::Opkg => opkg::read(bytes, at, limits),
        Is::Apk => apk::read(bytes, at, limits),
        Is::Rpm => rpm::read(bytes, at, limits),
        Is::Release | Is::Config | Is::Document => Err(FormatError::Unknown { name: at.to_owned() }),
    }
}

/// All packages as one inventory: stanzas in files of their own (`status.d`) are one database.
fn joined(parts: Vec<Inventory>) -> Inventory {
    let mut whole = Inventory::default();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for part in parts {
        for component in part.components {
            if taken.insert(component.source_ref.clone()) {
                whole.components.push(component);
            }
        }
        whole.notes.extend(part.notes);
        if whole.platform.arch.is_empty() {
            whole.platform.arch = part.platform.arch;
        }
    }
    whole
}
