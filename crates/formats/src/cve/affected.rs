//! `affected[]` into claims.

use model::note::{NoteCode, Severity};
use model::record::{Change, Claim, ClaimForm, End, Entry, RangeKind, Status, Subject, Text};

use crate::records::Reading;
use crate::records::commits::{is_commit, is_full_commit};
use crate::records::wire::Word;

use super::schema::{Affected, Version};

/// Turns one entry of `affected[]` into a claim; words we do not know are noted under the record's id.
pub fn claim<'a>(affected: Affected<'a>, id: &str, reading: &mut Reading) -> Claim<'a> {
    let default_status = match &*affected.default_status {
        "" => None,
        _ => Some(status(&affected.default_status, id, reading)),
    };
    let entries = affected.versions.into_iter().map(|version| entry(version, id, reading)).collect();
    let subject = Subject {
        vendor: affected.vendor.0,
        product: affected.product.0,
        package_name: affected.package_name.0,
        collection_url: affected.collection_url.0,
        purl: affected.package_url.0,
        cpes: affected.cpes.into_texts(),
        repo: affected.repo.0,
        modules: affected.modules.into_texts(),
        program_files: affected.program_files.into_texts(),
        platforms: affected.platforms.into_texts(),
        ..Subject::default()
    };
    Claim { subject, entries, default_status, form: ClaimForm::CveVersions }
}

fn status(word: &Word<'_>, id: &str, reading: &mut Reading) -> Status {
    match word.trim() {
        "affected" => Status::Affected,
        "unaffected" => Status::Unaffected,
        "unknown" => Status::Unknown,
        other => {
            reading.note(NoteCode::UnknownEnum, Severity::Warn, format!("{id} status"), other);
            Status::Unknown
        }
    }
}

fn entry<'a>(version: Version<'a>, id: &str, reading: &mut Reading) -> Entry<'a> {
    let kind = kind(&version);
    let end = end(version.less_than.0, version.less_than_or_equal.0, id, reading);
    let changes = version
        .changes
        .into_iter()
        .map(|change| Change { status: status(&change.status, id, reading), at: change.at.0 })
        .collect();
    Entry {
        status: status(&version.status, id, reading),
        kind,
        start: version.version.0,
        end,
        version_type: version.version_type.0,
        changes,
    }
}

/// The format allows one upper end. Where a record has both, the one that includes the bound is kept: it is
/// the wider reading of the two.
fn end<'a>(before: Text<'a>, through: Text<'a>, id: &str, reading: &mut Reading) -> End<'a> {
    match (before.is_empty(), through.is_empty()) {
        (true, true) => End::Single,
        (false, true) => End::Before(before),
        (true, false) => End::Through(through),
        (false, false) => {
            let both = format!("lessThan {before}, lessThanOrEqual {through}");
            reading.note(NoteCode::BadRange, Severity::Info, id, &both);
            End::Through(through)
        }
    }
}

/// Commits or versions? The label `git` is believed when the values can be commits (kernel records have
/// releases under it too); without the label only full-length ids count as commits.
fn kind(version: &Version<'_>) -> RangeKind {
    let values = || {
        [&version.version, &version.less_than, &version.less_than_or_equal]
            .into_iter()
            .chain(version.changes.iter().map(|change| &change.at))
            .filter(|value| !matches!(value.trim(), "" | "0" | "*" | "n/a" | "unspecified" | "-"))
    };
    let labelled = version.version_type.trim().eq_ignore_ascii_case("git");
    let commits = values().all(|value| is_commit(value.trim()));
    let full = values().any(|value| is_full_commit(value.trim()));
    if values().next().is_some() && commits && (labelled || full) {
        RangeKind::Git
    } else {
        RangeKind::Version
    }
}
