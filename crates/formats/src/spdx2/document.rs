//! One SPDX 2 document as far as an inventory needs it, owned, so that the documents of an archive can be
//! taken in one after the other. Installed files leave nothing behind; there are thousands per package.

use std::fmt;

use model::component::{Component, Patch, Role, Scope};
use model::licence::{Acknowledgement, Licence};
use model::note::{Note, NoteCode, Severity};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::schema::{Creation, DocumentRef, File, Package, Relationship};
use super::{Form, zephyr};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_cpe, add_download, add_hash, add_purl, hash_text, usable};
use crate::text::loose::{Each, List, Name, Text};

/// What one document says.
#[derive(Debug, Default)]
pub struct Document {
    /// `documentNamespace`.
    pub namespace: String,
    /// `name`.
    pub name: String,
    /// `spdxVersion` without its prefix.
    pub spec_version: String,
    /// `created`.
    pub created: String,
    /// The creators that are tools.
    pub tool: String,
    /// Packages, each with its own id as `source_ref`.
    pub packages: Vec<Item>,
    /// `SPDXID` to name and hash of files that are patches.
    pub patches: FxHashMap<String, Patch>,
    /// Relationships that matter: kind, from, to, comment.
    pub links: Vec<Link>,
    /// `DocumentRef-x` to namespace.
    pub references: FxHashMap<String, String>,
    /// `documentDescribes`.
    pub described: Vec<String>,
    /// Files and the package they are in; only where a build says what it compiled.
    pub owners: FxHashMap<String, String>,
    /// Notes.
    pub notes: Vec<Note>,
    /// Its name as given.
    pub file: String,
    /// The form it came in.
    pub form: Form,
    /// Its size.
    pub bytes: u64,
}

/// One package.
#[derive(Debug, Default)]
pub struct Item {
    /// What it is as a component.
    pub component: Component,
    /// `primaryPackagePurpose`.
    pub purpose: String,
    /// Yocto's annotation `isNative`.
    pub is_native: bool,
    /// Ids behind "CVEs fixed:".
    pub fixed: Vec<String>,
}

/// One relationship.
#[derive(Debug)]
pub struct Link {
    /// `relationshipType`.
    pub kind: String,
    /// `spdxElementId`.
    pub from: String,
    /// `relatedSpdxElement`.
    pub to: String,
    /// `comment`.
    pub comment: String,
}

/// Relationship types that an inventory uses; all others are passed over.
const USED: &[&str] = &[
    "DESCRIBES",
    "DESCRIBED_BY",
    "CONTAINS",
    "CONTAINED_BY",
    "GENERATED_FROM",
    "GENERATES",
    "PACKAGE_OF",
    "DEPENDS_ON",
    "DEPENDENCY_OF",
    "BUILD_DEPENDENCY_OF",
    "DEV_DEPENDENCY_OF",
    "TEST_DEPENDENCY_OF",
    "BUILD_TOOL_OF",
    "DEV_TOOL_OF",
    "TEST_TOOL_OF",
    "TEST_OF",
    "TEST_CASE_OF",
    "RUNTIME_DEPENDENCY_OF",
    "OPTIONAL_DEPENDENCY_OF",
    "PROVIDED_DEPENDENCY_OF",
    "HAS_PREREQUISITE",
    "PREREQUISITE_FOR",
    "STATIC_LINK",
    "DYNAMIC_LINK",
    "PATCH_APPLIED",
    "PATCH_FOR",
];

/// Reads one document.
///
/// # Errors
/// When the text is not one whole JSON document, or no SPDX 2 document, or passes a limit.
pub fn read(text: &str, name: &str, limits: &Limits) -> Result<Document, FormatError> {
    crate::text::check_depth(text, name, limits)?;
    let mut document = Document::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let root = Root { document: &mut document, limit: limits.components };
    root.deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    if document.packages.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    document.drop_file_links();
    Ok(document)
}

impl Document {
    /// File-level relationships (a binary generated from each of its sources) are most of a Yocto document.
    fn drop_file_links(&mut self) {
        if zephyr::is_zephyr(self) {
            return;
        }
        let mut known: FxHashSet<&str> =
            self.packages.iter().map(|item| item.component.source_ref.as_str()).collect();
        known.extend(self.patches.keys().map(String::as_str));
        let matters = |id: &str| known.contains(id) || id.contains(':') || id == "SPDXRef-DOCUMENT";
        // A package of another document may be meant; a file of another document has `File` in its id.
        let is_file = |id: &str| id.contains("File-") || id.starts_with("SPDXRef-PackagedFile");
        let kept = |link: &Link| matters(&link.from) && !is_file(&link.from) && !is_file(&link.to);
        self.links.retain(|link| kept(link) || self.patches.contains_key(&link.from));
    }

    fn add_package(&mut self, package: Package<'_>, at: usize) {
        let place = format!("/packages/{at}");
        if package.wrong {
            self.note(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored");
            return;
        }
        let id = package.id.get().to_owned();
        if zephyr::is_zephyr(self) {
            self.owners.extend(package.files.iter().map(|file| (file.get().to_owned(), id.clone())));
        }
        let mut component = Component {
            source_ref: if id.is_empty() { place.clone() } else { id },
            name: usable(package.name.noted(|| format!("{place}/name"), &mut self.notes))
                .unwrap_or_default()
                .to_owned(),
            version: usable(package.version.noted(|| format!("{place}/versionInfo"), &mut self.notes))
                .unwrap_or_default()
                .to_owned(),
            role: role(package.purpose.get()),
            ..Component::default()
        };
        describe(&mut component, &package, &place);
        let is_native = package.annotations.iter().any(|annotation| annotation.comment.get() == "isNative");
        let fixed = fixed(package.source_info.get());
        self.packages.push(Item { component, purpose: package.purpose.get().to_owned(), is_native, fixed });
    }

    fn add_file(&mut self, file: File<'_>) {
        let name = file.name.get();
        if !(name.ends_with(".patch") || name.ends_with(".diff")) {
            return;
        }
        let hash = file.checksums.iter().find_map(|sum| hash_text(sum.algorithm.get(), sum.value.get()));
        let patch = Patch {
            name: name.rsplit('/').next().unwrap_or_default().to_owned(),
            hash: hash.unwrap_or_default(),
            origin: "sbom".to_owned(),
            ..Patch::default()
        };
        self.patches.insert(file.id.get().to_owned(), patch);
    }

    fn add_link(&mut self, link: Relationship<'_>, at: usize) {
        let kind = link.kind.get();
        if !USED.contains(&kind) {
            return;
        }
        if link.from.is_empty() || link.to.is_empty() {
            self.note(
                NoteCode::DanglingRef,
                Severity::Warn,
                format!("/relationships/{at}"),
                "a relationship without ends",
            );
            return;
        }
        self.links.push(Link {
            kind: kind.to_owned(),
            from: link.from.get().to_owned(),
            to: link.to.get().to_owned(),
            comment: link.comment.get().to_owned(),
        });
    }

    fn note(&mut self, code: NoteCode, severity: Severity, place: String, value: &str) {
        self.notes.push(Note::new(code, severity, place, value));
    }
}

fn describe(component: &mut Component, package: &Package<'_>, place: &str) {
    for reference in &package.references {
        let locator = reference.locator.get();
        let kind = reference.kind.get().rsplit(['/', '#']).next().unwrap_or_default();
        match kind {
            "cpe22Type" | "cpe23Type" => add_cpe(component, locator, place),
            "purl" => add_purl(component, locator, place),
            _ if locator.starts_with("pkg:") => add_purl(component, locator, place),
            _ if locator.starts_with("cpe:") => add_cpe(component, locator, place),
            _ => {}
        }
    }
    for (licence, said) in
        [(&package.declared, Acknowledgement::Declared), (&package.concluded, Acknowledgement::Concluded)]
    {
        if let Some(text) = usable(licence.get()) {
            component.licences.push(Licence::new(text, said));
        }
    }
    add_download(component, package.download.get());
    for sum in &package.checksums {
        add_hash(component, sum.algorithm.get(), sum.value.get());
    }
    component.homepage = usable(package.home_page.get()).unwrap_or_default().to_owned();
    let supplier =
        usable(package.supplier.get()).or_else(|| usable(package.originator.get())).unwrap_or_default();
    let supplier =
        supplier.split_once(':').filter(|(kind, _)| ["Organization", "Person", "Tool"].contains(kind));
    component.supplier = supplier.map_or("", |(_, name)| name.trim()).to_owned();
    component.released = package.release_date.get().get(..10).unwrap_or_default().to_owned();
    if package.purpose.get() == "TEST" {
        component.scope = Scope::Test;
    }
}

fn role(purpose: &str) -> Role {
    match purpose {
        "APPLICATION" => Role::Application,
        "LIBRARY" | "FRAMEWORK" => Role::Library,
        "FIRMWARE" => Role::Firmware,
        _ => Role::Other,
    }
}

/// The ids of `CVEs fixed: CVE-2024-6197 CVE-2024-7264`.
fn fixed(source_info: &str) -> Vec<String> {
    let Some((_, list)) = source_info.split_once("CVEs fixed:") else { return Vec::new() };
    let ids = list
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|word| word.starts_with("CVE-"));
    let mut ids: Vec<String> = ids.map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}

struct Root<'d> {
    document: &'d mut Document,
    limit: usize,
}

impl<'a> DeserializeSeed<'a> for Root<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX 2 document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let document = self.document;
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "documentNamespace" => document.namespace = owned(map.next_value()?),
                "name" => document.name = owned(map.next_value()?),
                "spdxVersion" => {
                    let version: Text<'a> = map.next_value()?;
                    document.spec_version = version.get().trim_start_matches("SPDX-").to_owned();
                }
                "creationInfo" => add_creation(document, &map.next_value()?),
                "externalDocumentRefs" => {
                    let list: List<DocumentRef<'a>> = map.next_value()?;
                    let pairs = list
                        .items
                        .into_iter()
                        .map(|reference| (owned(reference.id), owned(reference.namespace)));
                    document.references.extend(pairs);
                }
                "documentDescribes" => {
                    let list: List<Text<'a>> = map.next_value()?;
                    document.described.extend(list.items.into_iter().map(owned));
                }
                "packages" => {
                    let limit = self.limit;
                    map.next_value_seed(Each::new(|package: Package<'a>, at| {
                        if document.packages.len() < limit {
                            document.add_package(package, at);
                        }
                    }))?;
                }
                "files" => map.next_value_seed(Each::new(|file: File<'a>, _| document.add_file(file)))?,
                "relationships" => {
                    map.next_value_seed(Each::new(|link: Relationship<'a>, at| document.add_link(link, at)))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn owned(text: Text<'_>) -> String {
    text.get().to_owned()
}

fn add_creation(document: &mut Document, creation: &Creation<'_>) {
    document.created = creation.created.get().to_owned();
    let tools =
        creation.creators.iter().filter_map(|creator| creator.get().strip_prefix("Tool:")).map(str::trim);
    document.tool = tools.collect::<Vec<_>>().join(", ");
}
