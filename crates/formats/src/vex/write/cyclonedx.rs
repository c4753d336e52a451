//! CycloneDX 1.6. Where all statements are about one product, it is the document's own; else every product is a
//! component, with the parts that are spoken about inside of it.

use model::vex::{ProductRef, RemediationKind, VexStatus};
use serde_json::{Map, Value, json};

use super::{Claim, Out, name, object, version};
use crate::vex::cyclonedx::{DETAIL, REMEDIATION};
use crate::vex::settle::{NO_ACTION, push_text};
use crate::vex::words::{self, HASHES};

/// The whole document.
pub fn document(out: &mut Out<'_>) -> Value {
    let parts = Parts::of(out);
    let vulnerabilities: Vec<Value> =
        out.claims.iter().map(|claim| vulnerability(out, claim, &parts)).collect();
    let mut metadata = object([("timestamp", out.document.timestamp.as_str())]);
    if !out.document.author.is_empty() {
        metadata.insert("authors".to_owned(), json!([{ "name": out.document.author }]));
    }
    if !out.document.tool.is_empty() {
        let tool = json!({ "type": "application", "name": out.document.tool });
        metadata.insert("tools".to_owned(), json!({ "components": [tool] }));
    }
    let mut components = parts.tree(None);
    if parts.single
        && let Some(Value::Object(mut product)) = components.pop()
    {
        components = match product.remove("components") {
            Some(Value::Array(inner)) => inner,
            _ => Vec::new(),
        };
        metadata.insert("component".to_owned(), product.into());
    }
    let version = out.document.version.split('.').next().and_then(|number| number.parse::<u64>().ok());
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial(out),
        "version": version.unwrap_or(1).max(1),
        "metadata": metadata,
        "components": components,
        "vulnerabilities": vulnerabilities,
    })
}

/// The document's own serial number, or a UUID (version 8: of content) made of its fingerprint.
fn serial(out: &Out<'_>) -> String {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    if let Some(uuid) = out.document.id.strip_prefix("urn:uuid:") {
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        if lengths == [8, 4, 4, 4, 12] && uuid.split('-').all(is_hex) {
            return out.document.id.clone();
        }
    }
    let hex = out.fingerprint();
    let part = |start: usize, end: usize| hex.get(start..end).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

/// Every distinct product with the one it lies in, and its reference.
struct Parts<'d> {
    known: Vec<(&'d ProductRef, Option<usize>, String)>,
    /// One product holds everything.
    single: bool,
}

impl<'d> Parts<'d> {
    fn of(out: &Out<'d>) -> Parts<'d> {
        let mut parts = Parts { known: Vec::new(), single: false };
        for product in out.claims.iter().flat_map(|claim| &claim.statement.products) {
            parts.add(product, None);
        }
        let roots = parts.known.iter().filter(|(_, parent, _)| parent.is_none()).count();
        parts.single = roots == 1 && parts.known.len() > 1;
        parts
    }

    fn add(&mut self, product: &'d ProductRef, parent: Option<usize>) {
        let at = match self.find(product, parent) {
            Some(at) => at,
            None => {
                let reference = self.reference(product);
                self.known.push((product, parent, reference));
                self.known.len() - 1
            }
        };
        for part in &product.subcomponents {
            self.add(part, Some(at));
        }
    }

    fn find(&self, product: &ProductRef, parent: Option<usize>) -> Option<usize> {
        self.known.iter().position(|(known, inside, _)| *inside == parent && is_same(known, product))
    }

    /// The document's own reference where it is unique, else the package URL, else a number.
    fn reference(&self, product: &ProductRef) -> String {
        let free = |text: &&str| !text.is_empty() && !text.starts_with("urn:cdx:") && !self.has(text);
        let purl = product.purls.first().map_or("", String::as_str);
        match [purl, product.reference.as_str()].iter().find(|text| free(text)) {
            Some(text) => (*text).to_owned(),
            None => (1..)
                .map(|number| format!("product-{number}"))
                .find(|text| !self.has(text))
                .unwrap_or_default(),
        }
    }

    fn has(&self, reference: &str) -> bool {
        self.known.iter().any(|(_, _, known)| known == reference)
    }

    /// The references of what a product's statement is about: its innermost parts.
    fn targets(&self, product: &ProductRef, parent: Option<usize>, found: &mut Vec<(usize, Vec<String>)>) {
        let Some(at) = self.find(product, parent) else { return };
        if product.subcomponents.is_empty() {
            found.push((at, product.versions.clone()));
        }
        for part in &product.subcomponents {
            self.targets(part, Some(at), found);
        }
    }

    fn tree(&self, parent: Option<usize>) -> Vec<Value> {
        let inside = self.known.iter().enumerate().filter(|(_, (_, known, _))| *known == parent);
        inside
            .map(|(at, (product, _, reference))| {
                let kind = if parent.is_none() { "application" } else { "library" };
                let mut component = component(product, reference, kind);
                let inner = self.tree(Some(at));
                if !inner.is_empty() {
                    component.insert("components".to_owned(), inner.into());
                }
                component.into()
            })
            .collect()
    }
}

/// The same thing, whatever limits and parts a single statement names.
fn is_same(one: &ProductRef, other: &ProductRef) -> bool {
    one.purls == other.purls
        && one.cpes == other.cpes
        && one.hashes == other.hashes
        && one.name == other.name
        && one.versions == other.versions
        && (one.reference == other.reference || !one.purls.is_empty() || !one.cpes.is_empty())
}

fn component(product: &ProductRef, reference: &str, kind: &str) -> Map<String, Value> {
    let mut component = object([
        ("type", kind),
        ("bom-ref", reference),
        ("name", &name(product)),
        ("version", &version(product)),
        ("purl", product.purls.first().map_or("", String::as_str)),
        ("cpe", product.cpes.first().map_or("", String::as_str)),
    ]);
    let hashes: Vec<Value> = product
        .hashes
        .iter()
        .filter_map(|hash| hash.split_once(':'))
        .filter_map(|(algorithm, value)| {
            let known = HASHES.iter().find(|known| known.0 == algorithm)?;
            Some(json!({ "alg": known.2, "content": value }))
        })
        .collect();
    if !hashes.is_empty() {
        component.insert("hashes".to_owned(), hashes.into());
    }
    component
}

fn vulnerability(out: &Out<'_>, claim: &Claim<'_>, parts: &Parts<'_>) -> Value {
    let said = claim.statement;
    let mut vulnerability = object([("id", said.vulnerability.as_str())]);
    vulnerability.insert("analysis".to_owned(), analysis(out, claim));
    if !said.aliases.is_empty() {
        let references: Vec<Value> =
            said.aliases.iter().map(|alias| json!({ "id": alias, "source": {} })).collect();
        vulnerability.insert("references".to_owned(), references.into());
    }
    let mut recommendation = if said.action == NO_ACTION { String::new() } else { said.action.clone() };
    let mut properties: Vec<Value> = Vec::new();
    let mut property = |name: &str, value: &str| properties.push(json!({ "name": name, "value": value }));
    let mut workaround = String::new();
    for remediation in &said.remediations {
        let (kind, text) = (remediation.kind, remediation.text.as_str());
        if kind == RemediationKind::FixPlanned {
            push_text(&mut recommendation, text);
            continue;
        }
        if matches!(kind, RemediationKind::Workaround | RemediationKind::Mitigation) {
            push_text(&mut workaround, text);
        }
        property(REMEDIATION, format!("{}: {text}", kind.word()).trim());
    }
    if is_claim(said.status) && !said.detail.is_empty() {
        property(DETAIL, &said.detail);
    }
    vulnerability.extend(object([("recommendation", &recommendation), ("workaround", &workaround)]));
    if !properties.is_empty() {
        vulnerability.insert("properties".to_owned(), properties.into());
    }
    vulnerability.insert("affects".to_owned(), affects(claim, parts).into());
    vulnerability.into()
}

fn is_claim(status: VexStatus) -> bool {
    matches!(status, VexStatus::NotAffected | VexStatus::FalsePositive)
}

fn analysis(out: &Out<'_>, claim: &Claim<'_>) -> Value {
    let said = claim.statement;
    let justification = match claim.original {
        Some(original) => original.justification.as_str(),
        None => claim.justification.map_or("", words::cyclonedx),
    };
    let detail = if is_claim(said.status) { &said.impact } else { &said.detail };
    let time = out.time_of(claim).map(|_| said.timestamp.as_str());
    let mut analysis = object([
        ("state", claim.row.cyclonedx.unwrap_or_default()),
        ("justification", justification),
        ("detail", detail),
        ("lastUpdated", time.unwrap_or_default()),
    ]);
    let mut response: Vec<&str> =
        said.remediations.iter().filter_map(|known| words::response(known.kind)).collect();
    response.sort_unstable();
    response.dedup();
    if !response.is_empty() {
        analysis.insert("response".to_owned(), response.into());
    }
    analysis.into()
}

fn affects(claim: &Claim<'_>, parts: &Parts<'_>) -> Vec<Value> {
    let mut targets = Vec::new();
    for product in &claim.statement.products {
        parts.targets(product, None, &mut targets);
    }
    let mut affects: Vec<Value> = Vec::new();
    for (at, versions) in targets {
        let Some((product, _, reference)) = parts.known.get(at) else { continue };
        let mut entry = object([("ref", reference.as_str())]);
        // A single plain version stands in the component itself.
        let is_own = !version(product).is_empty() && versions.iter().all(|limit| *limit == version(product));
        if !versions.is_empty() && !is_own {
            let rows: Vec<Value> = versions
                .iter()
                .map(|limit| {
                    if limit.starts_with("vers:") {
                        json!({ "range": limit })
                    } else {
                        json!({ "version": limit })
                    }
                })
                .collect();
            entry.insert("versions".to_owned(), rows.into());
        }
        let entry = Value::Object(entry);
        if !affects.contains(&entry) {
            affects.push(entry);
        }
    }
    affects
}
