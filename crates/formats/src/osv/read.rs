//! Reads OSV records.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{
    Claim, ClaimForm, End, Entry, Item, RangeKind, Record, RecordState, Reference, Severity, Source, Status,
    Subject, Text,
};

use crate::records::commits::{self, is_commit};
use crate::records::wire::{List, Word};
use crate::records::{Reading, Sink, cwe_in, dates, for_each, peek, read_one, says_disputed, tags};

use super::ids::{aliases, has_comparator, source_of_ecosystem, source_of_id, split_ecosystem};
use super::ranges::entries;
use super::schema::{
    Affected, AffectedSpecific, Document, EcosystemSpecific, OsvRecord, Range, WireReference, WireSeverity,
};
use super::yaml;

/// The tag of an advisory that nobody at GitHub has looked at yet: its affected versions are the reporter's.
const UNREVIEWED: &str = "unreviewed";

/// Keys under which an answer of the OSV service holds its list of records.
const LIST_KEYS: &[&str] = &["vulns"];

/// Reads OSV records: one, a list, or one per line; or one as YAML.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    if !yaml::is_yaml(text) {
        read_json(text, &mut reading, sink);
        return reading;
    }
    match yaml::json(text) {
        Ok(json) => read_json(&json, &mut reading, sink),
        Err(error) => yaml::note(text, &error, &mut reading),
    }
    reading
}

fn read_json(text: &str, reading: &mut Reading, sink: &mut Sink<'_>) {
    for_each(text, LIST_KEYS, reading, &mut |record, reading| {
        read_one::<OsvRecord>(record, reading, &mut |document, reading| {
            if document.id.is_empty() {
                reading.documents = reading.documents.saturating_sub(1);
                let place = peek::head(record, 60);
                reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, "a record without an id");
            } else {
                emit(document, reading, sink);
            }
        });
    });
}

/// Parses as [`read`] does and drops the result; returns the number of records. For the benchmark that
/// compares compiling with parsing.
pub fn parse(text: &str) -> u64 {
    let converted = if yaml::is_yaml(text) { yaml::json(text).ok() } else { None };
    let text = converted.as_deref().unwrap_or(text);
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |record, _| {
        count += u64::from(serde_json::from_str::<Document<'_>>(record).is_ok());
    });
    count
}

fn emit(document: Document<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    dates::keep_newest(&mut reading.as_of, &document.modified);
    let own_source = source_of_id(&document.id);
    let (mut head, affected) = split(document);
    let mut groups: Vec<(Source, Record<'_>)> = Vec::new();
    for affected in affected {
        let ecosystem = affected.package.as_ref().map_or("", |package| &*package.ecosystem);
        let ecosystem = ecosystem.split(':').next().unwrap_or(ecosystem);
        let source = source_of_ecosystem(ecosystem).unwrap_or(own_source);
        let at = match groups.iter().position(|(other, _)| *other == source) {
            Some(at) => at,
            None => {
                groups.push((source, same_head(&mut head, source)));
                groups.len() - 1
            }
        };
        if let Some((_, record)) = groups.get_mut(at) {
            add_affected(record, affected, reading);
        }
    }
    if groups.is_empty() {
        groups.push((own_source, same_head(&mut head, own_source)));
    }
    for (_, record) in groups {
        sink(Item::Record(Box::new(record)));
    }
}

/// The record of one source: all of the head; the prose goes to the first record only.
fn same_head<'a>(head: &mut Record<'a>, source: Source) -> Record<'a> {
    let record = Record { source: Some(source), ..head.clone() };
    head.title = Text::default();
    head.description = Text::default();
    head.references.clear();
    record
}

fn split<'a>(document: Document<'a>) -> (Record<'a>, List<Affected<'a>>) {
    let id = document.id.0;
    let withdrawn = !document.withdrawn.is_empty();
    let (references, fix_commits) = references(document.references);
    let mut severities = Vec::new();
    let mut tags = Vec::new();
    add_severities(document.severity, &mut severities, &mut tags);
    let specific = document.database_specific.unwrap_or_default();
    if specific.github_reviewed == Some(false) {
        tags.push(Text::Borrowed(UNREVIEWED));
    }
    let cwe_ids = specific.cwe_ids.into_texts();
    let record = Record {
        aliases: aliases(
            &id,
            document.aliases.into_texts(),
            document.upstream.into_texts(),
            document.related.into_texts(),
        ),
        state: if withdrawn { RecordState::Withdrawn } else { RecordState::Published },
        disputed: says_disputed(&document.details),
        tags,
        published: document.published.0,
        modified: document.modified.0,
        title: document.summary.0,
        description: document.details.0,
        references,
        severities,
        cwes: cwe_ids.iter().filter_map(cwe_in).collect(),
        fix_commits,
        id,
        ..Record::default()
    };
    (record, document.affected)
}

fn references<'a>(wire: List<WireReference<'a>>) -> (Vec<Reference<'a>>, Vec<Text<'a>>) {
    let mut references = Vec::new();
    let mut fix_commits = Vec::new();
    for reference in wire.into_iter().filter(|reference| !reference.url.is_empty()) {
        if &*reference.kind == "FIX" {
            commits::push_address(&mut fix_commits, reference.url.0.clone());
        }
        let tags = if reference.kind.is_empty() { Vec::new() } else { vec![reference.kind.0] };
        references.push(Reference { url: reference.url.0, tags });
    }
    (references, fix_commits)
}

/// Vectors become severities; a distribution's own grade (`Ubuntu: medium`) becomes a tag.
fn add_severities<'a>(wire: List<WireSeverity<'a>>, into: &mut Vec<Severity<'a>>, tags: &mut Vec<Text<'a>>) {
    for severity in wire {
        let score = severity.score.0;
        if score.starts_with("CVSS:") || score.starts_with("AV:") || score.starts_with("(AV:") {
            if !into.iter().any(|known| known.vector == score) {
                into.push(Severity { vector: score, ..Severity::default() });
            }
        } else if !score.is_empty() {
            let tag = Text::Owned(format!("severity:{}:{score}", severity.kind.to_ascii_lowercase()));
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
}

/// One `affected[]` entry into claims: one per repository among its GIT ranges, and one for its versions.
fn add_affected<'a>(record: &mut Record<'a>, affected: Affected<'a>, reading: &mut Reading) {
    add_severities(affected.severity, &mut record.severities, &mut record.tags);
    let package = affected.package.unwrap_or_default();
    let (ecosystem, distro_release) = split_ecosystem(package.ecosystem.0);
    let comparable = has_comparator(&ecosystem);
    let mut subject = Subject {
        package_name: package.name.0,
        purl: package.purl.0,
        ecosystem,
        distro_release,
        ..Subject::default()
    };
    let database = affected.database_specific.unwrap_or_default();
    let last_known = database.last_known_affected_version_range.clone();
    add_specific(record, &mut subject, affected.ecosystem_specific, database);
    let mut claims: Vec<Claim<'a>> = Vec::new();
    let mut decided = false;
    // A project that publishes its own records names no package (curl): the repository beside a range of versions says
    // whose versions they are.
    let beside = match subject.package_name.is_empty() && subject.purl.is_empty() {
        true => affected.ranges.iter().map(|range| range.repo.0.clone()).find(|repo| !repo.is_empty()),
        false => None,
    };
    // There the versions decide: without the history of the component its commits could only ask.
    let is_versioned = beside.is_some() && affected.ranges.iter().any(|range| &*range.kind == "SEMVER");
    for range in affected.ranges {
        let decides = &*range.kind == "SEMVER" || (&*range.kind == "ECOSYSTEM" && comparable);
        let repo = match &beside {
            Some(beside) if range.repo.is_empty() => beside.clone(),
            _ => range.repo.0.clone(),
        };
        let mut rows = rows(range, record, reading);
        end_at_last_known(&mut rows, &last_known);
        decided |= decides && !rows.is_empty();
        let is_asking = is_versioned && rows.first().is_some_and(|row| row.kind == RangeKind::Git);
        if !rows.is_empty() && !is_asking {
            add_rows(&mut claims, &subject, repo, rows);
        }
    }
    // Listed versions repeat what a range of versions says. They are kept where nothing else can decide.
    if !decided && !affected.versions.is_empty() {
        let repo = claims.first().map(|claim| claim.subject.repo.clone()).unwrap_or_default();
        let rows = affected.versions.into_texts().into_iter().map(listed).collect();
        add_rows(&mut claims, &subject, repo, rows);
    }
    if claims.is_empty() && !subject.package_name.is_empty() {
        claims.push(Claim { subject, form: ClaimForm::Osv, ..Claim::default() });
    }
    record.claims.extend(claims);
}

/// What ecosystems and databases say in keys of their own.
fn add_specific<'a>(
    record: &mut Record<'a>,
    subject: &mut Subject<'a>,
    ecosystem: Option<EcosystemSpecific<'a>>,
    database: AffectedSpecific<'a>,
) {
    let ecosystem = ecosystem.unwrap_or_default();
    // Debian's grades by which it decides not to act; `low` and its kin are grades of severity.
    if matches!(&*ecosystem.urgency, "unimportant" | "end-of-life") {
        let tag = tags::of_package(&ecosystem.urgency, &subject.distro_release, &subject.package_name, "");
        tags::push(&mut record.tags, tag);
    }
    let affects = ecosystem.affects.unwrap_or_default();
    subject.modules = affects.functions.into_texts();
    subject.platforms = affects.os.into_texts().into_iter().chain(affects.arch.into_texts()).collect();
    if !database.informational.is_empty() {
        tags::push(&mut record.tags, tags::informational(&database.informational));
    }
    for category in database.categories.iter() {
        tags::push(&mut record.tags, tags::category(category));
    }
}

/// GitHub ends no range where nothing is mended, and says beside it how far it looked.
fn end_at_last_known<'a>(rows: &mut [Entry<'a>], last_known: &Word<'a>) {
    let Some(row) = rows.last_mut().filter(|row| row.kind == RangeKind::Version && row.end == End::Open)
    else {
        return;
    };
    let version = |text: &str| Text::Owned(text.trim().to_owned());
    if let Some(last) = last_known.trim().strip_prefix("<=") {
        row.end = End::Through(version(last));
    } else if let Some(fixed) = last_known.trim().strip_prefix('<') {
        row.end = End::Before(version(fixed));
    }
}

fn rows<'a>(range: Range<'a>, record: &mut Record<'a>, reading: &mut Reading) -> Vec<Entry<'a>> {
    let rows = entries(range, &record.id, reading);
    for row in rows.iter().filter(|row| row.kind == RangeKind::Git) {
        let fixes = row.changes.iter().filter(|change| change.status == Status::Unaffected);
        let end = if let End::Before(commit) = &row.end { Some(commit) } else { None };
        for commit in end.into_iter().chain(fixes.map(|change| &change.at)).filter(|at| is_commit(at)) {
            commits::push(&mut record.fix_commits, commit.clone());
        }
    }
    rows
}

fn add_rows<'a>(claims: &mut Vec<Claim<'a>>, subject: &Subject<'a>, repo: Text<'a>, rows: Vec<Entry<'a>>) {
    match claims.iter_mut().find(|claim| claim.subject.repo == repo) {
        Some(claim) => claim.entries.extend(rows),
        None => claims.push(Claim {
            subject: Subject { repo, ..subject.clone() },
            entries: rows,
            default_status: Some(Status::Unaffected),
            form: ClaimForm::Osv,
        }),
    }
}

fn listed(version: Text<'_>) -> Entry<'_> {
    Entry { start: version, version_type: Text::Borrowed("enumerated"), ..Entry::default() }
}
