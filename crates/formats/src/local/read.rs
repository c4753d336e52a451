//! Reads our own record format.

use model::day::Day;
use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{
    Alias, AliasKind, Change, Claim, ClaimForm, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry,
    Item, RangeKind, Record, RecordState, Reference, Severity, Source, Status, Subject, Text,
};
use model::vulnerability::{EarlierEpss, Epss, Kev};

use crate::records::wire::{List, Word};
use crate::records::{Reading, Sink, peek, read_one, tenths};

use super::schema::{FirstLine, Leaf, Line, LocalLine, Node, Row, Vector, WireClaim};

/// What the first line of a file says it is.
pub const SCHEMA: &str = "patchwright/records/1";

/// The first line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The dates of the feeds the records were taken from (feed id, date); records may carry none themselves.
    pub as_of: Vec<(String, String)>,
    /// The revision the file bears; empty when none.
    pub revision: String,
}

/// True when a text is a file of this format.
pub fn is_local(head: &str) -> bool {
    let schema = peek::Peek::new(head);
    schema.text("schema").starts_with("patchwright/records/")
}

/// The first line of a file; empty when it cannot be read.
pub fn header(text: &str) -> Header {
    let line = text.trim_start().lines().next().unwrap_or("");
    let first: FirstLine<'_> = serde_json::from_str(line).unwrap_or_default();
    let as_of = first.as_of.0.into_iter().map(|(feed, date)| (feed.to_string(), date.to_string()));
    Header { as_of: as_of.collect(), revision: first.revision.to_string() }
}

/// Reads a file, or lines of one.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if number == 0 && is_local(line) {
            read_header(line, &mut reading);
            continue;
        }
        read_one::<LocalLine>(line, &mut reading, &mut |line, reading| {
            if !emit(line, reading, sink) {
                reading.documents = reading.documents.saturating_sub(1);
                let place = format!("line {}", number + 1);
                reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, "a record without an id");
            }
        });
    }
    reading
}

fn read_header(line: &str, reading: &mut Reading) {
    let header = header(line);
    reading.feed_dates = header.as_of;
    reading.revision = header.revision;
    let schema = peek::Peek::new(line).text("schema");
    if schema != SCHEMA {
        reading.note(NoteCode::SchemaNewer, NoteSeverity::Warn, "line 1", schema);
    }
    if let Err(error) = serde_json::from_str::<FirstLine<'_>>(line) {
        reading.note(NoteCode::FieldType, NoteSeverity::Warn, "line 1", &error.to_string());
    }
}

/// Parses as [`read`] does and drops the result; returns the number of lines.
pub fn parse(text: &str) -> u64 {
    text.lines().skip(1).filter(|line| serde_json::from_str::<Line<'_>>(line).is_ok()).count() as u64
}

fn emit(line: Line<'_>, reading: &mut Reading, sink: &mut Sink<'_>) -> bool {
    if line.id.is_empty() {
        return false;
    }
    if let Some(kev) = line.kev {
        sink(Item::Kev(Kev {
            id: line.id.to_string(),
            date_added: kev.added.to_string(),
            due_date: kev.due.to_string(),
            ransomware: kev.ransomware.to_string(),
            by: kev.by.to_string(),
        }));
        return true;
    }
    if let Some((probability, percentile)) = line.epss {
        let before =
            line.epss_before.and_then(|(probability, day)| earlier(probability, &day, &line.id, reading));
        sink(Item::Epss(line.id.0, Epss { probability, percentile, before }));
        return true;
    }
    let record = record_of(line, reading);
    sink(Item::Record(Box::new(record)));
    true
}

/// An earlier score; one without a day says nothing about a trend.
fn earlier(probability: f32, day: &str, id: &str, reading: &mut Reading) -> Option<EarlierEpss> {
    let on = Day::parse(day);
    if on.is_none() {
        reading.note(NoteCode::FieldType, NoteSeverity::Warn, format!("{id} epss_before"), day);
    }
    Some(EarlierEpss { probability, on: on? })
}

/// A reference as the format has it.
fn reference<'a>((url, tag): (Word<'a>, Word<'a>)) -> Reference<'a> {
    Reference { url: url.0, tags: if tag.is_empty() { Vec::new() } else { vec![tag.0] } }
}

fn record_of<'a>(line: Line<'a>, reading: &mut Reading) -> Record<'a> {
    let id = line.id.0;
    let alias = |kind| move |word: Word<'a>| Alias { id: word.0, kind };
    let aliases = line
        .aliases
        .into_iter()
        .map(alias(AliasKind::Same))
        .chain(line.contains.into_iter().map(alias(AliasKind::Contained)))
        .chain(line.related.into_iter().map(alias(AliasKind::Related)));
    Record {
        source: Some(source(&line.source, &id, reading)),
        aliases: aliases.collect(),
        state: state(&line.state, &id, reading),
        disputed: line.disputed,
        tags: line.tags.into_texts(),
        published: line.published.0,
        modified: line.modified.0,
        by: line.by.0,
        severities: line.cvss.into_iter().map(severity).collect(),
        cwes: line.cwe.into_texts(),
        ssvc: line.ssvc.into_iter().map(|(name, value)| (name.0, value.0)).collect(),
        claims: line.claims.into_iter().map(|wire| claim(wire, &id, reading)).collect(),
        configurations: line.cpe.into_iter().map(|node| tree(node, &id, reading)).collect(),
        fix_commits: line.fixes.into_texts(),
        references: line.exploits.into_iter().map(reference).collect(),
        id,
        ..Record::default()
    }
}

/// Looks a word up among names; an unknown one is noted, and the fallback taken.
fn word<T: Copy>(
    word: &str,
    names: &[(&str, T)],
    fallback: T,
    (id, what): (&str, &str),
    reading: &mut Reading,
) -> T {
    if word.is_empty() {
        return fallback;
    }
    match names.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => *value,
        None => {
            reading.note(NoteCode::UnknownEnum, NoteSeverity::Warn, format!("{id} {what}"), word);
            fallback
        }
    }
}

fn source(name: &str, id: &str, reading: &mut Reading) -> Source {
    match Source::ALL.iter().find(|(_, known)| *known == name) {
        Some((source, _)) => *source,
        None => word(name, &[], Source::Local, (id, "source"), reading),
    }
}

/// Words of record states.
pub(super) const STATES: &[(&str, RecordState)] = &[
    ("published", RecordState::Published),
    ("rejected", RecordState::Rejected),
    ("withdrawn", RecordState::Withdrawn),
    ("reserved", RecordState::Reserved),
];
/// Words of version statuses.
pub(super) const STATUSES: &[(&str, Status)] =
    &[("affected", Status::Affected), ("unaffected", Status::Unaffected), ("unknown", Status::Unknown)];
/// Words of claim forms.
pub(super) const FORMS: &[(&str, ClaimForm)] = &[
    ("cve", ClaimForm::CveVersions),
    ("osv", ClaimForm::Osv),
    ("secfix", ClaimForm::SecFix),
    ("pairs", ClaimForm::KernelPairs),
];

fn state(name: &str, id: &str, reading: &mut Reading) -> RecordState {
    word(name, STATES, RecordState::Published, (id, "state"), reading)
}

fn status(name: &str, id: &str, reading: &mut Reading) -> Status {
    let fallback = if name.is_empty() { Status::Affected } else { Status::Unknown };
    word(name, STATUSES, fallback, (id, "status"), reading)
}

fn severity(vector: Vector<'_>) -> Severity<'_> {
    Severity { vector: vector.vector.0, base_tenths: tenths(vector.score), by: vector.by.0 }
}

fn claim<'a>(wire: WireClaim<'a>, id: &str, reading: &mut Reading) -> Claim<'a> {
    let default_status = match &*wire.default {
        "" => None,
        name => Some(status(name, id, reading)),
    };
    Claim {
        form: word(&wire.form, FORMS, ClaimForm::CveVersions, (id, "form"), reading),
        default_status,
        entries: wire.versions.into_iter().map(|row| entry(row, id, reading)).collect(),
        subject: Subject {
            vendor: wire.vendor.0,
            product: wire.product.0,
            package_name: wire.package.0,
            collection_url: wire.collection.0,
            purl: wire.purl.0,
            cpes: wire.cpes.into_texts(),
            repo: wire.repo.0,
            ecosystem: wire.ecosystem.0,
            distro_release: wire.release.0,
            modules: wire.modules.into_texts(),
            program_files: wire.files.into_texts(),
            platforms: wire.platforms.into_texts(),
        },
    }
}

fn entry<'a>(row: Row<'a>, id: &str, reading: &mut Reading) -> Entry<'a> {
    let end = match (row.before, row.through) {
        (_, Some(through)) => End::Through(through.0),
        (Some(before), None) => End::Before(before.0),
        (None, None) if row.open => End::Open,
        (None, None) => End::Single,
    };
    let changes = row
        .changes
        .into_iter()
        .map(|(at, name)| Change { at: at.0, status: status(&name, id, reading) })
        .collect();
    Entry {
        status: status(&row.status, id, reading),
        kind: if row.git { RangeKind::Git } else { RangeKind::Version },
        start: row.from.0,
        end,
        version_type: row.kind.0,
        changes,
    }
}

fn tree<'a>(node: Node<'a>, id: &str, reading: &mut Reading) -> CpeNode<'a> {
    CpeNode {
        is_and: node.and,
        negate: node.not,
        children: node.nodes.into_iter().map(|child| tree(child, id, reading)).collect(),
        leaves: node.criteria.into_iter().map(|leaf| criteria(leaf, id, reading)).collect(),
    }
}

fn criteria<'a>(leaf: Leaf<'a>, id: &str, reading: &mut Reading) -> CpeLeaf<'a> {
    if leaf.name.len() < 3 {
        reading.note(NoteCode::BadCpe, NoteSeverity::Warn, id, "a name needs part, vendor and product");
    }
    let mut name = leaf.name.into_iter();
    let mut next = || name.next().map_or(Text::Borrowed("*"), |word| word.0);
    let head = CpeHead {
        part: next(),
        vendor: next(),
        product: next(),
        edition: next(),
        language: next(),
        sw_edition: next(),
        target_sw: next(),
        target_hw: next(),
        other: next(),
    };
    CpeLeaf { vulnerable: !leaf.platform, head, rows: leaf.rows.into_iter().map(cpe_row).collect() }
}

fn cpe_row<'a>(row: List<Word<'a>>) -> CpeRow<'a> {
    let mut members = row.into_iter();
    let mut name = || members.next().map_or(Text::Borrowed("*"), |word| word.0);
    let (version, update) = (name(), name());
    let mut bound = || members.next().map_or(Text::default(), |word| word.0);
    let bounds = CpeBounds {
        start_including: bound(),
        start_excluding: bound(),
        end_including: bound(),
        end_excluding: bound(),
    };
    let bounds = (bounds != CpeBounds::default()).then(|| Box::new(bounds));
    CpeRow { version, update, bounds }
}
