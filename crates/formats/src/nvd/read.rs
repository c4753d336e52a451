//! Reads NVD 2.0 and its overrides.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{Item, Record, RecordState, Reference, Severity, Source, Text};
use model::vulnerability::Kev;

use crate::records::wire::List;
use crate::records::{Reading, Sink, commits, cwe_in, for_each, peek, read_one, says_disputed, tenths};

use super::configurations::{Grouped, trees};
use super::schema::{
    BareRecord, Cve, Described, Metric, Metrics, OverrideRecord, ParsedBare, ParsedOverride, WireReference,
    WrappedRecord,
};

/// Keys under which a document holds its list of CVEs (API pages and yearly files; FKIE yearly files).
pub const LIST_KEYS: &[&str] = &["vulnerabilities", "cve_items"];

/// Reads NVD 2.0 in any framing: an API page, a yearly file, JSON lines, one CVE.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for_each(text, LIST_KEYS, &mut reading, &mut |record, reading| read_record(record, reading, sink));
    reading
}

fn is_wrapped(record: &str) -> bool {
    let body = record.trim_start().strip_prefix('{').unwrap_or("").trim_start();
    body.starts_with("\"cve\"") || body.starts_with("\"_annotation\"")
}

fn read_record(record: &str, reading: &mut Reading, sink: &mut Sink<'_>) {
    if is_wrapped(record) {
        read_one::<WrappedRecord>(record, reading, &mut |wire, reading| match wire.cve {
            Some(cve) => emit(*cve, Source::Nvd2, reading, sink),
            None => no_id(reading, record),
        });
    } else {
        read_one::<BareRecord>(record, reading, &mut |cve, reading| emit(cve, Source::Nvd2, reading, sink));
    }
}

/// Reads one file of overrides. `file_id` is the id the file's name bears, used when the text has none.
pub fn read_override(text: &str, file_id: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    read_one::<OverrideRecord>(text, &mut reading, &mut |wire, reading| {
        let Some(mut cve) = wire.cve else { return no_id(reading, file_id) };
        let annotation = wire.annotation.unwrap_or_default();
        if cve.id.is_empty() {
            cve.id = annotation.cve_id;
        }
        if cve.id.is_empty() {
            cve.id.0 = Text::Owned(file_id.to_owned());
        }
        if cve.last_modified.is_empty() {
            cve.last_modified = annotation.modified;
        }
        if cve.published.is_empty() {
            cve.published = annotation.published;
        }
        emit(*cve, Source::NvdOverrides, reading, sink);
    });
    reading
}

/// The CVE id a file name bears (`CVE-2024-1234.json`); empty when it bears none.
pub fn override_id(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    if stem.starts_with("CVE-") { stem } else { "" }
}

/// Parses as [`read`] and [`read_override`] do and drops the result; returns the number of records. For the
/// benchmark that compares compiling with parsing.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |record, _| {
        let parsed = if is_wrapped(record) {
            serde_json::from_str::<ParsedOverride<'_>>(record).is_ok()
        } else {
            serde_json::from_str::<ParsedBare<'_>>(record).is_ok()
        };
        count += u64::from(parsed);
    });
    count
}

fn no_id(reading: &mut Reading, record: &str) {
    reading.documents = reading.documents.saturating_sub(1);
    reading.note(NoteCode::BadRecord, NoteSeverity::Error, peek::head(record, 60), "a record without an id");
}

fn emit(cve: Cve<'_, Grouped<'_>>, source: Source, reading: &mut Reading, sink: &mut Sink<'_>) {
    if cve.id.is_empty() {
        return no_id(reading, "");
    }
    let kev = known_exploited(&cve);
    let record = record_of(cve, source, reading);
    sink(Item::Record(Box::new(record)));
    if let Some(kev) = kev {
        sink(Item::Kev(kev));
    }
}

fn known_exploited(cve: &Cve<'_, Grouped<'_>>) -> Option<Kev> {
    if cve.cisa_exploit_add.is_empty() {
        return None;
    }
    Some(Kev {
        id: cve.id.to_string(),
        date_added: cve.cisa_exploit_add.to_string(),
        due_date: cve.cisa_action_due.to_string(),
        ..Kev::default()
    })
}

fn record_of<'a>(cve: Cve<'a, Grouped<'a>>, source: Source, reading: &mut Reading) -> Record<'a> {
    let id = cve.id.0;
    let description = english(cve.descriptions);
    let mut tags: Vec<Text<'a>> = Vec::new();
    let rejected = cve.vuln_status.eq_ignore_ascii_case("rejected");
    if !cve.vuln_status.is_empty() {
        tags.push(cve.vuln_status.0);
    }
    tags.extend(cve.cve_tags.into_iter().flat_map(|tag| tag.tags.into_texts()));
    let disputed = says_disputed(&description) || tags.iter().any(|tag| tag.eq_ignore_ascii_case("disputed"));
    let (references, fix_commits) = references(cve.references);
    let weaknesses = cve.weaknesses.into_iter().flat_map(|weakness| weakness.description);
    Record {
        source: Some(source),
        configurations: trees(cve.configurations, &id, reading),
        state: if rejected { RecordState::Rejected } else { RecordState::Published },
        disputed,
        tags,
        published: cve.published.0,
        modified: cve.last_modified.0,
        description,
        references,
        severities: cve.metrics.map(severities).unwrap_or_default(),
        cwes: distinct_cwes(weaknesses.map(|described| described.value.0)),
        fix_commits,
        id,
        ..Record::default()
    }
}

/// The first English text of a list; empty when there is none.
pub(super) fn english<'a>(descriptions: List<Described<'a>>) -> Text<'a> {
    descriptions
        .into_iter()
        .find(|described| described.lang.starts_with("en"))
        .map(|described| described.value.0)
        .unwrap_or_default()
}

/// The CWE ids among some texts, each once; `NVD-CWE-noinfo` and the like are none.
pub(super) fn distinct_cwes<'a>(texts: impl Iterator<Item = Text<'a>>) -> Vec<Text<'a>> {
    let mut cwes: Vec<Text<'a>> = Vec::new();
    for cwe in texts.filter_map(|text| cwe_in(&text)) {
        if !cwes.contains(&cwe) {
            cwes.push(cwe);
        }
    }
    cwes
}

fn severities(metrics: Metrics<'_>) -> Vec<Severity<'_>> {
    let all = [metrics.v40, metrics.v31, metrics.v30, metrics.v2];
    all.into_iter().flatten().filter_map(severity).collect()
}

fn severity(metric: Metric<'_>) -> Option<Severity<'_>> {
    let data = metric.cvss_data?;
    if data.vector_string.is_empty() {
        return None;
    }
    let by = match &*metric.source {
        "nvd@nist.gov" | "" => Text::Borrowed("NVD"),
        "134c704f-9b21-4f2e-91b3-4a467353bcc0" => Text::Borrowed("CISA-ADP"),
        _ => metric.source.0,
    };
    Some(Severity { vector: data.vector_string.0, base_tenths: tenths(data.base_score), by })
}

/// References, and the commits to which those tagged as a patch point. NVD tags what it has analysed, so an
/// untagged address proves nothing here.
fn references<'a>(wire: List<WireReference<'a>>) -> (Vec<Reference<'a>>, Vec<Text<'a>>) {
    let mut fix_commits = Vec::new();
    let references: Vec<Reference<'a>> = wire
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
