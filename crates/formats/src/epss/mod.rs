//! EPSS scores: FIRST's daily file (`#model_version…` comment, header, commas) and sets without header,
//! separated by semicolons (`cve;probability;percentile`).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::note::{NoteCode, Severity};
use model::record::{Item, Text};
use model::vulnerability::Epss;

use crate::records::{Reading, Sink};

/// How many bad rows are noted one by one; more are counted in a last note.
const MOST_NOTES: usize = 20;

/// True when the first data line of a text is a score.
pub fn is_epss(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let first = lines.find(|line| !line.starts_with('#') && !is_header(line)).unwrap_or("");
    row(first).is_some() || (first.is_empty() && head.lines().any(is_header))
}

/// Reads a file of scores.
pub fn read(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut bad = 0usize;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            read_comment(comment, &mut reading);
        } else if line.is_empty() || is_header(line) {
            continue;
        } else if let Some((id, score)) = row(line) {
            reading.documents += 1;
            sink(Item::Epss(Text::Borrowed(id), score));
        } else {
            bad += 1;
            if bad <= MOST_NOTES {
                reading.note(NoteCode::BadRecord, Severity::Error, format!("line {}", number + 1), line);
            }
        }
    }
    if bad > MOST_NOTES {
        reading.note(
            NoteCode::BadRecord,
            Severity::Error,
            "file",
            &format!("{} more lines", bad - MOST_NOTES),
        );
    }
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of scores.
pub fn parse(text: &str) -> u64 {
    text.lines().filter(|line| row(line.trim()).is_some()).count() as u64
}

fn is_header(line: &str) -> bool {
    line.trim_start()
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("cve,") || word.eq_ignore_ascii_case("cve;"))
}

/// `model_version:v2023.03.01,score_date:2024-05-01T00:00:00+0000`
fn read_comment(comment: &str, reading: &mut Reading) {
    for part in comment.split(',') {
        match part.split_once(':') {
            Some((name, value)) if name.trim() == "model_version" => {
                reading.revision = value.trim().to_owned()
            }
            Some((name, value)) if name.trim() == "score_date" => reading.as_of = value.trim().to_owned(),
            _ => {}
        }
    }
}

fn row(line: &str) -> Option<(&str, Epss)> {
    let mut fields = line.split([';', ',']).map(|field| field.trim().trim_matches('"'));
    let id = fields.next().filter(|id| id.starts_with("CVE-"))?;
    let unit = |text: &str| text.parse::<f32>().ok().filter(|value| (0.0..=1.0).contains(value));
    let probability = unit(fields.next()?)?;
    let percentile = match fields.next() {
        Some(text) => unit(text)?,
        None => return None,
    };
    Some((id, Epss { probability, percentile, before: None }))
}
