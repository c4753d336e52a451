//! `vulnerabilities[]` as statements. A state is a claim; an entry without a state is another tool's finding
//! and no claim at all.

use std::collections::HashSet;

use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};

use super::component;
use super::schema::{Affected, Vulnerability};
use crate::kept;

/// What the document as a whole says about its statements.
pub struct Context<'c> {
    /// Written by a build system, so the statements are the build's.
    pub by_build: bool,
    /// References of the document's own components; empty for a document of statements only.
    pub references: &'c HashSet<String>,
    /// The reference of the product.
    pub product: &'c str,
    /// The name of the product.
    pub product_name: &'c str,
}

/// Adds the statement of one vulnerability.
pub fn add(inventory: &mut Inventory, wire: &Vulnerability<'_>, at: usize, context: &Context<'_>) -> bool {
    let place = format!("/vulnerabilities/{at}");
    if wire.wrong {
        inventory.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
        return true;
    }
    let id = if wire.id.is_empty() { wire.reference.get() } else { wire.id.get() };
    if id.is_empty() {
        inventory.notes.push(unusable(place, "it has no id"));
        return true;
    }
    let Some((status, justification)) = status(wire, &place, &mut inventory.notes) else { return false };
    let Some(components) = components(wire, &place, context, &mut inventory.notes) else { return true };
    let mut statement = Statement {
        vulnerability: id.to_owned(),
        components,
        status,
        justification,
        text: text(wire),
        origin: origin(wire, context),
        place,
    };
    kept::apply_to_statement(&mut statement, &component::pairs(&wire.properties));
    inventory.statements.push(statement);
    true
}

fn unusable(place: String, why: &str) -> Note {
    Note::new(NoteCode::StatementUnusable, Severity::Warn, place, why)
}

/// The claim and its coded reason; `None` where there is no analysis.
fn status(wire: &Vulnerability<'_>, place: &str, notes: &mut Vec<Note>) -> Option<(StatementStatus, String)> {
    let justification = wire.analysis.justification.get().to_owned();
    let status = match wire.analysis.state.get() {
        "" => return None,
        "resolved" | "resolved_with_pedigree" => StatementStatus::Fixed,
        "exploitable" => StatementStatus::Affected,
        "in_triage" => StatementStatus::UnderInvestigation,
        "not_affected" => StatementStatus::NotAffected,
        "false_positive" if justification.is_empty() => {
            return Some((StatementStatus::NotAffected, "false_positive".to_owned()));
        }
        "false_positive" => StatementStatus::NotAffected,
        other => {
            notes.push(Note::new(
                NoteCode::UnknownEnum,
                Severity::Warn,
                format!("{place}/analysis/state"),
                other,
            ));
            StatementStatus::UnderInvestigation
        }
    };
    Some((status, justification))
}

/// Buildroot lists what its packages ignore, without a reason: a hint, whatever state it gives. What it calls
/// resolved stands on a patch of the package.
fn origin(wire: &Vulnerability<'_>, context: &Context<'_>) -> StatementOrigin {
    let resolved = wire.analysis.state.get().starts_with("resolved");
    if wire.analysis.detail.get().contains("marked as ignored") && !resolved {
        StatementOrigin::IgnoreList
    } else if context.by_build {
        StatementOrigin::Build
    } else {
        StatementOrigin::Supplier
    }
}

/// The components it speaks about: `Some(empty)` is the whole product, `None` nothing that exists.
fn components(
    wire: &Vulnerability<'_>,
    place: &str,
    context: &Context<'_>,
    notes: &mut Vec<Note>,
) -> Option<Vec<String>> {
    if wire.affects.items.is_empty() {
        notes.push(unusable(place.to_owned(), "it names no component"));
        return None;
    }
    let mut components = Vec::new();
    let mut whole = false;
    for affected in &wire.affects {
        let reference = local(affected.reference.get());
        if reference.is_empty() || reference == context.product {
            whole = true;
        } else if context.references.is_empty() || context.references.contains(reference) {
            components.push(reference.to_owned());
        } else {
            notes.push(unusable(format!("{place}/affects"), reference));
        }
    }
    if whole && context.references.is_empty() && !context.product_name.is_empty() {
        // Of which product, `normalise::merge` must know: the document holds no component of it.
        return Some(vec![context.product_name.to_owned()]);
    }
    if whole {
        return Some(Vec::new());
    }
    (!components.is_empty()).then_some(components)
}

/// The reference inside of a BOM-Link (`urn:cdx:serial/version#ref`); without one, the whole document.
fn local(reference: &str) -> &str {
    if reference.starts_with("urn:cdx:") {
        return reference.split_once('#').map_or("", |(_, local)| local);
    }
    reference
}

/// The free text, and the versions it was said of.
fn text(wire: &Vulnerability<'_>) -> String {
    let mut text = wire.analysis.detail.get().to_owned();
    let versions: Vec<String> = wire.affects.iter().flat_map(versions).collect();
    if !versions.is_empty() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str("versions: ");
        text.push_str(&versions.join(", "));
    }
    text
}

fn versions<'t>(affected: &'t Affected<'_>) -> impl Iterator<Item = String> + 't {
    affected.versions.iter().filter_map(|version| {
        let which = if version.version.is_empty() { version.range.get() } else { version.version.get() };
        let status = version.status.get();
        (!which.is_empty())
            .then(|| if status.is_empty() { which.to_owned() } else { format!("{which} {status}") })
    })
}
