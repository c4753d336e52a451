//! From facts to an inventory: packages, what no package owns, kernels, evidence, platform. The facts come from another
//! process and are believed no more than any other input.

mod kernels;
mod languages;
mod packages;
mod programs;
mod system;

use model::build::ModuleList;
use model::component::Component;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

use super::schema::{Document, Facts, Is, SCHEMA, Volume, Why};
use super::{banners, base64};
use crate::detect::{Kind, detect, read_inventory};
use crate::limits::{FormatError, Limits};
use crate::normalise;
use packages::Packages;

/// Reads facts of a root file system as JSON.
///
/// # Errors
/// When the bytes are not one whole document of this schema, pass a limit, or name no component and no evidence.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let facts: Facts = serde_json::from_str(&text).map_err(|error| FormatError::json(name, &error))?;
    if facts.schema != SCHEMA {
        let why = format!("its schema is {:?} and not {SCHEMA:?}", facts.schema);
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    let mut read = inventory(&facts, limits);
    let build = &read.value.build;
    if read.value.components.is_empty() && build.configs.is_empty() && build.modules.is_none() {
        return Err(FormatError::Malformed { name: name.to_owned(), why: nothing(&facts) });
    }
    if read.value.components.len() > limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    read.notes.append(&mut notes);
    Ok(read)
}

/// Makes an inventory of facts.
fn inventory(facts: &Facts, limits: &Limits) -> Read<Inventory> {
    let mut notes = Vec::new();
    let mut parts = Vec::new();
    let mut is_complete = true;
    for (name, volume) in &facts.volumes {
        let part = Part::of(name, volume, limits);
        notes.extend(part.notes);
        is_complete &= volume.programs.is_empty() || part.is_complete;
        parts.push(part.inventory);
    }
    let mut whole = normalise::merge(parts);
    kernels::settle(&mut whole, facts);
    let has_programs = facts.volumes.values().any(|volume| !volume.programs.is_empty());
    whole.platform.inventory_complete = has_programs && is_complete;
    whole.documents = vec![SourceDocument { tool: "patchwright".to_owned(), ..SourceDocument::default() }];
    notes.append(&mut whole.notes);
    Read { value: whole, notes }
}

/// One file system's share.
struct Part {
    inventory: Inventory,
    notes: Vec<Note>,
    is_complete: bool,
}

impl Part {
    fn of(name: &str, volume: &Volume, limits: &Limits) -> Part {
        let place = Place { volume: name };
        let mut packages = Packages::read(volume, &place, limits);
        let mut inventory = std::mem::take(&mut packages.inventory);
        let mut notes = std::mem::take(&mut packages.notes);
        system::settle(&mut inventory, volume);
        let is_complete = programs::add(&mut inventory, volume, &packages, &place, &mut notes);
        languages::add(&mut inventory, volume, &packages, &place);
        evidence(&mut inventory, volume, &place, &mut notes);
        documents(&mut inventory, volume, &place, limits, &mut notes);
        remarks(volume, &place, &mut notes);
        Part { inventory, notes, is_complete }
    }
}

/// Names places in a file system.
struct Place<'v> {
    volume: &'v str,
}

impl Place<'_> {
    /// `/usr/bin/x`, or `rootfs:/usr/bin/x` where there are several.
    fn of(&self, path: &str) -> String {
        if self.volume.is_empty() { format!("/{path}") } else { format!("{}:/{path}", self.volume) }
    }
}

/// The bytes of a kept file.
fn bytes_of(document: &Document) -> Option<Vec<u8>> {
    if document.base64.is_empty() {
        return Some(document.text.clone().into_bytes());
    }
    base64::decode(&document.base64)
}

/// `.config` files, modules, applets.
fn evidence(inventory: &mut Inventory, volume: &Volume, place: &Place<'_>, notes: &mut Vec<Note>) {
    for document in volume.documents.iter().filter(|document| document.is == Is::Config) {
        let at = place.of(&document.path);
        let Some(bytes) = bytes_of(document) else { continue };
        match crate::kconfig::read(&bytes, &at) {
            Ok(read) => {
                inventory.build.configs.push(read.value);
                notes.extend(read.notes);
            }
            Err(error) => notes.push(Note::new(error.code(), Severity::Info, at, &error.to_string())),
        }
    }
    inventory.build.applets.extend(volume.applets.iter().cloned());
    if let Some(modules) = modules(volume) {
        inventory.build.modules = Some(modules);
    }
}

/// Every module that lies in the file system or that `modules.dep` names: the whole tree was seen, so the list is
/// complete. A tree without a module directory says nothing: its kernel's modules may lie elsewhere.
fn modules(volume: &Volume) -> Option<ModuleList> {
    let of = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split(".ko").next().filter(|name| !name.is_empty()).map(|name| name.replace('-', "_"))
    };
    let all = volume.modules.values();
    let paths = all.clone().flat_map(|modules| modules.files.iter().chain(&modules.listed));
    let present = paths.filter_map(of).collect();
    let builtin = all.clone().flat_map(|modules| &modules.builtin).filter_map(of).collect();
    let files = volume.modules.keys().map(|release| format!("/lib/modules/{release}")).collect();
    let complete = all.clone().any(|modules| !modules.files.is_empty() || !modules.builtin.is_empty());
    let is_any = complete || all.clone().any(|modules| !modules.listed.is_empty());
    is_any.then(|| ModuleList { present, builtin, blacklisted: volume.blacklisted.clone(), files, complete })
}

/// SBOMs and lock files that are shipped in the image, each by its own reader. What a package ships, the package answers
/// for.
fn documents(
    inventory: &mut Inventory,
    volume: &Volume,
    place: &Place<'_>,
    limits: &Limits,
    notes: &mut Vec<Note>,
) {
    for document in volume.documents.iter().filter(|document| document.is == Is::Document) {
        let at = place.of(&document.path);
        let Some(bytes) = bytes_of(document) else { continue };
        if !document.owner.is_empty() && inventory.components.iter().any(|one| !one.purls.is_empty()) {
            let value = format!("shipped by the package {}, which answers for it", document.owner);
            notes.push(Note::new(NoteCode::UnknownKind, Severity::Info, at, &value));
            continue;
        }
        // Facts in facts, or archives, have no place in a root file system.
        let read = match detect(&bytes, &at) {
            Kind::RootFacts | Kind::Archive | Kind::YoctoSpdx2Archive => continue,
            _ => read_inventory(&bytes, &at, limits),
        };
        match read {
            Ok(read) => {
                notes.extend(read.notes);
                let shipped = read.value.components.into_iter().map(|one| shipped(one, &at));
                inventory.components.extend(shipped);
                inventory.statements.extend(read.value.statements.into_iter().map(|mut statement| {
                    for component in &mut statement.components {
                        *component = format!("{at}#{component}");
                    }
                    statement
                }));
            }
            Err(error) => notes.push(Note::new(error.code(), Severity::Warn, at, &error.to_string())),
        }
    }
}

/// A component of a shipped document: its references are those of that document.
fn shipped(mut component: Component, at: &str) -> Component {
    component.source_ref = format!("{at}#{}", component.source_ref);
    component.parents.iter_mut().for_each(|parent| *parent = format!("{at}#{parent}"));
    component.needs.iter_mut().flatten().for_each(|need| need.on = format!("{at}#{}", need.on));
    component.locations.push(at.to_owned());
    component
}

fn remarks(volume: &Volume, place: &Place<'_>, notes: &mut Vec<Note>) {
    for remark in &volume.remarks {
        let (code, severity) = match remark.why {
            Why::Broken => (NoteCode::BadRecord, Severity::Warn),
            Why::TooBig => (NoteCode::TooBig, Severity::Warn),
            Why::Ambiguous => (NoteCode::NoVersion, Severity::Warn),
            Why::NotRead => (NoteCode::UnknownKind, Severity::Warn),
        };
        notes.push(Note::new(code, severity, place.of(&remark.path), &remark.value));
    }
    for (kind, count) in volume.seen.iter().filter(|(kind, _)| UNREAD.contains(&kind.as_str())) {
        let value = format!("{count} files of kind {kind} are not read; give an SBOM of what made them");
        notes.push(Note::new(NoteCode::UnknownKind, Severity::Warn, place.of(""), &value));
    }
}

const UNREAD: &[&str] = &["jar", "dll", "phar", "android package", "more remarks"];

/// What was looked for in vain.
fn nothing(facts: &Facts) -> String {
    let count = |kind: &str| facts.volumes.values().filter_map(|volume| volume.seen.get(kind)).sum::<u64>();
    format!(
        "no component was found in {} files, {} of them programs: no database of dpkg, opkg, apk or rpm, no \
         lib/modules, no kernel image, no banner of the {} components of the table, no Go, Rust, Python, Node or Ruby \
         package, no SBOM; give the SBOM of the build",
        count("files"),
        count("programs"),
        banners::components()
    )
}
