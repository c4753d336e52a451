//! In which release of a stream the fix of a CVE arrived.

use model::note::{NoteCode, Severity};
use model::record::{Item, Record, Source, Text};

use super::pairs;
use crate::records::elements::Members;
use crate::records::{Reading, Sink, commits};

/// One fix of a stream.
struct Fix<'a> {
    id: &'a str,
    release: &'a str,
    /// The commit in the stream; empty when not told.
    commit: &'a str,
    /// Which list says so, where a stream has two.
    list: &'static str,
}

/// Emits a fix. The first release of a stream is the mainline's, which the mainline's record knows.
fn emit(fix: &Fix<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    reading.documents += 1;
    let Some(stream) = pairs::stream_of(fix.release).filter(|_| pairs::is_stable(fix.release)) else {
        return;
    };
    let mut record = Record {
        source: Some(Source::LinuxKernelCves),
        id: Text::Borrowed(fix.id),
        by: Text::Owned(format!("{stream}{}", fix.list)),
        claims: vec![pairs::claim(vec![pairs::of_stream(stream, fix.release)])],
        ..Record::default()
    };
    if commits::is_commit(fix.commit) {
        commits::push(&mut record.fix_commits, Text::Borrowed(fix.commit));
    }
    sink(Item::Record(Box::new(record)));
}

/// Reads `stream_data.json`.
pub fn read_data(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for (_, releases) in members(text, "the list of streams", &mut reading) {
        for (release, cves) in members(releases, "a stream", &mut reading) {
            for (id, entry) in members(cves, "a release", &mut reading) {
                let commit = text_under(entry, "cmt_id");
                let fix = Fix { id: &id, release: &release, commit: &commit, list: "" };
                emit(&fix, &mut reading, sink);
            }
        }
    }
    reading
}

/// Reads `stream_fixes.json`.
pub fn read_fixes(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for (id, streams) in members(text, "the list of CVEs", &mut reading) {
        for (_, entry) in members(streams, "a CVE", &mut reading) {
            let (commit, release) = (text_under(entry, "cmt_id"), text_under(entry, "fixed_version"));
            let fix = Fix { id: &id, release: &release, commit: &commit, list: "" };
            emit(&fix, &mut reading, sink);
        }
    }
    reading
}

/// The members of an object; what ends early costs the rest of it.
fn members<'a>(
    text: &'a str,
    what: &str,
    reading: &mut Reading,
) -> Vec<(std::borrow::Cow<'a, str>, &'a str)> {
    let mut found = Vec::new();
    for member in Members::of(text) {
        match member {
            Ok(member) => found.push(member),
            Err(at) => {
                let value = format!("{what} ends early");
                reading.note(NoteCode::Truncated, Severity::Error, format!("byte {at}"), &value);
            }
        }
    }
    found
}

/// A text of an object; empty when there is none.
fn text_under(entry: &str, key: &str) -> String {
    let mut members = Members::of(entry).filter_map(Result::ok);
    let value = members.find(|(name, _)| name == key).map_or("", |(_, value)| value);
    serde_json::from_str(value).unwrap_or_default()
}

/// Reads `5.10_CVEs.txt`: `CVE-…: Fixed with 5.10.102`. What is not fixed in the stream is told by the mainline's bounds.
pub fn read_table(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match line.split_once(": ") {
            Some((id, fix)) if id.starts_with("CVE-") => {
                let release = fix.trim().strip_prefix("Fixed with ").unwrap_or_default();
                emit(&Fix { id, release, commit: "", list: " list" }, &mut reading, sink);
            }
            _ => reading.note(NoteCode::BadRecord, Severity::Warn, format!("line {}", number + 1), line),
        }
    }
    reading
}

/// Reads `5.10_security.txt`: below `CVEs fixed in 5.10.1:` lines `CVE-…: commit subject`, at its end the outstanding ones.
pub fn read_releases(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut release = "";
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if let Some(heading) = line.strip_suffix(':').filter(|line| !line.starts_with([' ', '\t'])) {
            release = heading.strip_prefix("CVEs fixed in ").unwrap_or_default();
            continue;
        }
        match line.trim().split_once(':') {
            Some((id, rest)) if id.starts_with("CVE-") => {
                let commit = rest.split_whitespace().next().unwrap_or_default();
                emit(&Fix { id, release, commit, list: "" }, &mut reading, sink);
            }
            _ => reading.note(NoteCode::BadRecord, Severity::Warn, format!("line {}", number + 1), line),
        }
    }
    reading
}
