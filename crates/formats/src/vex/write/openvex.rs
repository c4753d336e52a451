//! OpenVEX 0.2.

use model::vex::ProductRef;
use rustc_hash::FxHashSet;
use serde_json::{Map, Value, json};

use super::{Claim, Out, name, object, version};
use crate::vex::settle::NO_ACTION;
use crate::vex::words::HASHES;

/// The whole document; `None` when nothing is left to say, because the form demands a statement.
pub fn document(out: &mut Out<'_>) -> Option<Value> {
    let mut statements: Vec<Value> = Vec::new();
    // The form wants each statement once.
    let mut seen: FxHashSet<String> = FxHashSet::default();
    for at in 0..out.claims.len() {
        let products: Vec<ProductRef> = out.pinned(at);
        let Some(claim) = out.claims.get(at) else { continue };
        if products.is_empty() && !claim.statement.products.is_empty() {
            continue;
        }
        let statement = statement(out, claim, &products);
        if seen.insert(statement.to_string()) {
            statements.push(statement);
        }
    }
    if statements.is_empty() {
        return None;
    }
    let mut document = object([
        ("@context", "https://openvex.dev/ns/v0.2.0"),
        ("@id", &out.iri()),
        ("author", out.author()),
        ("role", &out.document.publisher),
        ("timestamp", &out.document.timestamp),
        ("tooling", &out.document.tool),
    ]);
    let version = out.document.version.split('.').next().and_then(|number| number.parse::<u64>().ok());
    document.insert("version".to_owned(), version.unwrap_or(1).max(1).into());
    document.insert("statements".to_owned(), statements.into());
    Some(document.into())
}

fn statement(out: &Out<'_>, claim: &Claim<'_>, products: &[ProductRef]) -> Value {
    let said = claim.statement;
    let mut vulnerability = object([("name", said.vulnerability.as_str())]);
    if !said.aliases.is_empty() {
        vulnerability.insert("aliases".to_owned(), unique(said.aliases.iter().map(|alias| json!(alias))));
    }
    let status = claim.row.openvex.unwrap_or_default();
    let action = if status == "affected" && said.action.is_empty() { NO_ACTION } else { &said.action };
    let time = out.time_of(claim).map(|_| said.timestamp.as_str());
    let mut statement = object([
        ("status", status),
        ("justification", claim.justification.map_or("", |known| known.word())),
        ("impact_statement", &said.impact),
        ("action_statement", action),
        ("status_notes", &said.detail),
        ("timestamp", time.unwrap_or_default()),
    ]);
    statement.insert("vulnerability".to_owned(), vulnerability.into());
    let products = products.iter().flat_map(|one| product(one, true));
    statement.insert("products".to_owned(), unique(products));
    statement.into()
}

fn unique(values: impl Iterator<Item = Value>) -> Value {
    let mut list: Vec<Value> = Vec::new();
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list.into()
}

/// One entry for each package URL: an entry has room for one.
fn product(product: &ProductRef, with_parts: bool) -> Vec<Value> {
    let mut purls: Vec<Option<&String>> = product.purls.iter().map(Some).collect();
    if purls.is_empty() {
        purls.push(None);
    }
    purls.into_iter().map(|purl| entry(product, purl.map(String::as_str), with_parts)).collect()
}

fn entry(product: &ProductRef, purl: Option<&str>, with_parts: bool) -> Value {
    let mut entry = Map::new();
    let mut identifiers = object([("purl", purl.unwrap_or_default())]);
    for cpe in &product.cpes {
        let key = if cpe.starts_with("cpe:2.3:") { "cpe23" } else { "cpe22" };
        identifiers.entry(key).or_insert_with(|| json!(cpe));
    }
    let id = match purl {
        Some(purl) => purl.to_owned(),
        None if product.reference.contains("://") || product.reference.starts_with("urn:") => {
            product.reference.clone()
        }
        None if identifiers.is_empty() => nameless_id(product),
        None => String::new(),
    };
    if !id.is_empty() {
        entry.insert("@id".to_owned(), id.into());
    }
    if !identifiers.is_empty() {
        entry.insert("identifiers".to_owned(), identifiers.into());
    }
    let hashes = hashes(product);
    if !hashes.is_empty() {
        entry.insert("hashes".to_owned(), hashes.into());
    }
    if with_parts && !product.subcomponents.is_empty() {
        let parts = product.subcomponents.iter().flat_map(|part| self::product(part, false));
        entry.insert("subcomponents".to_owned(), unique(parts));
    }
    entry.into()
}

/// A product known by name only: an IRI that nothing matches by accident.
fn nameless_id(product: &ProductRef) -> String {
    let encode = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        text.bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect::<String>()
    };
    let (name, version) = (encode(&name(product)), encode(&version(product)));
    format!("urn:patchwright:product:{name}{}{version}", if version.is_empty() { "" } else { ":" })
}

fn hashes(product: &ProductRef) -> Map<String, Value> {
    let mut hashes = Map::new();
    for (algorithm, value) in product.hashes.iter().filter_map(|hash| hash.split_once(':')) {
        if let Some((_, word, _, _)) = HASHES.iter().find(|known| known.0 == algorithm) {
            hashes.insert((*word).to_owned(), value.into());
        }
    }
    hashes
}
