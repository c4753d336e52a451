//! Decisions given as files: read, checked, proposed from a finding, appended to a file.

use analysis::statements::atoms::{Ground, Subject};
use analysis::statements::propose::{evidence_of, propose, with_value_of_now};
use analysis::statements::{decision_check, overtaken};
use model::decision::{Atom, Decision, EvidenceItem};
use model::sbom::Inventory;
use model::vex::Instant;

pub use analysis::statements::carry::{DecisionResult, Standing, Unused, Use};
pub use analysis::statements::overtaken::Shift;
pub use analysis::statements::propose::Proposal;
pub use formats::decisions::{DecisionsError, Fault, entry, head, is_ours};

use crate::judge::Judged;
use crate::scan::Document;

/// Reads a file of decisions; the rules are checked by [`check`] over all files together.
///
/// # Errors
/// When it is no TOML or JSON, or a key or value is missing, unknown or of the wrong form.
pub fn read(document: &Document) -> Result<Vec<Decision>, DecisionsError> {
    formats::decisions::read(&document.bytes, &document.name)
}

/// What is wrong with decisions that are given together: the first file with all its faults.
///
/// # Errors
/// When a decision breaks a rule of docs/manual/decisions.md.
pub fn check(decisions: &[Decision]) -> Result<(), DecisionsError> {
    let mut faults: Vec<(String, Fault)> = Vec::new();
    for broken in decision_check::check(decisions) {
        let Some(decision) = decisions.get(broken.decision) else { continue };
        let id = &decision.id;
        let key = if broken.key.is_empty() { id.clone() } else { format!("{id}.{}", broken.key) };
        let line = decision.place.line(&broken.key);
        let text = format!("{} [{}]", broken.text, broken.rule);
        faults.push((decision.place.file.clone(), Fault { key, line, column: 1, text }));
    }
    let Some(file) = faults.first().map(|(file, _)| file.clone()) else { return Ok(()) };
    let of_file = faults.into_iter().filter(|(of, _)| *of == file).map(|(_, fault)| fault);
    let mut faults: Vec<Fault> = of_file.collect();
    faults.sort_by_key(|fault| fault.line);
    Err(DecisionsError { file, faults })
}

/// The next free id of the form `D-<year>-<number>`.
pub fn next_id(decisions: &[Decision], day: &str) -> String {
    let year = day.get(..4).unwrap_or("0000");
    let prefix = format!("D-{year}-");
    let last = decisions.iter().filter_map(|one| one.id.strip_prefix(&prefix)?.parse::<u32>().ok()).max();
    format!("{prefix}{:03}", last.unwrap_or(0).saturating_add(1))
}

/// `sha256:hex` of a document, by which a manual analysis is named.
pub fn fingerprint(document: &Document) -> String {
    formats::fingerprint::sha256(&document.bytes)
}

/// The file with one more decision at its end; what is there stays as it is, to the letter.
pub fn appended(text: &str, decision: &Decision) -> String {
    let mut text = if text.trim().is_empty() { head() } else { text.to_owned() };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text + &entry(decision)
}

/// Makes a proposal on a finding of a judged release; `None` when there is no such finding.
pub fn proposal(inventory: &Inventory, judged: &Judged, at: usize) -> Option<Proposal> {
    with_subject(inventory, judged, at, propose)
}

/// Completes a condition with the value that it has on the finding now.
pub fn completed(inventory: &Inventory, judged: &Judged, at: usize, condition: &Atom) -> Option<Atom> {
    with_subject(inventory, judged, at, |ground, subject| with_value_of_now(condition, ground, subject))?
}

/// Why a decision does not hold on a finding of a judged release; empty = it holds.
pub fn shifts(
    inventory: &Inventory,
    judged: &Judged,
    at: usize,
    decision: &Decision,
    time: &str,
) -> Vec<Shift> {
    let time = Instant::parse(time);
    with_subject(inventory, judged, at, |ground, subject| overtaken::shifts(decision, ground, subject, time))
        .unwrap_or_default()
}

/// The evidence that the conditions stand for.
pub fn evidence(
    inventory: &Inventory,
    judged: &Judged,
    conditions: &[Atom],
    time: &str,
) -> Vec<EvidenceItem> {
    let values = formats::profile::values(&judged.profile);
    let ground = Ground { inventory, profile: &judged.profile, values: &values };
    let tool = ("patchwright", env!("CARGO_PKG_VERSION"));
    conditions.iter().filter_map(|condition| evidence_of(condition, &ground, tool, time)).collect()
}

fn with_subject<T>(
    inventory: &Inventory,
    judged: &Judged,
    at: usize,
    answer: impl Fn(&Ground<'_>, &Subject<'_>) -> T,
) -> Option<T> {
    let values = formats::profile::values(&judged.profile);
    let ground = Ground { inventory, profile: &judged.profile, values: &values };
    let finding = judged.scan.findings.get(at)?;
    let subject = Subject {
        finding,
        component: inventory.components.get(finding.component)?,
        assessment: judged.assessed.get(at)?.as_ref().map(|one| &one.assessment),
    };
    Some(answer(&ground, &subject))
}
