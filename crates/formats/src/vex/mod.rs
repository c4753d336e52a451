//! VEX documents: statements read from OpenVEX, CSAF, CycloneDX, SPDX 3 and Yocto, and written as OpenVEX,
//! CycloneDX and SPDX 3 (assessment.md 4.2).
//!
//! Start with [`read()`], which tells the forms apart by their content, and [`write()`]. The maps between foreign
//! words and ours are in [`words`], the guards that every import passes in [`settle`]. What a statement applies
//! to is not decided here but in `analysis`.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod csaf;
mod cyclonedx;
mod openvex;
mod products;
pub mod settle;
mod spdx3;
pub mod words;
mod write;
mod yocto;

pub use write::write;

use model::note::Read;
use model::vex::{VexDocument, VexFormat};
use serde::Deserialize;

use crate::limits::{FormatError, Limits};
use crate::text::survey::{Shape, Survey};

/// Reads one VEX document of any form.
///
/// # Errors
/// When the bytes are of no form that holds statements, or no whole document of their form, or contradict
/// themselves (a CSAF product in two status groups).
pub fn read(bytes: &[u8], name: &str) -> Result<Read<VexDocument>, FormatError> {
    let limits = Limits::INVENTORY;
    if bytes.len() as u64 > limits.document_bytes {
        let what = format!("it is larger than {} bytes", limits.document_bytes);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    let (text, mut notes) = crate::text::decode(bytes);
    if text.trim().is_empty() {
        return Err(FormatError::Empty { name: name.to_owned() });
    }
    let text = if is_cyclonedx_xml(&text) {
        crate::cyclonedx::xml_to_json(&text, name, &limits, &mut notes)?.into()
    } else {
        text
    };
    crate::text::check_depth(&text, name, &limits)?;
    let reading = Reading { text: &text, name };
    let mut document = match kind(&reading)? {
        VexFormat::OpenVex => openvex::read(&reading, &mut notes),
        VexFormat::Csaf => csaf::read(&reading, &mut notes),
        VexFormat::CycloneDx => cyclonedx::read(&reading, &mut notes),
        VexFormat::Spdx3 => spdx3::read(&reading, &mut notes),
        VexFormat::Yocto => yocto::read(&reading, &mut notes),
    }?;
    document.hash = crate::fingerprint::sha256(bytes);
    document.file = name.to_owned();
    for note in &mut notes {
        if note.file.is_empty() {
            note.file = name.to_owned();
        }
    }
    Ok(Read { value: document, notes })
}

/// CycloneDX in XML is read as the JSON of the same version.
fn is_cyclonedx_xml(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(4_096).collect();
    head.starts_with('<') && head.contains(crate::cyclonedx::XML_NAMESPACE)
}

/// The text under the reader's eyes.
struct Reading<'t> {
    text: &'t str,
    name: &'t str,
}

impl<'t> Reading<'t> {
    fn parse<T: Deserialize<'t>>(&self) -> Result<T, FormatError> {
        serde_json::from_str(self.text).map_err(|error| FormatError::json(self.name, &error))
    }

    fn malformed(&self, why: &str) -> FormatError {
        FormatError::Malformed { name: self.name.to_owned(), why: why.to_owned() }
    }
}

const YAML: &str = "this looks like OpenVEX in YAML; only JSON is read, convert it (`yq -o json`)";
const ATTESTATION: &str =
    "this is an attestation around a VEX document; give the value of its `predicate` member";
const REPOSITORY: &str = "this is the index of a VEX repository; give the documents that it lists";

/// Says which form it is, by the keys of the root.
fn kind(reading: &Reading<'_>) -> Result<VexFormat, FormatError> {
    let not_yet = |what| Err(FormatError::NotYet { name: reading.name.to_owned(), what });
    let survey = Survey::of(reading.text, Limits::INVENTORY.depth);
    let has = |key: &str| survey.key(key).is_some();
    if survey.root != Shape::Object {
        let is_yaml = survey.root == Shape::Other && reading.text.contains("\nstatements:");
        return if is_yaml { not_yet(YAML) } else { Err(unknown(reading)) };
    }
    if survey.text("@context").contains("openvex")
        || (survey.has("statements", Shape::Array) && has("author"))
    {
        return Ok(VexFormat::OpenVex);
    }
    let is_csaf = survey.inner_keys.contains(&"csaf_version") || has("product_tree");
    if survey.has("document", Shape::Object) && is_csaf {
        return Ok(VexFormat::Csaf);
    }
    let is_cyclonedx = survey.text("bomFormat") == "CycloneDX";
    if is_cyclonedx || (has("specVersion") && survey.has("vulnerabilities", Shape::Array)) {
        return Ok(VexFormat::CycloneDx);
    }
    if survey.has("@graph", Shape::Array) {
        return Ok(VexFormat::Spdx3);
    }
    if survey.has("package", Shape::Array) && has("version") {
        return Ok(VexFormat::Yocto);
    }
    if has("predicateType") || has("payloadType") {
        return not_yet(ATTESTATION);
    }
    if survey.has("packages", Shape::Array) && has("updated_at") {
        return not_yet(REPOSITORY);
    }
    Err(unknown(reading))
}

/// Broken JSON is called broken before it is called foreign.
fn unknown(reading: &Reading<'_>) -> FormatError {
    match serde_json::from_str::<serde::de::IgnoredAny>(reading.text) {
        Err(error) if error.is_eof() => FormatError::json(reading.name, &error),
        _ => FormatError::NotYet { name: reading.name.to_owned(), what: UNKNOWN },
    }
}

const UNKNOWN: &str = "no VEX document: OpenVEX, CSAF, CycloneDX with vulnerabilities, SPDX 3 and Yocto vex JSON are \
                       read; see docs/manual/vex.md";
