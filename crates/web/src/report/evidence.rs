//! One piece of evidence as a page shows it: what kind it is, and what it says.

use model::finding::{Evidence, Opinion, Verdict};

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// What kind of evidence.
    pub kind: &'static str,
    /// What it says.
    pub says: String,
}

/// Puts evidence into words.
pub fn line(evidence: &Evidence) -> Line {
    let (kind, says) = match evidence {
        Evidence::Identity { rank, component, subject, second_signal } => {
            let second = if second_signal.is_empty() { String::new() } else { format!("; {second_signal}") };
            ("identity", format!("{component} is {subject} (rank {rank}{second})"))
        }
        Evidence::Range { entry, version, scheme, outcome } => {
            ("range", format!("{entry}; {version} is {outcome} (scheme {scheme})"))
        }
        Evidence::Platform { condition, value, because } => {
            ("platform", format!("{condition} is {value}: {because}"))
        }
        Evidence::File { path, class, result, expression, proof } => {
            let expression =
                if expression.is_empty() { String::new() } else { format!(", built when {expression}") };
            let proof = if proof.is_empty() { String::new() } else { format!(": {proof}") };
            ("file", format!("{path} ({class}) is {result}{expression}{proof}"))
        }
        Evidence::Patch { name, says } => ("patch", format!("{name}: {says}")),
        Evidence::Statement { by, says, text } => {
            let text = if text.is_empty() { String::new() } else { format!(" “{text}”") };
            ("statement", format!("{by}: {says}{text}"))
        }
        Evidence::Input { what, says } => ("input", format!("{what}: {says}")),
        Evidence::Rule { id, says } => ("rule", format!("{id}: {says}")),
        Evidence::Remark(text) => ("remark", text.clone()),
    };
    Line { kind, says }
}

/// One source's answer.
pub struct Voice<'a> {
    /// Who speaks, and in which record.
    pub who: String,
    /// Its answer.
    pub verdict: &'static str,
    /// Its reason.
    pub reason: &'static str,
    /// How sure.
    pub confidence: &'static str,
    /// When its record was last changed.
    pub modified: &'a str,
    /// What it rests on, without what the finding itself rests on.
    pub evidence: Vec<Line>,
}

/// Puts an opinion into words. What `said` already has is not said again.
pub fn voice<'a>(opinion: &'a Opinion, id: &str, said: &[&Evidence]) -> Voice<'a> {
    let by = if opinion.by.is_empty() { String::new() } else { format!(" ({})", opinion.by) };
    let record = if opinion.record == id { String::new() } else { format!(" {}", opinion.record) };
    Voice {
        who: format!("{}{by}{record}", opinion.source.name()),
        verdict: opinion.verdict.map_or("no opinion", Verdict::word),
        reason: opinion.reason.code(),
        confidence: opinion.confidence.word(),
        modified: opinion.modified.get(..10).unwrap_or(&opinion.modified),
        evidence: opinion.evidence.iter().filter(|one| !said.contains(one)).map(line).collect(),
    }
}
