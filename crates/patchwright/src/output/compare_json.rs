//! A comparison for machines.

use std::io::{Result, Write};

use serde::Serialize;
use service::compare::{Difference, Kind, Origin, Side, State};

use super::compare::View;
use super::json::pretty;

/// The schema id of a comparison.
pub const COMPARE: &str = "patchwright/compare/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    old: SideView<'a>,
    new: SideView<'a>,
    counts: Counts,
    differences: Vec<DifferenceView<'a>>,
}

#[derive(Serialize)]
struct SideView<'a> {
    title: &'a str,
    at: &'a str,
    knowledge: &'a str,
    profile: &'a str,
    components: usize,
    open: usize,
}

#[derive(Serialize)]
struct Counts {
    new: usize,
    gone: usize,
    changed: usize,
    same: usize,
    by_origin: Vec<OriginCounts>,
}

#[derive(Serialize)]
struct OriginCounts {
    origin: &'static str,
    new: usize,
    gone: usize,
    changed: usize,
}

#[derive(Serialize)]
struct DifferenceView<'a> {
    kind: &'static str,
    vulnerability: &'a str,
    component: &'a str,
    from_version: Option<&'a str>,
    to_version: Option<&'a str>,
    before: Option<StateView<'a>>,
    after: Option<StateView<'a>>,
    fixed: &'a str,
    origin: &'static str,
    causes: Vec<CauseView<'a>>,
}

#[derive(Serialize)]
struct StateView<'a> {
    verdict: &'static str,
    reason: &'a str,
    status: &'a str,
    class: Option<&'static str>,
    source: &'a str,
    is_open: bool,
}

#[derive(Serialize)]
struct CauseView<'a> {
    origin: &'static str,
    kind: &'static str,
    says: &'a str,
}

/// Writes the comparison.
pub fn write(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let comparison = &view.comparison;
    let of = |origin: Origin| OriginCounts {
        origin: origin.word(),
        new: comparison.number(Kind::New, Some(origin)),
        gone: comparison.number(Kind::Gone, Some(origin)),
        changed: comparison.number(Kind::Changed, Some(origin)),
    };
    pretty(
        out,
        &Document {
            schema: COMPARE,
            old: side(view.old_title, view.old),
            new: side(view.new_title, view.new),
            counts: Counts {
                new: comparison.number(Kind::New, None),
                gone: comparison.number(Kind::Gone, None),
                changed: comparison.number(Kind::Changed, None),
                same: comparison.same,
                by_origin: Origin::ALL.into_iter().map(of).collect(),
            },
            differences: comparison.differences.iter().map(|one| difference(view, one)).collect(),
        },
    )
}

fn side<'a>(title: &'a str, side: &'a Side) -> SideView<'a> {
    SideView {
        title,
        at: &side.at,
        knowledge: &side.knowledge,
        profile: &side.profile,
        components: side.components.len(),
        open: side.findings.iter().filter(|finding| finding.state.is_open).count(),
    }
}

fn difference<'a>(view: &View<'a>, difference: &'a Difference) -> DifferenceView<'a> {
    let old = difference.old_component.and_then(|at| view.old.components.get(at));
    let new = difference.new_component.and_then(|at| view.new.components.get(at));
    DifferenceView {
        kind: difference.kind.word(),
        vulnerability: &difference.vulnerability,
        component: new.or(old).map_or("", |component| &component.name),
        from_version: old.map(|component| component.version.as_str()),
        to_version: new.map(|component| component.version.as_str()),
        before: difference.before.as_ref().map(state),
        after: difference.after.as_ref().map(state),
        fixed: &difference.fixed,
        origin: difference.origin().word(),
        causes: (difference.causes.iter())
            .map(|cause| CauseView { origin: cause.origin.word(), kind: cause.kind, says: &cause.says })
            .collect(),
    }
}

fn state(state: &State) -> StateView<'_> {
    StateView {
        verdict: state.verdict.word(),
        reason: &state.reason,
        status: &state.status,
        class: state.class.map(|class| class.word()),
        source: &state.source,
        is_open: state.is_open,
    }
}
