//! opkg: the `status` file of OpenWrt and Yocto, `control` stanzas of packages, and what `opkg list-installed` prints.
//!
//! OpenWrt's `status` names packages and versions only; what they are made of (`Source`, `SourceName`, `CPE-ID`,
//! `ABIVersion`) stands in `usr/lib/opkg/info/*.control`. Both may be given in one text, one after the other: the stanza
//! with a `Status` says that a package is installed, the other completes it.

use std::collections::BTreeMap;

use model::component::{Component, Role};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::graph::clauses;
use super::stanzas::{Stanza, stanzas};
use super::{List, Package};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_cpe, push_new};

/// Reads one document.
///
/// # Errors
/// When it names no installed package, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    let mut list = List::new(limits);
    if is_table(&text) {
        for (package, version) in text.lines().filter_map(row) {
            let package = Package { kind: "opkg", name: package, version, ..Package::default() };
            list.add(package.component(), "");
        }
        note_sources(&mut list, true);
        return list.finish(name, "opkg", "", notes);
    }
    let packages = gather(&text, &mut list);
    let has_status = packages.values().any(|stanzas| stanzas.iter().any(|stanza| stanza.has("Status")));
    let source =
        |stanza: &Stanza<'_>| ["Source", "SourceName", "OE"].into_iter().any(|field| stanza.has(field));
    note_sources(&mut list, !packages.values().flatten().any(source));
    let mut gone = 0_usize;
    for stanzas in packages.into_values() {
        let merged = Merged { stanzas };
        let is_installed = if has_status { is_installed(&merged) } else { true };
        if is_installed {
            add(&mut list, &merged);
        } else {
            gone += 1;
        }
    }
    let rest = if gone > 0 { format!(", only {gone} that are not installed") } else { String::new() };
    list.finish(name, "opkg", &rest, notes)
}

/// OpenWrt keeps what packages are made of in other files than the list of them.
fn note_sources(list: &mut List, are_missing: bool) {
    if are_missing {
        let value = "no package names its source; give usr/lib/opkg/info/*.control behind the status file";
        list.note(Note::new(NoteCode::NoSourcePackage, Severity::Warn, "document", value));
    }
}

/// The stanzas of each package.
fn gather<'t>(text: &'t str, list: &mut List) -> BTreeMap<&'t str, Vec<Stanza<'t>>> {
    let mut packages: BTreeMap<&str, Vec<Stanza<'_>>> = BTreeMap::new();
    for stanza in stanzas(text) {
        if let Some((line, text)) = stanza.odd {
            list.note(Note::new(NoteCode::FieldType, Severity::Warn, format!("line {line}"), text));
        }
        let name = stanza.get("Package");
        if name.is_empty() {
            let value = "a stanza without `Package`, ignored";
            list.note(Note::new(NoteCode::NoName, Severity::Warn, stanza.place(), value));
            continue;
        }
        packages.entry(name).or_default().push(stanza);
    }
    packages
}

/// All that is said of one package, the stanza with the status first.
struct Merged<'t> {
    stanzas: Vec<Stanza<'t>>,
}

impl<'t> Merged<'t> {
    fn get(&self, field: &str) -> &'t str {
        let by_status = |has: bool| self.stanzas.iter().filter(move |stanza| stanza.has("Status") == has);
        let mut values = by_status(true).chain(by_status(false)).map(|stanza| stanza.get(field));
        values.find(|value| !value.is_empty()).unwrap_or_default()
    }

    fn place(&self) -> String {
        self.stanzas.first().map(Stanza::place).unwrap_or_default()
    }
}

/// `install user installed` and the like: the third word decides. Without a status of its own, a package is one of which
/// only the control file was left.
fn is_installed(package: &Merged<'_>) -> bool {
    let status = package.get("Status");
    !matches!(
        status.split_whitespace().nth(2).unwrap_or_default(),
        "" | "not-installed" | "config-files" | "removal-failed"
    )
}

fn add(list: &mut List, stanza: &Merged<'_>) {
    let name = stanza.get("Package");
    let status = stanza.get("Status").split_whitespace().nth(2).unwrap_or("installed");
    if !matches!(status, "installed" | "unpacked" | "half-configured") {
        let value = format!("{name} is {status}: its files may be on the device");
        list.note(Note::new(NoteCode::UnknownEnum, Severity::Warn, stanza.place(), &value));
    }
    let (source, recipe_version) = source_of(stanza);
    let package = Package {
        kind: "opkg",
        name,
        version: stanza.get("Version"),
        arch: stanza.get("Architecture"),
        source,
        source_version: "",
    };
    let mut component = package.component();
    component.source_ref = name.to_owned();
    identify(&mut component, stanza);
    if component.version.is_empty() {
        recipe_version.clone_into(&mut component.version);
    }
    component.role = if component.name == "kernel" { Role::Kernel } else { component.role };
    let reference = list.add(component, package.arch);
    let graph = &mut list.graph;
    graph.provide(name, &reference);
    for virtual_name in clauses(stanza.get("Provides")).flatten() {
        graph.provide(virtual_name, &reference);
    }
    for clause in clauses(stanza.get("Depends")) {
        graph.want(&reference, clause, Tie::Runtime);
    }
}

fn identify(component: &mut Component, stanza: &Merged<'_>) {
    for cpe in stanza.get("CPE-ID").split_whitespace() {
        add_cpe(component, cpe, format_args!("{}, CPE-ID", stanza.place()));
    }
    let home = [stanza.get("Homepage"), stanza.get("URL")].into_iter().find(|text| !text.is_empty());
    home.unwrap_or_default().clone_into(&mut component.homepage);
    stanza.get("Maintainer").clone_into(&mut component.supplier);
    // The package is called `libopenssl3` where the library's ABI version is 3; the name without it is the lasting one.
    let abi = stanza.get("ABIVersion");
    let bare = component.name.strip_suffix(abi).filter(|bare| !abi.is_empty() && !bare.is_empty());
    if let Some(bare) = bare.map(str::to_owned) {
        push_new(&mut component.names, bare);
    }
    // Modules are parts of the kernel, not of a source package; `normalise` folds them.
    if component.name.starts_with("kmod-") || component.name.starts_with("kernel-module-") {
        component.source_package.clear();
    }
}

/// The upstream name: OpenWrt's `SourceName`, else the last part of `Source: feeds/packages/net/curl`; Yocto's recipe
/// (`OE: busybox`, `Source: busybox_1.36.1.bb`, with its version).
fn source_of<'t>(stanza: &Merged<'t>) -> (&'t str, &'t str) {
    let path = stanza.get("Source").split_whitespace().next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let (recipe, version) = match last.strip_suffix(".bb") {
        Some(stem) => stem.split_once('_').unwrap_or((stem, "")),
        None => (last, ""),
    };
    let stated = [stanza.get("SourceName"), stanza.get("OE"), recipe];
    (stated.into_iter().find(|name| !name.is_empty()).unwrap_or_default(), version)
}

/// True for what `opkg list-installed` prints: `busybox - 1.36.1-r2`.
pub fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(200).peekable();
    lines.peek().is_some() && lines.all(|line| row(line).is_some())
}

fn row(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().split_once(" - ")?;
    let version = rest.split(" - ").next()?.trim();
    let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
    let is_version =
        !version.contains(char::is_whitespace) && version.bytes().any(|byte| byte.is_ascii_digit());
    (is_name && is_version).then_some((name, version))
}
