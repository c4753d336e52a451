//! Reads CVE records.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{End, Item, RangeKind, Record, RecordState, Reference, Severity, Source, Status, Text};
use model::vulnerability::Kev;

use crate::nvd::configurations::{Grouped, trees};
use crate::records::wire::List;
use crate::records::{
    Reading, Sink, commits, cwe_in, dates, for_each, peek, read_one, says_disputed, tenths,
};

use super::affected::claim;
use super::schema::{
    Container, Containers, CveRecord, CvssData, Described, Document, Metadata, Metric, ParsedDocument,
    ProblemType, WireReference,
};

/// Where a file comes from: the kernel CNA's tree says by its folder what the record itself may not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The CVE list, Vulnrichment, or any collection of CVE records.
    #[default]
    CveList,
    /// `cve/published/` of the kernel CNA's tree.
    KernelPublished,
    /// `cve/rejected/` of the kernel CNA's tree: its records still say PUBLISHED.
    KernelRejected,
}

const LINUX: &str = "f4215fc3-5b6b-47ff-a258-f7189bd81038";
const CISA_ADP: &str = "134c704f-9b21-4f2e-91b3-4a467353bcc0";

/// Reads CVE records: one, a list, or one per line.
pub fn read(text: &str, origin: Origin, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for_each(text, &[], &mut reading, &mut |record, reading| {
        read_one::<CveRecord>(record, reading, &mut |document, reading| {
            if !emit(document, origin, reading, sink) {
                reading.documents = reading.documents.saturating_sub(1);
                let place = peek::head(record, 60);
                reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, "a record without an id");
            }
        });
    });
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of records. For the benchmark that
/// compares compiling with parsing.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, &[], &mut Reading::default(), &mut |record, _| {
        count += u64::from(serde_json::from_str::<ParsedDocument<'_>>(record).is_ok());
    });
    count
}

/// What all containers of a document share.
struct Shared<'a> {
    metadata: Metadata<'a>,
    state: RecordState,
    is_kernel: bool,
}

fn emit(
    document: Document<'_, Grouped<'_>>,
    origin: Origin,
    reading: &mut Reading,
    sink: &mut Sink<'_>,
) -> bool {
    let metadata = document.cve_metadata.unwrap_or_default();
    if metadata.cve_id.is_empty() {
        return false;
    }
    let is_kernel = origin != Origin::CveList
        || &*metadata.assigner_org_id == LINUX
        || metadata.assigner_short_name.eq_ignore_ascii_case("linux");
    dates::keep_newest(&mut reading.as_of, &metadata.date_updated);
    let state = state(&metadata, origin, reading);
    let shared = Shared { metadata, state, is_kernel };
    let Containers { cna, adp } = document.containers.unwrap_or_default();
    // A copy in the CVE list may be older than the kernel's own tree, which bears no dates: it stays a record of
    // the list, so that it never takes the tree's place.
    let source = if origin == Origin::CveList { Source::CveCna } else { Source::KernelCna };
    let record = record_of(cna.map(|cna| *cna).unwrap_or_default(), source, &shared, reading, sink);
    sink(Item::Record(Box::new(record)));
    for container in adp {
        let source = adp_source(&container);
        let record = record_of(container, source, &shared, reading, sink);
        if source == Source::CisaAdp || says_something(&record) {
            sink(Item::Record(Box::new(record)));
        }
    }
    true
}

fn adp_source(container: &Container<'_, Grouped<'_>>) -> Source {
    let is_cisa = container.provider_metadata.as_ref().is_some_and(|provider| {
        &*provider.org_id == CISA_ADP || provider.short_name.eq_ignore_ascii_case("CISA-ADP")
    });
    if is_cisa { Source::CisaAdp } else { Source::CveAdp }
}

fn says_something(record: &Record<'_>) -> bool {
    !record.claims.is_empty()
        || !record.configurations.is_empty()
        || !record.references.is_empty()
        || !record.severities.is_empty()
        || !record.cwes.is_empty()
        || !record.tags.is_empty()
}

fn state(metadata: &Metadata<'_>, origin: Origin, reading: &mut Reading) -> RecordState {
    if origin == Origin::KernelRejected {
        return RecordState::Rejected;
    }
    match metadata.state.trim() {
        "PUBLISHED" | "" => RecordState::Published,
        "REJECTED" => RecordState::Rejected,
        "RESERVED" => RecordState::Reserved,
        other => {
            reading.note(NoteCode::UnknownEnum, NoteSeverity::Warn, &*metadata.cve_id, other);
            RecordState::Published
        }
    }
}

fn record_of<'a>(
    container: Container<'a, Grouped<'a>>,
    source: Source,
    shared: &Shared<'a>,
    reading: &mut Reading,
    sink: &mut Sink<'_>,
) -> Record<'a> {
    let id = shared.metadata.cve_id.0.clone();
    let provider = container.provider_metadata.unwrap_or_default();
    let by = if provider.short_name.is_empty() { by(shared, source) } else { provider.short_name.0 };
    let modified = if provider.date_updated.is_empty() {
        shared.metadata.date_updated.0.clone()
    } else {
        provider.date_updated.0
    };
    let description = english(container.descriptions, container.rejected_reasons);
    let tags = container.tags.into_texts();
    let disputed = says_disputed(&description) || tags.iter().any(|tag| tag.eq_ignore_ascii_case("disputed"));
    let measured = metrics(container.metrics, &id, source, sink);
    let claims: Vec<_> =
        container.affected.into_iter().map(|affected| claim(affected, &id, reading)).collect();
    let (references, mut fix_commits) = references(container.references, shared.is_kernel);
    push_range_ends(&claims, &mut fix_commits);
    Record {
        source: Some(source),
        state: shared.state,
        disputed,
        tags,
        published: shared.metadata.date_published.0.clone(),
        modified,
        by,
        title: container.title.0,
        description,
        references,
        severities: measured.severities,
        cwes: cwes(container.problem_types),
        ssvc: measured.ssvc,
        configurations: trees(container.cpe_applicability, &id, reading),
        claims,
        fix_commits,
        aliases: Vec::new(),
        id,
    }
}

fn by<'a>(shared: &Shared<'a>, source: Source) -> Text<'a> {
    match source {
        Source::KernelCna => Text::Borrowed("Linux"),
        Source::CveCna => shared.metadata.assigner_short_name.0.clone(),
        _ => Text::default(),
    }
}

/// The first English description; for a rejected record the reason.
fn english<'a>(descriptions: List<Described<'a>>, reasons: List<Described<'a>>) -> Text<'a> {
    descriptions
        .into_iter()
        .chain(reasons)
        .find(|described| described.lang.get(..2).is_some_and(|lang| lang.eq_ignore_ascii_case("en")))
        .map(|described| described.value.0)
        .unwrap_or_default()
}

fn cwes(problems: List<ProblemType<'_>>) -> Vec<Text<'_>> {
    let mut cwes = Vec::new();
    for problem in problems.into_iter().flat_map(|problem| problem.descriptions) {
        let text = if problem.cwe_id.is_empty() { problem.description } else { problem.cwe_id };
        if let Some(cwe) = cwe_in(&text.0)
            && !cwes.contains(&cwe)
        {
            cwes.push(cwe);
        }
    }
    cwes
}

#[derive(Default)]
struct Measured<'a> {
    severities: Vec<Severity<'a>>,
    ssvc: Vec<(Text<'a>, Text<'a>)>,
}

/// CVSS vectors and SSVC points; a known-exploited flag is emitted at once.
fn metrics<'a>(metrics: List<Metric<'a>>, id: &str, source: Source, sink: &mut Sink<'_>) -> Measured<'a> {
    let by = match source {
        Source::CisaAdp => "CISA-ADP",
        Source::CveAdp => "ADP",
        _ => "CNA",
    };
    let mut measured = Measured::default();
    for metric in metrics {
        let vectors = [metric.v4_0, metric.v3_1, metric.v3_0, metric.v2_0];
        measured.severities.extend(vectors.into_iter().flatten().filter_map(|data| severity(data, by)));
        let Some(other) = metric.other else { continue };
        let content = other.content.unwrap_or_default();
        match &*other.kind {
            kind if kind.eq_ignore_ascii_case("ssvc") => {
                let points = content.options.into_iter().flat_map(|pairs| pairs.0);
                measured.ssvc.extend(points.map(|(name, value)| (name.0, value.0)));
            }
            kind if kind.eq_ignore_ascii_case("kev") => {
                let date_added = content.date_added.to_string();
                sink(Item::Kev(Kev { id: id.to_owned(), date_added, ..Kev::default() }));
            }
            _ => {}
        }
    }
    measured
}

fn severity<'a>(data: CvssData<'a>, by: &'static str) -> Option<Severity<'a>> {
    if data.vector_string.is_empty() {
        return None;
    }
    let base_tenths = tenths(data.base_score);
    Some(Severity { vector: data.vector_string.0, base_tenths, by: Text::Borrowed(by) })
}

/// References, and the fix commits among them: those tagged as a patch; in the kernel CNA's records all
/// (they are tagged nowhere); and in a record that tags no reference as a patch, the plain commit addresses.
fn references<'a>(wire: List<WireReference<'a>>, is_kernel: bool) -> (Vec<Reference<'a>>, Vec<Text<'a>>) {
    let mut fix_commits = Vec::new();
    let references: Vec<Reference<'a>> = wire
        .into_iter()
        .filter(|reference| !reference.url.is_empty())
        .map(|reference| Reference { url: reference.url.0, tags: reference.tags.into_texts() })
        .collect();
    let is_patch = |reference: &Reference<'_>| reference.tags.iter().any(|tag| tag == "patch");
    let any_patch = references.iter().any(is_patch);
    let is_plain = |reference: &Reference<'_>| reference.tags.iter().all(|tag| tag == "x_transferred");
    for reference in &references {
        if is_patch(reference) || is_kernel || (!any_patch && is_plain(reference)) {
            commits::push_address(&mut fix_commits, reference.url.clone());
        }
    }
    (references, fix_commits)
}

/// The upper ends of affected commit ranges are fixes too.
fn push_range_ends<'a>(claims: &[model::record::Claim<'a>], fix_commits: &mut Vec<Text<'a>>) {
    for entry in claims.iter().flat_map(|claim| &claim.entries) {
        if entry.kind == RangeKind::Git
            && entry.status == Status::Affected
            && let End::Before(commit) = &entry.end
            && commits::is_commit(commit)
        {
            commits::push(fix_commits, commit.clone());
        }
    }
}
