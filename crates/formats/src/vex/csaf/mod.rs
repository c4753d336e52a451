//! CSAF 2.0 and 2.1: product status, flags, threats and remediations of any profile, VEX and advisories alike.
//! One statement per vulnerability and product, because flags and remediations are given by product.

pub(crate) mod schema;
mod tree;

use model::note::{Note, NoteCode, Severity};
use model::vex::{Remediation, RemediationKind, VexDocument, VexFormat, VexStatement, VexStatus};
use rustc_hash::FxHashMap;

use super::{Reading, settle, words};
use crate::limits::FormatError;
use crate::text::loose::{List, Text};
use schema::{Csaf, Remark, Vulnerability};
use tree::Products;

/// Reads one document.
pub(super) fn read(reading: &Reading<'_>, notes: &mut Vec<Note>) -> Result<VexDocument, FormatError> {
    let wire: Csaf<'_> = reading.parse()?;
    if wire.vulnerabilities.items.is_empty() {
        return Err(reading.malformed("a CSAF document without vulnerabilities makes no statement"));
    }
    let mut document = header(&wire);
    check_version(&document, notes);
    let products = Products::of(&wire.tree, notes);
    for (at, vulnerability) in wire.vulnerabilities.iter().enumerate() {
        check_contradictions(reading, vulnerability, at)?;
        let mut row = Row { vulnerability, products: &products, at, notes };
        for statement in row.statements() {
            let statement = settle::finish(statement, &document, notes);
            document.statements.push(statement);
        }
    }
    Ok(document)
}

fn header(wire: &Csaf<'_>) -> VexDocument {
    let (document, tracking) = (&wire.document, &wire.document.tracking);
    let engine = &tracking.generator.engine;
    VexDocument {
        spec_version: document.csaf_version.get().to_owned(),
        id: tracking.id.get().to_owned(),
        author: document.publisher.name.get().to_owned(),
        publisher: document.publisher.namespace.get().to_owned(),
        version: tracking.version.get().to_owned(),
        timestamp: tracking.current.get().to_owned(),
        tool: format!("{} {}", engine.name.get(), engine.version.get()).trim().to_owned(),
        ..VexDocument::new(VexFormat::Csaf)
    }
}

fn check_version(document: &VexDocument, notes: &mut Vec<Note>) {
    let version = document.spec_version.as_str();
    if !matches!(version, "2.0" | "2.1") {
        notes.push(Note::new(NoteCode::SchemaNewer, Severity::Info, "/document/csaf_version", version));
    }
}

/// A product in two groups that say different things: nobody can tell which one is meant, in this row or in the
/// next, so nothing of the document is believed (CSAF test 6.1.6).
fn check_contradictions(
    reading: &Reading<'_>,
    vulnerability: &Vulnerability<'_>,
    at: usize,
) -> Result<(), FormatError> {
    let mut known: FxHashMap<&str, (VexStatus, &str)> = FxHashMap::default();
    for (group, ids) in vulnerability.status.groups() {
        let Some(status) = words::status(VexFormat::Csaf, group) else { continue };
        for id in ids.iter().map(Text::get) {
            let (other, other_group) = *known.entry(id).or_insert((status, group));
            if other != status {
                let why = format!(
                    "/vulnerabilities/{at}/product_status says both {other_group} and {group} of product {id}"
                );
                return Err(reading.malformed(&why));
            }
        }
    }
    Ok(())
}

/// One vulnerability under the reader's eyes.
struct Row<'r, 'a> {
    vulnerability: &'r Vulnerability<'a>,
    products: &'r Products<'r>,
    at: usize,
    notes: &'r mut Vec<Note>,
}

impl Row<'_, '_> {
    fn statements(&mut self) -> Vec<VexStatement> {
        let place = format!("/vulnerabilities/{}", self.at);
        let Some((name, aliases)) = self.ids() else {
            let why = "it has no id";
            self.notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, why));
            return Vec::new();
        };
        let vulnerability = self.vulnerability;
        let flags = ByProduct::of(vulnerability.flags.iter().map(|flag| (&flag.products, &flag.groups)));
        let threats =
            ByProduct::of(vulnerability.threats.iter().map(|remark| (&remark.products, &remark.groups)));
        let remedies =
            ByProduct::of(vulnerability.remediations.iter().map(|remark| (&remark.products, &remark.groups)));
        let recommended: Vec<String> =
            vulnerability.status.recommended.iter().filter_map(|id| self.products.name(id.get())).collect();
        let mut statements: Vec<VexStatement> = Vec::new();
        let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
        for (group, ids) in vulnerability.status.groups() {
            for (index, id) in ids.iter().map(Text::get).enumerate() {
                // `first_affected` and `known_affected` of one product are one claim.
                if seen.insert(id, statements.len()).is_some() {
                    continue;
                }
                let position = format!("{place}/product_status/{group}/{index}");
                let mut statement = VexStatement::new(&name, VexStatus::UnderInvestigation);
                statement.aliases.clone_from(&aliases);
                statement.position = position;
                statement.recommended.clone_from(&recommended);
                self.add_product(&mut statement, id);
                let groups = self.products.groups_of(id);
                let label = flags
                    .about(id, groups, false)
                    .find_map(|flag| vulnerability.flags.items.get(flag))
                    .map_or("", |flag| flag.label.get());
                settle::translate(&mut statement, VexFormat::Csaf, group, label, self.notes);
                for threat in threats.about(id, groups, true) {
                    add_threat(&mut statement, vulnerability.threats.items.get(threat));
                }
                for remedy in remedies.about(id, groups, true) {
                    self.add_remedy(&mut statement, vulnerability.remediations.items.get(remedy));
                }
                statements.push(statement);
            }
        }
        statements
    }

    /// The name and the other ids; an id that holds for some products only is no alias.
    fn ids(&self) -> Option<(String, Vec<String>)> {
        let general = |id: &&schema::Id<'_>| id.products.items.is_empty() && id.groups.items.is_empty();
        let cve = std::iter::once(self.vulnerability.cve.get());
        let others = self.vulnerability.ids.iter().filter(general).map(|id| id.text.get());
        let mut ids = cve.chain(others).filter(|id| !id.is_empty()).map(str::to_owned);
        let name = ids.next()?;
        Some((name, ids.collect()))
    }

    fn add_product(&mut self, statement: &mut VexStatement, id: &str) {
        match self.products.get(id) {
            Some(product) => statement.products.push(product),
            None => {
                let value = format!("product {id} is not in the product tree");
                let place = statement.position.clone();
                self.notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, &value));
            }
        }
    }

    fn add_remedy(&mut self, statement: &mut VexStatement, remark: Option<&Remark<'_>>) {
        let Some(remark) = remark else { return };
        let text = remark_text(remark);
        settle::push_text(&mut statement.action, &text);
        match RemediationKind::parse(remark.category.get()) {
            Some(kind) => statement.remediations.push(Remediation { kind, text }),
            None => self.notes.push(Note::new(
                NoteCode::UnknownEnum,
                Severity::Warn,
                format!("/vulnerabilities/{}/remediations", self.at),
                remark.category.get(),
            )),
        }
    }
}

/// Impact is what the product status rests on; exploit status and target are facts about the vulnerability.
fn add_threat(statement: &mut VexStatement, remark: Option<&Remark<'_>>) {
    let Some(remark) = remark else { return };
    let into = match remark.category.get() {
        "impact" => &mut statement.impact,
        _ => &mut statement.detail,
    };
    settle::push_text(into, remark.details.get());
}

fn remark_text(remark: &Remark<'_>) -> String {
    let mut text = remark.details.get().to_owned();
    settle::push_text(&mut text, remark.url.get());
    text
}

/// Entries of a list by the products and groups they name.
struct ByProduct<'w> {
    products: FxHashMap<&'w str, Vec<usize>>,
    groups: FxHashMap<&'w str, Vec<usize>>,
    /// Those that name none.
    general: Vec<usize>,
}

impl<'w> ByProduct<'w> {
    fn of<'a: 'w>(entries: impl Iterator<Item = (&'w List<Text<'a>>, &'w List<Text<'a>>)>) -> ByProduct<'w> {
        let mut by =
            ByProduct { products: FxHashMap::default(), groups: FxHashMap::default(), general: Vec::new() };
        for (at, (products, groups)) in entries.enumerate() {
            if products.items.is_empty() && groups.items.is_empty() {
                by.general.push(at);
            }
            for id in products {
                by.products.entry(id.get()).or_default().push(at);
            }
            for id in groups {
                by.groups.entry(id.get()).or_default().push(at);
            }
        }
        by
    }

    /// The entries about a product. A text without products is said of all of them; a flag is not, because a
    /// justification that nobody tied to a product must not exclude it.
    fn about(&self, id: &str, groups: &[&str], with_general: bool) -> impl Iterator<Item = usize> {
        let direct = self.products.get(id).into_iter().flatten();
        let grouped = groups.iter().filter_map(|group| self.groups.get(group)).flatten();
        let general = self.general.iter().filter(|_| with_general);
        let mut found: Vec<usize> = direct.chain(grouped).chain(general).copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }
}
