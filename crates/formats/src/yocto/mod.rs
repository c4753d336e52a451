//! Yocto's `cve-check` and `vex` JSON: recipes with what their maintainers say of single vulnerabilities.
//!
//! What people wrote (`CVE_STATUS`, patches) becomes statements. What `cve-check` found by comparing versions
//! (`Unpatched` without a person's word) is another tool's match: a note, never a finding of ours.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod schema;

use std::fmt;

use model::component::{Component, Patch};
use model::identity::Cpe;
use model::identity::cpe::ParsedCpe;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};
use model::statement::{Statement, StatementOrigin, StatementStatus};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{SEARCHED, add_cpe, push_cpe, push_new, usable};
use crate::text::loose::{Each, Name, Text};

/// Reads one document.
///
/// # Errors
/// When the bytes are not one whole JSON document, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut document = Document { limit: limits.components, ..Document::default() };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    (&mut document).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    let mut inventory = document.inventory;
    if inventory.components.len() >= limits.components {
        let what = format!("it has more than {} components", limits.components);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    inventory.platform.distribution = "yocto".to_owned();
    inventory.documents.push(SourceDocument { spec_version: document.version, ..SourceDocument::default() });
    notes.append(&mut inventory.notes);
    Ok(Read { value: inventory, notes })
}

#[derive(Default)]
struct Document {
    inventory: Inventory,
    version: String,
    limit: usize,
}

impl<'a> DeserializeSeed<'a> for &mut Document {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Document {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cve-check document")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "version" => {
                    let version: Text<'a> = map.next_value()?;
                    self.version = version.get().to_owned();
                }
                "package" => {
                    let (inventory, limit) = (&mut self.inventory, self.limit);
                    map.next_value_seed(Each::new(|package: schema::Package<'a>, at| {
                        if inventory.components.len() < limit {
                            add(inventory, &package, at);
                        }
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn add(inventory: &mut Inventory, package: &schema::Package<'_>, at: usize) {
    let place = format!("/package/{at}");
    if package.wrong {
        inventory.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
        return;
    }
    let name = package.name.noted(|| format!("{place}/name"), &mut inventory.notes).to_owned();
    let mut component = Component {
        source_ref: if name.is_empty() { place.clone() } else { name.clone() },
        name,
        version: usable(package.version.noted(|| format!("{place}/version"), &mut inventory.notes))
            .unwrap_or_default()
            .to_owned(),
        ..Component::default()
    };
    for cpe in &package.cpes {
        add_cpe(&mut component, cpe.get(), format_args!("{place}/cpes"));
    }
    for product in &package.products {
        if !product.product.is_empty() {
            push_new(&mut component.names, product.product.get().to_owned());
        }
    }
    // Without a `cpes` member (before 2024) the product names are all the identity there is.
    if component.cpes.is_empty() {
        for product in &package.products {
            add_product(&mut component, product.product.get());
        }
    }
    let issues =
        Issues { component: &mut component, statements: &mut inventory.statements, foreign: Vec::new() };
    issues.add(package, &place);
    inventory.components.push(component);
}

/// `CVE_PRODUCT` as the CPE that Yocto itself makes of it: unknown part, unknown vendor, the recipe's version.
fn add_product(component: &mut Component, product: &str) {
    if product.is_empty() {
        return;
    }
    let version = component.version.split("+git").next().unwrap_or_default();
    let cpe = Cpe::from_attributes(["*", "*", product, version, "", "", "", "", "", "", ""]);
    push_cpe(component, ParsedCpe { cpe, was_22_uri: false, repaired: false });
}

/// The issues of one recipe.
struct Issues<'i> {
    component: &'i mut Component,
    statements: &'i mut Vec<Statement>,
    /// Another tool's matches.
    foreign: Vec<String>,
}

impl Issues<'_> {
    fn add(mut self, package: &schema::Package<'_>, place: &str) {
        for (at, issue) in package.issues.iter().enumerate() {
            let place = format!("{place}/issue/{at}");
            if issue.id.is_empty() {
                self.note(NoteCode::StatementUnusable, Severity::Warn, &place, "it has no id");
                continue;
            }
            for patch in &issue.patches {
                let name = patch.get().rsplit('/').next().unwrap_or_default();
                if !name.is_empty() {
                    self.add_patch(name, issue.id.get());
                }
            }
            self.add_issue(issue, package.layer.get(), place);
        }
        if !self.foreign.is_empty() {
            let value = format!(
                "{} unpatched by another tool's match, not imported: {}",
                self.foreign.len(),
                self.foreign.join(" ")
            );
            self.note(NoteCode::StatementUnusable, Severity::Info, &format!("{place}/issue"), &value);
        }
    }

    fn add_patch(&mut self, name: &str, id: &str) {
        // The last ones are searched: a patch that fixes several CVEs stands in neighbouring issues.
        let known = self.component.patches.iter_mut().rev().take(SEARCHED).find(|patch| patch.name == name);
        match known {
            Some(patch) => push_new(&mut patch.resolves, id.to_owned()),
            None => self.component.patches.push(Patch {
                name: name.to_owned(),
                resolves: vec![id.to_owned()],
                origin: "sbom".to_owned(),
                ..Patch::default()
            }),
        }
    }

    fn add_issue(&mut self, issue: &schema::Issue<'_>, layer: &str, place: String) {
        let (status, detail) = (issue.status.get(), issue.detail.get());
        let Some(claim) = claim(status, detail) else {
            self.note(NoteCode::UnknownEnum, Severity::Warn, &place, &format!("{status} {detail}"));
            return;
        };
        let Claim::Says(claim) = claim else {
            self.foreign.push(issue.id.get().to_owned());
            return;
        };
        let description = issue.description.get();
        let text = match (layer, description) {
            ("", text) => text.to_owned(),
            (layer, "") => format!("layer {layer}"),
            (layer, text) => format!("{text} (layer {layer})"),
        };
        self.statements.push(Statement {
            vulnerability: issue.id.get().to_owned(),
            components: vec![self.component.source_ref.clone()],
            status: claim,
            justification: if detail.is_empty() { status.to_ascii_lowercase() } else { detail.to_owned() },
            text,
            origin: StatementOrigin::Build,
            place,
        });
    }

    fn note(&mut self, code: NoteCode, severity: Severity, place: &str, value: &str) {
        self.component.notes.push(Note::new(code, severity, place, value));
    }
}

/// What an issue amounts to.
enum Claim {
    Says(StatementStatus),
    /// Nobody's word, only another tool's comparison, or none at all.
    Nothing,
}

/// The vocabulary of `CVE_STATUS` (matching.md 7.6); the detail decides, the status alone where there is
/// none. `None` is a word we do not know.
fn claim(status: &str, detail: &str) -> Option<Claim> {
    use StatementStatus::{Affected, Fixed, NotAffected, UnderInvestigation};
    Some(Claim::Says(match (status, detail) {
        (
            _,
            "patched" | "backported-patch" | "cpe-stable-backport" | "fixed-version" | "fix-file-included",
        ) => Fixed,
        (
            _,
            "version-not-in-range"
            | "ignored"
            | "cpe-incorrect"
            | "not-applicable-config"
            | "not-applicable-platform",
        ) => NotAffected,
        (_, "disputed" | "upstream-wontfix" | "vulnerable-investigating") => UnderInvestigation,
        (_, "unpatched") => Affected,
        (_, "version-in-range" | "unknown") => return Some(Claim::Nothing),
        ("Patched", "") => Fixed,
        ("Ignored", "") => NotAffected,
        ("Unpatched" | "Unknown", "") => return Some(Claim::Nothing),
        // A word of a later release: keep it in sight, never let it exclude.
        ("Patched" | "Ignored" | "Unpatched", _) => UnderInvestigation,
        _ => return None,
    }))
}
