//! An inventory as SPDX 3.0.1 JSON-LD. What has a field stands in its field; what has none stands in the extension that
//! SPDX has for properties of CycloneDX, so that reading the document again gives the same components.

mod claims;
mod package;

use std::collections::BTreeMap;

use model::component::Scope;
use model::dependency::Tie;
use model::licence::{Acknowledgement, Licence};
use model::note::Read;
use model::sbom::Inventory;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use crate::kept::{self, PREFIX, Pair};
use crate::limits::FormatError;
use crate::writing::{self, Heading, Object, Outgoing, TOOL};

const NAME: &str = "SPDX 3.0.1";
const CREATION: &str = "_:creation";
const NONE: &str = "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement";

/// Writes an inventory; a note tells of each thing that has no place in the document.
///
/// # Errors
/// When the heading has no usable time.
pub fn write(inventory: &Inventory, heading: &Heading) -> Result<Read<String>, FormatError> {
    // The ids follow from the content, so the content is made once with a placeholder for them.
    let draft = Writer::new(inventory, heading, "urn:uuid:0")?.document();
    let base = format!("urn:uuid:{}", writing::uuid(&draft.0.to_string()));
    let (document, out) = Writer::new(inventory, heading, &base)?.document();
    let broken =
        |error: serde_json::Error| FormatError::Unwritable { name: NAME.to_owned(), why: error.to_string() };
    let mut text = serde_json::to_string_pretty(&document).map_err(broken)?;
    text.push('\n');
    Ok(Read { value: text, notes: out.notes })
}

/// The graph in the making.
struct Writer<'i> {
    out: Outgoing<'i>,
    base: String,
    elements: Vec<Value>,
    relationships: usize,
    /// Names of organisations to their ids.
    organisations: BTreeMap<String, String>,
    /// Texts of licences to their ids.
    licences: BTreeMap<String, String>,
    /// Components to those that hold them in a static link, which a reader takes for parents.
    static_in: FxHashMap<&'i str, Vec<&'i str>>,
}

impl<'i> Writer<'i> {
    fn new(inventory: &'i Inventory, heading: &'i Heading, base: &str) -> Result<Self, FormatError> {
        let mut static_in: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for component in &inventory.components {
            let needs = component.needs.iter().flatten().filter(|need| need.tie == Tie::StaticLink);
            needs.for_each(|need| static_in.entry(&need.on).or_default().push(&component.source_ref));
        }
        Ok(Writer {
            out: Outgoing::new(inventory, heading, NAME)?,
            base: base.to_owned(),
            elements: Vec::new(),
            relationships: 0,
            organisations: BTreeMap::new(),
            licences: BTreeMap::new(),
            static_in,
        })
    }

    fn document(mut self) -> (Value, Outgoing<'i>) {
        self.header();
        self.product();
        let inventory = self.out.inventory;
        for (at, component) in inventory.components.iter().enumerate() {
            self.package(at, component);
        }
        self.graph();
        self.statements();
        let document = json!({
            "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
            "@graph": self.elements,
        });
        (document, self.out)
    }

    fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.base)
    }

    fn component_id(&self, at: usize) -> String {
        self.id(&format!("component-{}", at + 1))
    }

    /// The id of the component with this reference.
    fn id_of(&self, reference: &str) -> Option<String> {
        self.out.at.get(reference).map(|at| self.component_id(*at))
    }

    /// Who made the document, with what and when.
    fn header(&mut self) {
        let heading = self.out.heading;
        let author = if heading.author.is_empty() {
            let id = self.id("author");
            self.elements.push(element("SoftwareAgent", &id, TOOL).take());
            id
        } else {
            self.organisation(&heading.author)
        };
        let mut tools = vec![format!("{TOOL} {}", heading.tool_version).trim().to_owned()];
        for document in &self.out.inventory.documents {
            if !document.tool.is_empty() && !tools.contains(&document.tool) {
                tools.push(document.tool.clone());
            }
        }
        let mut using = Vec::new();
        for (at, tool) in tools.iter().enumerate() {
            let id = self.id(&format!("tool-{}", at + 1));
            self.elements.push(element("Tool", &id, tool).take());
            using.push(id);
        }
        let creation = json!({
            "@id": CREATION,
            "type": "CreationInfo",
            "specVersion": "3.0.1",
            "created": self.out.time.to_utc_seconds(),
            "createdBy": [author],
            "createdUsing": using,
        });
        self.elements.insert(0, creation);
    }

    /// The document, its SBOM and the product that both are about.
    fn product(&mut self) {
        let (product, release) = (self.out.product().to_owned(), self.out.release().to_owned());
        let title = format!("{product} {release}").trim().to_owned();
        let (sbom, root) = (self.id("sbom"), self.id("product"));
        let mut document = element("SpdxDocument", &self.base, &title);
        document
            .put(
                "profileConformance",
                json!(["core", "extension", "security", "simpleLicensing", "software"]),
            )
            .put("rootElement", json!([sbom]));
        extend(&mut document, &kept::of_inventory(self.out.inventory));
        self.elements.push(document.take());
        let mut bom = element("software_Sbom", &sbom, &title);
        bom.put("rootElement", json!([root]));
        if let Some(context) = self.out.heading.context {
            bom.put("software_sbomType", json!([context.word()]));
        }
        self.elements.push(bom.take());
        let mut package = element("software_Package", &root, &product);
        package.text("software_packageVersion", &release).text("software_primaryPurpose", "firmware");
        let supplier = &self.out.heading.supplier;
        if !supplier.is_empty() {
            let supplier = self.organisation(supplier);
            package.text("suppliedBy", &supplier);
        }
        self.elements.push(package.take());
    }

    /// Of what the product is made, what lies in what, and what needs what.
    fn graph(&mut self) {
        let root = self.id("product");
        let components = &self.out.inventory.components;
        let complete =
            if self.out.inventory.platform.inventory_complete { "complete" } else { "noAssertion" };
        let (mut parts, mut build, mut test) = (Vec::new(), Vec::new(), Vec::new());
        for (at, component) in components.iter().enumerate() {
            let list = match component.scope {
                Scope::BuildOnly => &mut build,
                Scope::Test => &mut test,
                _ => &mut parts,
            };
            list.push(self.component_id(at));
        }
        self.relate("Relationship", &root, "contains", &parts, [("completeness", complete)]);
        for (scope, list) in [("build", build), ("test", test)] {
            self.relate("LifecycleScopedRelationship", &root, "dependsOn", &list, [("scope", scope)]);
        }
        let mut inside: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (at, component) in components.iter().enumerate() {
            for parent in component.parents.iter().filter_map(|parent| self.out.at.get(parent.as_str())) {
                inside.entry(*parent).or_default().push(self.component_id(at));
            }
        }
        for (parent, list) in inside {
            self.relate("Relationship", &self.component_id(parent), "contains", &list, []);
        }
        for (at, component) in components.iter().enumerate() {
            if let Some(needs) = &component.needs {
                self.needs(&self.component_id(at), needs);
            }
        }
    }

    fn needs(&mut self, from: &str, needs: &[model::dependency::Need]) {
        if needs.is_empty() {
            self.relate(
                "Relationship",
                from,
                "dependsOn",
                &[NONE.to_owned()],
                [("completeness", "complete")],
            );
        }
        for tie in Tie::ALL {
            let on = needs.iter().filter(|need| need.tie == *tie);
            let list: Vec<String> = on.filter_map(|need| self.id_of(&need.on)).collect();
            let (scoped, plain) = ("LifecycleScopedRelationship", "Relationship");
            match tie {
                Tie::StaticLink => self.relate(plain, from, "hasStaticLink", &list, []),
                Tie::DynamicLink => self.relate(plain, from, "hasDynamicLink", &list, []),
                Tie::Stated => self.relate(plain, from, "dependsOn", &list, []),
                Tie::Runtime => self.relate(scoped, from, "dependsOn", &list, [("scope", "runtime")]),
                Tie::BuiltAgainst => self.relate(scoped, from, "dependsOn", &list, [("scope", "build")]),
            }
        }
    }

    /// Adds a relationship; none to nothing.
    fn relate<const N: usize>(
        &mut self,
        kind: &str,
        from: &str,
        relation: &str,
        to: &[String],
        more: [(&str, &str); N],
    ) {
        if to.is_empty() {
            return;
        }
        self.relationships += 1;
        let id = self.id(&format!("relationship-{}", self.relationships));
        let mut relationship = element(kind, &id, "");
        relationship.text("relationshipType", relation).text("from", from).put("to", json!(to));
        for (key, text) in more {
            relationship.text(key, text);
        }
        self.elements.push(relationship.take());
    }

    /// The id of an organisation, whose element is made when it is first named.
    fn organisation(&mut self, name: &str) -> String {
        if let Some(id) = self.organisations.get(name) {
            return id.clone();
        }
        let id = self.id(&format!("organization-{}", self.organisations.len() + 1));
        self.organisations.insert(name.to_owned(), id.clone());
        self.elements.push(element("Organization", &id, name).take());
        id
    }

    /// The id of a licence. A name that is no expression becomes a reference to itself.
    fn licence(&mut self, licence: &Licence) -> String {
        if let Some(id) = self.licences.get(&licence.text) {
            return id.clone();
        }
        let number = self.licences.len() + 1;
        let id = self.id(&format!("licence-{number}"));
        self.licences.insert(licence.text.clone(), id.clone());
        let mut expression = element("simplelicensing_LicenseExpression", &id, "");
        if licence.is_expression() {
            expression.text("simplelicensing_licenseExpression", &licence.text);
        } else {
            let (key, text) = (format!("LicenseRef-{number}"), self.id(&format!("licence-text-{number}")));
            expression.text("simplelicensing_licenseExpression", &key).put(
                "simplelicensing_customIdToUri",
                json!([{ "type": "DictionaryEntry", "key": key, "value": text }]),
            );
            extend(&mut expression, &[("licence".to_owned(), licence.text.clone())]);
            let mut words = element("simplelicensing_SimpleLicensingText", &text, &licence.text);
            self.elements.push(words.text("simplelicensing_licenseText", &licence.text).take());
        }
        self.elements.push(expression.take());
        id
    }

    /// Relates a component to its licences; returns them in the order in which they are read.
    fn licensed(&mut self, from: &str, licences: &[Licence]) -> Vec<Licence> {
        let mut known = Vec::new();
        for (relation, said) in [
            ("hasDeclaredLicense", Acknowledgement::Declared),
            ("hasConcludedLicense", Acknowledgement::Concluded),
        ] {
            let is_declared = |licence: &Licence| licence.said != Acknowledgement::Concluded;
            let wanted = said == Acknowledgement::Declared;
            let list: Vec<&Licence> =
                licences.iter().filter(|licence| is_declared(licence) == wanted).collect();
            let ids: Vec<String> = list.iter().map(|licence| self.licence(licence)).collect();
            self.relate("Relationship", from, relation, &ids, []);
            known.extend(list.into_iter().map(|licence| Licence::new(licence.text.clone(), said)));
        }
        known
    }
}

fn element(kind: &str, id: &str, name: &str) -> Object {
    let mut object = Object::default();
    object.text("type", kind).text("spdxId", id).text("creationInfo", CREATION).text("name", name);
    object
}

/// Adds pairs as the extension that SPDX has for properties.
fn extend(object: &mut Object, pairs: &[Pair]) {
    if pairs.is_empty() {
        return;
    }
    let entries: Vec<Value> = pairs
        .iter()
        .map(|(name, text)| {
            let mut entry = Object::default();
            entry.text("type", "extension_CdxPropertyEntry");
            entry.text("extension_cdxPropName", &format!("{PREFIX}{name}"));
            entry.text("extension_cdxPropValue", text).take()
        })
        .collect();
    let extension = json!([{ "type": "extension_CdxPropertiesExtension", "extension_cdxProperty": entries }]);
    object.put("extension", extension);
}
