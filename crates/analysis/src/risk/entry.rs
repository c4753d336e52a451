//! How input reaches the vulnerable code: curated rows, the kernel's subsystems, else the score (assessment.md 2.1).

use std::sync::LazyLock;

use model::component::Role;
use model::profile::Basis;

use super::facts::{Entry, EntryKind};

/// A row of the kernel's subsystems.
struct Subsystem {
    prefix: &'static str,
    name: &'static str,
    kind: EntryKind,
    is_shipped: bool,
}

/// A curated row about one vulnerability.
pub struct Curated {
    /// The vulnerability.
    pub id: &'static str,
    /// Its entry.
    pub entry: Entry,
    /// The code was planted.
    pub is_malicious: bool,
}

static SUBSYSTEMS: LazyLock<Vec<Subsystem>> =
    LazyLock::new(|| rows(include_str!("tables/kernel-subsystems.csv")).filter_map(subsystem).collect());

static CURATED: LazyLock<Vec<Curated>> =
    LazyLock::new(|| rows(include_str!("tables/entry.csv")).filter_map(curated_row).collect());

static CONDITIONS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let pair = |cells: Vec<&'static str>| Some((*cells.first()?, *cells.get(1)?));
    rows(include_str!("tables/vuln-conditions.csv")).filter_map(pair).collect()
});

/// The rows of a table of ours, without its header.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::trim).collect())
}

fn subsystem(cells: Vec<&'static str>) -> Option<Subsystem> {
    let [prefix, name, kind, ..] = *cells.as_slice() else { return None };
    let is_shipped = kind != "none";
    let kind = if is_shipped { EntryKind::parse(kind)? } else { EntryKind::Local };
    Some(Subsystem { prefix, name, kind, is_shipped })
}

fn curated_row(cells: Vec<&'static str>) -> Option<Curated> {
    let [id, kind, subsystem, server_requires, before, automatic, malicious] = *cells.as_slice() else {
        return None;
    };
    let entry = Entry {
        kind: EntryKind::parse(kind)?,
        subsystem: subsystem.to_owned(),
        server_requires: server_requires.to_owned(),
        before_peer_auth: before == "yes",
        ui_is_automatic: automatic == "yes",
        basis: Some(Basis::Source),
        ..Entry::default()
    };
    Some(Curated { id, entry, is_malicious: malicious == "yes" })
}

/// The curated row about a vulnerability, by any of its ids.
pub fn curated<'i>(mut ids: impl Iterator<Item = &'i str>) -> Option<&'static Curated> {
    ids.find_map(|id| CURATED.iter().find(|row| row.id.eq_ignore_ascii_case(id)))
}

/// Circumstances that a vulnerability requires, by any of its ids.
pub fn conditions<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<String> {
    let mut found: Vec<String> = ids
        .flat_map(|id| CONDITIONS.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(id)))
        .map(|(_, condition)| (*condition).to_owned())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Parts of the kernel's network that answer only where the product uses them: a circumstance of the deployment
/// (`kernel_net_fs`), and a question where the profile does not say.
pub fn condition_of(entry: &Entry) -> Option<String> {
    let is_by_network = entry.kind != EntryKind::Local;
    (is_by_network && matches!(entry.subsystem.as_str(), "net_proto" | "net_fs"))
        .then(|| format!("kernel_{}", entry.subsystem))
}

/// The entries of a vulnerability in a component: one for each side by which input may come, at least one.
pub fn entries(role: Role, files: &[String], access: &str) -> Vec<Entry> {
    if role == Role::Kernel && !files.is_empty() {
        return by_files(files);
    }
    let of = |kind, basis| Entry { kind, basis: Some(basis), ..Entry::default() };
    match access {
        "N" => vec![of(EntryKind::ServerOrClient, Basis::Source)],
        "A" => vec![of(EntryKind::ServerOrClient, Basis::Source), of(EntryKind::Radio, Basis::Source)],
        "L" => vec![of(EntryKind::Local, Basis::Source)],
        "P" => vec![of(EntryKind::Physical, Basis::Source)],
        _ => vec![match role {
            Role::Kernel => of(EntryKind::Local, Basis::Assumed),
            Role::Bootloader => of(EntryKind::Physical, Basis::Assumed),
            _ => of(EntryKind::ServerOrClient, Basis::Unknown),
        }],
    }
}

/// As [`entries`], where the CNA itself has scored the flaw as one of an account on the device: its word on this very
/// flaw goes before what the folder of the code suggests (decision 0028).
pub fn local(role: Role, files: &[String]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for entry in entries(role, files, "L") {
        let kind = if entry.kind == EntryKind::Physical { entry.kind } else { EntryKind::Local };
        let entry = Entry { kind, basis: Some(Basis::Source), ..entry };
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}

/// The union over the files, each by its longest known folder; a file of no known folder is taken for local code.
fn by_files(files: &[String]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let known = SUBSYSTEMS
            .iter()
            .filter(|subsystem| file.starts_with(subsystem.prefix))
            .max_by_key(|subsystem| subsystem.prefix.len());
        if known.is_some_and(|subsystem| !subsystem.is_shipped) {
            continue;
        }
        let entry = Entry {
            kind: known.map_or(EntryKind::Local, |subsystem| subsystem.kind),
            subsystem: known.map_or(String::new(), |subsystem| subsystem.name.to_owned()),
            basis: Some(if known.is_some() { Basis::Source } else { Basis::Assumed }),
            ..Entry::default()
        };
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if entries.is_empty() {
        // Only code that no running kernel holds, and yet nobody has excluded it: a finding that is open has a class.
        entries.push(Entry { kind: EntryKind::Local, basis: Some(Basis::Assumed), ..Entry::default() });
    }
    entries
}
