//! What is this file? Decided by its content alone; the name is for messages. From here the one visible
//! list of readers ([`read_inventory`]) is taken.
//!
//! Common formats that have no reader yet are recognised all the same, so that the answer is a way out
//! ("convert with ...") and not "unknown".
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bundle;
mod evidence;
mod json;
mod lines;
mod part;

use std::collections::BTreeMap;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

pub use crate::limits::FormatError;
use crate::limits::Limits;
use crate::normalise;
pub use crate::normalise::merge;
use crate::{
    archives, buildroot, component_csv, cyclonedx, lock_files, package_lists, pkg_stats, rootfs, spdx2,
    spdx3, vigiles, yocto,
};
pub use part::{Part, groups, join, read_part};

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// SPDX 3 JSON-LD.
    Spdx3,
    /// One SPDX 2.2 or 2.3 JSON document.
    Spdx2,
    /// The same as lines of tags and values.
    Spdx2TagValue,
    /// The same as YAML.
    Spdx2Yaml,
    /// The same as XML.
    Spdx2Xml,
    /// An archive of SPDX 2 JSON documents, as Yocto writes them.
    YoctoSpdx2Archive,
    /// CycloneDX JSON.
    CycloneDx,
    /// CycloneDX XML.
    CycloneDxXml,
    /// Yocto `cve-check` or `vex` JSON.
    YoctoCveCheck,
    /// Buildroot `make show-info`.
    BuildrootShowInfo,
    /// What was learnt of a root file system.
    RootFacts,
    /// The database of dpkg, or a list that dpkg prints.
    Dpkg,
    /// The database or a control file of opkg.
    Opkg,
    /// The installed database of apk.
    Apk,
    /// The database of rpm.
    Rpm,
    /// Buildroot `make pkg-stats`.
    BuildrootPkgStats,
    /// A Vigiles manifest.
    Vigiles,
    /// One of the CSV lists that go with Vigiles.
    VigilesCsv,
    /// A list of components in columns.
    ComponentCsv,
    /// A `Cargo.lock`.
    CargoLock,
    /// A `go.mod`.
    GoMod,
    /// A `package-lock.json` or `npm-shrinkwrap.json`.
    NpmLock,
    /// An SPDX 2 document inside of a dependency export of GitHub.
    GithubExport,
    /// A `.config` of the kernel, U-Boot, BusyBox or Buildroot.
    KernelConfig,
    /// A list of compiled source files.
    CompiledFiles,
    /// A list of kernel modules.
    ModuleList,
    /// A patch.
    Patch,
    /// A compiled device tree.
    DeviceTree,
    /// A file that names the release of a kernel.
    KernelRelease,
    /// Any other archive; each member is looked at by itself.
    Archive,
    /// Recognised, but without a reader: what it is and what to do.
    NotYet(&'static str),
    /// Nothing we know.
    Unknown,
}

impl Kind {
    /// Every kind that has a reader.
    pub const READ: &'static [Kind] = &[
        Kind::Spdx3,
        Kind::Spdx2,
        Kind::YoctoSpdx2Archive,
        Kind::GithubExport,
        Kind::CycloneDx,
        Kind::YoctoCveCheck,
        Kind::BuildrootShowInfo,
        Kind::BuildrootPkgStats,
        Kind::Vigiles,
        Kind::VigilesCsv,
        Kind::ComponentCsv,
        Kind::Dpkg,
        Kind::Opkg,
        Kind::Apk,
        Kind::Rpm,
        Kind::CargoLock,
        Kind::GoMod,
        Kind::NpmLock,
        Kind::KernelConfig,
        Kind::CompiledFiles,
        Kind::ModuleList,
        Kind::Archive,
    ];

    /// The word that names the reader in `SourceDocument::kind` and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Spdx3 => "spdx3",
            Kind::Spdx2 => "spdx2",
            Kind::Spdx2TagValue => "spdx2-tag-value",
            Kind::Spdx2Yaml => "spdx2-yaml",
            Kind::Spdx2Xml => "spdx2-xml",
            Kind::YoctoSpdx2Archive => "yocto-spdx2-archive",
            Kind::CycloneDx => "cyclonedx",
            Kind::CycloneDxXml => "cyclonedx-xml",
            Kind::YoctoCveCheck => "yocto-cve-check",
            Kind::BuildrootShowInfo => "buildroot-show-info",
            Kind::RootFacts => "rootfs",
            Kind::Dpkg => "dpkg",
            Kind::Opkg => "opkg",
            Kind::Apk => "apk",
            Kind::Rpm => "rpm",
            Kind::BuildrootPkgStats => "buildroot-pkg-stats",
            Kind::Vigiles => "vigiles",
            Kind::VigilesCsv => "vigiles-csv",
            Kind::ComponentCsv => "component-csv",
            Kind::CargoLock => "cargo-lock",
            Kind::GoMod => "go-mod",
            Kind::NpmLock => "npm-lock",
            Kind::GithubExport => "github-export",
            Kind::KernelConfig => "kconfig",
            Kind::CompiledFiles => "compiled-files",
            Kind::ModuleList => "module-list",
            Kind::Patch => "patches",
            Kind::DeviceTree => "device-tree",
            Kind::KernelRelease => "kernel-release",
            Kind::Archive => "archive",
            Kind::NotYet(_) => "not-yet",
            Kind::Unknown => "unknown",
        }
    }
}

/// Says what the bytes are, by their content only.
pub fn detect(bytes: &[u8], name: &str) -> Kind {
    if archives::container(bytes.get(..512).unwrap_or(bytes)).is_some() {
        return bundle::kind(bytes, name);
    }
    if package_lists::rpm::is_database(bytes) {
        return Kind::Rpm;
    }
    if bytes.starts_with(&crate::device_tree::MAGIC) {
        return Kind::DeviceTree;
    }
    if let Some(what) = lines::binary(bytes) {
        return Kind::NotYet(what);
    }
    let head = crate::text::decode(bytes.get(..HEAD).unwrap_or(bytes)).0;
    match head.trim_start().as_bytes().first() {
        // A boot log begins with a time stamp, not with JSON.
        Some(b'[') if crate::kernel_release::is_log(&head) => lines::kind(&head),
        // A table of TOML begins as a list of lists, which no JSON of ours does.
        Some(b'{' | b'[') if !head.trim_start().starts_with("[[package]]") => {
            json::kind(&crate::text::decode(bytes).0)
        }
        _ => lines::kind(&head),
    }
}

/// Bytes that are looked at to tell texts apart.
const HEAD: usize = 1 << 16;

/// Reads any input of a release: SBOM, build evidence, or an archive of them.
///
/// # Errors
/// When the bytes are of no kind that can be read, or not a whole document of their kind.
pub fn read_inventory(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let mut read = read_raw(bytes, name, limits)?;
    normalise::finish(&mut read.value);
    for note in &mut read.notes {
        name_file(note, name);
    }
    for note in &mut read.value.notes {
        name_file(note, name);
    }
    for note in read.value.components.iter_mut().flat_map(|component| &mut component.notes) {
        name_file(note, name);
    }
    Ok(read)
}

/// As [`read_inventory`], before normalisation.
fn read_raw(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    if bytes.len() as u64 > limits.document_bytes {
        let what = format!("it is larger than {} bytes", limits.document_bytes);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    let kind = detect(bytes, name);
    // The list of readers. A new format adds its line here, its words in `Kind` and its row in the manual.
    let mut read = match kind {
        Kind::Spdx3 => spdx3::read(bytes, name, limits),
        Kind::Spdx2 => spdx2::read(bytes, name, spdx2::Form::Json, limits),
        Kind::Spdx2TagValue => spdx2::read(bytes, name, spdx2::Form::TagValue, limits),
        Kind::Spdx2Yaml => spdx2::read(bytes, name, spdx2::Form::Yaml, limits),
        Kind::Spdx2Xml => spdx2::read(bytes, name, spdx2::Form::Xml, limits),
        Kind::CycloneDx => cyclonedx::read(bytes, name, limits),
        Kind::CycloneDxXml => cyclonedx::read_xml(bytes, name, limits),
        Kind::YoctoCveCheck => yocto::read(bytes, name, limits),
        Kind::BuildrootShowInfo => buildroot::read(bytes, name, limits),
        Kind::RootFacts => rootfs::read(bytes, name, limits),
        Kind::Dpkg => package_lists::dpkg::read(bytes, name, limits),
        Kind::Opkg => package_lists::opkg::read(bytes, name, limits),
        Kind::Apk => package_lists::apk::read(bytes, name, limits),
        Kind::Rpm => package_lists::rpm::read(bytes, name, limits),
        Kind::BuildrootPkgStats => pkg_stats::read(bytes, name, limits),
        Kind::Vigiles => vigiles::read(bytes, name, limits),
        Kind::VigilesCsv => vigiles::lists::read(bytes, name, limits),
        Kind::ComponentCsv => component_csv::read(bytes, name, limits),
        Kind::CargoLock => lock_files::cargo::read(bytes, name, limits),
        Kind::GoMod => lock_files::go::read(bytes, name, limits),
        Kind::NpmLock => lock_files::npm::read(bytes, name, limits),
        Kind::GithubExport => spdx2::read_wrapped(bytes, name, limits),
        Kind::KernelConfig => evidence::config(bytes, name),
        Kind::CompiledFiles => evidence::compiled_files(bytes, name),
        Kind::ModuleList => evidence::modules(bytes, name),
        Kind::Patch => Ok(evidence::patch(bytes, name)),
        Kind::DeviceTree => evidence::device_tree(bytes, name),
        Kind::KernelRelease => evidence::kernel_release(bytes, name),
        Kind::YoctoSpdx2Archive | Kind::Archive => bundle::read(bytes, name, limits),
        Kind::NotYet(what) => Err(FormatError::NotYet { name: name.to_owned(), what }),
        Kind::Unknown if bytes.iter().all(u8::is_ascii_whitespace) => {
            Err(FormatError::Empty { name: name.to_owned() })
        }
        Kind::Unknown => Err(FormatError::Unknown { name: name.to_owned() }),
    }?;
    if holds_components(kind) {
        tell_nothing(&mut read);
    }
    describe(&mut read.value, kind, bytes, name);
    bound(&mut read.notes);
    bound(&mut read.value.notes);
    Ok(read)
}

/// A document that names nothing is not passed over in silence.
fn tell_nothing(read: &mut Read<Inventory>) {
    let inventory = &mut read.value;
    let says = !inventory.components.is_empty() || !inventory.statements.is_empty();
    if !says && read.notes.is_empty() && inventory.notes.is_empty() {
        let value = "it names no component, and makes no statement";
        inventory.notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "document", value));
    }
}

/// True for SBOMs and lists of packages.
fn holds_components(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::KernelConfig
            | Kind::CompiledFiles
            | Kind::ModuleList
            | Kind::DeviceTree
            | Kind::KernelRelease
            | Kind::Patch
            | Kind::Archive
    )
}

/// Notes of one code that are kept one by one.
const NOTES: usize = 1_000;

/// Keeps the first notes of each code and counts the rest: a document wrong in every line must not fill
/// memory and logs with the same sentence.
fn bound(notes: &mut Vec<Note>) {
    if notes.len() <= NOTES {
        return;
    }
    let mut counts: BTreeMap<NoteCode, usize> = BTreeMap::new();
    notes.retain(|note| {
        let count = counts.entry(note.code).or_default();
        *count += 1;
        *count <= NOTES
    });
    for (code, count) in counts.into_iter().filter(|(_, count)| *count > NOTES) {
        let value = format!("{} more of this kind", count - NOTES);
        notes.push(Note::new(code, Severity::Warn, "document", &value));
    }
}

fn name_file(note: &mut Note, name: &str) {
    if note.file.is_empty() {
        note.file = name.to_owned();
    }
}

/// Completes the record of where the inventory came from.
fn describe(inventory: &mut Inventory, kind: Kind, bytes: &[u8], name: &str) {
    let document = SourceDocument {
        file: name.to_owned(),
        kind: kind.word().to_owned(),
        bytes: bytes.len() as u64,
        ..spdx2::describe_set(&inventory.documents).unwrap_or_default()
    };
    inventory.documents = vec![document];
}
