//! Pages of the tracker's web service.

use model::note::{NoteCode, Severity};
use model::record::{Item, Record, RecordState, Reference, Source, Text};

use super::BY;
use super::lines::{self, Line};
use super::schema::{Cve, TrackerCve};
use crate::records::{Reading, Sink, commits, dates, for_each, read_one, says_disputed, tags};

/// The key under which a page holds its records.
const LIST_KEYS: &[&str] = &["cves"];

/// Reads a page, or one record by itself.
pub fn read_pages(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for_each(text, LIST_KEYS, &mut reading, &mut |record, reading| {
        read_one::<TrackerCve>(record, reading, &mut |cve, reading| {
            if cve.id.is_empty() {
                reading.documents = reading.documents.saturating_sub(1);
                reading.note(NoteCode::BadRecord, Severity::Error, "cves", "a record without an id");
            } else {
                emit(cve, reading, sink);
            }
        });
    });
    reading
}

/// Parses as [`read_pages`] does and drops the result; returns the number of records.
pub fn parse_pages(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |record, _| {
        count += u64::from(serde_json::from_str::<Cve<'_>>(record).is_ok());
    });
    count
}

fn emit(cve: Cve<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    let date = if cve.updated_at.is_empty() { &cve.published } else { &cve.updated_at };
    dates::keep_newest(&mut reading.as_of, date);
    let mut record = Record {
        source: Some(Source::Ubuntu),
        state: if &*cve.status == "rejected" { RecordState::Withdrawn } else { RecordState::Published },
        disputed: says_disputed(&cve.description),
        published: cve.published.0.clone(),
        modified: date.0.clone(),
        by: Text::Borrowed(BY),
        references: references(&cve),
        id: cve.id.0,
        ..Record::default()
    };
    let notes: Vec<&str> = cve.notes.iter().map(|note| note.note.trim()).collect();
    let own = if cve.ubuntu_description.is_empty() { &cve.description } else { &cve.ubuntu_description };
    record.description = Text::Owned(with_notes(own, &notes, &cve.mitigation));
    if !cve.priority.is_empty() {
        tags::push(&mut record.tags, priority(&cve.priority));
    }
    for address in cve.patches.iter().flat_map(|patches| &patches.0).flat_map(|(_, list)| list.iter()) {
        push_patch(&mut record, address);
    }
    let mut found = Vec::new();
    for package in cve.packages {
        for state in package.statuses {
            found.push(Line {
                package: package.name.to_string(),
                release: state.release_codename.0.into_owned(),
                status: state.status.0.into_owned(),
                detail: state.description.0.trim().to_owned(),
            });
        }
    }
    lines::add(&mut record, found, reading);
    sink(Item::Record(Box::new(record)));
}

/// Ubuntu's grade, in the words of its records in OSV form.
pub(super) fn priority<'a>(word: &str) -> Text<'a> {
    Text::Owned(format!("severity:ubuntu:{word}"))
}

/// The description with what Ubuntu's people have found out, which names introducing commits and distribution-only defects.
pub(super) fn with_notes(description: &str, notes: &[&str], mitigation: &str) -> String {
    let mut text = description.trim().to_owned();
    for note in notes.iter().filter(|note| !note.is_empty()) {
        text.push_str(&format!("\n\nNote: {note}"));
    }
    if !mitigation.trim().is_empty() {
        text.push_str(&format!("\n\nMitigation: {}", mitigation.trim()));
    }
    text
}

/// A patch: `upstream: https://…/commit/…`, or a pair of commits `break-fix: introduced fixed`.
pub(super) fn push_patch(record: &mut Record<'_>, text: &str) {
    let (kind, rest) = text.split_once(": ").unwrap_or(("", text));
    let rest = rest.trim();
    if kind.trim() == "break-fix" {
        let fixed = rest.split_whitespace().nth(1).unwrap_or_default();
        for commit in fixed.split('|').filter(|commit| commits::is_commit(commit)) {
            commits::push(&mut record.fix_commits, Text::Owned(commit.to_owned()));
        }
    } else {
        commits::push_address(&mut record.fix_commits, Text::Owned(rest.to_owned()));
    }
}

fn references<'a>(cve: &Cve<'a>) -> Vec<Reference<'a>> {
    let page = Text::Owned(format!("https://ubuntu.com/security/{}", &*cve.id));
    let mut references = vec![Reference { url: page, tags: vec![Text::Borrowed("vendor-advisory")] }];
    let is_own = |url: &str| references.iter().any(|known: &Reference<'_>| known.url == url);
    let others: Vec<Reference<'a>> = cve
        .references
        .iter()
        .chain(cve.bugs.iter())
        .filter(|url| !url.is_empty() && !is_own(url))
        .map(|url| Reference { url: url.0.clone(), tags: Vec::new() })
        .collect();
    references.extend(others);
    let notices = cve.notices_ids.iter().map(|notice| Reference {
        url: Text::Owned(format!("https://ubuntu.com/security/notices/{}", &**notice)),
        tags: vec![Text::Borrowed("vendor-advisory")],
    });
    references.extend(notices);
    references
}
