//! From the tree to decisions, key by key.

use std::collections::BTreeMap;

use model::assessment::{Exploitation, ResponseClass};
use model::decision::{
    Atom, AtomKind, Attacks, ComponentKey, Decision, DecisionState, EvidenceItem, EvidenceKind, Place, Seen,
};
use model::finding::Verdict;
use model::vex::{Justification, VexStatus};

use super::SCHEMA;
use crate::profile::Fault;
use crate::profile::table::{Faults, Table};
use crate::profile::tree::{Document, Node, Value};

const VERDICTS: &[Verdict] = &[Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected];

/// Reads a document.
pub(super) fn decisions(document: &Document<'_>, name: &str) -> Result<Vec<Decision>, Vec<Fault>> {
    let faults = Faults::default();
    let mut top = Table::new(&document.root, String::new(), &faults);
    schema(&mut top);
    let rows = top.tables("decision");
    top.finish();
    let mut found: Vec<Decision> = rows.into_iter().filter_map(decision).collect();
    let told = faults.told(document);
    if !told.is_empty() {
        return Err(told);
    }
    let lines = Lines::of(document.text);
    for (decision, row) in found.iter_mut().zip(rows_of(&document.root)) {
        decision.place = Place { file: name.to_owned(), lines: lines.below(row) };
    }
    Ok(found)
}

fn schema(top: &mut Table<'_>) {
    let schema = top.text("schema");
    if !schema.is_empty() && schema != SCHEMA {
        top.fault("schema", format!("{schema:?} is not {SCHEMA:?}"));
    }
}

/// `None` only where a fault was added.
fn decision(mut table: Table<'_>) -> Option<Decision> {
    let id = table.text("id");
    let state = table.word("state", DecisionState::ALL, DecisionState::word);
    let product = table.text("product");
    let component = table.required_table("component").map(component).unwrap_or_default();
    let versions = table.formed("versions", is_range, "a range in the notation vers:TYPE/CONSTRAINTS");
    let vulnerability = table.text("vulnerability");
    let aliases = table.texts("aliases");
    let status = table.optional_word("status", VexStatus::ALL, VexStatus::word);
    let justification = table.optional_word("justification", Justification::ALL, Justification::word);
    let class = table.optional_word("class", ResponseClass::ALL, ResponseClass::word);
    let accepts_risk = table.truth("accept_risk").unwrap_or_default();
    let attacks = table.optional_word("exploitation", Attacks::ALL, Attacks::word);
    let reason = table.text("reason");
    let action = table.optional_text("action");
    let conditions: Vec<Option<Atom>> = table.tables("condition").into_iter().map(atom).collect();
    let evidence: Vec<Option<EvidenceItem>> = table.tables("evidence").into_iter().map(evidence).collect();
    let author = table.text("author");
    let reviewer = table.optional_text("reviewer");
    let created = table.time("created");
    let expires = table.optional_time("expires");
    let supersedes = table.texts("supersedes");
    let seen = table.table("seen").map(seen).unwrap_or_default();
    table.finish();
    Some(Decision {
        id,
        state: state?,
        product,
        component,
        versions,
        vulnerability,
        aliases,
        status,
        justification,
        class,
        accepts_risk,
        attacks,
        reason,
        action,
        conditions: conditions.into_iter().collect::<Option<_>>()?,
        evidence: evidence.into_iter().collect::<Option<_>>()?,
        author,
        reviewer,
        created,
        expires,
        supersedes,
        seen,
        place: Place::default(),
    })
}

/// Whether the range itself can be read is a question of versions, and is asked later.
fn is_range(text: &str) -> bool {
    text.strip_prefix("vers:")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(kind, constraints)| !kind.is_empty() && !constraints.is_empty())
}

fn component(mut table: Table<'_>) -> ComponentKey {
    let key = ComponentKey {
        name: table.text("name"),
        purl: table.optional_text("purl"),
        vendor_tree: table.optional_text("vendor_tree"),
    };
    table.finish();
    key
}

fn atom(mut table: Table<'_>) -> Option<Atom> {
    let kind = table.word("atom", AtomKind::ALL, AtomKind::word);
    let subject = table.text("subject");
    let expected = table.text("value");
    let hash = table.optional_text("hash");
    table.finish();
    Some(Atom { kind: kind?, subject, expected, hash })
}

fn evidence(mut table: Table<'_>) -> Option<EvidenceItem> {
    let kind = table.word("kind", EvidenceKind::ALL, EvidenceKind::word);
    let mut item = |kind| EvidenceItem {
        kind,
        subject: table.text("subject"),
        value: table.text("value"),
        tool: table.optional_text("tool"),
        tool_version: table.optional_text("tool_version"),
        collected_at: table.optional_time("collected_at"),
        release: table.optional_text("release"),
        hash: table.optional_text("hash"),
        attachment: table.optional_text("attachment"),
    };
    // Without a kind the other keys are still read, so that their faults are told too.
    let item = item(kind.unwrap_or(EvidenceKind::TestResult));
    table.finish();
    kind.map(|_| item)
}

fn seen(mut table: Table<'_>) -> Seen {
    let release = table.optional_text("release");
    let verdict = table.optional_word("verdict", VERDICTS, Verdict::word);
    let class = table.optional_word("class", ResponseClass::ALL, ResponseClass::word);
    let exploitation = table.optional_word("exploitation", Exploitation::ALL, Exploitation::word);
    let score = table.optional_text("cvss");
    let base_tenths = tenths(&score);
    if !score.is_empty() && base_tenths.is_none() {
        table.fault("cvss", format!("{score:?} is no score from \"0.0\" to \"10.0\""));
    }
    let is_disputed = table.truth("disputed").unwrap_or_default();
    let profile = table.optional_text("profile");
    table.finish();
    Seen { release, verdict, class, exploitation, base_tenths, is_disputed, profile }
}

/// `9.8` as 98.
fn tenths(text: &str) -> Option<u16> {
    let (whole, tenth) = text.split_once('.')?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(tenth) || tenth.len() != 1 || whole.len() > 2 {
        return None;
    }
    let score = whole.parse::<u16>().ok()? * 10 + tenth.parse::<u16>().ok()?;
    (score <= 100).then_some(score)
}

fn rows_of(root: &Node) -> &[Node] {
    let Value::Table(entries) = &root.value else { return &[] };
    match entries.iter().find(|entry| entry.key == "decision").map(|entry| &entry.node.value) {
        Some(Value::List(rows)) => rows,
        _ => &[],
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }

    /// The lines of everything below a decision.
    fn below(&self, row: &Node) -> BTreeMap<String, usize> {
        let mut lines = BTreeMap::from([(String::new(), self.line(row.at))]);
        self.collect("", row, &mut lines);
        lines
    }

    fn collect(&self, path: &str, node: &Node, lines: &mut BTreeMap<String, usize>) {
        let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match &node.value {
            Value::Table(entries) => {
                for entry in entries {
                    let path = join(&entry.key);
                    lines.insert(path.clone(), self.line(entry.node.at));
                    self.collect(&path, &entry.node, lines);
                }
            }
            Value::List(rows) => {
                for (number, row) in rows.iter().enumerate() {
                    let path = format!("{path}[{number}]");
                    lines.insert(path.clone(), self.line(row.at));
                    self.collect(&path, row, lines);
                }
            }
            _ => {}
        }
    }
}
