//! Reads CSAF documents into records.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{
    Alias, AliasKind, Item, Record, RecordState, Reference, Severity, Source, Text as Words,
};

use super::claims;
use super::schema::{Csaf, Cvss, Score, Vulnerability};
use super::subject::Products;
use crate::records::{Reading, Sink, cwe_in, dates, for_each};
use crate::text::loose::Text;
use crate::vex::csaf::schema::Remark;

/// Most remediations that are told of one vulnerability; they repeat themselves for every product.
const MOST_REMEDIES: usize = 12;

/// Reads documents: one, a list, or one per line. Bytes behind the end of a document make it none.
pub fn read(text: &str, path: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for_each(text, &[], &mut reading, &mut |document, reading| match serde_json::from_str::<Csaf<'_>>(
        document,
    ) {
        Ok(wire) => emit(&wire, path, reading, sink),
        Err(error) => reading.note(NoteCode::BadRecord, NoteSeverity::Error, "file", &error.to_string()),
    });
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of documents.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, &[], &mut Reading::default(), &mut |document, _| {
        count += u64::from(serde_json::from_str::<Csaf<'_>>(document).is_ok());
    });
    count
}

fn emit(wire: &Csaf<'_>, path: &str, reading: &mut Reading, sink: &mut Sink<'_>) {
    let tracking = &wire.document.tracking;
    let id = tracking.id.get();
    if id.is_empty() {
        reading.note(NoteCode::BadRecord, NoteSeverity::Error, "/document/tracking/id", path);
        return;
    }
    reading.documents += 1;
    dates::keep_newest(&mut reading.as_of, tracking.current.get());
    if is_withdrawn(wire) {
        return withdrawn(wire, id, sink);
    }
    let version = wire.document.csaf_version.get();
    if !matches!(version, "2.0" | "2.1") {
        reading.note(
            NoteCode::SchemaNewer,
            NoteSeverity::Info,
            format!("{id} /document/csaf_version"),
            version,
        );
    }
    let products = Products::of(&wire.tree);
    for (at, vulnerability) in wire.vulnerabilities.iter().enumerate() {
        let place = format!("{id} /vulnerabilities/{at}");
        if let Some(why) = claims::contradiction(vulnerability) {
            reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, &why);
            continue;
        }
        let record = record(wire, vulnerability, at, &products, &place, reading);
        sink(Item::Record(Box::new(record)));
    }
}

/// Taken back: deleted at the provider, or withdrawn or superseded in words of CSAF 2.1.
fn is_withdrawn(wire: &Csaf<'_>) -> bool {
    wire.document.tracking.status.get() == "deleted"
        || matches!(wire.document.category.get(), "csaf_withdrawn" | "csaf_superseded")
}

/// What is left of a document that was taken back: one record for each id it spoke of, else one for its own.
fn withdrawn(wire: &Csaf<'_>, id: &str, sink: &mut Sink<'_>) {
    let tracking = &wire.document.tracking;
    let mut ids: Vec<&str> =
        wire.vulnerabilities.iter().map(|one| one.cve.get()).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        ids.push(id);
    }
    for one in ids {
        sink(Item::Record(Box::new(Record {
            source: Some(Source::Csaf),
            id: one.into(),
            state: RecordState::Withdrawn,
            by: id.into(),
            title: wire.document.title.get().into(),
            published: tracking.initial.get().into(),
            modified: tracking.current.get().into(),
            ..Record::default()
        })));
    }
}

fn record<'w>(
    wire: &'w Csaf<'w>,
    vulnerability: &'w Vulnerability<'w>,
    at: usize,
    products: &Products<'w>,
    place: &str,
    reading: &mut Reading,
) -> Record<'w> {
    let (document, tracking) = (&wire.document, &wire.document.tracking);
    let (id, aliases) = ids(vulnerability, tracking.id.get(), at);
    let cwes = std::iter::once(&vulnerability.cwe).chain(&vulnerability.cwes);
    let cwes = cwes.filter_map(|cwe| cwe_in(&Words::Borrowed(cwe.id.get()))).collect();
    let title = Some(vulnerability.title.get()).filter(|title| !title.is_empty());
    Record {
        source: Some(Source::Csaf),
        id,
        aliases,
        // The document is the speaker: several documents of one publisher may speak of one id.
        by: tracking.id.get().into(),
        published: tracking.initial.get().into(),
        modified: tracking.current.get().into(),
        title: title.unwrap_or(document.title.get()).into(),
        description: description(wire, vulnerability, products).into(),
        references: references(wire, vulnerability),
        severities: severities(wire, vulnerability),
        cwes,
        claims: claims::claims(vulnerability, products, place, reading),
        ..Record::default()
    }
}

/// The id and what names the same flaw; one without a public id is named for its document.
fn ids<'w>(vulnerability: &'w Vulnerability<'w>, document: &str, at: usize) -> (Words<'w>, Vec<Alias<'w>>) {
    let is_general =
        |id: &&crate::vex::csaf::schema::Id<'_>| id.products.items.is_empty() && id.groups.items.is_empty();
    let is_public =
        |id: &&str| ["CVE-", "GHSA-", "EUVD-", "OSV-", "VU#"].iter().any(|head| id.starts_with(head));
    let others = vulnerability.ids.iter().filter(is_general).map(|id| id.text.get());
    let mut public = std::iter::once(vulnerability.cve.get()).chain(others).filter(is_public);
    match public.next() {
        None => (Words::Owned(format!("{document}#{}", at + 1)), Vec::new()),
        Some(first) => {
            let same = public.filter(|other| *other != first);
            let same = same.map(|other| Alias { id: other.into(), kind: AliasKind::Same });
            (first.into(), same.collect())
        }
    }
}

/// Who says it, what, and what to do about it.
fn description(wire: &Csaf<'_>, vulnerability: &Vulnerability<'_>, products: &Products<'_>) -> String {
    let wanted = ["summary", "description"];
    let note = vulnerability.notes.iter().find(|note| wanted.contains(&note.category.get()));
    let mut text = note.map_or("", |note| note.text.get()).to_owned();
    let mut add = |line: &str| {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    };
    let mut told: Vec<String> = Vec::new();
    for remark in &vulnerability.remediations {
        let line = remedy(remark);
        if !told.contains(&line) && told.len() < MOST_REMEDIES {
            told.push(line);
        }
    }
    told.iter().for_each(|line| add(line));
    let recommended: Vec<&str> =
        vulnerability.status.recommended.iter().filter_map(|id| products.name(id.get())).collect();
    if !recommended.is_empty() {
        add(&format!("Recommended: {}", recommended.join("; ")));
    }
    let publisher = wire.document.publisher.name.get();
    if !publisher.is_empty() {
        add(&format!("Published by {publisher}."));
    }
    text
}

fn remedy(remark: &Remark<'_>) -> String {
    let kind = match remark.category.get() {
        "vendor_fix" => "Fix",
        "workaround" => "Workaround",
        "mitigation" => "Mitigation",
        "no_fix_planned" => "No fix planned",
        "none_available" => "No remedy available",
        "fix_planned" => "Fix planned",
        "optional_patch" => "Optional patch",
        other => other,
    };
    let line = format!("{kind}: {} {}", remark.details.get(), remark.url.get());
    line.trim_end().to_owned()
}

fn references<'w>(wire: &'w Csaf<'w>, vulnerability: &'w Vulnerability<'w>) -> Vec<Reference<'w>> {
    let own = wire.document.references.iter().filter(|reference| reference.category.get() == "self");
    let mut found: Vec<Reference<'w>> = Vec::new();
    for reference in own.chain(&vulnerability.references) {
        let url = reference.url.get();
        if !url.is_empty() && !found.iter().any(|known| known.url == url) {
            let tags = Some(reference.category.get()).filter(|tag| !tag.is_empty());
            found.push(Reference { url: url.into(), tags: tags.map(Words::Borrowed).into_iter().collect() });
        }
    }
    found
}

/// Each vector once. Scores are given by product; which one is meant is seen by who says so.
fn severities<'w>(wire: &'w Csaf<'w>, vulnerability: &'w Vulnerability<'w>) -> Vec<Severity<'w>> {
    let by = wire.document.publisher.name.get();
    let scores =
        vulnerability.scores.iter().chain(vulnerability.metrics.iter().map(|metric| &metric.content));
    let mut found: Vec<Severity<'w>> = Vec::new();
    for Score { v2, v3, v4, .. } in scores {
        for Cvss { vector, base, .. } in [v4, v3, v2] {
            if !vector.is_empty() && !found.iter().any(|known| known.vector == vector.get()) {
                let base_tenths = crate::records::tenths(number(base));
                found.push(Severity { vector: vector.get().into(), base_tenths, by: by.into() });
            }
        }
    }
    found
}

fn number(text: &Text<'_>) -> Option<f64> {
    text.get().parse().ok()
}
