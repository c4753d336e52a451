//! SPDX 2 JSON, one document or Yocto's set of them, looked at field by field.

use std::collections::HashSet;

use model::licence::{Acknowledgement, Licence};
use model::quality::{Form, Part, Survey};
use serde::Deserialize;

use super::{algorithm, push};
use crate::limits::FormatError;
use crate::normalise::identity::usable;
use crate::text::loose::{List, Text, loose};

loose! {
    struct Document<'a> {
        spec_version: Text<'a> = "spdxVersion",
        namespace: Text<'a> = "documentNamespace",
        creation: Creation<'a> = "creationInfo",
        packages: List<Package<'a>> = "packages",
        described: List<Text<'a>> = "documentDescribes",
        relationships: List<Relationship<'a>> = "relationships",
    }
}

loose! {
    struct Creation<'a> {
        created: Text<'a> = "created",
        creators: List<Text<'a>> = "creators",
    }
}

loose! {
    struct Package<'a> {
        id: Text<'a> = "SPDXID",
        name: Text<'a> = "name",
        version: Text<'a> = "versionInfo",
        purpose: Text<'a> = "primaryPackagePurpose",
        filename: Text<'a> = "packageFileName",
        download: Text<'a> = "downloadLocation",
        supplier: Text<'a> = "supplier",
        originator: Text<'a> = "originator",
        declared: Text<'a> = "licenseDeclared",
        concluded: Text<'a> = "licenseConcluded",
        checksums: List<Checksum<'a>> = "checksums",
        references: List<Reference<'a>> = "externalRefs",
    }
}

loose! {
    struct Checksum<'a> {
        algorithm: Text<'a> = "algorithm",
    }
}

loose! {
    struct Reference<'a> {
        category: Text<'a> = "referenceCategory",
        kind: Text<'a> = "referenceType",
        locator: Text<'a> = "referenceLocator",
    }
}

loose! {
    struct Relationship<'a> {
        from: Text<'a> = "spdxElementId",
        to: Text<'a> = "relatedSpdxElement",
        kind: Text<'a> = "relationshipType",
    }
}

/// Relationships that say what a component needs or is made of: whose needs they tell is `from` for these...
const FORWARD: &[&str] =
    &["DEPENDS_ON", "DYNAMIC_LINK", "STATIC_LINK", "HAS_PREREQUISITE", "CONTAINS", "GENERATED_FROM"];
/// ... and `to` for these.
const BACKWARD: &[&str] = &[
    "DEPENDENCY_OF",
    "RUNTIME_DEPENDENCY_OF",
    "BUILD_DEPENDENCY_OF",
    "OPTIONAL_DEPENDENCY_OF",
    "PROVIDED_DEPENDENCY_OF",
    "PREREQUISITE_FOR",
    "CONTAINED_BY",
    "PACKAGE_OF",
];

/// Surveys the documents of one SBOM.
pub fn survey(texts: &[String], name: &str) -> Result<Survey, FormatError> {
    let mut survey = Survey::new(name, Form::Spdx2);
    for text in texts {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let document =
            Document::deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
        deserializer.end().map_err(|error| FormatError::json(name, &error))?;
        add(&mut survey, &document, texts.len() > 1);
    }
    survey.parts.sort_by(|one, other| one.place.cmp(&other.place));
    Ok(survey)
}

fn add(survey: &mut Survey, document: &Document<'_>, several: bool) {
    if survey.spec_version.is_empty() {
        survey.spec_version = document.spec_version.get().trim_start_matches("SPDX-").to_owned();
    }
    let namespace = document.namespace.get();
    if survey.id.is_empty() {
        survey.id = usable(namespace).unwrap_or_default().to_owned();
    }
    let created = document.creation.created.get();
    if created > survey.timestamp.as_str() {
        created.clone_into(&mut survey.timestamp);
    }
    for creator in &document.creation.creators {
        match creator.get().split_once(':') {
            Some(("Tool", tool)) if !survey.tools.iter().any(|known| known == tool.trim()) => {
                survey.tools.push(tool.trim().to_owned());
            }
            Some(("Person" | "Organization", who)) => {
                let mut found = Vec::new();
                add_party(&mut found, who);
                survey.authors.extend(
                    found.into_iter().filter(|who| !survey.authors.contains(who)).collect::<Vec<_>>(),
                );
            }
            _ => {}
        }
    }
    let (mut listed, mut described): (HashSet<&str>, HashSet<&str>) = (HashSet::new(), HashSet::new());
    described.extend(document.described.iter().map(Text::get));
    for link in &document.relationships {
        let (from, to, kind) = (link.from.get(), link.to.get(), link.kind.get());
        match kind {
            "DESCRIBES" => {
                described.insert(to);
            }
            _ if FORWARD.contains(&kind) => {
                listed.insert(from);
            }
            _ if BACKWARD.contains(&kind) => {
                listed.insert(to);
            }
            _ => {}
        }
        survey.states_completeness |= kind == "DEPENDS_ON" && matches!(to, "NONE" | "NOASSERTION");
    }
    survey.has_root |= described.iter().any(|id| listed.contains(id));
    for package in document.packages.iter().filter(|package| !is_source(package)) {
        let id = package.id.get();
        let place = if several { format!("{namespace}#{id}") } else { id.to_owned() };
        let mut part = part(package, place);
        part.has_dependencies = listed.contains(id);
        for (at, reference) in package.references.iter().enumerate() {
            let kind = reference.kind.get().rsplit('/').next().unwrap_or_default();
            if reference.category.get() == "SECURITY" && matches!(kind, "advisory" | "fix" | "url") {
                let place = format!("{}/externalRefs/{at}", part.place);
                survey.vulnerabilities.get_or_insert((place, 0)).1 += 1;
            }
        }
        survey.parts.push(part);
    }
}

/// What a component was made of is no component of the product.
fn is_source(package: &Package<'_>) -> bool {
    package.purpose.get() == "SOURCE" || package.id.get().starts_with("SPDXRef-Download-")
}

/// `Acme GmbH (info@acme.example)`.
fn add_party(parties: &mut Vec<model::quality::Party>, who: &str) {
    match who.trim().split_once('(') {
        Some((name, contact)) => push(parties, name.trim(), contact.trim_end_matches(')').trim()),
        None => push(parties, who.trim(), ""),
    }
}

fn part(package: &Package<'_>, place: String) -> Part {
    let mut part = Part {
        place,
        name: package.name.get().to_owned(),
        version: usable(package.version.get()).unwrap_or_default().to_owned(),
        filename: usable(package.filename.get()).unwrap_or_default().to_owned(),
        ..Part::default()
    };
    for (text, parties) in
        [(&package.supplier, &mut part.suppliers), (&package.originator, &mut part.creators)]
    {
        if let Some((_, who)) = usable(text.get()).and_then(|text| text.split_once(':')) {
            add_party(parties, who);
        }
    }
    for (text, said) in
        [(&package.declared, Acknowledgement::Declared), (&package.concluded, Acknowledgement::Concluded)]
    {
        part.licences.extend(usable(text.get()).map(|text| Licence::new(text, said)));
    }
    part.hashes = package.checksums.iter().map(|sum| algorithm(sum.algorithm.get())).collect();
    for reference in &package.references {
        let kind = reference.kind.get().rsplit(['/', '#']).next().unwrap_or_default();
        let is_id =
            ["cpe22Type", "cpe23Type", "purl", "swid", "swh", "gitoid", "maven-central", "npm", "nuget"]
                .contains(&kind);
        if is_id && !reference.locator.is_empty() {
            part.identifiers.push(reference.locator.get().to_owned());
        }
    }
    if let Some(uri) = usable(package.download.get()) {
        let is_repository = uri.starts_with("git+") || uri.starts_with("git:");
        uri.clone_into(if is_repository { &mut part.source_uri } else { &mut part.deployable_uri });
    }
    part
}
