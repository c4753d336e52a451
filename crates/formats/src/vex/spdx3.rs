//! SPDX 3 security profile: VEX relationships, in a document of their own or inside of an SBOM.
//!
//! `to` names the product, `security_assessedElement` the part of it in which the vulnerability was found.

use std::borrow::Cow;

use model::note::{Note, NoteCode, Severity};
use model::vex::{ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};
use rustc_hash::FxHashMap;

use super::{Reading, products, settle};
use crate::limits::FormatError;
use crate::text::loose::{List, Text, loose};

loose! {
    struct Root<'a> {
        graph: List<Element<'a>> = "@graph",
    }
}

loose! {
    /// Any element, with the fields of all types that statements need.
    struct Element<'a> {
        kind: Text<'a> = "type",
        at_type: Text<'a> = "@type",
        id: Text<'a> = "spdxId",
        at_id: Text<'a> = "@id",
        name: Text<'a> = "name",
        version: Text<'a> = "software_packageVersion",
        package_url: Text<'a> = "software_packageUrl",
        identifiers: List<Identifier<'a>> = "externalIdentifier",
        verified: List<Hash<'a>> = "verifiedUsing",
        from: Text<'a> = "from",
        to: List<Text<'a>> = "to",
        assessed: Text<'a> = "security_assessedElement",
        justification: Text<'a> = "security_justificationType",
        impact: Text<'a> = "security_impactStatement",
        status_notes: Text<'a> = "security_statusNotes",
        action: Text<'a> = "security_actionStatement",
        vex_version: Text<'a> = "security_vexVersion",
        published: Text<'a> = "security_publishedTime",
        modified: Text<'a> = "security_modifiedTime",
        withdrawn: Text<'a> = "security_withdrawnTime",
        spec_version: Text<'a> = "specVersion",
        created: Text<'a> = "created",
        created_by: List<Text<'a>> = "createdBy",
        created_using: List<Text<'a>> = "createdUsing",
    }
}

loose! {
    struct Identifier<'a> {
        kind: Text<'a> = "externalIdentifierType",
        value: Text<'a> = "identifier",
    }
}

loose! {
    struct Hash<'a> {
        algorithm: Text<'a> = "algorithm",
        value: Text<'a> = "hashValue",
    }
}

impl<'a> Element<'a> {
    fn type_name(&self) -> &str {
        let kind = if self.kind.is_empty() { self.at_type.get() } else { self.kind.get() };
        let kind = kind.rsplit('/').next().unwrap_or(kind);
        kind.strip_prefix("spdx:").unwrap_or(kind)
    }

    fn own_id(&self) -> &str {
        if self.id.is_empty() { self.at_id.get() } else { self.id.get() }
    }
}

/// The elements that statements refer to.
#[derive(Default)]
struct Graph<'w> {
    packages: FxHashMap<&'w str, ProductRef>,
    vulnerabilities: FxHashMap<&'w str, Vec<&'w str>>,
    names: FxHashMap<&'w str, &'w str>,
}

/// Reads one document.
pub fn read(reading: &Reading<'_>, notes: &mut Vec<Note>) -> Result<VexDocument, FormatError> {
    let wire: Root<'_> = reading.parse()?;
    let is_claim = |element: &&Element<'_>| element.type_name().starts_with("security_Vex");
    if !wire.graph.iter().any(|element| is_claim(&element)) {
        return Err(reading.malformed("an SPDX 3 document without VEX relationships makes no statement"));
    }
    let graph = Graph::of(&wire);
    let mut document = header(&wire, &graph);
    for (at, element) in wire.graph.iter().enumerate().filter(|(_, element)| is_claim(element)) {
        if let Some(statement) = statement(element, at, &graph, notes) {
            let statement = settle::finish(statement, &document, notes);
            document.statements.push(statement);
        }
    }
    Ok(document)
}

impl<'w> Graph<'w> {
    fn of(wire: &'w Root<'_>) -> Graph<'w> {
        let mut graph = Graph::default();
        for element in &wire.graph {
            let id = element.own_id();
            match element.type_name() {
                "security_Vulnerability" => {
                    graph.vulnerabilities.entry(id).or_insert_with(|| ids(element));
                }
                "Tool" | "Agent" | "Organization" | "Person" | "SoftwareAgent" => {
                    graph.names.insert(id, element.name.get());
                }
                kind if kind.ends_with("Package") || kind.ends_with("_File") => {
                    graph.packages.entry(id).or_insert_with(|| product(element));
                }
                _ => {}
            }
        }
        graph
    }
}

/// A vulnerability's ids, a CVE before the others.
fn ids<'w>(element: &'w Element<'_>) -> Vec<&'w str> {
    let mut known: Vec<(bool, &str)> = element
        .identifiers
        .iter()
        .map(|identifier| (identifier.kind.get() != "cve", identifier.value.get()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    known.sort_by_key(|(other, _)| *other);
    let mut ids: Vec<&str> = known.into_iter().map(|(_, value)| value).collect();
    let name = element.name.get();
    if !name.is_empty() && !ids.contains(&name) && (ids.is_empty() || looks_like_id(name)) {
        ids.push(name);
    }
    ids
}

fn looks_like_id(name: &str) -> bool {
    ["CVE-", "GHSA-", "OSV-", "PYSEC-", "RUSTSEC-", "GO-"].iter().any(|start| name.starts_with(start))
}

fn product(element: &Element<'_>) -> ProductRef {
    let mut product = ProductRef {
        reference: element.own_id().to_owned(),
        name: element.name.get().to_owned(),
        ..ProductRef::default()
    };
    products::add_purl(&mut product, element.package_url.get());
    for identifier in &element.identifiers {
        match identifier.kind.get() {
            "packageUrl" | "purl" => products::add_purl(&mut product, identifier.value.get()),
            "cpe22" | "cpe23" => products::add_cpe(&mut product, identifier.value.get()),
            _ => {}
        }
    }
    for hash in &element.verified {
        products::add_hash(&mut product, hash.algorithm.get(), hash.value.get());
    }
    let version = element.version.get();
    if !version.is_empty() && !products::is_versioned(&product) {
        product.versions.push(version.to_owned());
    }
    product
}

fn header(wire: &Root<'_>, graph: &Graph<'_>) -> VexDocument {
    let mut document = VexDocument::new(VexFormat::Spdx3);
    let name = |id: &str| graph.names.get(id).map_or(id, |name| *name).to_owned();
    for element in &wire.graph {
        match element.type_name() {
            "CreationInfo" => {
                let author = element.created_by.first().map_or("", Text::get);
                let tool = element.created_using.first().map_or("", Text::get);
                keep(&mut document.spec_version, element.spec_version.get());
                keep(&mut document.timestamp, element.created.get());
                keep(&mut document.author, &name(author));
                keep(&mut document.tool, &name(tool));
            }
            "SpdxDocument" => keep(&mut document.id, element.own_id()),
            kind if kind.starts_with("security_Vex") => {
                keep(&mut document.version, element.vex_version.get());
            }
            _ => {}
        }
    }
    document
}

/// The first one wins.
fn keep(known: &mut String, text: &str) {
    if known.is_empty() {
        text.clone_into(known);
    }
}

fn statement(
    element: &Element<'_>,
    at: usize,
    graph: &Graph<'_>,
    notes: &mut Vec<Note>,
) -> Option<VexStatement> {
    let position = match element.own_id() {
        "" => format!("/@graph/{at}"),
        id => id.to_owned(),
    };
    let mut unusable = |severity, why: &str| {
        notes.push(Note::new(NoteCode::StatementUnusable, severity, position.clone(), why));
    };
    if !element.withdrawn.is_empty() {
        unusable(Severity::Info, &format!("withdrawn at {}", element.withdrawn.get()));
        return None;
    }
    let names = vulnerability(element, graph);
    let Some((name, aliases)) = names.split_first() else {
        unusable(Severity::Warn, "its vulnerability is not in the document");
        return None;
    };
    let mut statement = VexStatement::new(name, VexStatus::UnderInvestigation);
    statement.position = position;
    statement.aliases = aliases.iter().map(|alias| alias.to_string()).collect();
    statement.products = said_of(element, graph);
    statement.impact = element.impact.get().to_owned();
    statement.action = element.action.get().to_owned();
    statement.detail = element.status_notes.get().to_owned();
    let time =
        [&element.modified, &element.published].into_iter().map(Text::get).find(|time| !time.is_empty());
    statement.timestamp = time.unwrap_or_default().to_owned();
    let justification = element.justification.get();
    let justification = justification.rsplit('/').next().unwrap_or(justification);
    settle::translate(&mut statement, VexFormat::Spdx3, element.type_name(), justification, notes);
    if statement.products.is_empty() {
        let why = "it names no product and applies to nothing";
        let place = statement.position.clone();
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, why));
    }
    Some(statement)
}

/// The ids; of a vulnerability outside of the document its reference tells the id.
fn vulnerability<'t>(element: &'t Element<'_>, graph: &Graph<'t>) -> Vec<Cow<'t, str>> {
    if let Some(ids) = graph.vulnerabilities.get(element.from.get()) {
        return ids.iter().map(|id| Cow::Borrowed(*id)).collect();
    }
    let last = element.from.get().rsplit(['/', '#', ':']).next().unwrap_or_default();
    if looks_like_id(last) { vec![Cow::Borrowed(last)] } else { Vec::new() }
}

fn said_of(element: &Element<'_>, graph: &Graph<'_>) -> Vec<ProductRef> {
    let named = |id: &str| {
        let foreign = || ProductRef { reference: id.to_owned(), ..ProductRef::default() };
        graph.packages.get(id).cloned().unwrap_or_else(foreign)
    };
    let assessed = element.assessed.get();
    let products = element.to.iter().map(Text::get).filter(|id| !id.is_empty());
    products
        .map(|id| {
            let mut product = named(id);
            if !assessed.is_empty() && assessed != id {
                product.subcomponents.push(named(assessed));
            }
            product
        })
        .collect()
}
