//! Whom the claims of a record speak of, seen from one component.

use model::identity::name::is_no_name;
use model::reason::Reason;
use model::record::{Claim, Entry, Record, Source, Subject};

use super::Question;
use crate::matching::distribution::{self, Family};
use crate::matching::identity::{Fit, Identity, Recognition};

/// What identity says of a record's claims.
#[derive(Default)]
pub(super) struct Heard {
    /// Claims about the component.
    pub(super) own: Vec<(usize, Recognition)>,
    /// Claims that share its name only.
    pub(super) named: Vec<usize>,
    /// Claims about a distribution's build of that name.
    pub(super) builds: Vec<(usize, Family)>,
    /// Namesakes.
    pub(super) removed: Vec<Reason>,
}

/// Sorts the claims by whom they speak of.
pub(super) fn hear(question: &Question<'_>, record: &Record<'_>, siblings: &[Record<'_>]) -> Heard {
    let mut heard = Heard::default();
    for (at, claim) in record.claims.iter().enumerate() {
        if record.source == Some(Source::Csaf) {
            let fit = question.identity.fit_supplier(&claim.subject);
            heard.own.extend(fit.map(|recognition| (at, recognition)));
            continue;
        }
        let mut fit = question.fits.claim(&claim.subject);
        if let Fit::Is(_) | Fit::NameOnly = fit
            && let Some(foreign) = repeated(question.identity, record, claim, siblings)
        {
            fit = foreign;
        }
        match fit {
            Fit::Is(recognition) => heard.own.push((at, recognition)),
            Fit::NameOnly => heard.named.push(at),
            Fit::Build(family) => heard.builds.push((at, family)),
            Fit::Not(reason) => heard.removed.push(reason),
            Fit::Unrelated => {}
        }
    }
    heard
}

/// Some claim of the record is about an upstream project, whatever its name.
pub(super) fn has_upstream(record: &Record<'_>, heard: &Heard) -> bool {
    record.claims.iter().enumerate().any(|(at, claim)| {
        !heard.builds.iter().any(|(build, _)| *build == at)
            && distribution::family_of(&claim.subject).is_none()
            && !names_nothing(&claim.subject)
    })
}

/// `n/a` everywhere: no claim at all.
fn names_nothing(subject: &Subject<'_>) -> bool {
    is_no_name(&subject.product)
        && is_no_name(&subject.package_name)
        && subject.repo.is_empty()
        && subject.collection_url.is_empty()
        && subject.cpes.is_empty()
        && subject.purl.is_empty()
}

/// An ADP entry that repeats a CNA claim under another product name does not widen it (4.6): its subject is
/// what the CNA said, when that is something the component cannot be.
fn repeated(
    identity: &Identity<'_>,
    record: &Record<'_>,
    claim: &Claim<'_>,
    siblings: &[Record<'_>],
) -> Option<Fit> {
    if !matches!(record.source, Some(Source::CisaAdp | Source::CveAdp)) || claim.entries.is_empty() {
        return None;
    }
    let cna = siblings.iter().filter(|other| other.source == Some(Source::CveCna) && other.id == record.id);
    let mut same = cna
        .flat_map(|other| &other.claims)
        .filter(|other| same_rows(&other.entries, &claim.entries))
        .peekable();
    same.peek()?;
    let mut foreign = None;
    for original in same {
        foreign = Some(identity.is_foreign_kind(&original.subject)?);
    }
    foreign
}

fn same_rows(one: &[Entry<'_>], other: &[Entry<'_>]) -> bool {
    let row = |a: &Entry<'_>, b: &Entry<'_>| a.status == b.status && a.start == b.start && a.end == b.end;
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| row(a, b))
}
