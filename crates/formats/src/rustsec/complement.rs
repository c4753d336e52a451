//! What is left of all versions when those that are not affected are taken away.

use model::record::{End, Entry, Text};

use super::requirement::{Cut, Stretch};

/// Every version lies at or above this one; the database's own export begins its ranges so.
const FIRST: &str = "0.0.0-0";

/// Rows of affected versions, in order, given the stretches of versions that are not.
pub fn affected(mut not_affected: Vec<Stretch>) -> Vec<Entry<'static>> {
    // What holds nothing takes nothing away.
    not_affected.retain(|stretch| match (&stretch.from, &stretch.to) {
        (Some(from), Some(to)) => from < to,
        _ => true,
    });
    not_affected.sort_by(|one, other| one.from.cmp(&other.from));
    let mut rows = Vec::new();
    // Where the versions that may be affected begin; `None` in the outer place = nowhere any more.
    let mut begin: Option<Option<Cut>> = Some(None);
    for stretch in not_affected {
        let Some(from) = &begin else { break };
        if let Some(end) = &stretch.from
            && from.as_ref().is_none_or(|from| from < end)
        {
            rows.push(row(from.as_ref(), Some(end)));
        }
        let from = from.clone();
        begin = stretch.to.map(|to| Some(from.map_or(to.clone(), |from| from.max(to))));
    }
    if let Some(from) = begin {
        rows.push(row(from.as_ref(), None));
    }
    rows
}

fn row(from: Option<&Cut>, to: Option<&Cut>) -> Entry<'static> {
    Entry {
        start: from.map_or(Text::Borrowed(FIRST), |cut| Text::Owned(first_at(cut))),
        end: to.map_or(End::Open, |cut| End::Before(Text::Owned(first_at(cut)))),
        version_type: Text::Borrowed("SEMVER"),
        ..Entry::default()
    }
}

/// The first version behind a cut.
fn first_at(cut: &Cut) -> String {
    if cut.is_after { cut.version.next().to_string() } else { cut.version.to_string() }
}
