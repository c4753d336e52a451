//! CISA's catalogue of known exploited vulnerabilities, as JSON and as CSV.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::note::{NoteCode, Severity};
use model::record::Item;
use model::vulnerability::Kev;
use serde::Deserialize;

use crate::records::shape::Shape;
use crate::records::wire::Word;
use crate::records::{Reading, Sink, Wire, csv, dates, for_each, peek, read_one};

/// The key under which the catalogue holds its entries.
pub const LIST_KEYS: &[&str] = &["vulnerabilities"];

/// The columns (and JSON members) that are read.
const COLUMNS: [&str; 4] = ["cveID", "dateAdded", "dueDate", "knownRansomwareCampaignUse"];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Row<'a> {
    #[serde(borrow, rename = "cveID")]
    cve_id: Word<'a>,
    date_added: Word<'a>,
    due_date: Word<'a>,
    known_ransomware_campaign_use: Word<'a>,
}

struct KevRecord;
impl Wire for KevRecord {
    type Of<'a> = Row<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("cveID", Shape::Text),
        ("dateAdded", Shape::Text),
        ("dueDate", Shape::Text),
        ("knownRansomwareCampaignUse", Shape::Text),
    ]);
}

/// Reads the catalogue in either form.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    if text.trim_start().starts_with(['{', '[']) { read_json(text, sink) } else { read_csv(text, sink) }
}

/// Parses as [`read`] does and drops the result; returns the number of entries.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    if !text.trim_start().starts_with(['{', '[']) {
        return csv::rows(text, b',').skip(1).count() as u64;
    }
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |row, _| {
        count += u64::from(serde_json::from_str::<Row<'_>>(row).is_ok());
    });
    count
}

fn read_json(text: &str, sink: &mut Sink<'_>) -> Reading {
    let head = peek::Peek::new(peek::head(text, 4096));
    let mut reading = Reading { revision: head.text("catalogVersion").to_owned(), ..Reading::default() };
    let released = head.text("dateReleased");
    for_each(text, LIST_KEYS, &mut reading, &mut |row, reading| {
        read_one::<KevRecord>(row, reading, &mut |row, reading| {
            let Row { cve_id, date_added, due_date, known_ransomware_campaign_use: ransomware } = row;
            let kev = Kev {
                id: cve_id.trim().to_owned(),
                date_added: date_added.trim().to_owned(),
                due_date: due_date.trim().to_owned(),
                ransomware: ransomware.trim().to_owned(),
                by: String::new(),
            };
            emit(kev, reading, sink);
        });
    });
    if dates::is_date(released) {
        reading.as_of = released.to_owned();
    }
    reading
}

fn read_csv(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut rows = csv::rows(text, b',');
    let header = rows.next().unwrap_or_default();
    let columns = COLUMNS.map(|name| header.iter().position(|column| column.trim() == name));
    for (number, row) in rows.enumerate() {
        let field = |column: Option<usize>| {
            column.and_then(|at| row.get(at)).map(|field| field.trim().to_owned()).unwrap_or_default()
        };
        let [id, date_added, due_date, ransomware] = columns.map(field);
        if !id.starts_with("CVE-") {
            reading.note(NoteCode::BadRecord, Severity::Error, format!("row {}", number + 2), &id);
            continue;
        }
        reading.documents += 1;
        emit(Kev { id, date_added, due_date, ransomware, by: String::new() }, &mut reading, sink);
    }
    reading
}

fn emit(kev: Kev, reading: &mut Reading, sink: &mut Sink<'_>) {
    if kev.id.is_empty() {
        reading.documents = reading.documents.saturating_sub(1);
        reading.note(NoteCode::BadRecord, Severity::Error, "cveID", "an entry without an id");
        return;
    }
    dates::keep_newest(&mut reading.as_of, &kev.date_added);
    sink(Item::Kev(kev));
}
