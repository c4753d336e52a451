//! An inventory as a few lines of text, for tests: text in, text out.

use std::collections::BTreeMap;
use std::fmt::Write;

use formats::detect::{FormatError, read_inventory};
use formats::limits::Limits;
use model::component::Component;
use model::note::{Note, Read};
use model::sbom::Inventory;

/// Reads a document that must be readable.
pub fn read(bytes: &[u8], name: &str) -> Read<Inventory> {
    read_inventory(bytes, name, &Limits::INVENTORY).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Reads a text that must be refused, and returns why.
pub fn refused(bytes: &[u8], name: &str) -> FormatError {
    match read_inventory(bytes, name, &Limits::INVENTORY) {
        Err(error) => error,
        Ok(read) => panic!("{name} was read: {}", counts(&read)),
    }
}

/// All notes, those of components too.
pub fn notes(read: &Read<Inventory>) -> Vec<Note> {
    let of_components = read.value.components.iter().flat_map(|component| component.notes.clone());
    read.notes.iter().cloned().chain(read.value.notes.clone()).chain(of_components).collect()
}

/// Counts: components by scope and coverage, patches, statements by origin and status, notes by code.
pub fn counts(read: &Read<Inventory>) -> String {
    let inventory = &read.value;
    let mut out = String::new();
    let platform = &inventory.platform;
    let _ = writeln!(
        out,
        "product {:?} release {:?} platform {}/{}/{}/{} complete {}",
        inventory.product,
        inventory.release,
        platform.os,
        platform.arch,
        platform.bits,
        platform.distribution,
        platform.inventory_complete
    );
    let _ = writeln!(
        out,
        "components {}{}",
        inventory.components.len(),
        tally(inventory.components.iter().map(|c| c.scope.word().to_owned()))
    );
    let _ =
        writeln!(out, "coverage{}", tally(inventory.components.iter().map(|c| c.coverage.word().to_owned())));
    let patches: usize = inventory.components.iter().map(|component| component.patches.len()).sum();
    let resolved: usize = inventory
        .components
        .iter()
        .flat_map(|component| &component.patches)
        .map(|patch| patch.resolves.len())
        .sum();
    let _ = writeln!(out, "patches {patches} resolving {resolved}");
    let statements = inventory.statements.iter().map(|s| format!("{:?}/{}", s.origin, s.status.word()));
    let _ = writeln!(out, "statements {}{}", inventory.statements.len(), tally(statements));
    let _ = write!(out, "notes{}", tally(notes(read).iter().map(|note| note.code.code().to_owned())));
    out
}

fn tally(words: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts.iter().map(|(word, count)| format!(" {word}={count}")).collect()
}

/// One component in one line.
pub fn line(component: &Component) -> String {
    let cpes: Vec<String> = component
        .cpes
        .iter()
        .map(|cpe| format!("{}:{}:{}", cpe.cpe.vendor, cpe.cpe.product, cpe.cpe.version))
        .collect();
    let purls: Vec<String> = component.purls.iter().map(ToString::to_string).collect();
    let mut line = format!(
        "{} {} {} {} {}",
        component.name,
        if component.version.is_empty() { "-" } else { &component.version },
        component.scope.word(),
        component.role.word(),
        component.coverage.word()
    );
    for (label, values) in [
        ("cpes", cpes),
        ("purls", purls),
        ("names", component.names.clone()),
        ("in", component.locations.clone()),
        ("parents", component.parents.clone()),
        ("repos", component.git.repositories.clone()),
        (
            "patches",
            component.patches.iter().map(|patch| format!("{}{:?}", patch.name, patch.resolves)).collect(),
        ),
        ("notes", component.notes.iter().map(|note| format!("{} {}", note.code, note.value)).collect()),
    ] {
        if !values.is_empty() {
            let _ = write!(line, " | {label}: {}", values.join(", "));
        }
    }
    for (label, value) in [
        ("commit", &component.git.commit),
        ("tree", &component.vendor_tree),
        ("instance", &component.instance),
    ] {
        if !value.is_empty() {
            let _ = write!(line, " | {label}: {value}");
        }
    }
    line
}

/// The whole inventory: components, statements and notes.
pub fn full(read: &Read<Inventory>) -> String {
    let mut out = counts(read);
    for component in &read.value.components {
        let _ = write!(out, "\n{}", line(component));
    }
    for statement in &read.value.statements {
        let _ = write!(
            out,
            "\n{} {} of {:?}: {} {:?} ({:?})",
            statement.vulnerability,
            statement.status.word(),
            statement.components,
            statement.justification,
            statement.text,
            statement.origin
        );
    }
    for note in read.notes.iter().chain(&read.value.notes) {
        let _ = write!(out, "\n{} {} {}: {}", note.code, note.severity.word(), note.place, note.value);
    }
    out
}
