//! Reads the historic NVD 1.1 feeds.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{Item, Record, RecordState, Reference, Severity, Source, Text};

use crate::records::{Reading, Sink, commits, for_each, peek, read_one, says_disputed, tenths};

use super::configurations::{Grouped, trees};
use super::read::{distinct_cwes, english};
use super::schema::CvssData;
use super::schema_1::{self, Body, Entry, Impact, ParsedEntry};

/// The key under which a document holds its list of CVEs.
pub const LIST_KEYS: &[&str] = &["CVE_Items"];

/// Reads an NVD 1.1 feed.
pub fn read_1(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading { as_of: timestamp(text), ..Reading::default() };
    for_each(text, LIST_KEYS, &mut reading, &mut |item, reading| {
        read_one::<schema_1::Item>(item, reading, &mut |entry, reading| match record_of(entry, reading) {
            Some(record) => sink(Item::Record(Box::new(record))),
            None => {
                reading.documents = reading.documents.saturating_sub(1);
                let place = peek::head(item, 60);
                reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, "a record without an id");
            }
        });
    });
    reading
}

fn timestamp(text: &str) -> String {
    peek::Peek::new(peek::head(text, 4096)).text("CVE_data_timestamp").to_owned()
}

/// Parses as [`read_1`] does and drops the result; returns the number of records.
pub fn parse_1(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |item, _| {
        count += u64::from(serde_json::from_str::<ParsedEntry<'_>>(item).is_ok());
    });
    count
}

fn record_of<'a>(entry: Entry<'a, Grouped<'a>>, reading: &mut Reading) -> Option<Record<'a>> {
    let Body { meta, problemtype, references, description } = entry.cve?;
    let meta = meta.filter(|meta| !meta.id.is_empty())?;
    let description = english(description.unwrap_or_default().description_data);
    let problems = problemtype.unwrap_or_default().problemtype_data.into_iter();
    let (references, fix_commits) = with_commits(references.unwrap_or_default());
    let rejected = description.starts_with("** REJECT **") || description.starts_with("Rejected reason");
    Some(Record {
        source: Some(Source::Nvd1),
        configurations: trees(entry.configurations.unwrap_or_default().nodes, &meta.id, reading),
        id: meta.id.0,
        state: if rejected { RecordState::Rejected } else { RecordState::Published },
        disputed: says_disputed(&description),
        published: entry.published_date.0,
        modified: entry.last_modified_date.0,
        description,
        references,
        severities: entry.impact.map(severities).unwrap_or_default(),
        cwes: distinct_cwes(problems.flat_map(|problem| problem.description).map(|text| text.value.0)),
        fix_commits,
        ..Record::default()
    })
}

fn with_commits<'a>(wire: schema_1::References<'a>) -> (Vec<Reference<'a>>, Vec<Text<'a>>) {
    let mut fix_commits = Vec::new();
    let references: Vec<Reference<'a>> = wire
        .reference_data
        .into_iter()
        .filter(|reference| !reference.url.is_empty())
        .map(|reference| Reference { url: reference.url.0, tags: reference.tags.into_texts() })
        .collect();
    for reference in &references {
        if reference.tags.iter().any(|tag| tag.eq_ignore_ascii_case("patch")) {
            commits::push_address(&mut fix_commits, reference.url.clone());
        }
    }
    (references, fix_commits)
}

fn severities(impact: Impact<'_>) -> Vec<Severity<'_>> {
    let v3 = impact.base_metric_v3.and_then(|metric| metric.cvss_v3);
    let v2 = impact.base_metric_v2.and_then(|metric| metric.cvss_v2);
    v3.into_iter().chain(v2).filter_map(severity).collect()
}

fn severity(data: CvssData<'_>) -> Option<Severity<'_>> {
    if data.vector_string.is_empty() {
        return None;
    }
    let base_tenths = tenths(data.base_score);
    Some(Severity { vector: data.vector_string.0, base_tenths, by: Text::Borrowed("NVD") })
}
