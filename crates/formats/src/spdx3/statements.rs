//! VEX relationships as statements. Yocto writes one per sub-package; they fold to one per recipe.

use std::collections::BTreeMap;

use model::note::{Note, NoteCode, Severity};
use model::statement::{Statement, StatementOrigin, StatementStatus};
use rustc_hash::FxHashMap;

use super::graph::{Assessment, Graph, Link};
use crate::kept;

/// Makes statements of all assessments. `component_of` leads from an element to the reference of the
/// component that it belongs to.
pub fn read(
    graph: &Graph<'_>,
    component_of: &FxHashMap<&str, String>,
    origin: StatementOrigin,
    notes: &mut Vec<Note>,
) -> Vec<Statement> {
    let mut folded: BTreeMap<(String, String, StatementStatus, String, String), Statement> = BTreeMap::new();
    for assessment in &graph.assessments {
        let Some(status) = status(assessment) else {
            // A withdrawn or foreign kind of assessment (SSVC, EPSS, CVSS) is no claim about a product.
            notes.push(Note::new(NoteCode::UnknownEnum, Severity::Info, &*assessment.id, &assessment.status));
            continue;
        };
        let Some(vulnerability) = vulnerability(graph, assessment) else {
            notes.push(unusable(assessment, "its vulnerability is not in the document"));
            continue;
        };
        let mut found = false;
        for product in &assessment.to {
            let Some(component) = component_of.get(product.as_ref()) else { continue };
            found = true;
            let mut statement = Statement {
                vulnerability: vulnerability.clone(),
                // Of the product itself, it is said of all of it.
                components: if component.is_empty() { Vec::new() } else { vec![component.clone()] },
                status,
                justification: assessment.justification.trim().to_owned(),
                text: assessment.text.trim().to_owned(),
                origin,
                place: assessment.id.to_string(),
            };
            let pairs: Vec<(&str, &str)> =
                assessment.pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            kept::apply_to_statement(&mut statement, &pairs);
            let (justification, text) = (statement.justification.clone(), statement.text.clone());
            let key = (vulnerability.clone(), component.clone(), statement.status, justification, text);
            folded.entry(key).or_insert(statement);
        }
        if !found {
            notes.push(unusable(assessment, "none of its products is in the document"));
        }
    }
    note_unassessed(graph, notes);
    folded.into_values().collect()
}

fn unusable(assessment: &Assessment<'_>, why: &str) -> Note {
    Note::new(NoteCode::StatementUnusable, Severity::Warn, &*assessment.id, why)
}

fn status(assessment: &Assessment<'_>) -> Option<StatementStatus> {
    Some(match assessment.status.as_ref() {
        "security_VexNotAffectedVulnAssessmentRelationship" => StatementStatus::NotAffected,
        "security_VexFixedVulnAssessmentRelationship" => StatementStatus::Fixed,
        "security_VexAffectedVulnAssessmentRelationship" => StatementStatus::Affected,
        "security_VexUnderInvestigationVulnAssessmentRelationship" => StatementStatus::UnderInvestigation,
        _ => return None,
    })
}

/// The vulnerability's id; one that is referred to outside of the document tells it in its own reference.
fn vulnerability(graph: &Graph<'_>, assessment: &Assessment<'_>) -> Option<String> {
    if let Some(name) = graph.vulnerabilities.get(&assessment.from) {
        return Some(name.trim().to_owned());
    }
    let last = assessment.from.rsplit(['/', '#', ':']).next().unwrap_or_default();
    let known = ["CVE-", "GHSA-", "OSV-"].iter().any(|start| last.starts_with(start));
    known.then(|| last.to_owned())
}

/// Vulnerabilities that nothing in the document assesses: Yocto names those of native recipes, whose
/// packages are not part of an image document. One note tells how many.
fn note_unassessed(graph: &Graph<'_>, notes: &mut Vec<Note>) {
    let mut assessed: std::collections::HashSet<&str> =
        graph.assessments.iter().map(|assessment| assessment.from.as_ref()).collect();
    for (_, _, to) in graph.links.iter().filter(|(link, ..)| *link == Link::Vulnerability) {
        assessed.extend(to.iter().map(|to| to.as_ref()));
    }
    let mut bare: Vec<&str> = graph
        .vulnerabilities
        .iter()
        .filter(|(id, _)| !assessed.contains(id.as_ref()))
        .map(|(_, name)| name.as_ref())
        .collect();
    bare.sort_unstable();
    if !bare.is_empty() {
        let value = format!("{} vulnerabilities without an assessment: {}", bare.len(), bare.join(" "));
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Info, "/@graph", &value));
    }
}
