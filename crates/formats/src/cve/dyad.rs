//! The kernel CNA's dyad files: one line per pair `introduced version:commit:fixed version:commit`, comments
//! begin with `#`, `0` stands for "none".

use model::note::{NoteCode, Severity};
use model::record::{Claim, ClaimForm, End, Entry, Item, RangeKind, Record, Source, Status, Subject, Text};

use crate::records::commits::{self, is_commit};
use crate::records::{Reading, Sink};

/// True for a text in the form of a dyad file.
pub fn is_dyad(head: &str) -> bool {
    head.lines()
        .find(|line| !line.starts_with('#') && !line.trim().is_empty())
        .is_some_and(|line| pair(line).is_some())
}

/// Reads a dyad file. `id` is the CVE id its file name bears. Each pair gives two entries, its releases and
/// its commits, in the order of the file.
pub fn read_dyad(text: &str, id: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut claim = Claim { subject: linux(), form: ClaimForm::KernelPairs, ..Claim::default() };
    claim.default_status = Some(Status::Unaffected);
    let mut fix_commits = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match pair(line) {
            Some(pair) => push(&mut claim.entries, &mut fix_commits, pair),
            None => {
                reading.note(NoteCode::BadRange, Severity::Warn, format!("{id} line {}", number + 1), line)
            }
        }
    }
    if claim.entries.is_empty() {
        reading.note(NoteCode::BadRecord, Severity::Error, id, "no pair");
        return reading;
    }
    reading.documents = 1;
    sink(Item::Record(Box::new(Record {
        source: Some(Source::KernelCna),
        id: Text::Owned(id.to_owned()),
        // Not the name of the record beside it: both are kept, each as an opinion of its own.
        by: Text::Borrowed("Linux dyad"),
        claims: vec![claim],
        fix_commits,
        ..Record::default()
    })));
    reading
}

/// The subject of claims about Linux.
pub(crate) fn linux() -> Subject<'static> {
    Subject {
        vendor: Text::Borrowed("Linux"),
        product: Text::Borrowed("Linux"),
        repo: Text::Borrowed("https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git"),
        ..Subject::default()
    }
}

type Pair<'a> = [&'a str; 4];

fn pair(line: &str) -> Option<Pair<'_>> {
    let mut parts = line.trim().split(':');
    let pair = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let [introduced, introduced_commit, fixed, fixed_commit] = pair;
    let version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with('v');
    let commit = |text: &str| text == "0" || is_commit(text);
    let fits = version(introduced) && version(fixed) && commit(introduced_commit) && commit(fixed_commit);
    (fits && parts.next().is_none()).then_some(pair)
}

fn push<'a>(entries: &mut Vec<Entry<'a>>, fix_commits: &mut Vec<Text<'a>>, pair: Pair<'a>) {
    let [introduced, introduced_commit, fixed, fixed_commit] = pair;
    entries.push(entry(RangeKind::Version, introduced, fixed));
    entries.push(entry(RangeKind::Git, introduced_commit, fixed_commit));
    if fixed_commit != "0" {
        commits::push(fix_commits, Text::Borrowed(fixed_commit));
    }
}

fn entry<'a>(kind: RangeKind, start: &'a str, fixed: &'a str) -> Entry<'a> {
    let end = if fixed == "0" { End::Open } else { End::Before(Text::Borrowed(fixed)) };
    let start = Text::Borrowed(start);
    Entry { kind, start, end, version_type: Text::Borrowed("dyad"), ..Entry::default() }
}
