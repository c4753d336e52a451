//! Reads an advisory.

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{
    Alias, AliasKind, Claim, ClaimForm, Entry, Item, Record, RecordState, Reference, Severity, Source,
    Status, Subject, Text,
};
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::complement;
use super::requirement;
use super::schema::{AdvisoryHead, Head, Versions};
use crate::records::wire::{List, Word};
use crate::records::{Reading, Sink, read_one, tags};

/// True for the beginning of an advisory.
pub fn is_advisory(text: &str) -> bool {
    let text = text.trim_start();
    let head = text.strip_prefix("```toml").unwrap_or(text);
    let first = head.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first == Some("[advisory]")
}

/// Reads an advisory.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let (head, prose) = split(text);
    let json = match as_json(head) {
        Ok(json) => json,
        Err(why) => {
            reading.note(NoteCode::BadRecord, NoteSeverity::Error, id_in(head), &why);
            return reading;
        }
    };
    read_one::<AdvisoryHead>(&json, &mut reading, &mut |head, reading| {
        if head.advisory.id.is_empty() || head.advisory.package.is_empty() {
            reading.documents = 0;
            let place = head.advisory.id.to_string();
            let what = "an advisory without an id or without a package";
            reading.note(NoteCode::BadRecord, NoteSeverity::Error, place, what);
        } else {
            emit(head, prose, reading, sink);
        }
    });
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of advisories.
pub fn parse(text: &str) -> u64 {
    as_json(split(text).0).map_or(0, |json| u64::from(serde_json::from_str::<Head<'_>>(&json).is_ok()))
}

/// The TOML head and the Markdown below it.
fn split(text: &str) -> (&str, &str) {
    let Some(rest) = text.trim_start().strip_prefix("```toml") else { return (text, "") };
    match rest.split_once("\n```") {
        Some((head, prose)) => (head, prose),
        None => (rest, ""),
    }
}

/// The head as JSON text, so that it is read as every other record is. Dates become texts.
fn as_json(head: &str) -> Result<String, String> {
    let table =
        DeTable::parse(head).map_err(|error| format!("the head is not valid TOML: {}", error.message()))?;
    Ok(object(table.get_ref()).to_string())
}

fn object(table: &DeTable<'_>) -> Value {
    let pairs = table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())));
    Value::Object(pairs.collect())
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| json(item.get_ref())).collect()),
        DeValue::Table(table) => object(table),
        // No number is read, only its text.
        DeValue::Integer(number) => Value::String(number.to_string()),
        DeValue::Float(number) => Value::String(number.to_string()),
        DeValue::Datetime(date) => Value::String(date.to_string()),
    }
}

/// The id of a head that cannot be read, for the note.
fn id_in(head: &str) -> String {
    let line = head.lines().find_map(|line| line.trim().strip_prefix("id")?.trim_start().strip_prefix('='));
    line.map_or("", |id| id.trim().trim_matches('"')).to_owned()
}

fn emit(head: Head<'_>, prose: &str, reading: &mut Reading, sink: &mut Sink<'_>) {
    let advisory = head.advisory;
    let id = advisory.id.0.clone();
    let withdrawn = !advisory.withdrawn.is_empty();
    let (title, description) = title_and_text(prose);
    let title = if title.is_empty() { advisory.title.0.clone() } else { Text::Borrowed(title) };
    let description =
        if description.is_empty() { advisory.description.0.clone() } else { Text::Borrowed(description) };
    let mut record = Record {
        source: Some(Source::Rustsec),
        aliases: aliases(&id, &advisory.aliases, &advisory.related),
        state: if withdrawn { RecordState::Withdrawn } else { RecordState::Published },
        published: advisory.date.0.clone(),
        modified: if *advisory.withdrawn > *advisory.date {
            advisory.withdrawn.0.clone()
        } else {
            advisory.date.0.clone()
        },
        title,
        description,
        tags: told(&advisory.informational, &advisory.categories),
        ..Record::default()
    };
    crate::records::dates::keep_newest(&mut reading.as_of, &record.modified);
    if !advisory.cvss.is_empty() {
        record.severities.push(Severity { vector: advisory.cvss.0, ..Severity::default() });
    }
    record.references = references(&id, &advisory.url, &advisory.references);
    let versions = head
        .versions
        .unwrap_or(Versions { patched: advisory.patched_versions, unaffected: advisory.unaffected_versions });
    record.claims.push(Claim {
        subject: Subject {
            modules: head.affected.functions.into_texts(),
            platforms: head
                .affected
                .os
                .into_texts()
                .into_iter()
                .chain(head.affected.arch.into_texts())
                .collect(),
            ..subject(&id, advisory.package.0)
        },
        entries: entries(&versions, &id, reading),
        default_status: Some(Status::Unaffected),
        form: ClaimForm::Osv,
    });
    record.id = id;
    sink(Item::Record(Box::new(record)));
}

/// Crates by their name. Advisories under a CVE id are about what comes with Rust itself (`std`, `rustdoc`, `cargo`), whose
/// versions are those of the toolchain.
fn subject<'a>(id: &str, package: Text<'a>) -> Subject<'a> {
    if !id.starts_with("CVE-") {
        return Subject {
            ecosystem: Text::Borrowed("crates.io"),
            package_name: package,
            ..Subject::default()
        };
    }
    let product = if &*package == "cargo" { "cargo" } else { "rust" };
    Subject {
        vendor: Text::Borrowed("rust-lang"),
        product: Text::Borrowed(product),
        modules: vec![package],
        ..Subject::default()
    }
}

fn entries(versions: &Versions<'_>, id: &str, reading: &mut Reading) -> Vec<Entry<'static>> {
    let mut not_affected = Vec::new();
    for requirement in versions.patched.iter().chain(versions.unaffected.iter()) {
        match requirement::stretch(requirement) {
            Some(stretch) => not_affected.push(stretch),
            // What cannot be read takes nothing away: too much is affected rather than too little.
            None => reading.note(NoteCode::BadRange, NoteSeverity::Warn, id, requirement),
        }
    }
    complement::affected(not_affected)
}

/// The advisory's own page, then what it names. An address of a commit may be that of the flaw: none counts as a fix.
fn references<'a>(id: &str, url: &Word<'a>, others: &List<Word<'a>>) -> Vec<Reference<'a>> {
    let page = Text::Owned(format!("https://rustsec.org/advisories/{id}.html"));
    let mut references = vec![Reference { url: page, tags: vec![Text::Borrowed("ADVISORY")] }];
    for url in std::iter::once(url).chain(others.iter()).filter(|url| !url.is_empty()) {
        references.push(Reference { url: url.0.clone(), tags: Vec::new() });
    }
    references
}

fn aliases<'a>(id: &str, same: &List<Word<'a>>, related: &List<Word<'a>>) -> Vec<Alias<'a>> {
    let of = |kind: AliasKind, ids: &List<Word<'a>>| -> Vec<Alias<'a>> {
        let others = ids.iter().filter(|other| !other.is_empty() && other.0 != id);
        others.map(|other| Alias { id: other.0.clone(), kind }).collect()
    };
    let mut aliases = of(AliasKind::Same, same);
    aliases.extend(of(AliasKind::Related, related));
    aliases
}

fn told<'a>(informational: &Word<'a>, categories: &List<Word<'a>>) -> Vec<Text<'a>> {
    let mut told = Vec::new();
    if !informational.is_empty() {
        told.push(tags::informational(informational));
    }
    told.extend(categories.iter().map(|category| tags::category(category)));
    told
}

/// The first heading, and what follows it.
fn title_and_text(prose: &str) -> (&str, &str) {
    let prose = prose.trim();
    match prose.strip_prefix("# ") {
        Some(rest) => {
            let (title, text) = rest.split_once('\n').unwrap_or((rest, ""));
            (title.trim(), text.trim())
        }
        None => ("", prose),
    }
}
