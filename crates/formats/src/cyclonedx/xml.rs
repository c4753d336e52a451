//! CycloneDX XML 1.0 to 1.7 as the JSON of the same version: which elements are lists, which have attributes, which
//! are called otherwise. Elements without a row (most of formulation, declarations and model cards) become what they
//! look like; no reader of ours uses them.
//!
//! Source: the XML schemas bom-1.2.xsd to bom-1.7.xsd beside the JSON schemas of the same versions.

use model::note::Note;

use crate::limits::{FormatError, Limits};
use crate::text::quoted;
use crate::text::xml::{self, Form, Row, Vocabulary};

/// How the namespaces of all versions begin; the version follows.
pub const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

const VOCABULARY: Vocabulary = Vocabulary { roots: &["bom"], namespace: NAMESPACE, row, members };

/// Turns a document into JSON text.
///
/// # Errors
/// As for [`xml::to_json`].
pub fn to_json(
    text: &str,
    name: &str,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<String, FormatError> {
    xml::to_json(text, name, limits, &VOCABULARY, notes)
}

fn members(version: &str) -> String {
    format!("\"bomFormat\":\"CycloneDX\",\"specVersion\":{},", quoted(version))
}

/// Lists: the element and what its items are called.
const LISTS: &[(&str, &[&str])] = &[
    ("advisories", &["advisory"]),
    ("aliases", &["alias"]),
    ("altIds", &["altId"]),
    ("ancestors", &["component"]),
    ("annotations", &["annotation"]),
    ("assemblies", &["assembly"]),
    ("authors", &["author"]),
    ("commands", &["command"]),
    ("commits", &["commit"]),
    ("components", &["component"]),
    ("compositions", &["composition"]),
    ("cwes", &["cwe"]),
    ("dependencies", &["dependency"]),
    ("descendants", &["component"]),
    ("endpoints", &["endpoint"]),
    ("externalReferences", &["reference"]),
    ("formulation", &["formula"]),
    ("frames", &["frame"]),
    ("hashes", &["hash"]),
    ("individuals", &["individual"]),
    ("licenseTypes", &["licenseType"]),
    ("licenses", &["license", "expression", "expression-detailed"]),
    ("lifecycles", &["lifecycle"]),
    ("methods", &["method"]),
    ("occurrences", &["occurrence"]),
    ("organizations", &["organization"]),
    ("parameters", &["parameter"]),
    ("patches", &["patch"]),
    ("properties", &["property"]),
    ("ratings", &["rating"]),
    // Addresses in an issue, references in a vulnerability.
    ("references", &["reference", "url"]),
    ("resolves", &["issue"]),
    ("responses", &["response"]),
    ("services", &["service"]),
    ("standards", &["standard"]),
    ("steps", &["step"]),
    ("subjects", &["subject"]),
    ("supportingMaterial", &["attachment"]),
    ("tags", &["tag"]),
    ("tasks", &["task"]),
    ("variants", &["component"]),
    ("versions", &["version"]),
    ("vulnerabilities", &["vulnerability"]),
    ("workflows", &["workflow"]),
    ("affects", &["target"]),
    // Since 1.5 also an object of components and services.
    ("tools", &["tool"]),
];

const LICENSE: &[(&str, &str)] = &[("bom-ref", "bom-ref"), ("acknowledgement", "acknowledgement")];
const REF: &[(&str, &str)] = &[("ref", "ref")];
const TYPE: &[(&str, &str)] = &[("type", "type")];

/// Organisations have several addresses and contacts.
const PARTIES: &[&str] = &[
    "supplier",
    "manufacture",
    "manufacturer",
    "provider",
    "organization",
    "licensor",
    "licensee",
    "purchaser",
];

/// Attachments are objects, also without an attribute.
const ATTACHED: &[&str] = &["diff", "license", "swid", "note", "details", "image", "contents"];

fn row(grandparent: &str, parent: &str, name: &str) -> Row {
    if let Some(row) = exception(grandparent, parent, name) {
        return row;
    }
    let items = LISTS.iter().find(|(list, _)| *list == name).map_or(&[][..], |(_, items)| *items);
    let plain = Row { items, ..Row::default() };
    match name {
        "bom" => Row { attributes: &[("serialNumber", "serialNumber"), ("version", "version")], ..plain },
        "component" => Row {
            attributes: &[("type", "type"), ("mime-type", "mime-type"), ("isExternal", "isExternal")],
            ..plain
        },
        "hash" => Row { attributes: &[("alg", "alg")], form: Form::Text("content"), ..plain },
        "property" => Row { attributes: &[("name", "name")], form: Form::Text("value"), ..plain },
        "reference" | "patch" | "issue" => Row { attributes: TYPE, ..plain },
        "swid" => Row {
            attributes: &[
                ("tagId", "tagId"),
                ("name", "name"),
                ("version", "version"),
                ("tagVersion", "tagVersion"),
                ("patch", "patch"),
            ],
            ..plain
        },
        "license" => Row { attributes: LICENSE, form: Form::Wrapped("license"), ..plain },
        "expression" => Row { attributes: LICENSE, form: Form::Text("expression"), ..plain },
        "expression-detailed" => Row {
            attributes: &[
                ("expression", "expression"),
                ("bom-ref", "bom-ref"),
                ("acknowledgement", "acknowledgement"),
            ],
            ..plain
        },
        "dependency" | "tool" => Row { attributes: REF, ..plain },
        "responses" => Row { key: Some("response"), ..plain },
        "omniborId" | "swhid" => Row { form: Form::Repeated, ..plain },
        _ => plain,
    }
}

/// Elements that mean something else in another place.
fn exception(grandparent: &str, parent: &str, name: &str) -> Option<Row> {
    let plain = Row::default();
    let repeated = Row { form: Form::Repeated, ..plain };
    Some(match (grandparent, parent, name) {
        // What a component needs lies in it; a composition lists references only.
        (_, "dependency", "dependency") => {
            Row { key: Some("dependsOn"), attributes: REF, form: Form::Reference, ..plain }
        }
        (_, "dependency", "provides") => Row { attributes: REF, form: Form::Reference, ..plain },
        ("composition", "dependencies", "dependency")
        | ("composition", "vulnerabilities", "vulnerability")
        | (_, "assemblies", "assembly") => Row { attributes: REF, form: Form::Reference, ..plain },
        (_, "evidence", "copyright") => Row { items: &["text"], ..plain },
        (_, "copyright", "text") => Row { form: Form::Wrapped("text"), ..plain },
        (_, "releaseNotes", "notes") => Row { items: &["note"], ..plain },
        (_, "expression-detailed", "details") => Row {
            key: Some("expressionDetails"),
            attributes: &[("license-identifier", "licenseIdentifier")],
            form: Form::Repeated,
            ..plain
        },
        (_, "component", "data") => repeated,
        ("identity" | "callstack", "tools", "tool") => {
            Row { attributes: REF, form: Form::Reference, ..plain }
        }
        (_, parent, "url" | "contact") if PARTIES.contains(&parent) => repeated,
        (_, parent, "text" | "attachment") if ATTACHED.contains(&parent) => {
            Row { form: Form::Text("content"), ..plain }
        }
        _ => return None,
    })
}
