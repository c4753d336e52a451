//! OpenVEX 0.2, and the 0.0.x drafts: products as plain texts, vulnerability as a plain text, subcomponents
//! beside the products.

use std::borrow::Cow;

use model::note::{Note, NoteCode, Severity};
use model::vex::{ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};

use super::{Reading, settle};
use crate::text::loose::{List, Loose, Text, loose};

loose! {
    /// The document.
    struct Wire<'a> {
        context: Text<'a> = "@context",
        id: Text<'a> = "@id",
        author: Text<'a> = "author",
        role: Text<'a> = "role",
        timestamp: Text<'a> = "timestamp",
        last_updated: Text<'a> = "last_updated",
        version: Text<'a> = "version",
        tooling: Text<'a> = "tooling",
        statements: List<Claim<'a>> = "statements",
    }
}

loose! {
    /// One statement.
    struct Claim<'a> {
        vulnerability: Name<'a> = "vulnerability",
        products: List<Product<'a>> = "products",
        subcomponents: List<Product<'a>> = "subcomponents",
        status: Text<'a> = "status",
        status_notes: Text<'a> = "status_notes",
        justification: Text<'a> = "justification",
        impact: Text<'a> = "impact_statement",
        action: Text<'a> = "action_statement",
        timestamp: Text<'a> = "timestamp",
        last_updated: Text<'a> = "last_updated",
    }
}

loose! {
    /// `identifiers`.
    struct Identifiers<'a> {
        purl: Text<'a> = "purl",
        cpe22: Text<'a> = "cpe22",
        cpe23: Text<'a> = "cpe23",
    }
}

/// A vulnerability: an object, or (0.0.x) its name.
#[derive(Clone, Debug, Default, PartialEq)]
struct Name<'a> {
    id: Text<'a>,
    name: Text<'a>,
    aliases: List<Text<'a>>,
}

loose! {
    struct NameObject<'a> {
        id: Text<'a> = "@id",
        name: Text<'a> = "name",
        aliases: List<Text<'a>> = "aliases",
    }
}

impl<'a> Loose<'a> for Name<'a> {
    fn of_text(text: Cow<'a, str>) -> Self {
        Name { name: Text::Str(text), ..Name::default() }
    }

    fn of_map<A: serde::de::MapAccess<'a>>(map: A) -> Result<Self, A::Error> {
        let object = NameObject::of_map(map)?;
        Ok(Name { id: object.id, name: object.name, aliases: object.aliases })
    }
}

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(crate::text::loose::AnyVisitor::new())
    }
}

/// A product or a part of it: an object, or (0.0.x) its identifier.
#[derive(Clone, Debug, Default, PartialEq)]
struct Product<'a> {
    id: Text<'a>,
    identifiers: Identifiers<'a>,
    hashes: Hashes<'a>,
    parts: List<Product<'a>>,
}

loose! {
    struct ProductObject<'a> {
        id: Text<'a> = "@id",
        identifiers: Identifiers<'a> = "identifiers",
        hashes: Hashes<'a> = "hashes",
        parts: List<Product<'a>> = "subcomponents",
    }
}

impl<'a> Loose<'a> for Product<'a> {
    fn of_text(text: Cow<'a, str>) -> Self {
        Product { id: Text::Str(text), ..Product::default() }
    }

    fn of_map<A: serde::de::MapAccess<'a>>(map: A) -> Result<Self, A::Error> {
        let object = ProductObject::of_map(map)?;
        Ok(Product {
            id: object.id,
            identifiers: object.identifiers,
            hashes: object.hashes,
            parts: object.parts,
        })
    }
}

impl<'a> serde::Deserialize<'a> for Product<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(crate::text::loose::AnyVisitor::new())
    }
}

/// Algorithm to value.
#[derive(Clone, Debug, Default, PartialEq)]
struct Hashes<'a>(Vec<(Cow<'a, str>, Text<'a>)>);

impl<'a> Loose<'a> for Hashes<'a> {
    fn of_map<A: serde::de::MapAccess<'a>>(mut map: A) -> Result<Self, A::Error> {
        let mut hashes = Vec::new();
        while let Some(key) = map.next_key::<crate::text::loose::Name<'a>>()? {
            hashes.push((key.0, map.next_value()?));
        }
        Ok(Hashes(hashes))
    }
}

impl<'a> serde::Deserialize<'a> for Hashes<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(crate::text::loose::AnyVisitor::new())
    }
}

/// Reads one document.
pub fn read(reading: &Reading<'_>, notes: &mut Vec<Note>) -> Result<VexDocument, crate::limits::FormatError> {
    let wire: Wire<'_> = reading.parse()?;
    if wire.statements.items.is_empty() {
        return Err(reading.malformed("an OpenVEX document without statements"));
    }
    let mut document = VexDocument::new(VexFormat::OpenVex);
    document.spec_version = spec_version(wire.context.get()).to_owned();
    document.id = wire.id.get().to_owned();
    document.author = wire.author.get().to_owned();
    document.publisher = wire.role.get().to_owned();
    document.version = wire.version.get().to_owned();
    document.timestamp = first([&wire.timestamp, &wire.last_updated]).to_owned();
    document.tool = wire.tooling.get().to_owned();
    for (at, claim) in wire.statements.iter().enumerate() {
        if let Some(statement) = statement(claim, at, notes) {
            let statement = settle::finish(statement, &document, notes);
            document.statements.push(statement);
        }
    }
    Ok(document)
}

/// `https://openvex.dev/ns/v0.2.0` gives `0.2.0`; the first drafts have no version in it.
fn spec_version(context: &str) -> &str {
    context.rsplit_once("/v").map_or("", |(_, version)| version)
}

fn first<'t>(texts: [&'t Text<'_>; 2]) -> &'t str {
    texts.into_iter().map(Text::get).find(|text| !text.is_empty()).unwrap_or_default()
}

fn statement(claim: &Claim<'_>, at: usize, notes: &mut Vec<Note>) -> Option<VexStatement> {
    let position = format!("/statements/{at}");
    if claim.wrong {
        notes.push(Note::new(NoteCode::FieldType, Severity::Warn, position, "not an object, ignored"));
        return None;
    }
    let name = name(&claim.vulnerability);
    if name.is_empty() {
        let why = "it names no vulnerability";
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, position, why));
        return None;
    }
    let mut statement = VexStatement::new(name, VexStatus::UnderInvestigation);
    statement.position = position;
    statement.aliases = claim.vulnerability.aliases.iter().map(|alias| alias.get().to_owned()).collect();
    statement.products = products(claim);
    statement.impact = claim.impact.get().to_owned();
    statement.action = claim.action.get().to_owned();
    statement.detail = claim.status_notes.get().to_owned();
    statement.timestamp = first([&claim.last_updated, &claim.timestamp]).to_owned();
    let (status, justification) = (claim.status.get(), claim.justification.get());
    settle::translate(&mut statement, VexFormat::OpenVex, status, justification, notes);
    if statement.products.is_empty() {
        let why = "it names no product and applies to nothing";
        let place = statement.position.clone();
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, why));
    }
    Some(statement)
}

/// The name; where there is only an `@id`, its last part.
fn name<'t>(vulnerability: &'t Name<'_>) -> &'t str {
    match vulnerability.name.get() {
        "" => vulnerability.id.get().rsplit(['/', '#']).next().unwrap_or_default(),
        name => name,
    }
}

fn products(claim: &Claim<'_>) -> Vec<ProductRef> {
    let mut products: Vec<ProductRef> = claim.products.iter().map(product).collect();
    if !claim.subcomponents.items.is_empty() {
        let parts: Vec<ProductRef> = claim.subcomponents.iter().map(product).collect();
        for product in &mut products {
            product.subcomponents.extend(parts.iter().cloned());
        }
    }
    products
}

fn product(wire: &Product<'_>) -> ProductRef {
    let mut product = ProductRef { reference: wire.id.get().to_owned(), ..ProductRef::default() };
    super::products::add_identifier(&mut product, wire.id.get());
    super::products::add_purl(&mut product, wire.identifiers.purl.get());
    super::products::add_cpe(&mut product, wire.identifiers.cpe23.get());
    super::products::add_cpe(&mut product, wire.identifiers.cpe22.get());
    for (algorithm, value) in &wire.hashes.0 {
        super::products::add_hash(&mut product, algorithm, value.get());
    }
    product.subcomponents = wire.parts.iter().map(self::product).collect();
    product
}
