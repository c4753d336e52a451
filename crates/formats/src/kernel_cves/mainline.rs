//! What is known of a CVE in the mainline.

use model::note::{NoteCode, Severity};
use model::record::{Item, Record, RecordState, Reference, Source, Text};

use super::pairs;
use super::schema::{Cve, KernelCve};
use crate::records::elements::Members;
use crate::records::{Reading, Sink, commits, dates, read_one, says_disputed};

/// The tag of a CVE that only the kernel of some vendor has.
const VENDOR: &str = "vendor-specific";
/// The tag of a CVE that never was in the mainline: a port to stable streams brought it.
const BACKPORT: &str = "caused-by-backport";

/// Reads `kernel_cves.json`.
pub fn read_json(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for member in Members::of(text) {
        match member {
            Ok((id, entry)) => {
                read_one::<KernelCve>(entry, &mut reading, &mut |cve, reading| emit(&id, cve, reading, sink));
            }
            Err(at) => {
                let place = format!("byte {at}");
                reading.note(NoteCode::Truncated, Severity::Error, place, "the list of CVEs ends early");
            }
        }
    }
    reading
}

/// Parses as [`read_json`] does and drops the result; returns the number of entries.
pub fn parse_json(text: &str) -> u64 {
    let entries = Members::of(text).filter_map(Result::ok);
    entries.map(|(_, entry)| u64::from(serde_json::from_str::<Cve<'_>>(entry).is_ok())).sum()
}

fn emit(id: &str, cve: Cve<'_>, reading: &mut Reading, sink: &mut Sink<'_>) {
    dates::keep_newest(&mut reading.as_of, &cve.last_modified);
    let mut record = mainline(id, "kernel_cves.json", &cve.affected_versions, &cve.breaks, &cve.fixes);
    if cve.vendor_specific {
        record.claims.clear();
        record.tags.push(Text::Borrowed(VENDOR));
    }
    if cve.backport {
        without_mainline(&mut record);
    }
    if cve.rejected {
        record.state = RecordState::Withdrawn;
    }
    record.disputed = says_disputed(&cve.nvd_text);
    record.modified = cve.last_modified.0;
    record.title = if cve.name.is_empty() { cve.cmt_msg.0 } else { cve.name.0 };
    record.description = cve.nvd_text.0;
    record.references =
        cve.ref_urls.0.into_iter().map(|(_, url)| Reference { url: url.0, tags: Vec::new() }).collect();
    sink(Item::Record(Box::new(record)));
}

/// Reads `CVEs.txt`: `CVE-…: breaks - fixes (v5.8-rc1 to v5.17-rc6)`.
pub fn read_table(text: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("CVE-")) {
        let Some(record) = row(line) else {
            reading.note(NoteCode::BadRecord, Severity::Warn, format!("line {}", number + 1), line);
            continue;
        };
        reading.documents += 1;
        sink(Item::Record(Box::new(record)));
    }
    reading
}

fn row(line: &str) -> Option<Record<'_>> {
    let (id, rest) = line.split_once(": ")?;
    if rest.trim() == "Vendor Specific" {
        let mut record = mainline(id, "CVEs.txt", "", "", "");
        record.tags.push(Text::Borrowed(VENDOR));
        return Some(record);
    }
    let (commits, versions) = rest.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let (breaks, fixes) = commits.split_once(" - ")?;
    let mut record = mainline(id, "CVEs.txt", versions, breaks.trim(), fixes.trim());
    if versions.eq_ignore_ascii_case("CVE Caused by Backporting") {
        without_mainline(&mut record);
    }
    Some(record)
}

/// The record of the mainline. Nothing that is not known is claimed.
fn mainline<'a>(
    id: &'a str,
    by: &'static str,
    versions: &'a str,
    breaks: &'a str,
    fixes: &'a str,
) -> Record<'a> {
    let entries: Vec<_> =
        pairs::of_releases(versions).into_iter().chain(pairs::of_commits(breaks, fixes)).collect();
    let mut record = Record {
        source: Some(Source::LinuxKernelCves),
        id: Text::Borrowed(id),
        by: Text::Borrowed(by),
        claims: vec![pairs::claim(entries)],
        ..Record::default()
    };
    if commits::is_commit(fixes) && breaks != fixes {
        commits::push(&mut record.fix_commits, Text::Borrowed(fixes));
    }
    record
}

/// The mainline never had it: the streams alone say where it was and where it ended.
fn without_mainline(record: &mut Record<'_>) {
    record.claims.iter_mut().for_each(|claim| claim.entries.clear());
    record.fix_commits.clear();
    record.tags.push(Text::Borrowed(BACKPORT));
}
