//! Decisions given as files: read, checked, proposed from a finding, appended to a file.

use analysis::statements::{atoms, decision_check};
use model::decision::Decision;

pub use analysis::statements::atoms::{Ground, Subject};
pub use analysis::statements::carry::{DecisionResult, Standing, Unused, Use};
pub use analysis::statements::overtaken::Shift;
pub use analysis::statements::propose::{Proposal, evidence_of, propose, with_value_of_now};
pub use formats::decisions::{DecisionsError, Fault, entry, head, is_ours};

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

/// The id of a patch by its changes, for conditions of kind `patch`.
pub fn patch_id(patch: &model::component::Patch) -> Option<String> {
    atoms::patch_id(patch)
}

/// The next free id of the form `D-<year>-<number>`.
pub fn next_id(decisions: &[Decision], day: &str) -> String {
    let year = day.get(..4).unwrap_or("0000");
    let prefix = format!("D-{year}-");
    let last = decisions.iter().filter_map(|one| one.id.strip_prefix(&prefix)?.parse::<u32>().ok()).max();
    format!("{prefix}{:03}", last.unwrap_or(0).saturating_add(1))
}
