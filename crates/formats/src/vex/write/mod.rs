//! Writing statements as OpenVEX 0.2, CycloneDX 1.6 and SPDX 3.0.1. Output depends on the document alone: its time
//! is given by the caller, its ids follow from its content.
//!
//! What a form cannot say is never said more widely: a statement that would lose a limit or its reason is left
//! out, with a note.

mod cyclonedx;
mod openvex;
mod spdx3;

use model::identity::{Cpe, Purl};
use model::note::{Note, NoteCode, Read, Severity};
use model::vex::{Instant, Justification, ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};
use serde_json::{Map, Value};

use super::words::{self, StatusRow};
use crate::limits::FormatError;

/// Writes a document in one form; a note tells of each statement that was left out.
///
/// # Errors
/// When the form is not written (CSAF, Yocto), the document has no usable time, or nothing is left to say in a
/// form that must say something.
pub fn write(document: &VexDocument, format: VexFormat) -> Result<Read<String>, FormatError> {
    let name = match format {
        VexFormat::OpenVex => "OpenVEX",
        VexFormat::CycloneDx => "CycloneDX VEX",
        VexFormat::Spdx3 => "SPDX 3 VEX",
        VexFormat::Csaf => return Err(unwritable("CSAF", "it is read only")),
        VexFormat::Yocto => return Err(unwritable("Yocto VEX", "it is made by the build system")),
    };
    let time = Instant::parse(&document.timestamp)
        .ok_or_else(|| unwritable(name, "the document has no time in the form of RFC 3339"))?;
    let mut notes = Vec::new();
    let claims: Vec<Claim<'_>> = document
        .statements
        .iter()
        .filter_map(|statement| claim(statement, document.format == format, format, &mut notes))
        .collect();
    let mut out = Out { document, time, claims, notes };
    let value = match format {
        VexFormat::OpenVex => openvex::document(&mut out)
            .ok_or_else(|| unwritable(name, "there is no statement that it could hold"))?,
        VexFormat::CycloneDx => cyclonedx::document(&mut out),
        _ => spdx3::document(&mut out),
    };
    let mut text =
        serde_json::to_string_pretty(&value).map_err(|error| unwritable(name, &error.to_string()))?;
    text.push('\n');
    Ok(Read { value: text, notes: out.notes })
}

fn unwritable(name: &str, why: &str) -> FormatError {
    FormatError::Unwritable { name: name.to_owned(), why: why.to_owned() }
}

/// What is being written.
struct Out<'d> {
    document: &'d VexDocument,
    time: Instant,
    claims: Vec<Claim<'d>>,
    notes: Vec<Note>,
}

/// A statement in the words of the form.
struct Claim<'d> {
    statement: &'d VexStatement,
    row: &'static StatusRow,
    /// The justification to be written.
    justification: Option<Justification>,
    /// The words as they came, where the document came in this form.
    original: Option<&'d model::vex::OriginalWords>,
}

fn claim<'d>(
    statement: &'d VexStatement,
    same_form: bool,
    format: VexFormat,
    notes: &mut Vec<Note>,
) -> Option<Claim<'d>> {
    let row = words::status_row(statement.status)?;
    let has_word = match format {
        VexFormat::OpenVex => row.openvex.is_some(),
        VexFormat::CycloneDx => row.cyclonedx.is_some(),
        _ => row.spdx3.is_some(),
    };
    if !has_word {
        let value = format!("{} has no word for {}", format.word(), statement.status.word());
        notes.push(left_out(statement, &value));
        return None;
    }
    // A wrong identity has a word of its own in CycloneDX only.
    let is_forced = statement.status == VexStatus::FalsePositive && format != VexFormat::CycloneDx;
    let justification =
        if is_forced { Some(Justification::ComponentNotPresent) } else { statement.justification };
    let is_bare = statement.status == VexStatus::NotAffected && justification.is_none();
    if is_bare && statement.impact.is_empty() {
        notes.push(left_out(statement, "not_affected without justification and impact statement"));
        return None;
    }
    let original = (same_form && is_original(statement, format)).then_some(&statement.original);
    Some(Claim { statement, row, justification, original })
}

/// True while the words as written still mean what the statement says.
fn is_original(statement: &VexStatement, format: VexFormat) -> bool {
    let original = &statement.original;
    let justification = match original.justification.as_str() {
        "" => None,
        word => words::justification(format, word),
    };
    words::status(format, &original.status) == Some(statement.status)
        && (justification == statement.justification)
}

fn left_out(statement: &VexStatement, why: &str) -> Note {
    let value = format!("{} left out: {why}", statement.vulnerability);
    Note::new(NoteCode::StatementUnusable, Severity::Warn, statement.position.clone(), &value)
}

/// An object with the fields that have a text.
fn object<const N: usize>(fields: [(&str, &str); N]) -> Map<String, Value> {
    let mut object = Map::new();
    for (key, text) in fields {
        if !text.is_empty() {
            object.insert(key.to_owned(), text.into());
        }
    }
    object
}

impl Out<'_> {
    /// An id that follows from the content: hexadecimal digits.
    fn fingerprint(&self) -> String {
        let mut text =
            format!("{}\n{}\n{}\n", self.document.author, self.document.timestamp, self.document.version);
        for claim in &self.claims {
            text.push_str(&super::settle::fingerprint(claim.statement));
            text.push('\n');
        }
        crate::fingerprint::sha256(text.as_bytes()).trim_start_matches("sha256:").to_owned()
    }

    /// The document's id where it is an IRI, else one made of its content.
    fn iri(&self) -> String {
        let id = self.document.id.as_str();
        let is_iri = (id.contains("://") || id.starts_with("urn:")) && !id.contains(char::is_whitespace);
        if is_iri { id.to_owned() } else { format!("urn:patchwright:vex:{}", self.fingerprint()) }
    }

    fn author(&self) -> &str {
        if self.document.author.is_empty() { "unknown" } else { &self.document.author }
    }

    /// The time of a statement where it is not the document's own.
    fn time_of(&self, claim: &Claim<'_>) -> Option<Instant> {
        Instant::parse(&claim.statement.timestamp).filter(|time| *time != self.time)
    }

    /// The products of a claim in a form that has no place for version limits: each limit moves into the
    /// identifier. A product whose limit has no place is left out.
    fn pinned(&mut self, at: usize) -> Vec<ProductRef> {
        let Some(claim) = self.claims.get(at) else { return Vec::new() };
        let mut products = Vec::new();
        for product in &claim.statement.products {
            if depth(product) > 2 {
                let why = format!("{} holds parts of parts, which this form does not know", label(product));
                self.notes.push(left_out(claim.statement, &why));
                continue;
            }
            match pin(product) {
                Some(pinned) => products.extend(pinned),
                None => {
                    let why = format!("the version limit of {} has no place in this form", label(product));
                    self.notes.push(left_out(claim.statement, &why));
                }
            }
        }
        products
    }
}

/// Levels of a product with its parts.
fn depth(product: &ProductRef) -> usize {
    1 + product.subcomponents.iter().map(depth).max().unwrap_or(0)
}

/// What a person would call the product.
fn label(product: &ProductRef) -> &str {
    let identifiers = product.purls.iter().chain(&product.cpes);
    let names = [&product.name, &product.reference];
    identifiers.chain(names).find(|text| !text.is_empty()).map_or("a product", String::as_str)
}

/// The product with its limits inside of its identifiers, once for each limit; `None` when one has no place.
fn pin(product: &ProductRef) -> Option<Vec<ProductRef>> {
    let mut parts = Vec::new();
    for part in &product.subcomponents {
        parts.extend(pin(part)?);
    }
    let plain = ProductRef { versions: Vec::new(), subcomponents: parts, ..product.clone() };
    if product.versions.is_empty() {
        return Some(vec![plain]);
    }
    product
        .versions
        .iter()
        .map(|version| {
            let purls: Option<Vec<String>> =
                product.purls.iter().map(|purl| pin_purl(purl, version)).collect();
            let cpes: Option<Vec<String>> = product.cpes.iter().map(|cpe| pin_cpe(cpe, version)).collect();
            // A file with this hash is of this version, whatever it is.
            let has_any = !product.purls.is_empty() || !product.cpes.is_empty() || !product.hashes.is_empty();
            let purls = purls?;
            // Beside a package URL a CPE that cannot hold the limit is dropped: fewer names match less.
            let cpes = if purls.is_empty() { cpes? } else { cpes.unwrap_or_default() };
            has_any.then(|| ProductRef { purls, cpes, ..plain.clone() })
        })
        .collect()
}

/// A limit that is one version and no range in words of its own (`<=1.14.0`).
fn is_plain(version: &str) -> bool {
    !version.contains(|c: char| c.is_whitespace() || "<>=|*^,".contains(c))
}

fn pin_purl(text: &str, version: &str) -> Option<String> {
    let mut purl = Purl::parse(text).ok()?;
    if version.starts_with("vers:") {
        purl.qualifiers.push(("vers".to_owned(), version.to_owned()));
        purl.qualifiers.sort();
    } else if !is_plain(version) {
        return None;
    } else if purl.version.is_empty() {
        version.clone_into(&mut purl.version);
    } else if purl.version != version {
        return None;
    }
    Purl::build(purl).ok().map(|purl| purl.to_string())
}

fn pin_cpe(text: &str, version: &str) -> Option<String> {
    let mut cpe = Cpe::parse(text).ok()?.cpe;
    let is_range = version.starts_with("vers:") || !is_plain(version);
    if is_range || !matches!(cpe.version.as_str(), "*" | "") {
        return (cpe.version == version).then(|| text.to_owned());
    }
    version.clone_into(&mut cpe.version);
    Some(cpe.to_23())
}

/// A name for a product that has none: from its identifiers.
fn name(product: &ProductRef) -> String {
    if !product.name.is_empty() {
        return product.name.clone();
    }
    let purl =
        product.purls.iter().find_map(|text| Purl::parse_tolerant(text).ok()).map(|(purl, _)| purl.name);
    let cpe = || product.cpes.iter().find_map(|text| Cpe::parse(text).ok()).map(|parsed| parsed.cpe.product);
    purl.or_else(cpe).unwrap_or_else(|| label(product).to_owned())
}

/// The version that a product's identifiers or its only limit name; empty when none.
fn version(product: &ProductRef) -> String {
    if let [only] = product.versions.as_slice()
        && !only.starts_with("vers:")
    {
        return only.clone();
    }
    let purl = product.purls.iter().find_map(|text| Purl::parse(text).ok()).map(|purl| purl.version);
    purl.unwrap_or_default()
}
