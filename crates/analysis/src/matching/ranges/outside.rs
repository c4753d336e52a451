//! The second layer: what it means that a version lies outside all rows (matching.md 5.5).
//!
//! An affected interval with a real upper bound is a statement about the fix, so outside of it means *fixed* or
//! *not yet introduced*, also where the record gives no default. A branch wildcard (`6.*`) or a list of single
//! versions is no such statement.

use model::reason::Reason;
use model::record::Status;
use versions::{Order, Side};

use super::row::{Extent, Place, Row, Upper};
use super::version::ComponentVersion;

/// Where a version stands that no row holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outside<'r> {
    /// `V_FIXED` or `V_BEFORE_RANGE`; `None` when the rows say nothing about a fix.
    pub reason: Option<Reason>,
    /// The row and the bound nearest to the version on the deciding side.
    pub nearest: Option<(&'r Row<'r>, &'r str)>,
    /// A row ends with a wildcard below the version: "as far as we looked".
    pub is_above_wildcard: bool,
    /// Number of rows that name one version.
    pub singles: usize,
    /// Every affected row is of another edition of the product.
    pub is_other_edition: bool,
}

/// Looks at all affected rows.
pub(crate) fn outside<'r>(rows: &'r [Row<'r>], version: &ComponentVersion<'_>) -> Outside<'r> {
    let mut below: Option<(&Row<'_>, &str)> = None;
    let mut above: Option<(&Row<'_>, &str)> = None;
    let mut found = Outside {
        reason: None,
        nearest: None,
        is_above_wildcard: false,
        singles: 0,
        is_other_edition: false,
    };
    let (mut affected, mut other_edition) = (0, 0);
    for row in rows.iter().filter(|row| row.status() == Status::Affected) {
        affected += 1;
        let place = row.place(version);
        other_edition += usize::from(place == Place::Undecided(Reason::IOtherEdition));
        if row.is_single() && !matches!(row.extent, Extent::LineThrough(_)) {
            found.singles += 1;
            continue;
        }
        match (&row.extent, place) {
            (Extent::Commits(_), Place::Outside(Some(Side::After))) => below = below.or(Some((row, ""))),
            (Extent::Commits(_), Place::Outside(Some(Side::Before))) => above = above.or(Some((row, ""))),
            _ => {}
        }
        found.is_above_wildcard |= ends_in_wildcard(row) && place == Place::Outside(Some(Side::After));
        for (start, end, inclusive) in row.bounded() {
            if is_past(end, inclusive, version) {
                if below.is_none_or(|(_, held)| version.order_of(end, held) == Order::Greater) {
                    below = Some((row, end));
                }
            } else if let Some(start) = start.filter(|start| is_ahead(start, version))
                && above.is_none_or(|(_, held)| version.order_of(start, held) == Order::Less)
            {
                above = Some((row, start));
            }
        }
        for fix in list_fixes(row).filter(|fix| is_past(fix, false, version)) {
            below = below.or(Some((row, fix)));
        }
    }
    found.is_other_edition = affected > 0 && affected == other_edition;
    let reason = match (below, above) {
        (None, None) => None,
        (None, Some(_)) => Some(Reason::VBeforeRange),
        (Some(_), None) => Some(Reason::VFixed),
        // Between two ranges: not introduced yet on the branch of the next one, fixed otherwise.
        (Some((_, end)), Some((_, start))) => {
            let is_of_branch = |text| on_same_branch(text, version);
            Some(if is_of_branch(start) && !is_of_branch(end) {
                Reason::VBeforeRange
            } else {
                Reason::VFixed
            })
        }
    };
    found.nearest = if reason == Some(Reason::VFixed) { below } else { above };
    found.reason = reason;
    found
}

fn ends_in_wildcard(row: &Row<'_>) -> bool {
    matches!(row.extent, Extent::Branch(_) | Extent::Interval { end: Upper::ThroughBranch(_), .. })
}

/// The fixes of a text list; intervals are asked through their ends.
fn list_fixes<'r>(row: &'r Row<'r>) -> impl Iterator<Item = &'r str> {
    let is_list = matches!(row.extent, Extent::FixedList(_));
    row.fixes().filter(move |_| is_list)
}

fn is_past(end: &str, inclusive: bool, version: &ComponentVersion<'_>) -> bool {
    match version.order(end) {
        Order::Greater => true,
        Order::Equal => !inclusive,
        Order::Less | Order::Incomparable(_) => false,
    }
}

fn is_ahead(start: &str, version: &ComponentVersion<'_>) -> bool {
    version.order(start) == Order::Less
}

/// True when a version text is of the component's branch.
pub(crate) fn on_same_branch(text: &str, version: &ComponentVersion<'_>) -> bool {
    version.is_on_branch_of(text)
}

/// An inclusive bound that is less precise than the component's version: `<= 3.5` against 3.5.1 may or may not
/// have meant the patch levels of 3.5.
pub(crate) fn coarse_bound<'r>(
    rows: &'r [Row<'r>],
    version: &ComponentVersion<'_>,
) -> Option<(&'r Row<'r>, &'r str)> {
    rows.iter().filter(|row| row.status() == Status::Affected && !row.is_single()).find_map(|row| {
        row.bounded()
            .find(|(_, end, inclusive)| *inclusive && is_coarse(end, version))
            .map(|(_, end, _)| (row, end))
    })
}

/// True when `version` goes on where `bound` ends.
pub(crate) fn is_coarse(bound: &str, version: &ComponentVersion<'_>) -> bool {
    if version.no_patch_levels || version.scheme.is_native() {
        return false;
    }
    version.goes_on_after(bound) && version.order(bound) == Order::Greater
}
