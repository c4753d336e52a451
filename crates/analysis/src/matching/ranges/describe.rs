//! Rows of a record in words, for the evidence of a verdict.

use std::fmt::Write as _;

use model::finding::Evidence;
use model::record::{CpeRow, End, Entry, Status};
use model::version::Scheme;

/// The word of a status.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Unaffected => "unaffected",
        Status::Unknown => "unknown",
    }
}

/// A row as `5.6.0 <= v < 5.6.2, affected`, with the record's own texts.
pub(crate) fn entry_text(entry: &Entry<'_>) -> String {
    let start = entry.start.trim();
    let from = if versions::is_no_bound(start) { String::new() } else { format!("{start} <= ") };
    let mut text = match &entry.end {
        End::Single => format!("= {start}"),
        End::Before(end) if end.trim() != "*" => format!("{from}v < {}", end.trim()),
        End::Through(end) if end.trim() != "*" => format!("{from}v <= {}", end.trim()),
        End::Before(_) | End::Through(_) | End::Open if from.is_empty() => "any version".to_owned(),
        End::Before(_) | End::Through(_) | End::Open => format!("{from}v"),
    };
    let _ = write!(text, ", {}", status_word(entry.status));
    for change in &entry.changes {
        let _ = write!(text, "; {} from {}", status_word(change.status), change.at.trim());
    }
    text
}

/// A criterion row as `9.18.0 <= v < 9.18.22` or `= 4.2.8 p1`.
pub(crate) fn cpe_row_text(row: &CpeRow<'_>) -> String {
    let update = match row.update.as_ref() {
        "" | "*" => String::new(),
        update => format!(" {update}"),
    };
    let Some(bounds) = &row.bounds else {
        return match row.version.as_ref() {
            "" | "*" => format!("any version{update}"),
            "-" => "no version known (-)".to_owned(),
            version => format!("= {version}{update}"),
        };
    };
    let mut text = String::new();
    match (bounds.start_including.as_ref(), bounds.start_excluding.as_ref()) {
        ("", "") => {}
        ("", start) => text = format!("{start} < "),
        (start, _) => text = format!("{start} <= "),
    }
    text.push('v');
    match (bounds.end_including.as_ref(), bounds.end_excluding.as_ref()) {
        ("", "") => {}
        ("", end) => text += &format!(" < {end}{update}"),
        (end, _) => text += &format!(" <= {end}{update}"),
    }
    text
}

/// The evidence of a comparison.
pub(crate) fn comparison(
    entry: String,
    version: &str,
    scheme: Scheme,
    outcome: impl Into<String>,
) -> Evidence {
    Evidence::Range { entry, version: version.to_owned(), scheme, outcome: outcome.into() }
}
