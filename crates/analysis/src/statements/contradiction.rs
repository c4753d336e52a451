//! Statements of equal standing that contradict each other: shown, and none of them applied.

use model::finding::Verdict;
use model::vex::Instant;

use super::{Application, Effective, Import, Why, offsets};

/// Takes back what different authors of one tier say to opposite effect on a finding: *affected* and *not affected*.
/// A later statement of the same author or document is no contradiction, it is news.
pub fn withhold(application: &mut Application, imports: &[Import<'_>]) {
    let offsets = offsets(imports);
    for (at, effective) in application.effective.iter_mut().enumerate() {
        let Some(holding) = effective else { continue };
        let opposed = opposed(holding, imports);
        let Some(first) = opposed.first().copied() else { continue };
        let index = offsets.get(holding.document).copied().unwrap_or(0) + holding.statement;
        if let Some(result) = application.results.get_mut(index) {
            result.applied.retain(|finding| *finding != at);
            result.why = Some(Why::Contradicted(first.0, first.1));
        }
        for other in &opposed {
            let index = offsets.get(other.0).copied().unwrap_or(0) + other.1;
            if let Some(result) = application.results.get_mut(index) {
                result.why = Some(Why::Contradicted(holding.document, holding.statement));
            }
        }
        if let Some(list) = application.contradicting.get_mut(at) {
            *list = std::iter::once((holding.document, holding.statement)).chain(opposed).collect();
        }
        *effective = None;
    }
}

/// Statements of the same tier by others that lead to the opposite verdict.
fn opposed(holding: &Effective, imports: &[Import<'_>]) -> Vec<(usize, usize)> {
    let Some(own) = imports.get(holding.document) else { return Vec::new() };
    let said = |place: &(usize, usize)| {
        let import = imports.get(place.0)?;
        import.document.statements.get(place.1).map(|statement| statement.status.verdict())
    };
    let same = |one: &str, other: &str| !one.is_empty() && one == other;
    let is_opposed = |place: &(usize, usize)| {
        let Some(other) = imports.get(place.0) else { return false };
        let is_own = place.0 == holding.document
            || same(&other.document.id, &own.document.id)
            || same(&other.document.author, &own.document.author);
        // In one breath on the very same thing, even one author contradicts himself.
        let is_news = is_own && !is_one_breath(imports, (holding.document, holding.statement), *place);
        let opposite = matches!(
            (said(&(holding.document, holding.statement)), said(place)),
            (Some(Verdict::Affected), Some(Verdict::NotAffected))
                | (Some(Verdict::NotAffected), Some(Verdict::Affected))
        );
        !is_news && other.tier == own.tier && opposite
    };
    holding.disagreeing.iter().copied().filter(is_opposed).collect()
}

/// The same time and the same products.
fn is_one_breath(imports: &[Import<'_>], one: (usize, usize), other: (usize, usize)) -> bool {
    let of = |place: (usize, usize)| imports.get(place.0)?.document.statements.get(place.1);
    match (of(one), of(other)) {
        (Some(one), Some(other)) => {
            Instant::parse(&one.timestamp) == Instant::parse(&other.timestamp)
                && one.products == other.products
        }
        _ => false,
    }
}
