//! Our own table: columns by name, in any order; `-` and nothing are empty, lines with `#` are comments.

use model::lifecycle::Branch;
use serde::Deserialize;

use super::Rows;
use crate::records::shape::Shape;
use crate::records::wire::Word;
use crate::records::{Reading, Wire, csv, for_each, read_one};

const COLUMNS: [&str; 8] =
    ["product", "branch", "released", "end_of_support", "end_of_life", "lts", "source", "date"];

const LIST_KEYS: &[&str] = &["branches"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row<'a> {
    #[serde(borrow)]
    product: Word<'a>,
    branch: Word<'a>,
    released: Word<'a>,
    end_of_support: Word<'a>,
    end_of_life: Word<'a>,
    lts: serde_json::Value,
    source: Word<'a>,
    date: Word<'a>,
}

struct TableRow;
impl Wire for TableRow {
    type Of<'a> = Row<'a>;
    // A branch written as a number loses its trailing zeros before it gets here: 1.10 is 1.1. It is noted.
    const SHAPE: Shape = Shape::Object(&[
        ("product", Shape::Text),
        ("branch", Shape::Text),
        ("released", Shape::Text),
        ("end_of_support", Shape::Text),
        ("end_of_life", Shape::Text),
        ("lts", Shape::Any),
        ("source", Shape::Text),
        ("date", Shape::Text),
    ]);
}

/// The separator of a table; `None` for another text.
pub(super) fn separator(text: &str) -> Option<u8> {
    let header = header(text)?;
    [b'\t', b',', b';'].into_iter().find(|separator| {
        let columns: Vec<String> = columns(header, *separator);
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("product") && has("branch") && (has("end_of_life") || has("end_of_support"))
    })
}

fn header(text: &str) -> Option<&str> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    lines.find(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

fn columns(header: &str, separator: u8) -> Vec<String> {
    header
        .split(separator as char)
        .map(|column| column.trim().trim_matches('"').to_ascii_lowercase())
        .collect()
}

pub(super) fn read(text: &str, separator: u8, rows: &mut Rows<'_, '_>) {
    let names = columns(header(text).unwrap_or_default(), separator);
    let at = COLUMNS.map(|name| names.iter().position(|column| column == name));
    let data = text.trim_start_matches('\u{feff}').lines().enumerate();
    let mut lines = data.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next();
    for (number, line) in lines {
        let fields = csv::rows(line, separator).next().unwrap_or_default();
        let field = |at: Option<usize>| at.and_then(|at| fields.get(at)).map_or("", |field| field.trim());
        let place = format!("line {}", number + 1);
        add(at.map(field), &place, rows);
    }
}

pub(super) fn read_json(text: &str, rows: &mut Rows<'_, '_>) {
    let mut reading = Reading::default();
    let mut found: Vec<(String, [String; 8])> = Vec::new();
    let mut number = 0;
    for_each(text, LIST_KEYS, &mut reading, &mut |row, reading| {
        number += 1;
        read_one::<TableRow>(row, reading, &mut |row, _| {
            let Row { product, branch, released, end_of_support, end_of_life, lts, source, date } = row;
            let lts = match lts {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            let lts = Word(lts.into());
            let cells = [product, branch, released, end_of_support, end_of_life, lts, source, date];
            found.push((format!("entry {number}"), cells.map(|cell| cell.trim().to_owned())));
        });
    });
    rows.reading.notes.append(&mut reading.notes);
    for (place, cells) in found {
        add(cells.each_ref().map(String::as_str), &place, rows);
    }
}

fn add(cells: [&str; 8], place: &str, rows: &mut Rows<'_, '_>) {
    let [product, branch, released, end_of_support, end_of_life, lts, source, date] =
        cells.map(|cell| if cell == "-" { "" } else { cell });
    let is_lts = match lts.to_ascii_lowercase().as_str() {
        "yes" | "true" | "lts" | "1" => true,
        "" | "no" | "false" | "stable" | "0" => false,
        other => return rows.reject(place, &format!("lts is {other}, neither yes nor no")),
    };
    if source.is_empty() {
        return rows.reject(place, "no source: who says so?");
    }
    let text = str::to_owned;
    rows.add(
        place,
        Branch {
            product: text(product),
            branch: text(branch),
            is_lts,
            released: text(released),
            end_of_support: text(end_of_support),
            end_of_life: text(end_of_life),
            source: text(source),
            date: text(date),
            ..Branch::default()
        },
    );
}
