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

use std::collections::BTreeMap;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

pub use crate::limits::FormatError;
use crate::limits::Limits;
use crate::normalise;
pub use crate::normalise::merge;
use crate::{archives, buildroot, cyclonedx, package_lists, rootfs, spdx2, spdx3, yocto};

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// SPDX 3 JSON-LD.
    Spdx3,
    /// One SPDX 2.2 or 2.3 JSON document.
    Spdx2,
    /// An archive of SPDX 2 JSON documents, as Yocto writes them.
    YoctoSpdx2Archive,
    /// CycloneDX JSON.
    CycloneDx,
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
    /// A `.config` of the kernel, U-Boot, BusyBox or Buildroot.
    KernelConfig,
    /// A list of compiled source files.
    CompiledFiles,
    /// A list of kernel modules.
    ModuleList,
    /// A patch.
    Patch,
    /// Any other archive; each member is looked at by itself.
    Archive,
    /// Recognised, but without a reader: what it is and what to do.
    NotYet(&'static str),
    /// Nothing we know.
    Unknown,
}

impl Kind {
    /// The word that names the reader in `SourceDocument::kind` and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Spdx3 => "spdx3",
            Kind::Spdx2 => "spdx2",
            Kind::YoctoSpdx2Archive => "yocto-spdx2-archive",
            Kind::CycloneDx => "cyclonedx",
            Kind::YoctoCveCheck => "yocto-cve-check",
            Kind::BuildrootShowInfo => "buildroot-show-info",
            Kind::RootFacts => "rootfs",
            Kind::Dpkg => "dpkg",
            Kind::Opkg => "opkg",
            Kind::Apk => "apk",
            Kind::Rpm => "rpm",
            Kind::KernelConfig => "kconfig",
            Kind::CompiledFiles => "compiled-files",
            Kind::ModuleList => "module-list",
            Kind::Patch => "patches",
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
    if let Some(what) = lines::binary(bytes) {
        return Kind::NotYet(what);
    }
    let head = crate::text::decode(bytes.get(..HEAD).unwrap_or(bytes)).0;
    match head.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => json::kind(&crate::text::decode(bytes).0),
        _ => lines::kind(&head),
    }
}

const PATCH: &str = "a patch file proves nothing by itself; give it as a patch of the build (`--patches`), and it is \
                     used where an SBOM lists it";

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
        Kind::Spdx2 => spdx2::read(bytes, name, limits),
        Kind::CycloneDx => cyclonedx::read(bytes, name, limits),
        Kind::YoctoCveCheck => yocto::read(bytes, name, limits),
        Kind::BuildrootShowInfo => buildroot::read(bytes, name, limits),
        Kind::RootFacts => rootfs::read(bytes, name, limits),
        Kind::Dpkg => package_lists::dpkg::read(bytes, name, limits),
        Kind::Opkg => package_lists::opkg::read(bytes, name, limits),
        Kind::Apk => package_lists::apk::read(bytes, name, limits),
        Kind::Rpm => package_lists::rpm::read(bytes, name, limits),
        Kind::KernelConfig => evidence::config(bytes, name),
        Kind::CompiledFiles => evidence::compiled_files(bytes, name),
        Kind::ModuleList => evidence::modules(bytes, name),
        Kind::Patch => Err(FormatError::NotYet { name: name.to_owned(), what: PATCH }),
        Kind::YoctoSpdx2Archive | Kind::Archive => bundle::read(bytes, name, limits),
        Kind::NotYet(what) => Err(FormatError::NotYet { name: name.to_owned(), what }),
        Kind::Unknown if bytes.iter().all(u8::is_ascii_whitespace) => {
            Err(FormatError::Empty { name: name.to_owned() })
        }
        Kind::Unknown => Err(FormatError::Unknown { name: name.to_owned() }),
    }?;
    describe(&mut read.value, kind, bytes, name);
    bound(&mut read.notes);
    bound(&mut read.value.notes);
    Ok(read)
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
        ..inventory.documents.first().cloned().unwrap_or_default()
    };
    inventory.documents = vec![document];
}
