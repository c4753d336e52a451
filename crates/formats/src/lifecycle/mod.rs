//! How long the branches of products are maintained: our own table, OpenEoX, and what endoflife.date and its like
//! publish.
//!
//! | form | how it is known |
//! |---|---|
//! | our own table, TSV or CSV | header with `product`, `branch` and one of `end_of_life`, `end_of_support` |
//! | our own table as JSON | objects with those keys: a list, lines, or below `branches` |
//! | OpenEoX | `$schema` of the core or the shell |
//! | endoflife.date, old form | a list of objects with `cycle` and `eol`; the product is the file's name |
//! | endoflife.date, version 1 | `result` with `releases`, one product or all of them |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod endoflife;
pub mod openeox;
mod table;

use model::lifecycle::Branch;
use model::note::{NoteCode, Severity};
use model::record::Item;

use crate::records::peek::{self, Peek};
use crate::records::{Reading, Sink, dates};

/// The feed that the rows are filed under.
pub const FEED: &str = "lifecycle";

/// How many bad rows are noted one by one; more are counted in a last note.
const MOST_NOTES: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table(u8),
    Json,
    OpenEox,
    Cycles,
    Products,
}

/// True when a text, or the head of one, holds such data.
pub fn is_lifecycle(peek: &Peek<'_>, text: &str) -> bool {
    form(peek, text).is_some()
}

fn form(peek: &Peek<'_>, text: &str) -> Option<Form> {
    if !peek.is_json {
        return table::separator(text).map(Form::Table);
    }
    if openeox::is_schema(peek.text("$schema")) {
        return Some(Form::OpenEox);
    }
    let is_row = peek.has("product") && peek.has("branch");
    if is_row || (peek.has("branches") && peek.keys.len() <= 3) {
        return Some(Form::Json);
    }
    if peek.has("cycle") && peek.has("eol") {
        return Some(Form::Cycles);
    }
    let is_result = peek.has("schema_version") && peek.has("result");
    (is_result || (peek.has("name") && peek.has("releases") && !peek.has("id"))).then_some(Form::Products)
}

/// Reads data of any of the forms. `path` names the product where the content does not.
pub fn read(text: &str, path: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let peek = Peek::new(peek::head(text, 64 << 10));
    let Some(form) = form(&peek, text) else {
        reading.note(NoteCode::BadRecord, Severity::Error, "file", "no lifecycle data of a known form");
        return reading;
    };
    let mut rows = Rows { reading: &mut reading, sink, bad: 0 };
    match form {
        Form::Table(separator) => table::read(text, separator, &mut rows),
        Form::Json => table::read_json(text, &mut rows),
        Form::OpenEox => openeox::read(text, &mut rows),
        Form::Cycles => endoflife::read_cycles(text, path, &mut rows),
        Form::Products => endoflife::read_products(text, &mut rows),
    }
    let bad = rows.bad;
    if bad > MOST_NOTES {
        let more = format!("{} more rows", bad - MOST_NOTES);
        reading.note(NoteCode::BadRecord, Severity::Error, "file", &more);
    }
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of rows.
pub fn parse(text: &str) -> u64 {
    read(text, "product.json", &mut |_| ()).documents
}

/// Where rows go.
struct Rows<'r, 's> {
    reading: &'r mut Reading,
    sink: &'r mut Sink<'s>,
    bad: usize,
}

impl Rows<'_, '_> {
    /// Takes a branch; one without a name is of no use, and a date that is none would be believed.
    fn add(&mut self, place: &str, mut branch: Branch) {
        if branch.product.is_empty() || branch.branch.is_empty() {
            return self.reject(place, "no product or no branch");
        }
        for date in [&branch.released, &branch.end_of_support, &branch.end_of_life, &branch.date] {
            if !date.is_empty() && !is_day_or_month(date) {
                let value = format!("{} is no date (YYYY-MM or YYYY-MM-DD)", date);
                return self.reject(place, &value);
            }
        }
        if !branch.end_of_life.is_empty()
            && !branch.end_of_support.is_empty()
            && model::lifecycle::is_over(&branch.end_of_life, &branch.end_of_support)
        {
            return self.reject(place, "mending of flaws ends before full support does");
        }
        for date in [&mut branch.released, &mut branch.end_of_support, &mut branch.end_of_life] {
            date.truncate(10);
        }
        branch.feed = FEED.to_owned();
        branch.is_rolling = branch.branch == "*";
        self.reading.documents += 1;
        dates::keep_newest(&mut self.reading.as_of, &branch.date);
        (self.sink)(Item::Branch(Box::new(branch)));
    }

    /// Notes a row that cannot be used; the first few one by one.
    fn reject(&mut self, place: &str, value: &str) {
        self.bad += 1;
        if self.bad <= MOST_NOTES {
            self.reading.note(NoteCode::BadRecord, Severity::Error, place, value);
        }
    }
}

/// `2026-12`, `2026-12-31` or a time on that day.
fn is_day_or_month(text: &str) -> bool {
    match text.len() {
        7 => dates::is_date(&format!("{text}-01")),
        10 => dates::is_date(text),
        _ => dates::is_date(text) && matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')),
    }
}
