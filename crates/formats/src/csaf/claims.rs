//! Product status to claims: one claim per product, a row per status and version.

use std::borrow::Cow;

use model::note::{NoteCode, Severity};
use model::record::{Claim, ClaimForm, Entry, Status};
use rustc_hash::FxHashMap;

use super::ranges;
use super::schema::Vulnerability;
use super::subject::Products;
use crate::records::Reading;
use crate::text::loose::Text;

/// Vendor, product, package URL, and the other identifiers: what tells one claim from another.
type Key<'w> = (Cow<'w, str>, Cow<'w, str>, Cow<'w, str>, String);

/// What a status group says; `None` = nothing about being affected.
fn status_of(group: &str) -> Option<Status> {
    Some(match group {
        "known_affected" | "first_affected" | "last_affected" => Status::Affected,
        "fixed" | "first_fixed" | "known_not_affected" => Status::Unaffected,
        "under_investigation" | "unknown" => Status::Unknown,
        _ => return None,
    })
}

/// The product that two groups say different things of: nobody can tell which one is meant (CSAF test 6.1.6).
pub(super) fn contradiction(vulnerability: &Vulnerability<'_>) -> Option<String> {
    let mut known: FxHashMap<&str, (&str, &str)> = FxHashMap::default();
    for (group, ids) in vulnerability.status.groups() {
        let kind = match group {
            "known_affected" | "first_affected" | "last_affected" => "affected",
            "fixed" | "first_fixed" => "fixed",
            other => other,
        };
        for id in ids.iter().map(Text::get) {
            let (other, other_group) = *known.entry(id).or_insert((kind, group));
            if other != kind {
                return Some(format!("product {id} is both {other_group} and {group}"));
            }
        }
    }
    None
}

/// The claims of a vulnerability, in the order of the document.
pub(super) fn claims<'w>(
    vulnerability: &'w Vulnerability<'w>,
    products: &Products<'w>,
    place: &str,
    reading: &mut Reading,
) -> Vec<Claim<'w>> {
    let mut claims: Vec<Claim<'w>> = Vec::new();
    let mut at_of: FxHashMap<Key<'w>, usize> = FxHashMap::default();
    let mut lost = 0usize;
    for (group, ids) in vulnerability.status.groups() {
        let Some(status) = status_of(group) else { continue };
        for id in ids.iter().map(Text::get) {
            let Some(about) = products.about(id) else {
                lost += 1;
                continue;
            };
            // A mended or harmless part clears nobody but itself: the device may hold another one with the same flaw.
            if about.is_by_part && status == Status::Unaffected {
                continue;
            }
            let label = label(vulnerability, products, group, id);
            let Some(mut rows) = ranges::rows(&about.versions, status, &label) else {
                reading.note(NoteCode::BadRange, Severity::Warn, format!("{place} {id}"), &about.versions);
                continue;
            };
            let subject = about.subject;
            let others = subject
                .cpes
                .iter()
                .chain(&subject.platforms)
                .map(|text| &**text)
                .collect::<Vec<_>>()
                .join("|");
            let key = (subject.vendor.clone(), subject.product.clone(), subject.purl.clone(), others);
            let at = *at_of.entry(key).or_insert_with(|| {
                claims.push(Claim { subject, form: ClaimForm::CveVersions, ..Claim::default() });
                claims.len() - 1
            });
            if let Some(claim) = claims.get_mut(at) {
                rows.retain(|row| !claim.entries.contains(row));
                claim.entries.append(&mut rows);
            }
        }
    }
    for claim in &mut claims {
        // What is said of single versions is said before what is said of ranges: the first row that fits decides.
        claim.entries.sort_by_key(precedence);
    }
    if lost > 0 {
        let why = format!("{lost} products that nothing but a name tells from others");
        reading.note(NoteCode::StatementUnusable, Severity::Info, place, &why);
    }
    claims
}

fn precedence(row: &Entry<'_>) -> u8 {
    let is_single =
        matches!(row.end, model::record::End::Single) && row.start.starts_with(|c: char| c.is_ascii_digit());
    match (is_single, row.status) {
        (true, _) => 0,
        (false, Status::Unaffected) => 1,
        (false, _) => 2,
    }
}

/// The word of the group with the justification of the product.
fn label<'w>(
    vulnerability: &'w Vulnerability<'w>,
    products: &Products<'w>,
    group: &'static str,
    id: &str,
) -> Cow<'w, str> {
    if group != "known_not_affected" {
        return Cow::Borrowed(group);
    }
    let groups = products.groups_of(id);
    let concerns = |flag: &&crate::vex::csaf::schema::Flag<'_>| {
        flag.products.iter().any(|product| product.get() == id)
            || flag.groups.iter().any(|group| groups.contains(&group.get()))
    };
    match vulnerability
        .flags
        .iter()
        .find(concerns)
        .map(|flag| flag.label.get())
        .filter(|label| !label.is_empty())
    {
        Some(justification) => Cow::Owned(format!("{group}: {justification}")),
        None => Cow::Borrowed(group),
    }
}
