//! Events into rows.
//!
//! OSV sorts events by version before it evaluates them. A reader cannot compare versions, so rows are made
//! such that their union gives the same answer in whatever order the events stand: events that alternate
//! become intervals; of others each `introduced` begins a row that carries the remaining events as changes,
//! which whoever evaluates them sorts anyway.

use model::note::{NoteCode, Severity};
use model::record::{Change, End, Entry, RangeKind, Status, Text};

use crate::records::Reading;

use super::schema::{Event, Range};

/// One thing that happens at a version.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step<'a> {
    Introduced(Text<'a>),
    Fixed(Text<'a>),
    LastAffected(Text<'a>),
}

/// Rows of one range; what cannot be read is noted under the record's id.
pub fn entries<'a>(range: Range<'a>, id: &str, reading: &mut Reading) -> Vec<Entry<'a>> {
    let kind = if &*range.kind == "GIT" { RangeKind::Git } else { RangeKind::Version };
    if !matches!(&*range.kind, "GIT" | "SEMVER" | "ECOSYSTEM") {
        reading.note(NoteCode::UnknownEnum, Severity::Warn, format!("{id} range type"), &range.kind);
    }
    let mut steps: Vec<Step<'a>> = range.events.into_iter().flat_map(steps).collect();
    if steps.is_empty() {
        return Vec::new();
    }
    if !steps.iter().any(|step| matches!(step, Step::Introduced(_))) {
        reading.note(
            NoteCode::BadRange,
            Severity::Warn,
            id,
            "a range without `introduced`: read from the first version",
        );
        steps.insert(0, Step::Introduced(Text::Borrowed("0")));
    }
    let mut rows = if alternates(&steps) { intervals(steps) } else { unsorted(steps, kind) };
    for row in &mut rows {
        row.kind = kind;
        row.version_type = range.kind.0.clone();
    }
    rows
}

fn steps<'a>(event: Event<'a>) -> impl Iterator<Item = Step<'a>> {
    let Event { introduced, fixed, last_affected, limit } = event;
    // A limit bounds what was looked at; above it nothing is claimed, as above a fix.
    let limit = if &*limit == "*" { Text::default() } else { limit.0 };
    let all = [
        Step::Introduced(introduced.0),
        Step::Fixed(fixed.0),
        Step::LastAffected(last_affected.0),
        Step::Fixed(limit),
    ];
    all.into_iter().filter(|step| !step.at().is_empty())
}

impl<'a> Step<'a> {
    fn at(&self) -> &Text<'a> {
        match self {
            Step::Introduced(at) | Step::Fixed(at) | Step::LastAffected(at) => at,
        }
    }
}

fn alternates(steps: &[Step<'_>]) -> bool {
    steps.iter().enumerate().all(|(at, step)| matches!(step, Step::Introduced(_)) == at.is_multiple_of(2))
}

fn intervals<'a>(steps: Vec<Step<'a>>) -> Vec<Entry<'a>> {
    let mut rows: Vec<Entry<'a>> = Vec::new();
    for step in steps {
        match step {
            Step::Introduced(start) => rows.push(Entry { start, end: End::Open, ..Entry::default() }),
            Step::Fixed(at) => set_end(&mut rows, End::Before(at)),
            Step::LastAffected(at) => set_end(&mut rows, End::Through(at)),
        }
    }
    rows
}

fn set_end<'a>(rows: &mut [Entry<'a>], end: End<'a>) {
    if let Some(row) = rows.last_mut() {
        row.end = end;
    }
}

/// Rows of events that do not alternate.
fn unsorted<'a>(steps: Vec<Step<'a>>, kind: RangeKind) -> Vec<Entry<'a>> {
    let starts: Vec<Text<'a>> = of(&steps, |step| matches!(step, Step::Introduced(_)));
    let fixes: Vec<Text<'a>> = of(&steps, |step| matches!(step, Step::Fixed(_)));
    let lasts: Vec<Text<'a>> = of(&steps, |step| matches!(step, Step::LastAffected(_)));
    let mut rows = Vec::new();
    for (number, last) in lasts.iter().enumerate() {
        // The n-th end belongs to the n-th start; more ends than starts belong to the last start.
        let start = starts.get(number).or(starts.last()).cloned().unwrap_or_default();
        rows.push(Entry { start, end: End::Through(last.clone()), ..Entry::default() });
    }
    if fixes.is_empty() && !lasts.is_empty() {
        let open = starts.into_iter().skip(lasts.len());
        rows.extend(open.map(|start| Entry { start, end: End::Open, ..Entry::default() }));
        return rows;
    }
    rows.extend(starts.iter().map(|start| row(start, &starts, &fixes, kind)));
    rows
}

fn of<'a>(steps: &[Step<'a>], is: impl Fn(&Step<'a>) -> bool) -> Vec<Text<'a>> {
    steps.iter().filter(|step| is(step)).map(|step| step.at().clone()).collect()
}

/// The row of one start. Among commits, and where there is one start only, every fix ends it; among versions
/// with several starts the other starts reopen it.
fn row<'a>(start: &Text<'a>, starts: &[Text<'a>], fixes: &[Text<'a>], kind: RangeKind) -> Entry<'a> {
    let change = |at: &Text<'a>, status| Change { at: at.clone(), status };
    let mut row = Entry { start: start.clone(), end: End::Open, ..Entry::default() };
    match fixes.split_first() {
        Some((first, others)) if starts.len() == 1 || kind == RangeKind::Git => {
            row.end = End::Before(first.clone());
            row.changes.extend(others.iter().map(|at| change(at, Status::Unaffected)));
        }
        _ => {
            let others = starts.iter().filter(|other| *other != start);
            row.changes.extend(others.map(|at| change(at, Status::Affected)));
            row.changes.extend(fixes.iter().map(|at| change(at, Status::Unaffected)));
        }
    }
    row
}
