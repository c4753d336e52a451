//! An inventory as CycloneDX 1.6 JSON. What has a field stands in its field; what has none stands in properties of our
//! own ([`crate::kept`]), so that reading the document again gives the same components.

use std::collections::BTreeSet;

use model::component::{Component, Patch, Role, Scope};
use model::dependency::{Need, Tie};
use model::licence::{Acknowledgement, Licence};
use model::note::Read;
use model::sbom::Inventory;
use model::spdx_ids;
use model::statement::{Statement, StatementOrigin, StatementStatus};
use model::vex::{Justification, VexFormat};
use serde_json::{Value, json};

use super::component::{is_vulnerability, role};
use crate::fingerprint::sha256;
use crate::kept;
use crate::limits::FormatError;
use crate::normalise::identity::{add_cpe, add_download, add_hash, add_purl, add_repository};
use crate::vex::words;
use crate::writing::{self, Heading, Object, Outgoing, TOOL};

const NAME: &str = "CycloneDX 1.6";

/// Levels to which components are nested; readers bound the depth of JSON.
const DEEPEST: usize = 20;

/// Writes an inventory; a note tells of each thing that has no place in the document.
///
/// # Errors
/// When the heading has no usable time.
pub fn write(inventory: &Inventory, heading: &Heading) -> Result<Read<String>, FormatError> {
    let mut out = Outgoing::new(inventory, heading, NAME)?;
    let root = root_reference(&out);
    let nesting = Nesting::of(&out);
    let mut document = Object::default();
    document
        .text("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
        .text("bomFormat", "CycloneDX")
        .text("specVersion", "1.6")
        .put("version", 1.into())
        .put("metadata", metadata(&out, &root))
        .put("components", nesting.tree(&out, None).into())
        .put("dependencies", dependencies(&out, &root, &nesting).into())
        .put("compositions", json!([{ "aggregate": aggregate(inventory), "assemblies": [root] }]));
    let vulnerabilities = vulnerabilities(&mut out, &root);
    document.list("vulnerabilities", vulnerabilities);
    let mut document = document.take();
    let serial = format!("urn:uuid:{}", writing::uuid(&document.to_string()));
    if let Some(members) = document.as_object_mut() {
        members.insert("serialNumber".to_owned(), serial.into());
    }
    let broken =
        |error: serde_json::Error| FormatError::Unwritable { name: NAME.to_owned(), why: error.to_string() };
    let mut text = serde_json::to_string_pretty(&document).map_err(broken)?;
    text.push('\n');
    Ok(Read { value: text, notes: out.notes })
}

/// A reference for the product that no component has.
fn root_reference(out: &Outgoing<'_>) -> String {
    let numbered = (1..).map(|number| format!("product-{number}"));
    let mut names = std::iter::once("product".to_owned()).chain(numbered);
    names.find(|name| !out.at.contains_key(name.as_str())).unwrap_or_default()
}

fn aggregate(inventory: &Inventory) -> &'static str {
    if inventory.platform.inventory_complete { "complete" } else { "unknown" }
}

fn metadata(out: &Outgoing<'_>, root: &str) -> Value {
    let heading = out.heading;
    let party = |name: &str| json!({ "name": name });
    let mut product = Object::default();
    product
        .text("type", "firmware")
        .text("bom-ref", root)
        .text("name", out.product())
        .text("version", out.release());
    let mut tools = vec![tool(TOOL, &heading.tool_version)];
    for document in &out.inventory.documents {
        let earlier = tool(&document.tool, "");
        if !document.tool.is_empty() && !tools.contains(&earlier) {
            tools.push(earlier);
        }
    }
    let mut metadata = Object::default();
    metadata.text("timestamp", &out.time.to_utc_seconds()).put("tools", json!({ "components": tools }));
    if let Some(context) = heading.context {
        metadata.put("lifecycles", json!([{ "phase": context.phase() }]));
    }
    if !heading.author.is_empty() {
        metadata.put("authors", json!([party(&heading.author)]));
    }
    if !heading.supplier.is_empty() {
        metadata.put("supplier", party(&heading.supplier));
        product.put("supplier", party(&heading.supplier));
    }
    metadata
        .put("component", product.take())
        .list("properties", writing::properties(&kept::of_inventory(out.inventory)))
        .take()
}

fn tool(name: &str, version: &str) -> Value {
    Object::default().text("type", "application").text("name", name).text("version", version).take()
}

/// Which component lies in which: those with one parent, as far down as readers follow.
struct Nesting {
    parent: Vec<Option<usize>>,
    inner: Vec<Vec<usize>>,
    top: Vec<usize>,
}

impl Nesting {
    fn of(out: &Outgoing<'_>) -> Nesting {
        let components = &out.inventory.components;
        let only: Vec<Option<usize>> = components
            .iter()
            .map(|component| match component.parents.as_slice() {
                [parent] => out.at.get(parent.as_str()).copied(),
                _ => None,
            })
            .collect();
        let above = |at: usize| only.get(at).copied().flatten();
        // A circle never ends, so it is cut like what is too deep; such parents are kept as properties.
        let is_shallow = |at: usize| {
            let mut up = Some(at);
            (0..DEEPEST).any(|_| {
                up = up.and_then(above);
                up.is_none()
            })
        };
        let parent: Vec<Option<usize>> =
            (0..components.len()).map(|at| above(at).filter(|_| is_shallow(at))).collect();
        let mut inner = vec![Vec::new(); components.len()];
        let mut top = Vec::new();
        for (at, parent) in parent.iter().enumerate() {
            match parent.and_then(|parent| inner.get_mut(parent)) {
                Some(list) => list.push(at),
                None => top.push(at),
            }
        }
        Nesting { parent, inner, top }
    }

    fn tree(&self, out: &Outgoing<'_>, parent: Option<usize>) -> Vec<Value> {
        let list = parent.map_or(Some(&self.top), |parent| self.inner.get(parent));
        let places = list.into_iter().flatten().copied();
        places
            .filter_map(|at| {
                let component = out.inventory.components.get(at)?;
                let within = self.parent.get(at).copied().flatten();
                let within = within.and_then(|parent| out.inventory.components.get(parent));
                Some(self::component(component, within, self.tree(out, Some(at))))
            })
            .collect()
    }
}

/// One component, with what lies in it.
fn component(component: &Component, within: Option<&Component>, inner: Vec<Value>) -> Value {
    let kind = kind(component.role);
    let excluded = writing::is_excluded(component);
    // What our reader makes of the fields below; what it would miss becomes properties.
    let mut plain = Component {
        source_ref: component.source_ref.clone(),
        name: component.name.clone(),
        version: component.version.clone(),
        supplier: component.supplier.clone(),
        role: role(kind),
        scope: if excluded { Scope::Test } else { Scope::Target },
        locations: component.locations.clone(),
        parents: within.map(|parent| parent.source_ref.clone()).into_iter().collect(),
        needs: component.needs.as_ref().map(|needs| needs.iter().map(stated).collect()),
        ..Component::default()
    };
    let mut object = Object::default();
    object
        .text("type", kind)
        .text("bom-ref", &component.source_ref)
        .text("name", &component.name)
        .text("version", &component.version)
        .text("scope", if excluded { "excluded" } else { "required" });
    if !component.supplier.is_empty() {
        object.put("supplier", json!({ "name": component.supplier }));
    }
    let evidence = evidence(component, &mut object, &mut plain);
    object.list("hashes", hashes(component, &mut plain));
    object.list("licenses", licences(component, &mut plain));
    object.list("externalReferences", references(component, &mut plain));
    if evidence.as_object().is_some_and(|evidence| !evidence.is_empty()) {
        object.put("evidence", evidence);
    }
    let patches = patches(component, &mut plain);
    if !patches.is_empty() {
        object.put("pedigree", json!({ "patches": patches }));
    }
    object.list("components", inner);
    object.list("properties", writing::properties(&kept::of_component(component, &writing::settled(plain))));
    object.take()
}

fn stated(need: &Need) -> Need {
    Need::new(need.on.clone(), Tie::Stated)
}

fn kind(role: Role) -> &'static str {
    match role {
        Role::Kernel | Role::Rtos => "operating-system",
        Role::Bootloader | Role::Tee | Role::Firmware => "firmware",
        Role::Module => "device-driver",
        Role::Application | Role::Busybox => "application",
        // "If it is not known, use library", says the specification.
        Role::Library | Role::Libc | Role::Other => "library",
    }
}

/// CPE and purl have room for one each; further ones are evidence of identity. Places are occurrences.
fn evidence(component: &Component, object: &mut Object, plain: &mut Component) -> Value {
    let mut identity = Vec::new();
    let cpes = component.cpes.iter().map(|known| ("cpe", known.cpe.to_23()));
    let purls = component.purls.iter().map(|purl| ("purl", purl.to_string()));
    for (at, (field, text)) in cpes.enumerate().chain(purls.enumerate()) {
        match field {
            "cpe" => add_cpe(plain, &text, ""),
            _ => add_purl(plain, &text, ""),
        }
        if at == 0 {
            object.text(field, &text);
        } else {
            identity.push(json!({ "field": field, "confidence": 1, "concludedValue": text }));
        }
    }
    let occurrences = component.locations.iter().map(|location| json!({ "location": location })).collect();
    Object::default().list("identity", identity).list("occurrences", occurrences).take()
}

fn hashes(component: &Component, plain: &mut Component) -> Vec<Value> {
    let mut hashes = Vec::new();
    for hash in &component.hashes {
        let Some((algorithm, digits)) = hash.split_once(':') else { continue };
        let Some((_, _, theirs, _)) = words::HASHES.iter().find(|known| known.0 == algorithm) else {
            continue;
        };
        let fits = [32, 40, 64, 96, 128].contains(&digits.len());
        if fits && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            add_hash(plain, algorithm, digits);
            hashes.push(json!({ "alg": theirs, "content": digits }));
        }
    }
    hashes
}

/// One expression, or a list of licences. An id must be one of SPDX's list, which an expression need not.
fn licences(component: &Component, plain: &mut Component) -> Vec<Value> {
    plain.licences.clone_from(&component.licences);
    match component.licences.as_slice() {
        [only] if only.is_expression() => vec![acknowledged(only, |object| {
            object.text("expression", &only.text);
        })],
        several => several
            .iter()
            .map(|licence| {
                let key = if spdx_ids::is_listed(&licence.text) { "id" } else { "name" };
                let inner = acknowledged(licence, |object| {
                    object.text(key, &licence.text);
                });
                json!({ "license": inner })
            })
            .collect(),
    }
}

fn acknowledged(licence: &Licence, fill: impl FnOnce(&mut Object)) -> Value {
    let mut object = Object::default();
    fill(&mut object);
    if licence.said != Acknowledgement::Stated {
        object.text("acknowledgement", licence.said.word());
    }
    object.take()
}

fn references(component: &Component, plain: &mut Component) -> Vec<Value> {
    let mut references = Vec::new();
    let mut push = |kind: &str, url: &str| references.push(json!({ "type": kind, "url": url }));
    for url in repositories(component) {
        add_repository(plain, &url);
        push("vcs", &url);
    }
    for url in component.download_urls.iter().filter(|url| writing::is_reference(url)) {
        add_download(plain, url);
        push("distribution", url);
    }
    if writing::is_reference(&component.homepage) {
        plain.homepage.clone_from(&component.homepage);
        push("website", &component.homepage);
    }
    references
}

/// Addresses of the repositories, the first with its commit or tag.
pub(crate) fn repositories(component: &Component) -> Vec<String> {
    let git = &component.git;
    let revision = if git.commit.is_empty() { &git.tag } else { &git.commit };
    let mut urls = Vec::new();
    for (at, repository) in git.repositories.iter().enumerate() {
        let url = match (at, revision.as_str()) {
            (0, revision) if writing::is_reference(revision) => {
                format!("git+https://{repository}@{revision}")
            }
            _ => format!("https://{repository}"),
        };
        if writing::is_reference(&url) {
            urls.push(url);
        }
    }
    urls
}

fn patches(component: &Component, plain: &mut Component) -> Vec<Value> {
    let mut patches = Vec::new();
    for (at, patch) in component.patches.iter().enumerate() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~+@,=".contains(c);
        let named = !patch.name.is_empty() && patch.name.chars().all(is_plain);
        let mut diff = Object::default();
        if named {
            diff.text("url", &patch.name);
        }
        if !patch.content.is_empty() {
            diff.put("text", json!({ "contentType": "text/x-diff", "content": patch.content }));
        }
        let ids = patch.resolves.iter();
        let resolves: Vec<Value> = ids.map(|id| json!({ "type": "security", "id": id })).collect();
        let mut known: Vec<String> =
            patch.resolves.iter().filter(|id| is_vulnerability(id)).cloned().collect();
        known.sort();
        known.dedup();
        plain.patches.push(Patch {
            name: if named { patch.name.clone() } else { format!("pedigree-{}.patch", at + 1) },
            hash: if patch.content.is_empty() { String::new() } else { sha256(patch.content.as_bytes()) },
            header: crate::patch_files::header(&patch.content).to_owned(),
            content: patch.content.clone(),
            resolves: known,
            origin: "pedigree".to_owned(),
        });
        let mut object = Object::default();
        object.text("type", if resolves.is_empty() { "unofficial" } else { "backport" });
        let diff = diff.take();
        if diff.as_object().is_some_and(|diff| !diff.is_empty()) {
            object.put("diff", diff);
        }
        patches.push(object.list("resolves", resolves).take());
    }
    patches
}

/// The graph: of what the product is made, and what each component of which it is known needs.
fn dependencies(out: &Outgoing<'_>, root: &str, nesting: &Nesting) -> Vec<Value> {
    let components = &out.inventory.components;
    let top = nesting.top.iter().filter_map(|at| components.get(*at));
    let parts: BTreeSet<&str> = top
        .filter(|component| !writing::is_excluded(component))
        .map(|component| component.source_ref.as_str())
        .collect();
    let mut dependencies = vec![json!({ "ref": root, "dependsOn": parts })];
    for component in components {
        let Some(needs) = &component.needs else { continue };
        let on: BTreeSet<&str> = needs.iter().map(|need| need.on.as_str()).collect();
        let mut object = Object::default();
        object.text("ref", &component.source_ref);
        dependencies.push(object.list("dependsOn", on.into_iter().map(Value::from).collect()).take());
    }
    dependencies
}

fn vulnerabilities(out: &mut Outgoing<'_>, root: &str) -> Vec<Value> {
    let mut written = Vec::new();
    for statement in &out.inventory.statements {
        let components = &out.inventory.components;
        let affects: Vec<Value> = match out.targets(statement) {
            None => vec![json!({ "ref": root })],
            Some(found) => {
                let found = found.into_iter().filter_map(|at| components.get(at));
                found.map(|component| json!({ "ref": component.source_ref })).collect()
            }
        };
        if affects.is_empty() {
            out.leave_out(statement);
            continue;
        }
        written.push(vulnerability(statement, affects));
    }
    written
}

fn vulnerability(statement: &Statement, affects: Vec<Value>) -> Value {
    let is_false =
        statement.status == StatementStatus::NotAffected && statement.justification == "false_positive";
    let state = match statement.status {
        StatementStatus::NotAffected if is_false => "false_positive",
        StatementStatus::NotAffected => "not_affected",
        StatementStatus::Affected => "exploitable",
        StatementStatus::Fixed => "resolved",
        StatementStatus::UnderInvestigation => "in_triage",
    };
    let justification = if is_false { "" } else { justification(&statement.justification) };
    let text = statement.text.trim();
    let ignored = text.contains("marked as ignored") && statement.status != StatementStatus::Fixed;
    let plain = Statement {
        justification: if is_false { "false_positive" } else { justification }.to_owned(),
        text: text.to_owned(),
        origin: if ignored { StatementOrigin::IgnoreList } else { StatementOrigin::Supplier },
        ..statement.clone()
    };
    let mut analysis = Object::default();
    let analysis =
        analysis.text("state", state).text("justification", justification).text("detail", text).take();
    Object::default()
        .text("id", &statement.vulnerability)
        .put("analysis", analysis)
        .list("affects", affects)
        .list("properties", writing::properties(&kept::of_statement(statement, &plain)))
        .take()
}

/// A coded reason in the words of CycloneDX; empty for one without such a word.
fn justification(written: &str) -> &'static str {
    let mut own = Justification::ALL.iter().map(|known| words::cyclonedx(*known)).chain([
        "requires_environment",
        "protected_by_compiler",
        "protected_at_runtime",
        "protected_at_perimeter",
    ]);
    if let Some(word) = own.find(|word| *word == written) {
        return word;
    }
    let forms = [VexFormat::OpenVex, VexFormat::Spdx3, VexFormat::Yocto];
    forms.iter().find_map(|form| words::justification(*form, written)).map_or("", words::cyclonedx)
}
