//! The graph as far as an inventory needs it: built element by element while the text streams by, so that
//! installed files, licences and annotations, nine tenths of a Yocto document, leave nothing behind.

use std::borrow::Cow;
use std::collections::HashSet;

use model::note::{Note, NoteCode, Severity};
use rustc_hash::FxHashMap;

use super::schema::Element;

/// A text borrowed from the document.
pub type Str<'a> = Cow<'a, str>;

/// What a relationship says, as far as we use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// `hasInput`, `hasInputs` of drafts.
    Input,
    /// `hasOutput`, `hasOutputs` of drafts.
    Output,
    /// `contains`.
    Contains,
    /// `describes`.
    Describes,
    /// `hasStaticLink`.
    Static,
    /// `patchedBy`.
    PatchedBy,
    /// `dependsOn`, `usesTool`, `hasTest` and the like in a scope other than run time.
    BuildOnly,
    /// `dependsOn` and the like without scope.
    Needs,
    /// `dependsOn` and the like at run time.
    Runtime,
    /// `hasDynamicLink`.
    Dynamic,
    /// `hasAssociatedVulnerability`.
    Vulnerability,
    /// `hasDeclaredLicense`.
    DeclaredLicence,
    /// `hasConcludedLicense`.
    ConcludedLicence,
}

/// One assessment.
#[derive(Clone, Debug)]
pub struct Assessment<'a> {
    /// The element's type or relationship word.
    pub status: Str<'a>,
    /// The vulnerability element.
    pub from: Str<'a>,
    /// The products.
    pub to: Vec<Str<'a>>,
    /// Coded reason.
    pub justification: Str<'a>,
    /// Free text.
    pub text: Str<'a>,
    /// The element itself.
    pub id: Str<'a>,
    /// What it says in properties of ours.
    pub pairs: Vec<(String, String)>,
}

/// A file that matters: a patch, a source, a kernel module.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Its path or name.
    pub name: Str<'a>,
    /// Its purpose word.
    pub purpose: Str<'a>,
    /// `algorithm:hex`.
    pub hash: String,
}

/// The graph so far.
#[derive(Default)]
pub struct Graph<'a> {
    /// `software_Package` and its kin, in document order.
    pub packages: Vec<(Str<'a>, Element<'a>)>,
    /// Place of each package.
    pub package_at: FxHashMap<Str<'a>, usize>,
    /// `build_Build`: id, name, build type.
    pub builds: Vec<(Str<'a>, Str<'a>, Str<'a>)>,
    /// Files that matter.
    pub files: FxHashMap<Str<'a>, File<'a>>,
    /// Vulnerability elements to the ids they stand for.
    pub vulnerabilities: FxHashMap<Str<'a>, Str<'a>>,
    /// Relationships that matter.
    pub links: Vec<(Link, Str<'a>, Vec<Str<'a>>)>,
    /// VEX.
    pub assessments: Vec<Assessment<'a>>,
    /// Agents and tools by id.
    pub names: FxHashMap<Str<'a>, Str<'a>>,
    /// Root elements of document and SBOM.
    pub roots: HashSet<Str<'a>>,
    /// Licence expressions by id.
    pub licences: FxHashMap<Str<'a>, String>,
    /// The document's name.
    pub document: Str<'a>,
    /// What the document says in properties of ours.
    pub pairs: Vec<(String, String)>,
    /// `specVersion` of the first creation info.
    pub spec_version: Str<'a>,
    /// `created` of the newest creation info.
    pub created: Str<'a>,
    /// `createdUsing` of the first creation info that has one.
    pub tool: Str<'a>,
    /// Elements seen.
    pub elements: usize,
    /// Notes.
    pub notes: Vec<Note>,
}

impl<'a> Graph<'a> {
    /// Takes in one element.
    pub fn add(&mut self, mut element: Element<'a>) {
        let place = self.elements;
        self.elements += 1;
        if element.wrong {
            self.note(
                NoteCode::FieldType,
                Severity::Warn,
                format!("/@graph/{place}"),
                "not an object, ignored",
            );
            return;
        }
        let kind = element.type_name().to_owned();
        match kind.as_str() {
            "software_File" | "Software_File" => self.add_file(element),
            "build_Build" => {
                let id = element.take_id();
                self.builds.push((id, element.name.into_cow(), element.build_type.into_cow()));
            }
            "security_Vulnerability" => self.add_vulnerability(element),
            "CreationInfo" => self.add_creation(element),
            "SpdxDocument" | "software_Sbom" | "Bom" | "Bundle" => {
                if kind == "SpdxDocument" {
                    self.pairs.extend(owned(&element));
                    self.document = element.name.into_cow();
                }
                self.roots.extend(element.root_elements.items.into_iter().map(|root| root.into_cow()));
            }
            "Tool" | "Agent" | "Organization" | "Person" | "SoftwareAgent" => {
                let id = element.take_id();
                self.names.insert(id, element.name.into_cow());
            }
            "simplelicensing_LicenseExpression" => self.add_licence(element),
            kind if kind.starts_with("security_Vex") => self.add_assessment(kind, element),
            kind if kind.ends_with("Relationship") => self.add_link(element, place),
            kind if kind.ends_with("Package") => self.add_package(element, place),
            _ => {}
        }
    }

    fn add_package(&mut self, mut element: Element<'a>, place: usize) {
        let mut id = element.take_id();
        if id.is_empty() {
            id = Cow::Owned(format!("/@graph/{place}"));
        }
        if let Some((_, known)) = self.package_at.get(&id).and_then(|at| self.packages.get(*at)) {
            // Documents joined by concatenation repeat whole elements; anything else is a second package.
            let repeated = known.name == element.name && known.version == element.version;
            self.note(NoteCode::DupRef, Severity::Warn, format!("/@graph/{place}"), &id);
            if repeated {
                return;
            }
            id = Cow::Owned(format!("{id}#/@graph/{place}"));
        }
        self.package_at.insert(id.clone(), self.packages.len());
        self.packages.push((id, element));
    }

    fn add_file(&mut self, mut element: Element<'a>) {
        let purpose = element.purpose.get();
        let is_module = element.name.get().contains(".ko");
        if !matches!(purpose, "patch" | "source") && !is_module {
            return;
        }
        let hash = element
            .verified
            .iter()
            .find_map(|hash| crate::normalise::identity::hash_text(hash.algorithm.get(), hash.value.get()));
        let id = element.take_id();
        let file = File {
            name: element.name.into_cow(),
            purpose: element.purpose.into_cow(),
            hash: hash.unwrap_or_default(),
        };
        self.files.insert(id, file);
    }

    fn add_vulnerability(&mut self, mut element: Element<'a>) {
        let id = element.take_id();
        let mut identifiers = std::mem::take(&mut element.identifiers.items);
        let cve = identifiers.iter().position(|known| known.kind.get() == "cve").unwrap_or(0);
        let name = if cve < identifiers.len() {
            identifiers.swap_remove(cve).value.into_cow()
        } else {
            Cow::Borrowed("")
        };
        let name = if name.trim().is_empty() { element.name.into_cow() } else { name };
        let name = if name.trim().is_empty() {
            Cow::Owned(id.rsplit(['/', '#', ':']).next().unwrap_or_default().to_owned())
        } else {
            name
        };
        self.vulnerabilities.insert(id, name);
    }

    fn add_licence(&mut self, mut element: Element<'a>) {
        // A name that is no expression stands beside the reference that had to be made of it.
        let named =
            element.pairs().iter().find(|(name, _)| *name == "licence").map(|(_, text)| (*text).to_owned());
        let text = named.unwrap_or_else(|| element.expression.get().to_owned());
        let id = element.take_id();
        self.licences.insert(id, text);
    }

    fn add_creation(&mut self, element: Element<'a>) {
        if self.spec_version.is_empty() {
            self.spec_version = element.spec_version.into_cow();
        }
        let created = element.created.into_cow();
        if *created > *self.created {
            self.created = created;
        }
        if self.tool.is_empty()
            && let Some(tool) = element.created_using.items.into_iter().next()
        {
            self.tool = tool.into_cow();
        }
    }

    fn add_assessment(&mut self, kind: &str, mut element: Element<'a>) {
        let pairs = owned(&element);
        let text = [element.impact, element.status_notes, element.action]
            .into_iter()
            .find(|text| !text.is_empty() && text.get() != crate::vex::settle::NO_ACTION);
        let assessment = Assessment {
            pairs,
            id: {
                let id = std::mem::take(&mut element.id);
                if id.is_empty() { element.at_id.into_cow() } else { id.into_cow() }
            },
            status: Cow::Owned(kind.to_owned()),
            from: element.from.into_cow(),
            to: element.to.items.into_iter().map(|to| to.into_cow()).collect(),
            justification: element.justification.into_cow(),
            text: text.unwrap_or_default().into_cow(),
        };
        self.assessments.push(assessment);
    }

    fn add_link(&mut self, element: Element<'a>, place: usize) {
        let scope = element.scope.get();
        let build = matches!(scope, "build" | "development" | "test");
        let link = match element.relationship.get() {
            "hasInput" | "hasInputs" => Link::Input,
            "hasOutput" | "hasOutputs" => Link::Output,
            "contains" | "packagedBy" => Link::Contains,
            "describes" => Link::Describes,
            "hasStaticLink" => Link::Static,
            "patchedBy" => Link::PatchedBy,
            "hasAssociatedVulnerability" => Link::Vulnerability,
            "hasDeclaredLicense" => Link::DeclaredLicence,
            "hasConcludedLicense" => Link::ConcludedLicence,
            "dependsOn"
            | "hasDynamicLink"
            | "hasPrerequisite"
            | "hasOptionalDependency"
            | "hasProvidedDependency"
                if build =>
            {
                Link::BuildOnly
            }
            "usesTool" | "hasTest" | "hasTestCase" => Link::BuildOnly,
            "hasDynamicLink" => Link::Dynamic,
            "dependsOn" | "hasPrerequisite" | "hasOptionalDependency" | "hasProvidedDependency" => {
                if scope == "runtime" { Link::Runtime } else { Link::Needs }
            }
            _ => return,
        };
        if element.from.is_empty() || (element.to.items.is_empty() && element.to.wrong) {
            self.note(
                NoteCode::DanglingRef,
                Severity::Warn,
                format!("/@graph/{place}"),
                "a relationship without ends",
            );
            return;
        }
        let to = element.to.items.into_iter().map(|to| to.into_cow()).filter(|to| !to.is_empty()).collect();
        self.links.push((link, element.from.into_cow(), to));
    }

    /// Adds a note.
    pub fn note(&mut self, code: NoteCode, severity: Severity, place: String, value: &str) {
        self.notes.push(Note::new(code, severity, place, value));
    }
}

fn owned(element: &Element<'_>) -> Vec<(String, String)> {
    element.pairs().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}
