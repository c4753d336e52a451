//! OpenVEX documents of Ubuntu as records: a statement names source packages with the version it holds for.

use std::collections::BTreeMap;

use model::identity::Purl;
use model::record::{Item, Record, Source, Text};

use super::BY_VEX;
use super::lines::{self, Line};
use super::schema::{UbuntuVex, Vex};
use crate::records::{Reading, Sink, dates, read_one};

/// True for the beginning of an OpenVEX document about Ubuntu's packages.
pub fn is_vex(head: &str) -> bool {
    head.contains("openvex.dev/ns") && head.contains("pkg:deb/ubuntu/")
}

/// Reads a document into one record per vulnerability.
pub fn read_vex(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    read_one::<UbuntuVex>(text, &mut reading, &mut |vex, reading| emit(&vex, reading, sink));
    reading
}

/// Parses as [`read_vex`] does and drops the result; returns the number of documents.
pub fn parse_vex(text: &str) -> u64 {
    u64::from(serde_json::from_str::<Vex<'_>>(text).is_ok())
}

fn emit(vex: &Vex<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    let date = if vex.last_updated.is_empty() { &vex.timestamp } else { &vex.last_updated };
    dates::keep_newest(&mut reading.as_of, date);
    // The document of a notice covers what the notice mends; each is heard beside the document of the vulnerability.
    let notice = vex.at.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let by = if notice.starts_with("USN-") { format!("{BY_VEX} {notice}") } else { BY_VEX.to_owned() };
    let mut by_id: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for statement in vex.statements.iter() {
        let Some(vulnerability) = &statement.vulnerability else { continue };
        let named = if vulnerability.name.is_empty() { &vulnerability.at } else { &vulnerability.name };
        let id = named.rsplit('/').next().unwrap_or(named);
        let reasons = [&statement.justification, &statement.status_notes, &statement.impact_statement];
        let reason = reasons.into_iter().find(|reason| !reason.is_empty()).map_or("", |reason| &**reason);
        let found =
            statement.products.iter().filter_map(|product| line(&product.at, &statement.status, reason));
        by_id.entry(id).or_default().extend(found);
        words.entry(id).or_insert(&vulnerability.description);
    }
    for (id, found) in by_id {
        let mut record = Record {
            source: Some(Source::Ubuntu),
            id: Text::Borrowed(id),
            by: Text::Borrowed(&by),
            modified: date.0.clone(),
            description: Text::Borrowed(words.get(id).copied().unwrap_or_default()),
            ..Record::default()
        };
        lines::add(&mut record, found, reading);
        sink(Item::Record(Box::new(record)));
    }
}

/// The line of a product: source packages only, for they are what the tracker speaks of.
fn line(product: &str, status: &str, reason: &str) -> Option<Line> {
    let purl = Purl::parse(product).ok()?;
    let is_source = purl.qualifier("arch").is_none_or(|arch| arch == "source");
    if purl.kind != "deb" || !is_source {
        return None;
    }
    let distro = purl.qualifier("distro")?;
    let release = distro.strip_prefix("ubuntu-").unwrap_or(distro);
    let (status, detail) = match status {
        "fixed" => ("released", purl.version.clone()),
        "affected" => ("needed", reason.to_owned()),
        "not_affected" => ("not-affected", reason.to_owned()),
        "under_investigation" => ("needs-triage", reason.to_owned()),
        other => (other, reason.to_owned()),
    };
    Some(Line { package: purl.name.clone(), release: release.to_owned(), status: status.to_owned(), detail })
}
