//! SPDX 3.0.1 JSON-LD, security profile: one relationship per statement, product and part.

use model::vex::ProductRef;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use super::{Claim, Out, name, object, version};
use crate::vex::settle::NO_ACTION;
use crate::vex::words::{self, HASHES};

const CREATION: &str = "_:creation";

/// The whole document.
pub fn document(out: &mut Out<'_>) -> Value {
    let mut graph = Graph { base: out.iri(), ..Graph::default() };
    let mut claims: Vec<String> = Vec::new();
    for at in 0..out.claims.len() {
        let products = out.pinned(at);
        let Some(claim) = out.claims.get(at) else { continue };
        for product in &products {
            graph.claim(out, claim, product, &mut claims);
        }
    }
    let mut elements = header(out, &graph.base, &claims);
    for mut part in [graph.vulnerability_elements, graph.product_elements, graph.claim_elements] {
        elements.append(&mut part);
    }
    json!({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": elements })
}

fn header(out: &Out<'_>, base: &str, claims: &[String]) -> Vec<Value> {
    let (author, tool) = (format!("{base}#author"), format!("{base}#tool"));
    let mut creation = object([
        ("@id", CREATION),
        ("type", "CreationInfo"),
        ("specVersion", "3.0.1"),
        ("created", &out.time.to_utc_seconds()),
    ]);
    creation.insert("createdBy".to_owned(), json!([author]));
    let mut elements = Vec::new();
    if !out.document.tool.is_empty() {
        creation.insert("createdUsing".to_owned(), json!([tool]));
        elements.push(element("Tool", &tool, &out.document.tool).into());
    }
    elements.insert(0, creation.into());
    elements.push(element("Organization", &author, out.author()).into());
    let mut document = element("SpdxDocument", base, "VEX");
    document.insert("profileConformance".to_owned(), json!(["core", "software", "security"]));
    if !claims.is_empty() {
        document.insert("rootElement".to_owned(), json!(claims));
    }
    elements.push(document.into());
    elements
}

fn element(kind: &str, id: &str, name: &str) -> Map<String, Value> {
    object([("type", kind), ("spdxId", id), ("creationInfo", CREATION), ("name", name)])
}

#[derive(Default)]
struct Graph<'d> {
    base: String,
    vulnerability_elements: Vec<Value>,
    product_elements: Vec<Value>,
    claim_elements: Vec<Value>,
    products: FxHashMap<ProductRef, usize>,
    vulnerabilities: FxHashMap<(&'d str, &'d [String]), usize>,
}

impl<'d> Graph<'d> {
    fn claim(&mut self, out: &Out<'d>, claim: &Claim<'d>, product: &ProductRef, claims: &mut Vec<String>) {
        let said = claim.statement;
        let vulnerability = self.vulnerability(&said.vulnerability, &said.aliases);
        let to = self.product(product);
        let mut parts: Vec<Option<String>> =
            product.subcomponents.iter().map(|part| Some(self.product(part))).collect();
        if parts.is_empty() {
            parts.push(None);
        }
        for part in parts {
            let id = format!("{}#statement-{}", self.base, claims.len() + 1);
            let mut element = relationship(out, claim, &id);
            element.insert("from".to_owned(), vulnerability.as_str().into());
            element.insert("to".to_owned(), json!([to]));
            if let Some(part) = part {
                element.insert("security_assessedElement".to_owned(), part.into());
            }
            self.claim_elements.push(element.into());
            claims.push(id);
        }
    }

    fn vulnerability(&mut self, name: &'d str, aliases: &'d [String]) -> String {
        let known = self.vulnerabilities.get(&(name, aliases)).copied();
        let id = |at: usize| format!("{}#vulnerability-{}", self.base, at + 1);
        if let Some(at) = known {
            return id(at);
        }
        let id = id(self.vulnerabilities.len());
        self.vulnerabilities.insert((name, aliases), self.vulnerabilities.len());
        let identifiers: Vec<Value> = std::iter::once(name)
            .chain(aliases.iter().map(String::as_str))
            .map(|known| {
                let kind = if known.starts_with("CVE-") { "cve" } else { "securityOther" };
                json!({ "type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": known })
            })
            .collect();
        let mut element = element("security_Vulnerability", &id, name);
        element.insert("externalIdentifier".to_owned(), identifiers.into());
        self.vulnerability_elements.push(element.into());
        id
    }

    fn product(&mut self, product: &ProductRef) -> String {
        let bare = ProductRef { subcomponents: Vec::new(), ..product.clone() };
        let id = |at: usize| format!("{}#product-{}", self.base, at + 1);
        if let Some(at) = self.products.get(&bare) {
            return id(*at);
        }
        let id = id(self.products.len());
        self.product_elements.push(package(&bare, &id).into());
        self.products.insert(bare, self.products.len());
        id
    }
}

fn package(product: &ProductRef, id: &str) -> Map<String, Value> {
    let mut package = element("software_Package", id, &name(product));
    package.extend(object([
        ("software_packageVersion", version(product).as_str()),
        ("software_packageUrl", product.purls.first().map_or("", String::as_str)),
    ]));
    let others = product.purls.iter().skip(1).map(|purl| ("packageUrl", purl));
    let cpes =
        product.cpes.iter().map(|cpe| (if cpe.starts_with("cpe:2.3:") { "cpe23" } else { "cpe22" }, cpe));
    let identifiers: Vec<Value> = others
        .chain(cpes)
        .map(|(kind, value)| json!({ "type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": value }))
        .collect();
    if !identifiers.is_empty() {
        package.insert("externalIdentifier".to_owned(), identifiers.into());
    }
    let hashes: Vec<Value> = product
        .hashes
        .iter()
        .filter_map(|hash| hash.split_once(':'))
        .filter_map(|(algorithm, value)| {
            let known = HASHES.iter().find(|known| known.0 == algorithm)?;
            Some(json!({ "type": "Hash", "algorithm": known.3, "hashValue": value }))
        })
        .collect();
    if !hashes.is_empty() {
        package.insert("verifiedUsing".to_owned(), hashes.into());
    }
    package
}

/// The relationship without its ends. Impact and action exist in one class each, which the normal form of a
/// statement's texts keeps to.
fn relationship(out: &Out<'_>, claim: &Claim<'_>, id: &str) -> Map<String, Value> {
    let said = claim.statement;
    let (class, relation) = claim.row.spdx3.unwrap_or_default();
    let mut element = object([
        ("type", class),
        ("spdxId", id),
        ("creationInfo", CREATION),
        ("relationshipType", relation),
        ("security_vexVersion", &out.document.version),
        ("security_statusNotes", &said.detail),
    ]);
    match relation {
        "doesNotAffect" => element.extend(object([
            ("security_justificationType", claim.justification.map_or("", words::spdx3)),
            ("security_impactStatement", &said.impact),
        ])),
        "affects" => {
            let action = if said.action.is_empty() { NO_ACTION } else { &said.action };
            element.extend(object([("security_actionStatement", action)]));
        }
        _ => {}
    }
    if let Some(time) = out.time_of(claim) {
        element.insert("security_modifiedTime".to_owned(), time.to_utc_seconds().into());
    }
    element
}
