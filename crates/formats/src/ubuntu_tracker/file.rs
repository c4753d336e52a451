//! Files of the tracker's git tree: `Key: value`, continued by lines that begin with a blank, and lines
//! `jammy_openssl: released (3.0.2-0ubuntu1.10)`.

use model::note::{NoteCode, Severity};
use model::record::{Item, Record, RecordState, Reference, Source, Text};

use super::BY;
use super::lines::{self, Line};
use super::pages::{priority, push_patch, with_notes};
use crate::records::{Reading, Sink, dates, tags};

/// True for the beginning of a file.
pub fn is_file(text: &str) -> bool {
    let mut keys = text.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key);
    let is_own =
        |key: &str| matches!(key, "PublicDate" | "PublicDateAtUSN" | "Ubuntu-Description" | "References");
    text.lines().any(|line| line.starts_with("Candidate: CVE-") || line.starts_with("Candidate:  CVE-"))
        && keys.any(is_own)
}

/// Reads a file.
pub fn read_file(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut record = Record { source: Some(Source::Ubuntu), by: Text::Borrowed(BY), ..Record::default() };
    let mut found = Vec::new();
    let mut prose = Prose::default();
    for (key, value) in fields(text) {
        match key {
            "Candidate" => record.id = Text::Owned(value.first().copied().unwrap_or_default().to_owned()),
            "PublicDate" => record.published = Text::Owned(date(&value)),
            "CRD" | "PublicDateAtUSN" => {}
            "References" | "Bugs" => {
                let urls = value.iter().filter(|url| url.contains("://"));
                record.references.extend(
                    urls.map(|url| Reference { url: Text::Owned((*url).to_owned()), tags: Vec::new() }),
                );
            }
            "Description" => prose.description = value.join("\n"),
            "Ubuntu-Description" => prose.own = value.join("\n"),
            "Notes" => prose.notes = value.join("\n"),
            "Mitigation" => prose.mitigation = value.join("\n"),
            "Priority" => {
                let word = value.first().and_then(|line| line.split_whitespace().next()).unwrap_or_default();
                if !word.is_empty() {
                    tags::push(&mut record.tags, priority(word));
                }
            }
            key if key.starts_with("Patches_") => value.iter().for_each(|line| push_patch(&mut record, line)),
            key => found.extend(line(key, &value)),
        }
    }
    if record.id.is_empty() {
        reading.note(NoteCode::BadRecord, Severity::Error, "Candidate", "a file without an id");
        return reading;
    }
    reading.documents = 1;
    dates::keep_newest(&mut reading.as_of, &record.published);
    record.state = if prose.says_rejected() { RecordState::Withdrawn } else { RecordState::Published };
    let own = if prose.own.is_empty() { &prose.description } else { &prose.own };
    record.description = Text::Owned(with_notes(own, &[&prose.notes], &prose.mitigation));
    lines::add(&mut record, found, &mut reading);
    sink(Item::Record(Box::new(record)));
    reading
}

#[derive(Default)]
struct Prose {
    description: String,
    own: String,
    notes: String,
    mitigation: String,
}

impl Prose {
    fn says_rejected(&self) -> bool {
        self.description.contains("** REJECT **")
    }
}

/// The fields with their lines, without blanks around them. Comments begin with `#`.
fn fields(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(line.trim());
            }
        } else if let Some((key, value)) = line.split_once(':') {
            let value = value.trim();
            fields.push((key.trim(), if value.is_empty() { Vec::new() } else { vec![value] }));
        }
    }
    fields
}

/// `2024-01-31 18:15:00 UTC` as `2024-01-31T18:15:00Z`; other texts as they are.
fn date(value: &[&str]) -> String {
    let text = value.first().copied().unwrap_or_default();
    let text = text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |utc| format!("{utc}Z"));
    text.replacen(' ', "T", 1)
}

/// `esm-infra/xenial_openssl: released (1.0.2g-1ubuntu4.20+esm11)`.
fn line(key: &str, value: &[&str]) -> Option<Line> {
    let (release, package) = key.split_once('_')?;
    let text = value.first()?;
    let (status, detail) = text.split_once(' ').unwrap_or((text, ""));
    let detail = detail.trim().trim_start_matches('(').trim_end_matches(')');
    Some(Line {
        package: package.to_owned(),
        release: release.to_owned(),
        status: status.to_owned(),
        detail: detail.to_owned(),
    })
}
