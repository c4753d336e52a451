//! SPDX 3 JSON-LD, looked at field by field.

use std::collections::HashSet;
use std::fmt;

use model::licence::{Acknowledgement, Licence};
use model::quality::{Form, Part, Survey};
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{algorithm, push};
use crate::limits::FormatError;
use crate::normalise::identity::usable;
use crate::text::loose::{Each, List, Name, Text, loose};

loose! {
    struct Element<'a> {
        kind: Text<'a> = "type",
        id: Text<'a> = "spdxId",
        at_id: Text<'a> = "@id",
        name: Text<'a> = "name",
        version: Text<'a> = "software_packageVersion",
        purpose: Text<'a> = "software_primaryPurpose",
        purposes: List<Text<'a>> = "software_additionalPurpose",
        download: Text<'a> = "software_downloadLocation",
        package_url: Text<'a> = "software_packageUrl",
        content_ids: List<Identifier<'a>> = "software_contentIdentifier",
        supplied_by: Text<'a> = "suppliedBy",
        originated_by: List<Text<'a>> = "originatedBy",
        identifiers: List<Identifier<'a>> = "externalIdentifier",
        verified: List<Hash<'a>> = "verifiedUsing",
        from: Text<'a> = "from",
        to: List<Text<'a>> = "to",
        relationship: Text<'a> = "relationshipType",
        completeness: Text<'a> = "completeness",
        roots: List<Text<'a>> = "rootElement",
        types: List<Text<'a>> = "software_sbomType",
        expression: Text<'a> = "simplelicensing_licenseExpression",
        spec_version: Text<'a> = "specVersion",
        created: Text<'a> = "created",
        created_by: List<Text<'a>> = "createdBy",
        created_using: List<Text<'a>> = "createdUsing",
        creation: Text<'a> = "creationInfo",
    }
}

loose! {
    struct Identifier<'a> {
        kind: Text<'a> = "externalIdentifierType",
        value: Text<'a> = "identifier",
        content: Text<'a> = "software_contentIdentifierValue",
    }
}

loose! {
    struct Hash<'a> {
        algorithm: Text<'a> = "algorithm",
    }
}

/// Relationships that tell what an element needs or is made of.
const NEEDS: &[&str] = &[
    "dependsOn",
    "contains",
    "hasStaticLink",
    "hasDynamicLink",
    "hasPrerequisite",
    "hasOptionalDependency",
    "hasProvidedDependency",
];

/// The graph, as far as rules ask.
#[derive(Default)]
struct Graph<'a> {
    packages: Vec<Element<'a>>,
    files: FxHashMap<String, Element<'a>>,
    /// Agents and tools: name, mail or URL.
    agents: FxHashMap<String, (String, String)>,
    licences: FxHashMap<String, String>,
    creations: FxHashMap<String, Element<'a>>,
    document: Option<Element<'a>>,
    sboms: Vec<Element<'a>>,
    links: Vec<(String, String, Vec<String>)>,
    states_completeness: bool,
    vulnerabilities: Option<(String, usize)>,
    elements: usize,
}

/// Surveys a document.
pub fn survey(text: &str, name: &str) -> Result<Survey, FormatError> {
    let mut graph = Graph::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    (&mut graph).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    Ok(graph.finish(name))
}

impl<'a> Graph<'a> {
    fn add(&mut self, element: Element<'a>) {
        self.elements += 1;
        let id = if element.id.is_empty() { element.at_id.get() } else { element.id.get() }.to_owned();
        match element.kind.get() {
            "software_Package" => self.packages.push(element),
            "software_File" => {
                self.files.insert(id, element);
            }
            "CreationInfo" => {
                self.creations.insert(id, element);
            }
            "SpdxDocument" => self.document = Some(element),
            "software_Sbom" | "Bom" => self.sboms.push(element),
            "Tool" | "Agent" | "Organization" | "Person" | "SoftwareAgent" => {
                let contact = element.identifiers.iter().find(|known| {
                    matches!(known.kind.get(), "email" | "urlScheme") || known.value.get().contains("://")
                });
                let contact = contact.map(|known| known.value.get().to_owned()).unwrap_or_default();
                self.agents.insert(id, (element.name.get().to_owned(), contact));
            }
            "simplelicensing_LicenseExpression" => {
                self.licences.insert(id, element.expression.get().to_owned());
            }
            "security_Vulnerability" => self.vulnerabilities.get_or_insert((id, 0)).1 += 1,
            kind if kind.ends_with("Relationship") => {
                let is_stated = !matches!(element.completeness.get(), "" | "noAssertion");
                self.states_completeness |= is_stated && NEEDS.contains(&element.relationship.get());
                let to = element.to.iter().map(|to| to.get().to_owned()).collect();
                self.links.push((element.relationship.get().to_owned(), element.from.get().to_owned(), to));
            }
            _ => {}
        }
    }

    fn finish(self, name: &str) -> Survey {
        let mut survey = Survey::new(name, Form::Spdx3);
        let document = self.document.as_ref();
        survey.id = document.map(|document| document.id.get().to_owned()).unwrap_or_default();
        // The document's own creation counts; Yocto has one for each recipe beside it.
        let own = document.and_then(|document| self.creations.get(document.creation.get()));
        if let Some(creation) = own.or_else(|| self.creations.values().next()) {
            survey.spec_version = creation.spec_version.get().to_owned();
            survey.timestamp = creation.created.get().to_owned();
            for agent in &creation.created_by {
                let (name, contact) = self.agent(agent.get());
                push(&mut survey.authors, name, contact);
            }
            let tools = creation.created_using.iter().map(|tool| self.agent(tool.get()).0.to_owned());
            survey.tools.extend(tools);
        }
        let types = self.sboms.iter().flat_map(|sbom| sbom.types.iter().map(Text::get));
        survey.context = types.collect::<Vec<_>>().join(", ");
        survey.states_completeness = self.states_completeness;
        survey.vulnerabilities.clone_from(&self.vulnerabilities);
        let mut needing: HashSet<&str> = HashSet::new();
        let mut licences: FxHashMap<&str, Vec<Licence>> = FxHashMap::default();
        let mut artifacts: FxHashMap<&str, &str> = FxHashMap::default();
        for (relation, from, to) in &self.links {
            let said = match relation.as_str() {
                "hasDeclaredLicense" => Some(Acknowledgement::Declared),
                "hasConcludedLicense" => Some(Acknowledgement::Concluded),
                _ => None,
            };
            if let Some(said) = said {
                let texts = to.iter().filter_map(|id| usable(self.licences.get(id)?));
                licences.entry(from).or_default().extend(texts.map(|text| Licence::new(text, said)));
            }
            if NEEDS.contains(&relation.as_str()) {
                needing.insert(from);
            }
            if relation == "hasDistributionArtifact"
                && let Some(file) = to.first()
            {
                artifacts.insert(from, file);
            }
        }
        let collections = self.sboms.iter().chain(document);
        let mut roots = collections.flat_map(|collection| collection.roots.iter().map(Text::get));
        let made: HashSet<&str> = self
            .links
            .iter()
            .filter(|(relation, ..)| relation == "hasOutput")
            .flat_map(|(.., to)| to.iter().map(String::as_str))
            .collect();
        survey.has_root = roots.any(|root| needing.contains(root) || made.contains(root));
        for element in self.packages.iter().filter(|element| element.purpose.get() != "source") {
            let id = element.id.get();
            let mut part = self.part(element);
            part.has_dependencies = needing.contains(id);
            part.licences = licences.remove(id).unwrap_or_default();
            if let Some(file) = artifacts.get(id).and_then(|file| self.files.get(*file)) {
                file.name.get().clone_into(&mut part.filename);
                part.hashes.extend(file.verified.iter().map(|hash| algorithm(hash.algorithm.get())));
                add_kinds(&mut part, file);
            }
            survey.parts.push(part);
        }
        survey
    }

    /// Name and contact; an id of another document stands for itself.
    fn agent<'g>(&'g self, id: &'g str) -> (&'g str, &'g str) {
        self.agents.get(id).map_or((id, ""), |(name, contact)| (name.as_str(), contact.as_str()))
    }

    fn part(&self, element: &Element<'_>) -> Part {
        let mut part = Part {
            place: element.id.get().to_owned(),
            name: element.name.get().to_owned(),
            version: usable(element.version.get()).unwrap_or_default().to_owned(),
            hashes: element.verified.iter().map(|hash| algorithm(hash.algorithm.get())).collect(),
            ..Part::default()
        };
        part.hashes.retain(|algorithm| !algorithm.is_empty());
        if let Some(supplier) = usable(element.supplied_by.get()) {
            let (name, contact) = self.agent(supplier);
            push(&mut part.suppliers, name, contact);
        }
        for maker in &element.originated_by {
            let (name, contact) = self.agent(maker.get());
            push(&mut part.creators, name, contact);
        }
        let known = element
            .identifiers
            .iter()
            .filter(|known| !matches!(known.kind.get(), "cve" | "email" | "securityOther" | "urlScheme"));
        let known = known.map(|known| known.value.get());
        let content = element.content_ids.iter().map(|known| known.content.get());
        let all = known.chain(content).chain([element.package_url.get()]);
        part.identifiers = all.filter_map(usable).map(str::to_owned).collect();
        if let Some(uri) = usable(element.download.get()) {
            let is_repository = uri.starts_with("git+") || uri.starts_with("git:");
            uri.clone_into(if is_repository { &mut part.source_uri } else { &mut part.deployable_uri });
        }
        add_kinds(&mut part, element);
        part
    }
}

/// Executable, archive and structured are said by purposes; nothing says that something is none of them.
fn add_kinds(part: &mut Part, element: &Element<'_>) {
    let purposes = element.purposes.iter().map(Text::get).chain([element.purpose.get()]);
    for purpose in purposes {
        match purpose {
            "executable" => part.kinds_said[0] = true,
            "archive" => part.kinds_said[1] = true,
            "container" | "firmware" => part.kinds_said[2] = true,
            _ => {}
        }
    }
}

impl<'a> DeserializeSeed<'a> for &mut Graph<'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Graph<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX 3 document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            if key.0 == "@graph" {
                map.next_value_seed(Each::new(|element: Element<'a>, _| self.add(element)))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
