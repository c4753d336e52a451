//! What happens to every statement behind its reader: the guards of the import (assessment.md 4.2), one normal
//! form of its texts, and its fingerprint. Here a claim can only become weaker.

use model::identity::Purl;
use model::note::{Note, NoteCode, Severity};
use model::vex::{
    Justification, ProductRef, Remediation, RemediationKind, VexDocument, VexFormat, VexStatement, VexStatus,
};

use super::words;

/// The action text where the source has none.
pub const NO_ACTION: &str = "no action stated by source";

/// Gives a statement the status and justification of its words, with a note for words that we do not know.
pub fn translate(
    statement: &mut VexStatement,
    format: VexFormat,
    status: &str,
    justification: &str,
    notes: &mut Vec<Note>,
) {
    statement.original.status = status.to_owned();
    statement.original.justification = justification.to_owned();
    statement.status = words::status(format, status).unwrap_or_else(|| {
        // Never suppress on a word that nobody here understands.
        notes.push(note(NoteCode::UnknownEnum, statement, "status", status));
        statement.weak = true;
        VexStatus::UnderInvestigation
    });
    if justification.is_empty() {
        return;
    }
    statement.justification = words::justification(format, justification);
    if statement.justification.is_none() && format != VexFormat::Yocto {
        notes.push(note(NoteCode::UnknownEnum, statement, "justification", justification));
    }
}

/// Applies the guards, normalises texts and products, and seals the statement.
pub fn finish(mut statement: VexStatement, document: &VexDocument, notes: &mut Vec<Note>) -> VexStatement {
    if statement.timestamp.is_empty() {
        statement.timestamp.clone_from(&document.timestamp);
    }
    for product in &mut statement.products {
        settle_product(product);
    }
    let is_known = |alias: &str| alias == statement.vulnerability;
    statement.aliases.retain(|alias| !alias.is_empty() && !is_known(alias));
    guard(&mut statement, notes);
    place_texts(&mut statement);
    statement.hash = fingerprint(&statement);
    statement
}

/// The import guards.
fn guard(statement: &mut VexStatement, notes: &mut Vec<Note>) {
    if statement.original.justification == "protected_at_perimeter"
        && statement.status == VexStatus::NotAffected
    {
        guard_perimeter(statement, notes);
    }
    let is_claim = matches!(statement.status, VexStatus::NotAffected | VexStatus::FalsePositive);
    if !is_claim {
        statement.justification = None;
    }
    if statement.status == VexStatus::NotAffected && statement.justification.is_none() {
        statement.weak = true;
        if statement.impact.is_empty() {
            statement.status = VexStatus::UnderInvestigation;
            let why = "not_affected without justification and impact statement, kept as under_investigation";
            notes.push(note(NoteCode::StatementUnusable, statement, "status", why));
        }
    }
    if statement.status == VexStatus::Affected && statement.action.is_empty() {
        statement.action = NO_ACTION.to_owned();
    }
}

/// A perimeter belongs to one installation, not to the product.
fn guard_perimeter(statement: &mut VexStatement, notes: &mut Vec<Note>) {
    statement.status = VexStatus::Affected;
    statement.weak = true;
    let text = match statement.impact.as_str() {
        "" => "protected at the perimeter, as the source says".to_owned(),
        text => format!("protected at the perimeter: {text}"),
    };
    statement.remediations.push(Remediation { kind: RemediationKind::Mitigation, text: text.clone() });
    statement.impact.clear();
    if statement.action.is_empty() {
        statement.action = text;
    }
    let why = "protected_at_perimeter, kept as affected with a mitigation";
    notes.push(note(NoteCode::StatementUnusable, statement, "justification", why));
}

/// An impact belongs to what is not affected, an action to what is affected; said elsewhere, they are details.
fn place_texts(statement: &mut VexStatement) {
    let is_claim = matches!(statement.status, VexStatus::NotAffected | VexStatus::FalsePositive);
    if !is_claim && !statement.impact.is_empty() {
        let impact = std::mem::take(&mut statement.impact);
        push_text(&mut statement.detail, &impact);
    }
    if statement.status != VexStatus::Affected && !statement.action.is_empty() {
        let action = std::mem::take(&mut statement.action);
        push_text(&mut statement.detail, &action);
    }
}

/// Appends a text that is not there yet.
pub fn push_text(texts: &mut String, text: &str) {
    let text = text.trim();
    if text.is_empty() || texts.split("; ").any(|known| known == text) || texts == text {
        return;
    }
    if !texts.is_empty() {
        texts.push_str("; ");
    }
    texts.push_str(text);
}

/// A `vers` qualifier is a limit, not a part of the name. Of several package URLs each would have its own limit:
/// those stay as written, and match nothing.
fn settle_product(product: &mut ProductRef) {
    if let [text] = product.purls.as_mut_slice()
        && let Some((purl, range)) = split_range(text)
    {
        *text = purl;
        if !product.versions.contains(&range) {
            product.versions.push(range);
        }
    }
    product.subcomponents.iter_mut().for_each(settle_product);
}

fn split_range(text: &str) -> Option<(String, String)> {
    if !text.contains("vers=") {
        return None;
    }
    let mut purl = Purl::parse(text).ok()?;
    let at = purl.qualifiers.iter().position(|(key, _)| key == "vers")?;
    let (_, range) = purl.qualifiers.remove(at);
    Some((purl.to_string(), range))
}

fn note(code: NoteCode, statement: &VexStatement, field: &str, value: &str) -> Note {
    Note::new(code, Severity::Warn, format!("{}/{field}", statement.position), value)
}

/// The fingerprint of a statement's content: equal contents are the same statement, wherever they stand.
pub fn fingerprint(statement: &VexStatement) -> String {
    let mut text = String::new();
    let mut push = |part: &str| {
        // The length makes joined parts unambiguous.
        text.push_str(&format!("{}:{part}\n", part.len()));
    };
    push(&statement.vulnerability);
    let mut aliases: Vec<&str> = statement.aliases.iter().map(String::as_str).collect();
    aliases.sort_unstable();
    aliases.iter().for_each(|alias| push(alias));
    push(statement.status.word());
    push(statement.justification.map_or("", Justification::word));
    for part in [&statement.impact, &statement.action, &statement.detail, &statement.timestamp] {
        push(part);
    }
    for remediation in &statement.remediations {
        push(remediation.kind.word());
        push(&remediation.text);
    }
    statement.products.iter().for_each(|product| push_product(product, &mut push));
    crate::fingerprint::sha256(text.as_bytes())
}

fn push_product(product: &ProductRef, push: &mut dyn FnMut(&str)) {
    push("product");
    push(&product.name);
    push(&product.reference);
    for list in [&product.purls, &product.cpes, &product.hashes, &product.versions] {
        push("list");
        list.iter().for_each(|item| push(item));
    }
    push("parts");
    product.subcomponents.iter().for_each(|part| push_product(part, push));
    push("end");
}
