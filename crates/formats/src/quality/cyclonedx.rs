//! CycloneDX JSON, looked at field by field.

use std::collections::HashSet;
use std::fmt;

use model::licence::{Acknowledgement, Licence};
use model::quality::{Form, Part, Survey};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{algorithm, push};
use crate::limits::FormatError;
use crate::text::loose::{Each, List, Name, Text, loose};

loose! {
    struct Component<'a> {
        reference: Text<'a> = "bom-ref",
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        supplier: Entity<'a> = "supplier",
        manufacturer: Entity<'a> = "manufacturer",
        authors: List<Contact<'a>> = "authors",
        author: Text<'a> = "author",
        publisher: Text<'a> = "publisher",
        cpe: Text<'a> = "cpe",
        purl: Text<'a> = "purl",
        swid: Swid<'a> = "swid",
        swhid: List<Text<'a>> = "swhid",
        omnibor: List<Text<'a>> = "omniborId",
        hashes: List<Hash<'a>> = "hashes",
        licences: List<Choice<'a>> = "licenses",
        references: List<Reference<'a>> = "externalReferences",
        properties: List<Property<'a>> = "properties",
        components: List<Component<'a>> = "components",
    }
}

loose! {
    struct Entity<'a> {
        name: Text<'a> = "name",
        url: List<Text<'a>> = "url",
        contact: List<Contact<'a>> = "contact",
    }
}

loose! {
    struct Contact<'a> {
        name: Text<'a> = "name",
        email: Text<'a> = "email",
    }
}

loose! {
    struct Swid<'a> {
        tag: Text<'a> = "tagId",
    }
}

loose! {
    struct Hash<'a> {
        algorithm: Text<'a> = "alg",
        content: Text<'a> = "content",
    }
}

loose! {
    struct Choice<'a> {
        licence: Named<'a> = "license",
        expression: Text<'a> = "expression",
        acknowledgement: Text<'a> = "acknowledgement",
    }
}

loose! {
    struct Named<'a> {
        id: Text<'a> = "id",
        name: Text<'a> = "name",
        acknowledgement: Text<'a> = "acknowledgement",
    }
}

loose! {
    struct Reference<'a> {
        kind: Text<'a> = "type",
        url: Text<'a> = "url",
        hashes: List<Hash<'a>> = "hashes",
    }
}

loose! {
    struct Property<'a> {
        name: Text<'a> = "name",
        value: Text<'a> = "value",
    }
}

loose! {
    struct Metadata<'a> {
        timestamp: Text<'a> = "timestamp",
        authors: List<Contact<'a>> = "authors",
        component: Component<'a> = "component",
        manufacturer: Entity<'a> = "manufacturer",
        // Until 1.5 the maker of the product stood under this name; of the SBOM nothing was said.
        supplier: Entity<'a> = "supplier",
        tools: List<Tool<'a>> = "tools",
        lifecycles: List<Phase<'a>> = "lifecycles",
    }
}

loose! {
    struct Tool<'a> {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        components: List<Contact<'a>> = "components",
        services: List<Contact<'a>> = "services",
    }
}

loose! {
    struct Phase<'a> {
        phase: Text<'a> = "phase",
        name: Text<'a> = "name",
    }
}

loose! {
    struct Dependency<'a> {
        reference: Text<'a> = "ref",
        on: List<Text<'a>> = "dependsOn",
    }
}

loose! {
    struct Composition<'a> {
        aggregate: Text<'a> = "aggregate",
    }
}

/// Surveys a document.
pub fn survey(text: &str, name: &str) -> Result<Survey, FormatError> {
    let mut bom = Bom { survey: Survey::new(name, Form::CycloneDx), ..Bom::default() };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    (&mut bom).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    Ok(bom.finish())
}

struct Bom<'a> {
    survey: Survey,
    metadata: Metadata<'a>,
    /// Who is listed in the graph; the references of the parts, in their order.
    listed: HashSet<String>,
    references: Vec<String>,
}

impl Default for Bom<'_> {
    fn default() -> Self {
        Bom {
            survey: Survey::new("", Form::CycloneDx),
            metadata: Metadata::default(),
            listed: HashSet::new(),
            references: Vec::new(),
        }
    }
}

impl Bom<'_> {
    fn finish(mut self) -> Survey {
        let metadata = std::mem::take(&mut self.metadata);
        let root = metadata.component.reference.get().to_owned();
        let is_named = !metadata.component.name.is_empty();
        let has_inner = !metadata.component.components.items.is_empty();
        if is_named {
            self.add(metadata.component, "/metadata/component");
        }
        let survey = &mut self.survey;
        survey.has_root = is_named && (self.listed.contains(&root) || has_inner);
        survey.timestamp = metadata.timestamp.get().to_owned();
        for author in &metadata.authors {
            push(&mut survey.authors, author.name.get(), author.email.get());
        }
        add_entity(&mut survey.authors, &metadata.manufacturer);
        add_entity(&mut survey.authors, &metadata.supplier);
        for tool in &metadata.tools {
            let inner = tool.components.iter().chain(&tool.services).map(|inner| inner.name.get());
            let names = std::iter::once(tool.name.get()).chain(inner).filter(|name| !name.is_empty());
            survey.tools.extend(names.map(str::to_owned));
        }
        let phases = metadata
            .lifecycles
            .iter()
            .map(|one| if one.phase.is_empty() { one.name.get() } else { one.phase.get() });
        survey.context = phases.filter(|phase| !phase.is_empty()).collect::<Vec<_>>().join(", ");
        for (part, reference) in survey.parts.iter_mut().zip(&self.references) {
            part.has_dependencies = !reference.is_empty() && self.listed.contains(reference);
        }
        self.survey
    }

    fn add(&mut self, wire: Component<'_>, place: &str) {
        self.references.push(wire.reference.get().to_owned());
        self.survey.parts.push(part(&wire, place));
        for (at, inner) in wire.components.items.into_iter().enumerate() {
            self.add(inner, &format!("{place}/components/{at}"));
        }
    }
}

fn add_entity(parties: &mut Vec<model::quality::Party>, entity: &Entity<'_>) {
    let mails = entity.contact.iter().map(|contact| contact.email.get());
    let contact = entity.url.iter().map(Text::get).chain(mails).find(|text| !text.is_empty());
    push(parties, entity.name.get(), contact.unwrap_or_default());
}

fn part(wire: &Component<'_>, place: &str) -> Part {
    let mut part = Part {
        place: place.to_owned(),
        name: wire.name.get().to_owned(),
        version: wire.version.get().to_owned(),
        ..Part::default()
    };
    add_entity(&mut part.suppliers, &wire.supplier);
    add_entity(&mut part.creators, &wire.manufacturer);
    for author in &wire.authors {
        push(&mut part.creators, author.name.get(), author.email.get());
    }
    push(&mut part.creators, wire.author.get(), "");
    push(&mut part.creators, wire.publisher.get(), "");
    let others = wire.swhid.iter().chain(&wire.omnibor);
    let identifiers = [&wire.cpe, &wire.purl, &wire.swid.tag].into_iter().chain(others).map(Text::get);
    part.identifiers = identifiers.filter(|text| !text.is_empty()).map(str::to_owned).collect();
    for choice in &wire.licences {
        let texts = [&choice.expression, &choice.licence.id, &choice.licence.name];
        let said = [&choice.acknowledgement, &choice.licence.acknowledgement];
        let said = said.into_iter().find_map(|word| Acknowledgement::parse(word.get()));
        if let Some(text) = texts.into_iter().map(Text::get).find(|text| !text.is_empty()) {
            part.licences.push(Licence::new(text, said.unwrap_or(Acknowledgement::Stated)));
        }
    }
    let hashes = |list: &List<Hash<'_>>| -> Vec<String> {
        let known = list.iter().filter(|hash| !hash.content.is_empty());
        known.map(|hash| algorithm(hash.algorithm.get())).collect()
    };
    part.hashes = hashes(&wire.hashes);
    for reference in &wire.references {
        let uri = match reference.kind.get() {
            "vcs" | "source-distribution" => &mut part.source_uri,
            "distribution" | "distribution-intake" => {
                part.hashes.extend(hashes(&reference.hashes));
                &mut part.deployable_uri
            }
            _ => continue,
        };
        reference.url.get().clone_into(uri);
    }
    for property in &wire.properties {
        let value = property.value.get();
        match property.name.get() {
            "bsi:component:filename" => value.clone_into(&mut part.filename),
            "bsi:component:executable" => part.kinds_said[0] = !value.is_empty(),
            "bsi:component:archive" => part.kinds_said[1] = !value.is_empty(),
            "bsi:component:structured" => part.kinds_said[2] = !value.is_empty(),
            _ => {}
        }
    }
    part
}

impl<'a> DeserializeSeed<'a> for &mut Bom<'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Bom<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "specVersion" => self.survey.spec_version = map.next_value::<Text<'a>>()?.get().to_owned(),
                "serialNumber" => self.survey.id = map.next_value::<Text<'a>>()?.get().to_owned(),
                "metadata" => self.metadata = map.next_value()?,
                "components" => map.next_value_seed(Each::new(|wire: Component<'a>, at| {
                    self.add(wire, &format!("/components/{at}"));
                }))?,
                "dependencies" => map.next_value_seed(Each::new(|wire: Dependency<'a>, _| {
                    self.listed.insert(wire.reference.get().to_owned());
                }))?,
                "compositions" => {
                    let list: List<Composition<'a>> = map.next_value()?;
                    self.survey.states_completeness |= list
                        .iter()
                        .any(|one| !matches!(one.aggregate.get(), "" | "unknown" | "not_specified"));
                }
                "vulnerabilities" => {
                    let mut count = 0_usize;
                    map.next_value_seed(Each::new(|_: Contact<'a>, _| count += 1))?;
                    let first = (count > 0).then(|| ("/vulnerabilities/0".to_owned(), count));
                    self.survey.vulnerabilities = first;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
