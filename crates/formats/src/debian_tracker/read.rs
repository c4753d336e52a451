//! Reads the tracker's file.

use std::borrow::Cow;

use model::codename::{self, DEBIAN};
use model::note::{NoteCode, Severity};
use model::record::{Claim, ClaimForm, End, Entry, Item, Record, Reference, Source, Status, Subject, Text};

use rustc_hash::FxHashSet;

use super::schema::{Issue, Release, TrackerIssue};
use crate::records::elements::Members;
use crate::records::{Reading, Sink, read_one, tags};

/// Who speaks: the tracker, not its export to OSV, whose records stand beside these.
pub const BY: &str = "Debian security tracker";

/// How many references are compared with a new one.
const MOST_COMPARED: usize = 64;

/// One issue of a source package, not yet read.
struct Row<'a> {
    id: Cow<'a, str>,
    package: Cow<'a, str>,
    text: &'a str,
}

/// Reads the tracker's file into one record per vulnerability, in the order of their ids. `date` is what is known of the
/// age of the file, which bears none; empty when nothing is.
pub fn read(text: &str, date: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading { as_of: date.to_owned(), ..Reading::default() };
    let mut rows = rows(text, &mut reading);
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let mut unknown = FxHashSet::default();
    for issues in rows.chunk_by(|one, other| one.id == other.id) {
        let mut record =
            Record { modified: Text::Borrowed(date), by: Text::Borrowed(BY), ..Record::default() };
        for row in issues {
            read_one::<TrackerIssue>(row.text, &mut reading, &mut |issue, reading| {
                add(&mut record, issue, row, reading, &mut unknown);
            });
        }
        if let Some(row) = issues.first().filter(|_| !record.claims.is_empty()) {
            finish(&mut record, &row.id);
            sink(Item::Record(Box::new(record)));
        }
    }
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of issues.
pub fn parse(text: &str) -> u64 {
    let rows = rows(text, &mut Reading::default());
    rows.iter().map(|row| u64::from(serde_json::from_str::<Issue<'_>>(row.text).is_ok())).sum()
}

/// All issues, as they lie in the file.
fn rows<'a>(text: &'a str, reading: &mut Reading) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for member in Members::of(text) {
        let (package, issues) = match member {
            Ok(member) => member,
            Err(at) => {
                ends_early(at, "the list of packages ends early", reading);
                break;
            }
        };
        for issue in Members::of(issues) {
            match issue {
                Ok((id, text)) => rows.push(Row { id, package: package.clone(), text }),
                Err(_) => {
                    reading.note(NoteCode::BadRecord, Severity::Error, &*package, "its issues end early")
                }
            }
        }
    }
    rows
}

fn ends_early(at: usize, what: &str, reading: &mut Reading) {
    reading.note(NoteCode::Truncated, Severity::Error, format!("byte {at}"), what);
}

/// Adds what is said of one package.
fn add(
    record: &mut Record<'_>,
    issue: Issue<'_>,
    row: &Row<'_>,
    reading: &mut Reading,
    unknown: &mut FxHashSet<String>,
) {
    if record.description.is_empty() {
        record.description = Text::Owned(issue.description.0.into_owned());
    }
    if !issue.scope.is_empty() {
        tags::push(&mut record.tags, Text::Owned(format!("scope:{}", &*issue.scope)));
    }
    if let Some(bug) = issue.debianbug {
        let url = Text::Owned(format!("https://bugs.debian.org/{bug}"));
        // The same report often stands with several packages.
        if record.references.iter().take(MOST_COMPARED).all(|known| known.url != url) {
            record.references.push(Reference { url, tags: vec![Text::Borrowed("bug")] });
        }
    }
    for (codename, release) in issue.releases.0 {
        let number = number_of(&codename, reading, unknown);
        let place = Place { id: &row.id, package: &row.package, number: &number };
        if let Some(claim) = claim(&place, &release, reading) {
            record.claims.push(claim);
            record.tags.extend(grades(&place, &release).into_iter().flatten());
        }
    }
}

/// The number of a release. A code name that is not in the table stays one, with a note for the first time.
fn number_of(codename: &str, reading: &mut Reading, unknown: &mut FxHashSet<String>) -> Text<'static> {
    if let Some(number) = codename::release_of(DEBIAN, codename) {
        return Text::Borrowed(number);
    }
    if unknown.insert(codename.to_owned()) {
        reading.note(NoteCode::UnknownEnum, Severity::Warn, "release", codename);
    }
    Text::Owned(codename.to_owned())
}

/// Of which vulnerability, package and release something is said.
struct Place<'p> {
    id: &'p str,
    package: &'p str,
    number: &'p str,
}

/// The claim of a release; `None` when it says nothing that can be used.
fn claim(place: &Place<'_>, release: &Release<'_>, reading: &mut Reading) -> Option<Claim<'static>> {
    let fixed = release.fixed_version.0.trim();
    let end = match (&*release.status, fixed) {
        ("resolved", "") => {
            let what = "resolved, but in no version";
            reading.note(NoteCode::BadRange, Severity::Warn, at(place), what);
            None
        }
        ("resolved", fixed) => Some(End::Before(Text::Owned(fixed.to_owned()))),
        ("open", _) => Some(End::Open),
        // Nobody has looked yet. A claim without rows asks for a review.
        ("undetermined", _) => None,
        (other, _) => {
            reading.note(NoteCode::UnknownEnum, Severity::Warn, at(place), other);
            None
        }
    };
    let row = |end| Entry {
        start: Text::Borrowed("0"),
        end,
        version_type: Text::Borrowed("deb"),
        ..Entry::default()
    };
    Some(Claim {
        subject: Subject {
            ecosystem: Text::Borrowed("Debian"),
            distro_release: Text::Owned(place.number.to_owned()),
            package_name: Text::Owned(place.package.to_owned()),
            ..Subject::default()
        },
        entries: end.map(row).into_iter().collect(),
        default_status: Some(Status::Unaffected),
        form: ClaimForm::SecFix,
    })
}

fn at(place: &Place<'_>) -> String {
    format!("{} {} {}", place.id, place.package, place.number)
}

/// What Debian does about it in a release, where that is not "a fix will come".
fn grades(place: &Place<'_>, release: &Release<'_>) -> [Option<Text<'static>>; 3] {
    let tag = |word: &str, reason: &str| Some(tags::of_package(word, place.number, place.package, reason));
    let urgency = match &*release.urgency {
        grade @ ("unimportant" | "end-of-life") => tag(grade, ""),
        _ => None,
    };
    let has_reason = !release.nodsa.is_empty() || !release.nodsa_reason.is_empty();
    let no_dsa = match &*release.nodsa_reason {
        _ if !has_reason || &*release.status == "resolved" => None,
        "" => tag("no-dsa", &release.nodsa),
        word => tag(word, &release.nodsa),
    };
    let undetermined = if &*release.status == "undetermined" { tag("undetermined", "") } else { None };
    [urgency, no_dsa, undetermined]
}

/// What the record as a whole says.
fn finish(record: &mut Record<'_>, id: &str) {
    record.source = Some(Source::Debian);
    record.id = Text::Owned(id.to_owned());

    let url = Text::Owned(format!("https://security-tracker.debian.org/tracker/{id}"));
    record.references.insert(0, Reference { url, tags: vec![Text::Borrowed("vendor-advisory")] });
}
