//! NVD criteria: the version rows of one product (matching.md 5.5, last rows of the table).
//!
//! Bounds are intervals. Concrete versions are equalities: three or more are a list that says "and no other";
//! one or two are what the reporter happened to test. `*` and `-` without bounds say nothing about versions.

use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{CpeBounds, CpeRow, Record};
use model::version::Scheme;
use std::borrow::Cow;
use versions::{Bound, Contains, Interval, Order, Side, Why};

use super::answer::RangeAnswer;
use super::describe;
use super::outside::{is_coarse, on_same_branch};
use super::row::{is_other_numbering, reason_of};
use super::version::ComponentVersion;

/// What the rows say when looked at one by one.
#[derive(Default)]
struct Tally<'r> {
    inside: Option<Hit<'r>>,
    open_end: Option<&'r CpeRow<'r>>,
    unbounded: Option<&'r CpeRow<'r>>,
    coarse: Option<Hit<'r>>,
    undecided: Option<(Reason, &'r CpeRow<'r>)>,
    /// The highest interval end at or below the version.
    below: Option<Hit<'r>>,
    /// The lowest interval start above the version.
    above: Option<Hit<'r>>,
    concrete: usize,
    intervals: usize,
    other_edition: usize,
}

/// A row and the bound that counts.
#[derive(Clone)]
struct Hit<'r> {
    row: &'r CpeRow<'r>,
    reason: Reason,
    bound: Cow<'r, str>,
    inclusive: bool,
}

/// The rows of one product, list by list: a configuration may name it in several criteria.
pub type RowLists<'l, 'r> = &'l [&'r [CpeRow<'r>]];

fn each<'r>(lists: RowLists<'_, 'r>) -> impl Iterator<Item = &'r CpeRow<'r>> {
    lists.iter().copied().flatten()
}

/// Judges vulnerable rows.
pub(crate) fn judge(
    record: &Record<'_>,
    rows: RowLists<'_, '_>,
    version: &ComponentVersion<'_>,
) -> RangeAnswer {
    let mut tally = Tally::default();
    for row in each(rows) {
        tally.read(row, version);
        if tally.inside.is_some() {
            break;
        }
    }
    tally.conclude(record, rows, version)
}

/// Judges rows that stand as *not vulnerable* beside vulnerable ones. A name without bounds is a platform.
pub(crate) fn judge_unaffected(rows: RowLists<'_, '_>, version: &ComponentVersion<'_>) -> RangeAnswer {
    if version.unusable().is_some() {
        return RangeAnswer::none();
    }
    for row in each(rows) {
        let is_inside = match (&row.bounds, row.version.as_ref()) {
            (Some(bounds), _) => contains(bounds, &row.update, version) == Contains::Inside,
            (None, "" | "*" | "-") => false,
            (None, _) => is_named(row, version) == Ok(true),
        };
        if is_inside {
            let mut answer =
                RangeAnswer::new(Verdict::NotAffected, Reason::VListedUnaffected, Confidence::High);
            show(row, "inside a row marked as not vulnerable", version, &mut answer);
            answer.qualify(version);
            return answer;
        }
    }
    RangeAnswer::none()
}

impl<'r> Tally<'r> {
    fn read(&mut self, row: &'r CpeRow<'r>, version: &ComponentVersion<'_>) {
        match (&row.bounds, row.version.as_ref()) {
            (Some(bounds), _) => self.read_interval(row, bounds, version),
            (None, "" | "*" | "-") => self.unbounded = self.unbounded.or(Some(row)),
            (None, _) => self.read_concrete(row, version),
        }
    }

    fn read_concrete(&mut self, row: &'r CpeRow<'r>, version: &ComponentVersion<'_>) {
        self.concrete += 1;
        // Lists of millions of rows exist; most rows differ in one of their first numbers.
        if version.differs_by_numbers(&row.version) {
            return;
        }
        match is_named(row, version) {
            Ok(true) => {
                let bound = Cow::Borrowed(row.version.as_ref());
                self.inside = Some(Hit { row, reason: Reason::VExact, bound, inclusive: true });
            }
            Ok(false) => {}
            Err(Reason::IOtherEdition) => self.other_edition += 1,
            Err(reason) => self.undecided = self.undecided.or(Some((reason, row))),
        }
    }

    fn read_interval(
        &mut self,
        row: &'r CpeRow<'r>,
        bounds: &'r CpeBounds<'r>,
        version: &ComponentVersion<'_>,
    ) {
        self.intervals += 1;
        let end = end_of(bounds, &row.update);
        let inclusive = !bounds.end_including.is_empty();
        if end.as_deref().is_some_and(|end| is_other_numbering(end, version)) {
            self.undecided = self.undecided.or(Some((Reason::VSchemeMismatch, row)));
            return;
        }
        match (contains(bounds, &row.update, version), end) {
            (Contains::Inside, None) => self.open_end = self.open_end.or(Some(row)),
            (Contains::Inside, Some(bound)) => {
                self.inside = Some(Hit { row, reason: Reason::VInRange, bound, inclusive });
            }
            (Contains::Outside(Side::After), Some(bound)) => {
                let hit = Hit { row, reason: Reason::VFixed, bound, inclusive };
                if inclusive && is_coarse(&hit.bound, version) {
                    self.coarse = Some(hit.clone());
                }
                let is_higher = self
                    .below
                    .as_ref()
                    .is_none_or(|held| version.order_of(&hit.bound, &held.bound) == Order::Greater);
                if is_higher {
                    self.below = Some(hit);
                }
            }
            (Contains::Outside(_), _) => self.read_start_above(row, bounds, version),
            (Contains::Undecided(Why::Edition), _) => self.other_edition += 1,
            (Contains::Undecided(why), _) => self.undecided = self.undecided.or(Some((reason_of(why), row))),
        }
    }

    fn read_start_above(
        &mut self,
        row: &'r CpeRow<'r>,
        bounds: &'r CpeBounds<'r>,
        version: &ComponentVersion<'_>,
    ) {
        let start =
            if bounds.start_including.is_empty() { &bounds.start_excluding } else { &bounds.start_including };
        let is_lower =
            self.above.as_ref().is_none_or(|held| version.order_of(start, &held.bound) == Order::Less);
        if is_lower {
            let bound = Cow::Borrowed(start.as_ref());
            self.above = Some(Hit { row, reason: Reason::VBeforeRange, bound, inclusive: true });
        }
    }

    fn conclude(
        self,
        record: &Record<'_>,
        rows: RowLists<'_, '_>,
        version: &ComponentVersion<'_>,
    ) -> RangeAnswer {
        if let Some(hit) = &self.inside {
            // `< 1.9.5` beside `1.9.5 p1` is one range, written as far as its notation goes.
            let is_of_range = each(rows).any(|row| row.bounds.is_some());
            let reason = if is_of_range { Reason::VInRange } else { hit.reason };
            return affected_by(&Hit { reason, ..hit.clone() }, rows, version);
        }
        if let Some(row) = self.open_end {
            return in_open_range(record, row, version);
        }
        if let Some(row) = self.unbounded {
            return review(Reason::VUnbounded, row, "no version bound", version);
        }
        if let Some(hit) = &self.coarse {
            return review(
                Reason::VCoarseBound,
                hit.row,
                "above a bound less precise than the version",
                version,
            );
        }
        if let Some((reason, row)) = self.undecided {
            return review(reason, row, "cannot be compared", version);
        }
        let read = self.concrete + self.intervals;
        if read > 0 && read == self.other_edition {
            return RangeAnswer::new(Verdict::NotAffected, Reason::IOtherEdition, Confidence::High);
        }
        // `<= 3.18.1` beside a list of releases names no fix: the list says which releases are meant.
        let names_no_fix = self.below.as_ref().is_some_and(|below| below.inclusive);
        if self.concrete >= 3 && (self.intervals == 0 || names_no_fix) {
            return not_listed(rows, version);
        }
        if self.intervals > 0 {
            return self.outside_intervals(version);
        }
        match self.concrete {
            0 => RangeAnswer::review(Reason::VNoUsableRange),
            _ => self.spot_version(record, rows, version),
        }
    }

    fn outside_intervals(self, version: &ComponentVersion<'_>) -> RangeAnswer {
        let is_next_on_branch =
            self.above.as_ref().is_some_and(|above| on_same_branch(&above.bound, version))
                && !self.below.as_ref().is_some_and(|below| on_same_branch(&below.bound, version));
        let nearest = match (self.below, self.above) {
            (_, Some(above)) if is_next_on_branch => above,
            (Some(below), _) => below,
            (None, Some(above)) => above,
            (None, None) => return RangeAnswer::review(Reason::VNoUsableRange),
        };
        let mut answer = RangeAnswer::new(Verdict::NotAffected, nearest.reason, Confidence::High);
        answer.bound = nearest.bound.clone().into_owned();
        if version.is_detailed() {
            let side = if nearest.reason == Reason::VFixed { "above its end" } else { "before its start" };
            show(nearest.row, &format!("{side} {}", nearest.bound), version, &mut answer);
        }
        if nearest.reason == Reason::VFixed && !nearest.inclusive {
            answer.fixed = nearest.bound.into_owned();
        }
        answer
    }

    /// One or two versions are what somebody tested. Only a release of a newer branch that came out years after
    /// the record is assumed to be past the bug; calling its neighbours unlisted would hide most of them.
    fn spot_version(
        self,
        record: &Record<'_>,
        rows: RowLists<'_, '_>,
        version: &ComponentVersion<'_>,
    ) -> RangeAnswer {
        let years_later = version.is_later_by(24, &published(record)) == Some(true);
        let is_newer_branch = || {
            each(rows).filter(|row| is_named(row, version) == Ok(false)).all(|row| {
                version.order(&row.version) == Order::Greater && !on_same_branch(&row.version, version)
            })
        };
        let is_past = years_later && is_newer_branch();
        let mut answer = match is_past {
            true => RangeAnswer::new(Verdict::NotAffected, Reason::VSpotVersion, Confidence::Low),
            false => RangeAnswer::review(Reason::VSpotVersion),
        };
        let outcome =
            if is_past { "of a newer branch, released years later" } else { "another version was tested" };
        for row in each(rows) {
            show(row, outcome, version, &mut answer);
        }
        answer
    }
}

fn affected_by(hit: &Hit<'_>, rows: RowLists<'_, '_>, version: &ComponentVersion<'_>) -> RangeAnswer {
    let reason =
        if is_mainline_bound_only(hit, rows, version) { Reason::KMainlineBoundOnly } else { hit.reason };
    let mut answer = match reason {
        Reason::KMainlineBoundOnly => RangeAnswer::review(reason),
        reason => RangeAnswer::new(Verdict::Affected, reason, Confidence::High),
    };
    answer.bound = hit.bound.clone().into_owned();
    answer.open_start = hit.row.bounds.as_ref().is_some_and(|bounds| has_no_start(bounds));
    if !hit.inclusive {
        answer.fixed = hit.bound.clone().into_owned();
    }
    let outcome = if hit.row.bounds.is_none() { "equal" } else { "inside" };
    show(hit.row, outcome, version, &mut answer);
    answer
}

fn has_no_start(bounds: &CpeBounds<'_>) -> bool {
    versions::is_no_bound(&bounds.start_including) && versions::is_no_bound(&bounds.start_excluding)
}

/// Linux: when no row has a stable release as its end, the record knows the mainline only, and a kernel of an
/// older branch may have the fix as a backport.
fn is_mainline_bound_only(hit: &Hit<'_>, rows: RowLists<'_, '_>, version: &ComponentVersion<'_>) -> bool {
    use crate::matching::kernel::Release;
    if version.scheme != Scheme::Linux || hit.row.bounds.is_none() {
        return false;
    }
    let ends_in_stable = |row: &CpeRow<'_>| {
        let end = row.bounds.as_ref().and_then(|bounds| end_of(bounds, ""));
        end.and_then(|end| Release::parse(&end)).is_some_and(|end| !end.is_mainline())
    };
    let older_branch = match (Release::parse(version.written()), Release::parse(&hit.bound)) {
        (Some(kernel), Some(bound)) => kernel.line() < bound.line(),
        _ => false,
    };
    older_branch && !each(rows).any(ends_in_stable)
}

/// A range without an end is believed while the record is young compared with the release.
fn in_open_range(record: &Record<'_>, row: &CpeRow<'_>, version: &ComponentVersion<'_>) -> RangeAnswer {
    let is_young = version.is_later_by(24, &published(record)) == Some(false);
    if !is_young {
        return review(Reason::VOpenEnd, row, "above a start without an end, in an old record", version);
    }
    let mut answer = RangeAnswer::new(Verdict::Affected, Reason::VInRange, Confidence::High);
    show(row, "above the start; the record gives no end", version, &mut answer);
    answer
}

fn not_listed(rows: RowLists<'_, '_>, version: &ComponentVersion<'_>) -> RangeAnswer {
    let mut answer = RangeAnswer::new(Verdict::NotAffected, Reason::VNotListed, Confidence::Medium);
    if let (Some(row), true) = (each(rows).next(), version.is_detailed()) {
        show(row, &format!("none of the {} versions listed", each(rows).count()), version, &mut answer);
    }
    answer
}

fn review(reason: Reason, row: &CpeRow<'_>, outcome: &str, version: &ComponentVersion<'_>) -> RangeAnswer {
    let mut answer = RangeAnswer::review(reason);
    show(row, outcome, version, &mut answer);
    answer
}

fn show(row: &CpeRow<'_>, outcome: &str, version: &ComponentVersion<'_>, answer: &mut RangeAnswer) {
    if version.is_detailed() {
        answer.evidence.push(describe::comparison(
            describe::cpe_row_text(row),
            version.written(),
            version.scheme,
            outcome,
        ));
    }
}

/// Whether a concrete row names the version; `Err` when that cannot be told.
fn is_named(row: &CpeRow<'_>, version: &ComponentVersion<'_>) -> Result<bool, Reason> {
    let joined = with_update(&row.version, &row.update);
    if is_other_numbering(&joined, version) {
        // A package of the same release says nothing about the release; of another one, it is another one.
        let release = versions::clean(version.scheme, &joined).text;
        return match version.order(&release) {
            Order::Equal | Order::Incomparable(_) => Err(Reason::VSchemeMismatch),
            Order::Less | Order::Greater => Ok(false),
        };
    }
    match version.order(&joined) {
        Order::Equal => Ok(true),
        Order::Less | Order::Greater => Ok(row.update == "*" && version.is_update_of(&row.version)),
        Order::Incomparable(why) => Err(reason_of(why)),
    }
}

/// Version and update as one text: `4.2.8` + `p15`, `1.9.5` + `patch1` (= `p1`), `3.6` + `rc5`, `1.9.15` + `-`.
fn with_update<'t>(version: &'t str, update: &'t str) -> Cow<'t, str> {
    if matches!(update, "" | "*" | "-") {
        return Cow::Borrowed(version);
    }
    let patch = update.strip_prefix("patch").or_else(|| update.strip_prefix('p'));
    match patch {
        Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Cow::Owned(format!("{version}p{number}"))
        }
        _ => Cow::Owned(format!("{version}-{update}")),
    }
}

fn end_of<'r>(bounds: &'r CpeBounds<'r>, update: &'r str) -> Option<Cow<'r, str>> {
    let end = match (bounds.end_including.as_ref(), bounds.end_excluding.as_ref()) {
        ("", "") => return None,
        ("", end) | (end, _) => end,
    };
    Some(with_update(end, update))
}

/// The end of a row that itself is not affected any more; `None` where the row names none.
pub(crate) fn end_outside(row: &CpeRow<'_>) -> Option<String> {
    let bounds = row.bounds.as_ref().filter(|bounds| bounds.end_including.is_empty())?;
    end_of(bounds, &row.update).map(Cow::into_owned)
}

fn contains(bounds: &CpeBounds<'_>, update: &str, version: &ComponentVersion<'_>) -> Contains {
    let start = match (bounds.start_including.as_ref(), bounds.start_excluding.as_ref()) {
        _ if has_no_start(bounds) => None,
        ("", start) => Some(Bound::excluding(start)),
        (start, _) => Some(Bound::including(start)),
    };
    let end_text = end_of(bounds, update);
    let end = end_text.as_deref().map(|text| Bound { text, inclusive: !bounds.end_including.is_empty() });
    version.in_interval(version.scheme, &Interval { start, end })
}

/// When the record was published, `YYYY-MM`; by its id where it does not say: ids are given out ahead, so the
/// end of the year after.
fn published(record: &Record<'_>) -> String {
    if let Some(month) = record.published.get(..7) {
        return month.to_owned();
    }
    let year = record
        .id
        .strip_prefix("CVE-")
        .and_then(|rest| rest.get(..4))
        .and_then(|year| year.parse::<u32>().ok());
    year.map_or_else(String::new, |year| format!("{}-12", year + 1))
}
