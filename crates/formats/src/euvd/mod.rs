//! The vulnerability database of the European Union: answers of its API, as lists, pages (`items`) or single entries.
//!
//! What it is used for: aliases, and since when a vulnerability has been exploited. Its product texts become claims only
//! where they are plain bounds; they repeat what the assigner said, without its structure.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod dates;
mod versions;

use model::note::{NoteCode, Severity as NoteSeverity};
use model::record::{Alias, AliasKind, Claim, ClaimForm, Item, Record, Reference, Severity, Source, Subject};
use model::vulnerability::Kev;
use serde::Deserialize;

use crate::limits::FormatError;
use crate::records::peek::Peek;
use crate::records::shape::Shape;
use crate::records::wire::{List, Word};
use crate::records::{Reading, Sink, Wire, for_each, read_one, tenths};

/// The key under which a page holds its entries.
const LIST_KEYS: &[&str] = &["items"];

/// The feed that its exploited entries are filed under.
pub const FEED: &str = "euvd";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    description: Word<'a>,
    date_published: Word<'a>,
    date_updated: Word<'a>,
    base_score: Option<f64>,
    base_score_vector: Word<'a>,
    references: Word<'a>,
    aliases: Word<'a>,
    assigner: Word<'a>,
    exploited_since: Word<'a>,
    enisa_id_product: List<ProductVersion<'a>>,
    enisa_id_vendor: List<VendorOf<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProductVersion<'a> {
    #[serde(borrow)]
    product: Named<'a>,
    product_version: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VendorOf<'a> {
    #[serde(borrow)]
    vendor: Named<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

const NAMED: Shape = Shape::Object(&[("name", Shape::Text)]);

struct EuvdEntry;
impl Wire for EuvdEntry {
    type Of<'a> = Entry<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("id", Shape::Text),
        ("description", Shape::Text),
        ("datePublished", Shape::Text),
        ("dateUpdated", Shape::Text),
        ("baseScore", Shape::Number),
        ("baseScoreVector", Shape::Text),
        ("references", Shape::Text),
        ("aliases", Shape::Text),
        ("assigner", Shape::Text),
        ("exploitedSince", Shape::Text),
        (
            "enisaIdProduct",
            Shape::List(&Shape::Object(&[("product", NAMED), ("product_version", Shape::Text)])),
        ),
        ("enisaIdVendor", Shape::List(&Shape::Object(&[("vendor", NAMED)]))),
    ]);
}

/// True when a document is an entry, a list of them, or a page.
pub fn is_euvd(peek: &Peek<'_>) -> bool {
    peek.text("id").starts_with("EUVD-") || (peek.has("items") && peek.has("total") && peek.keys.len() <= 4)
}

/// Reads entries: one, a list, a page, or one per line.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for_each(text, LIST_KEYS, &mut reading, &mut |entry, reading| {
        read_one::<EuvdEntry>(entry, reading, &mut |entry, reading| {
            if entry.id.starts_with("EUVD-") {
                emit(entry, reading, sink);
            } else {
                reading.documents = reading.documents.saturating_sub(1);
                reading.note(NoteCode::BadRecord, NoteSeverity::Error, "id", "an entry without an EUVD id");
            }
        });
    });
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of entries.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |entry, _| {
        count += u64::from(serde_json::from_str::<Entry<'_>>(entry).is_ok());
    });
    count
}

/// How many entries a page holds, and how many the query has in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Entries of this page.
    pub entries: u64,
    /// Entries of all pages.
    pub total: u64,
}

/// Counts the entries of a page.
///
/// # Errors
/// When the bytes are no page.
pub fn page(bytes: &[u8], name: &str) -> Result<Page, FormatError> {
    #[derive(Deserialize)]
    struct Wire {
        items: Vec<serde::de::IgnoredAny>,
        total: u64,
    }
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| FormatError::json(name, &error))?;
    Ok(Page { entries: wire.items.len() as u64, total: wire.total })
}

fn emit(entry: Entry<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    let date = |word: &Word<'_>, reading: &mut Reading, what: &str| match dates::iso(word) {
        Some(date) => date,
        None => {
            if !word.trim().is_empty() {
                let place = format!("{} {what}", &*entry.id);
                reading.note(NoteCode::FieldType, NoteSeverity::Warn, place, word);
            }
            String::new()
        }
    };
    let published = date(&entry.date_published, reading, "datePublished");
    let modified = date(&entry.date_updated, reading, "dateUpdated");
    let since = date(&entry.exploited_since, reading, "exploitedSince");
    let aliases = lines(&entry.aliases).filter(|id| *id != &*entry.id);
    let aliases: Vec<Alias<'_>> = aliases.map(alias).collect();
    if !since.is_empty() {
        // Filed under the id that others know: an entry is not always told under its own.
        let known = aliases.iter().find(|alias| alias.id.starts_with("CVE-")).map(|alias| &*alias.id);
        sink(Item::Kev(Kev {
            id: known.unwrap_or(&entry.id).to_owned(),
            date_added: since.get(..10).unwrap_or(&since).to_owned(),
            by: FEED.to_owned(),
            ..Kev::default()
        }));
    }
    let references =
        lines(&entry.references).map(|url| Reference { url: url.into(), tags: Vec::new() }).collect();
    let severities = match entry.base_score_vector.trim() {
        "" => Vec::new(),
        vector => {
            vec![Severity { vector: vector.into(), base_tenths: tenths(entry.base_score), by: "EUVD".into() }]
        }
    };
    sink(Item::Record(Box::new(Record {
        source: Some(Source::Euvd),
        id: (&*entry.id).into(),
        aliases,
        disputed: crate::records::says_disputed(&entry.description),
        published: published.into(),
        modified: modified.into(),
        by: (&*entry.assigner).into(),
        description: (&*entry.description).into(),
        references,
        severities,
        claims: claims(&entry),
        // Its references are untagged: a commit among them may be the fix or the flaw, and is taken for neither.
        ..Record::default()
    })));
}

/// CVE and GHSA ids name the same flaw; other texts are ids of advisories, which may group several.
fn alias(id: &str) -> Alias<'_> {
    let is_same = id.starts_with("CVE-") || id.starts_with("GHSA-");
    Alias { id: id.into(), kind: if is_same { AliasKind::Same } else { AliasKind::Related } }
}

/// Lists are texts with one element per line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// One claim per product whose versions are all plain bounds. Vendors are a list of their own: with several of them
/// nobody can tell whose product it is.
fn claims<'a>(entry: &'a Entry<'a>) -> Vec<Claim<'a>> {
    let mut vendors = entry.enisa_id_vendor.iter().map(|of| of.vendor.name.trim());
    let (Some(vendor), None) = (vendors.next().filter(|name| !name.is_empty()), vendors.next()) else {
        return Vec::new();
    };
    let mut claims: Vec<Claim<'a>> = Vec::new();
    let mut unreadable: Vec<&str> = Vec::new();
    for row in entry.enisa_id_product.iter() {
        let product = row.product.name.trim();
        match versions::bounds(&row.product_version) {
            None => unreadable.push(product),
            Some(_) if product.is_empty() => {}
            Some(bounds) => match claims.iter_mut().find(|claim| claim.subject.product == product) {
                Some(claim) => claim.entries.push(bounds),
                None => claims.push(Claim {
                    subject: Subject { vendor: vendor.into(), product: product.into(), ..Subject::default() },
                    entries: vec![bounds],
                    default_status: None,
                    form: ClaimForm::CveVersions,
                }),
            },
        }
    }
    claims.retain(|claim| !unreadable.contains(&&*claim.subject.product));
    claims
}
