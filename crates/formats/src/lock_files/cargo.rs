//! `Cargo.lock`, versions 1 to 4. It holds what any feature, target, build script or test needs, without telling which.

use model::component::Component;
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;
use toml::de::{DeTable, DeValue};

use super::{add_parts, finish, note_local};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_hash, add_repository};
use crate::normalise::needs;

/// Bytes of the largest lock file; the parser holds the whole tree.
const LARGEST: usize = 64 << 20;

/// Reads one lock file.
///
/// # Errors
/// When it is no TOML, names no package, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    if text.len() > LARGEST {
        return Err(FormatError::TooBig {
            name: name.to_owned(),
            what: format!("it is larger than {LARGEST} bytes"),
        });
    }
    let malformed = |why: String| FormatError::Malformed { name: name.to_owned(), why };
    let table = DeTable::parse(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        malformed(format!("not valid TOML: line {}: {}", before.matches('\n').count() + 1, error.message()))
    })?;
    let table = table.get_ref();
    let packages = match table.get("package").map(toml::Spanned::get_ref) {
        Some(DeValue::Array(packages)) => packages,
        _ => return Err(malformed("it has no list of `[[package]]`".to_owned())),
    };
    let checksums = table.get("metadata").and_then(|value| value.get_ref().as_table());
    let mut inventory = Inventory::default();
    let mut wanted = Vec::new();
    for (at, package) in packages.iter().enumerate().take(limits.components) {
        add(&mut inventory, package.get_ref(), at, checksums, &mut wanted);
    }
    settle_needs(&mut inventory, wanted);
    propose_product(&mut inventory);
    let value = "a Cargo.lock does not tell apart what is linked in, what only builds and what only tests";
    notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Info, "document", value));
    finish(inventory, name, "cargo", limits, notes)
}

fn add(
    inventory: &mut Inventory,
    package: &DeValue<'_>,
    at: usize,
    checksums: Option<&DeTable<'_>>,
    wanted: &mut Vec<(String, String)>,
) {
    let place = format!("package {}", at + 1);
    let text = |key: &str| package.get(key).and_then(|value| value.get_ref().as_str()).unwrap_or_default();
    let (name, version, source) = (text("name"), text("version"), text("source"));
    if name.is_empty() {
        let value = "a package without a name, ignored";
        inventory.notes.push(Note::new(NoteCode::NoName, Severity::Warn, place, value));
        return;
    }
    let mut component = Component {
        source_ref: format!("{name} {version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Component::default()
    };
    // Version 1 keeps the checksums in a table of their own.
    let old = checksums.and_then(|table| table.get(format!("checksum {name} {version} ({source})").as_str()));
    let checksum = [text("checksum"), old.and_then(|value| value.get_ref().as_str()).unwrap_or_default()];
    if let Some(checksum) = checksum.into_iter().find(|text| !text.is_empty() && !text.starts_with('<')) {
        add_hash(&mut component, "sha256", checksum);
    }
    match source.split_once('+') {
        Some(("registry" | "sparse", _)) => add_parts(&mut component, "cargo", "", name, version, &place),
        Some(("git", address)) => {
            add_parts(&mut component, "cargo", "", name, version, &place);
            add_git(&mut component, address);
        }
        Some(_) => component.notes.push(Note::new(NoteCode::UnknownEnum, Severity::Warn, &*place, source)),
        None => note_local(&mut component, &place),
    }
    let dependencies = package.get("dependencies").and_then(|value| value.get_ref().as_array());
    let dependencies = dependencies.into_iter().flat_map(|list| list.iter());
    wanted.extend(
        dependencies
            .filter_map(|on| on.get_ref().as_str())
            .map(|on| (component.source_ref.clone(), on.to_owned())),
    );
    component.needs = Some(Vec::new());
    inventory.components.push(component);
}

/// `https://host/o/r?branch=main#0123…`: repository, and the commit behind the hash sign.
fn add_git(component: &mut Component, address: &str) {
    let (address, commit) = address.split_once('#').unwrap_or((address, ""));
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let revision = if commit.is_empty() { query.strip_prefix("rev=").unwrap_or_default() } else { commit };
    if revision.is_empty() {
        add_repository(component, address);
    } else {
        add_repository(component, &format!("{address}@{revision}"));
    }
    if let Some(tag) = query.strip_prefix("tag=") {
        tag.clone_into(&mut component.git.tag);
    }
}

/// `serde`, `serde 1.0.1` or `serde 1.0.1 (registry+…)`; the version stands where there are several.
fn settle_needs(inventory: &mut Inventory, wanted: Vec<(String, String)>) {
    let mut by_name: FxHashMap<&str, &str> = FxHashMap::default();
    for component in &inventory.components {
        by_name.insert(&component.name, &component.source_ref);
    }
    let edges: Vec<needs::Edge> = wanted
        .iter()
        .filter_map(|(from, on)| {
            let mut words = on.split(' ');
            let (name, version) = (words.next()?, words.next());
            let on = version.map_or_else(
                || by_name.get(name).map(|on| (*on).to_owned()),
                |v| Some(format!("{name} {v}")),
            );
            Some((from.clone(), on?, Tie::Stated))
        })
        .collect();
    needs::hand_out(inventory, edges);
}

/// The one local package that no other one needs is what the file belongs to.
fn propose_product(inventory: &mut Inventory) {
    let needed: std::collections::HashSet<&str> = inventory
        .components
        .iter()
        .flat_map(|component| component.needs.iter().flatten())
        .map(|need| &*need.on)
        .collect();
    let is_root = |component: &&Component| {
        component.purls.is_empty() && !needed.contains(component.source_ref.as_str())
    };
    let roots: Vec<&Component> = inventory.components.iter().filter(is_root).collect();
    if let [root] = roots.as_slice() {
        let (product, release) = (root.name.clone(), root.version.clone());
        (inventory.product, inventory.release) = (product, release);
    }
}
