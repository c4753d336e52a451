//! A row of a version list, read once: what it spans, and where a version lies in relation to it.

use model::reason::Reason;
use model::record::{End, Entry, RangeKind, Status};
use model::version::Scheme;
use versions::text::{TextRange, TextRanges};
use versions::{Bound, Contains, Interval, Order, Side, Why};

use super::commits::CommitTable;
use super::history::{is_commit_row, place_by_releases};
use super::version::{ComponentVersion, is_revision_number};

/// A row with its extent.
#[derive(Clone, Debug)]
pub(crate) struct Row<'e> {
    /// The row as the record has it.
    pub entry: &'e Entry<'e>,
    /// What it spans.
    pub extent: Extent<'e>,
}

/// What a row spans.
#[derive(Clone, Debug)]
pub(crate) enum Extent<'e> {
    /// One version.
    Exact(&'e str),
    /// A whole branch (`1.9.x`).
    Branch(&'e str),
    /// From a start to an end.
    Interval {
        /// `None` = from the beginning.
        start: Option<&'e str>,
        /// Where it ends.
        end: Upper<'e>,
    },
    /// The releases of the bound's line up to the bound (HackerOne's lists of last affected releases).
    LineThrough(&'e str),
    /// Ranges read out of free text.
    Text(Vec<TextRange>),
    /// Fixed versions, one per branch, read out of free text.
    FixedList(Vec<String>),
    /// Commits, and where the releases that first contained them place the version.
    Commits(Place),
    /// Nothing that could be compared, and why.
    Unusable(Reason),
}

/// The upper end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upper<'e> {
    /// No end.
    Never,
    /// The record says that there is an end, but not where (`lessThan: unspecified`).
    Unstated,
    /// The bound is outside.
    Before(&'e str),
    /// The bound is inside.
    Through(&'e str),
    /// The whole branch is inside (`6.*`): "as far as we looked", not a statement about a fix.
    ThroughBranch(&'e str),
}

/// Where a version lies in relation to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In it.
    Inside,
    /// Not in it; the side where it is known.
    Outside(Option<Side>),
    /// Cannot be told.
    Undecided(Reason),
}

impl<'e> Row<'e> {
    /// Reads a row of a CVE list for a component.
    pub fn read(entry: &'e Entry<'e>, version: &ComponentVersion<'_>, commits: &dyn CommitTable) -> Row<'e> {
        Row { entry, extent: Extent::of(entry, version, commits) }
    }

    /// Reads a row of an OSV record: its single versions are tags and releases, never free text.
    pub fn read_osv(
        entry: &'e Entry<'e>,
        version: &ComponentVersion<'_>,
        commits: &dyn CommitTable,
    ) -> Row<'e> {
        let extent = match &entry.end {
            End::Single if entry.kind == RangeKind::Version => Extent::Exact(entry.start.trim()),
            _ => Extent::of(entry, version, commits),
        };
        Row { entry, extent }
    }

    /// The status of the versions in the row.
    pub fn status(&self) -> Status {
        self.entry.status
    }

    /// True when free text had to be read.
    pub fn is_from_text(&self) -> bool {
        matches!(self.extent, Extent::Text(_) | Extent::FixedList(_))
    }

    /// True for one version, however it is written (`1.2`, `1.2 <= v <= 1.2`).
    pub fn is_single(&self) -> bool {
        match &self.extent {
            Extent::Exact(_) => true,
            Extent::Interval { start: Some(start), end: Upper::Through(end) } => start == end,
            Extent::Text(ranges) => ranges.iter().all(|range| match (&range.start, &range.end) {
                (Some(start), Some(end)) => start.inclusive && end.inclusive && start.text == end.text,
                _ => false,
            }),
            _ => false,
        }
    }

    /// Where the component's version lies.
    pub fn place(&self, version: &ComponentVersion<'_>) -> Place {
        match &self.extent {
            Extent::Exact(text) => place_at(text, version),
            Extent::Branch(branch) => place_in_branch(branch, version),
            Extent::Interval { start, end } => place_in_interval(*start, *end, self.entry.status, version),
            Extent::LineThrough(bound) => place_in_line(bound, version),
            Extent::Text(ranges) => place_in_text(ranges, version),
            Extent::FixedList(fixes) => place_of(version.in_fixed_list(fixes)),
            Extent::Commits(place) => *place,
            Extent::Unusable(reason) => Place::Undecided(*reason),
        }
    }

    /// The intervals of the row that have two readable ends: (start, end, the end is inside).
    pub fn bounded(&self) -> impl Iterator<Item = (Option<&str>, &str, bool)> {
        let own = match &self.extent {
            Extent::Interval { start, end: Upper::Before(end) } => Some((*start, *end, false)),
            Extent::Interval { start, end: Upper::Through(end) } => Some((*start, *end, true)),
            Extent::LineThrough(end) => Some((None, *end, true)),
            _ => None,
        };
        let texts = match &self.extent {
            Extent::Text(ranges) => ranges.as_slice(),
            _ => &[],
        };
        let of_text = texts.iter().filter_map(|range| {
            let end = range.end.as_ref()?;
            Some((range.start.as_ref().map(|start| start.text.as_str()), end.text.as_str(), end.inclusive))
        });
        own.into_iter().chain(of_text)
    }

    /// The fixed versions that the row names: exclusive ends, fixes beside a text range, fixes of a list.
    pub fn fixes(&self) -> impl Iterator<Item = &str> {
        let (ends, texts, list) = match &self.extent {
            Extent::Interval { end: Upper::Before(end), .. } => (Some(*end), [].as_slice(), [].as_slice()),
            Extent::Text(ranges) => (None, ranges.as_slice(), [].as_slice()),
            Extent::FixedList(fixes) => (None, [].as_slice(), fixes.as_slice()),
            _ => (None, [].as_slice(), [].as_slice()),
        };
        let of_text = texts.iter().filter_map(|range| {
            let end = range.end.as_ref().filter(|end| !end.inclusive).map(|end| end.text.as_str());
            range.fixed.as_deref().or(end)
        });
        ends.into_iter().chain(of_text).chain(list.iter().map(String::as_str))
    }
}

impl<'e> Extent<'e> {
    fn of(entry: &'e Entry<'e>, version: &ComponentVersion<'_>, commits: &dyn CommitTable) -> Extent<'e> {
        if is_commit_row(entry) {
            return Extent::Commits(place_by_releases(entry, version, commits));
        }
        if is_of_a_distribution(entry, version) {
            return Extent::Unusable(Reason::VSchemeMismatch);
        }
        let start = entry.start.trim();
        match &entry.end {
            End::Single => Extent::of_single(start, entry.status),
            End::Open => Extent::Interval { start: lower(start), end: Upper::Never },
            End::Before(end) | End::Through(end) => {
                let inclusive = matches!(entry.end, End::Through(_));
                let end = Upper::of(end.trim(), inclusive);
                let is_line_end = version.line_lists && entry.status == Status::Affected;
                match end {
                    Upper::Through(bound) if is_line_end && bound == start => Extent::LineThrough(bound),
                    end => Extent::Interval { start: lower(start), end },
                }
            }
        }
    }

    /// A row that is only a `version`: a version, a branch, everything, or a text.
    fn of_single(text: &'e str, status: Status) -> Extent<'e> {
        if text == "*" || text.eq_ignore_ascii_case("all") {
            return Extent::Interval { start: None, end: Upper::Never };
        }
        if versions::is_no_bound(text) || versions::is_unknown(text) {
            return Extent::Unusable(Reason::VNoUsableRange);
        }
        if let Some(branch) = versions::branch_wildcard(text) {
            return Extent::Branch(branch);
        }
        if is_plain(text) {
            return Extent::Exact(text);
        }
        match versions::text::parse(text) {
            TextRanges::Ranges(ranges) => Extent::Text(ranges),
            TextRanges::FixedList(fixes) if status == Status::Affected => Extent::FixedList(fixes),
            TextRanges::FixedList(_) => Extent::Unusable(Reason::VTextAmbiguous),
            TextRanges::Ambiguous if names_a_version(text) => Extent::Unusable(Reason::VTextAmbiguous),
            TextRanges::Ambiguous => Extent::Unusable(Reason::VNoUsableRange),
        }
    }
}

impl<'e> Upper<'e> {
    fn of(text: &'e str, inclusive: bool) -> Upper<'e> {
        // `<= 1.1.4` in a field that already says "or equal"; a contradicting operator wins, it was written later.
        let (text, inclusive) = match text.strip_prefix("<=") {
            Some(rest) => (rest.trim(), true),
            None => text.strip_prefix('<').map_or((text, inclusive), |rest| (rest.trim(), false)),
        };
        match text {
            "*" => Upper::Never,
            // Zero is a bound: nothing is below it.
            text if !text.starts_with('0') && versions::is_no_bound(text) => Upper::Unstated,
            text => match versions::branch_wildcard(text) {
                Some(branch) => Upper::ThroughBranch(branch),
                None if inclusive => Upper::Through(text),
                None => Upper::Before(text),
            },
        }
    }
}

/// The start of an interval: nothing, a version, or the first version of a branch (`1.10.x`).
fn lower(text: &str) -> Option<&str> {
    let text = text.strip_prefix(">=").unwrap_or(text).trim();
    if versions::is_no_bound(text) {
        return None;
    }
    Some(versions::branch_wildcard(text).unwrap_or(text))
}

/// True for a text that is one version and nothing else.
fn is_plain(text: &str) -> bool {
    let has_words =
        text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '=' | ',' | ';' | '(' | '|'));
    !has_words && text.contains(|c: char| c.is_ascii_digit()) && !is_span(text)
}

/// `1.1.1-1.1.1c`, `4.10-5.6`: two versions of one shape around a dash.
pub(crate) fn is_span(text: &str) -> bool {
    let Some((from, to)) = text.split_once('-') else { return false };
    let is_version = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.contains('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let first = |part: &'_ str| part.split('.').next().map(str::to_owned);
    let parts = |part: &str| part.split('.').count();
    is_version(from)
        && is_version(to)
        && !versions_of_distribution(to)
        && (first(from) == first(to) || parts(from) == parts(to))
        && versions::compare(Scheme::Generic, from, to) == Order::Less
}

/// Marks that only a distribution writes into the revision.
fn versions_of_distribution(revision: &str) -> bool {
    [".el", ".fc", "ubuntu", "deb", ".amzn", ".module"].iter().any(|mark| revision.contains(mark))
}

/// True when a text that could not be read at least holds something like a version number.
fn names_a_version(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')')).any(|word| {
        let digits_around_dot =
            |pair: &[u8]| matches!(pair, [a, b'.', b] if a.is_ascii_digit() && b.is_ascii_alphanumeric());
        word.as_bytes().windows(3).any(digits_around_dot)
    })
}

/// Rows in a distribution's numbering, met by a component that is compared by upstream numbers.
fn is_of_a_distribution(entry: &Entry<'_>, version: &ComponentVersion<'_>) -> bool {
    if version.scheme.is_native() {
        return false;
    }
    let label = entry.version_type.trim();
    // OSV's own label is checked by those who write it: `1.2.4-0` is what follows 1.2.3, and no package's revision.
    if label == "SEMVER" {
        return false;
    }
    if ["rpm", "deb", "dpkg", "apk"].iter().any(|word| word.eq_ignore_ascii_case(label)) {
        return true;
    }
    let end = match &entry.end {
        End::Before(end) | End::Through(end) => end.trim(),
        End::Single | End::Open => "",
    };
    [entry.start.trim(), end].into_iter().any(|text| !is_span(text) && is_other_numbering(text, version))
}

/// True for a bound of another numbering than the component's: a distribution's package number (`0.8-4`), or
/// revision numbers of a time before releases (`r118` of lz4).
pub(crate) fn is_other_numbering(bound: &str, version: &ComponentVersion<'_>) -> bool {
    let is_plain = bound.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain || version.scheme.is_native() || version.scheme_for(bound) != version.scheme {
        return false;
    }
    let is_package = versions::looks_like_distribution(bound);
    is_package
        || (is_revision_number(bound)
            && !version.qualities().is_revision_number
            && version.scheme == Scheme::Generic)
}

fn place_of(contains: Contains) -> Place {
    match contains {
        Contains::Inside => Place::Inside,
        Contains::Outside(side) => Place::Outside(Some(side)),
        Contains::Undecided(why) => Place::Undecided(reason_of(why)),
    }
}

/// The reason that stands for a failed comparison of a readable component version with a bound.
pub(crate) fn reason_of(why: Why) -> Reason {
    match why {
        Why::Edition => Reason::IOtherEdition,
        Why::Branch | Why::Unreadable => Reason::VNoUsableRange,
        Why::Commit | Why::Shape | Why::Other(_) => Reason::VSchemeMismatch,
    }
}

fn place_at(text: &str, version: &ComponentVersion<'_>) -> Place {
    match version.order(text) {
        Order::Equal => Place::Inside,
        Order::Less => Place::Outside(Some(Side::Before)),
        Order::Greater => Place::Outside(Some(Side::After)),
        Order::Incomparable(why) => Place::Undecided(reason_of(why)),
    }
}

fn place_in_branch(branch: &str, version: &ComponentVersion<'_>) -> Place {
    match version.in_branch(branch) {
        Some(true) => Place::Inside,
        Some(false) => place_at(branch, version),
        None => Place::Undecided(Reason::VNoUsableRange),
    }
}

fn place_in_interval(
    start: Option<&str>,
    end: Upper<'_>,
    status: Status,
    version: &ComponentVersion<'_>,
) -> Place {
    let start_bound = start.map(Bound::including);
    let (end_bound, branch) = match end {
        Upper::Before(end) => (Some(Bound::excluding(end)), None),
        Upper::Through(end) => (Some(Bound::including(end)), None),
        Upper::ThroughBranch(branch) => (None, Some(branch)),
        Upper::Never | Upper::Unstated => (None, None),
    };
    let scheme = end_bound.or(start_bound).map_or(version.scheme, |bound| version.scheme_for(bound.text));
    let place = place_of(version.in_interval(scheme, &Interval { start: start_bound, end: end_bound }));
    match (place, branch) {
        // An end that is not told must not make anything safe.
        (Place::Inside, None) if end == Upper::Unstated && status != Status::Affected => {
            Place::Undecided(Reason::VNoUsableRange)
        }
        (Place::Inside, Some(branch)) => match place_in_branch(branch, version) {
            Place::Outside(Some(Side::Before)) => Place::Inside,
            place => place,
        },
        (place, _) => place,
    }
}

/// In the line of the bound, and not after it. The line of these lists is the major number.
fn place_in_line(bound: &str, version: &ComponentVersion<'_>) -> Place {
    let major = bound.trim_start_matches(['v', 'V']).split('.').next().unwrap_or(bound);
    match version.in_branch(major) {
        Some(true) => match place_at(bound, version) {
            Place::Outside(Some(Side::Before)) => Place::Inside,
            place => place,
        },
        Some(false) => Place::Outside(None),
        None => Place::Undecided(Reason::VNoUsableRange),
    }
}

fn place_in_text(ranges: &[TextRange], version: &ComponentVersion<'_>) -> Place {
    let mut common: Option<Place> = None;
    for range in ranges {
        let place = place_of(version.in_text(range));
        common = match (common, place) {
            (_, Place::Inside) => return Place::Inside,
            (Some(Place::Undecided(reason)), _) | (_, Place::Undecided(reason)) => {
                Some(Place::Undecided(reason))
            }
            (None, place) => Some(place),
            (Some(held), place) if held == place => Some(held),
            _ => Some(Place::Outside(None)),
        };
    }
    common.unwrap_or(Place::Undecided(Reason::VNoUsableRange))
}
