//! Advisories of suppliers: what a record of theirs says is a statement, and told as one.
//!
//! *Affected* is believed like any other record. *Not affected* and *fixed* are a supplier's word on its own product:
//! they exclude only where the policy accepts suppliers, like the statements that come with an SBOM (matching.md 7.6).

use model::finding::{Evidence, Verdict};
use model::reason::Reason;
use model::record::{Entry, Record, Source, Status};

use super::Question;
use crate::matching::combine::Voice;
use crate::matching::ranges::{Detail, RangeAnswer};

/// Gives the answer of a supplier's record the reason of a statement, where one row says it outright.
pub(super) fn put_as_statement(question: &Question<'_>, record: &Record<'_>, answer: &mut RangeAnswer) {
    let own = record.claims.iter().filter(|claim| question.identity.fit_supplier(&claim.subject).is_some());
    let rows: Vec<&Entry<'_>> = own.flat_map(|claim| &claim.entries).collect();
    let (reason, status) = match (answer.verdict, answer.reason) {
        (Some(Verdict::Affected), _) => (Reason::SSupplierAffected, Status::Affected),
        (Some(Verdict::NotAffected), Reason::VListedUnaffected | Reason::VFixed | Reason::VBeforeRange)
            if rows.iter().any(|row| row.status == Status::Unaffected) =>
        {
            let is_fix = |row: &&Entry<'_>| !row.version_type.starts_with("known_not_affected");
            let unaffected = || rows.iter().copied().filter(|row| row.status == Status::Unaffected);
            let is_fixed = unaffected().all(|row| is_fix(&row));
            let reason = if is_fixed { Reason::SSupplierFixed } else { Reason::SSupplierNotAffected };
            (reason, Status::Unaffected)
        }
        _ => return,
    };
    if question.version.detail == Detail::Full {
        let says = rows.iter().find(|row| row.status == status).map_or("", |row| &*row.version_type);
        let by = format!("supplier, {}", record.by);
        answer.evidence.push(Evidence::Statement { by, says: says.to_owned(), text: String::new() });
    }
    answer.reason = reason;
}

/// Takes the effect from what suppliers say in favour of their products; returns how many voices were silenced. They
/// stay visible.
pub fn withhold(voices: &mut [Voice]) -> usize {
    let mut silenced = 0;
    for voice in voices {
        let opinion = &mut voice.opinion;
        let is_plea = matches!(opinion.reason, Reason::SSupplierFixed | Reason::SSupplierNotAffected);
        if opinion.source == Source::Csaf && is_plea && opinion.verdict == Some(Verdict::NotAffected) {
            opinion.verdict = None;
            silenced += 1;
        }
    }
    silenced
}
