//! The questions that an answer asked of a version, in order: what may be remembered for other versions.
//!
//! Judging is a function of what it is told, and it asks one question after the other. Two versions that get the same
//! answers to the same questions get the same judgement, so a judgement with its trace holds for every version that
//! answers alike. [`Query::ask`] asks a noted question of another version.

use std::cell::{Cell, RefCell};

use model::reason::Reason;
use model::version::Scheme;
use versions::text::TextRange;
use versions::{Bound, Contains, Interval, Order};

use super::version::{ComponentVersion, Qualities};
use crate::matching::lines::Lines;

/// A question, with the scheme it was asked under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    scheme: Scheme,
    asked: Asked,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Qualities,
    Unusable,
    Order(Box<str>),
    Interval(Box<(Scheme, Option<End>, Option<End>)>),
    Text(Box<TextRange>),
    FixedList(Box<[String]>),
    InBranch(Box<str>),
    DiffersByNumbers(Box<str>),
    GoesOnAfter(Box<str>),
    IsUpdateOf(Box<str>),
    IsLaterBy(u32, Box<str>),
    HasBranch,
    IsBranch(Box<str>),
    OnBranchOf(Box<str>),
    OnLineOf(Box<(Lines, Box<str>)>),
    /// Not of the version: whether the release holds nothing of this name.
    IsAbsent(Box<str>),
}

/// One end of an interval, and whether it is inside.
type End = (Box<str>, bool);

/// What was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// An order.
    Order(Order),
    /// A place in an interval.
    Contains(Contains),
    /// Yes, no, or not known.
    Maybe(Option<bool>),
    /// Why not.
    Reason(Option<Reason>),
    /// What the text is like.
    #[expect(private_interfaces, reason = "only compared, never looked into")]
    Qualities(Qualities),
}

impl Asked {
    pub(crate) fn interval(by: Scheme, interval: &Interval<'_>) -> Asked {
        let end = |bound: Bound<'_>| (bound.text.into(), bound.inclusive);
        Asked::Interval(Box::new((by, interval.start.map(end), interval.end.map(end))))
    }

    pub(crate) fn on_line_of(lines: &Lines, bound: &str) -> Asked {
        Asked::OnLineOf(Box::new((lines.clone(), bound.into())))
    }
}

impl Query {
    /// True for a question that the release answers, not the version.
    pub fn is_of_release(&self) -> bool {
        matches!(self.asked, Asked::IsAbsent(_))
    }

    /// True where the answer depends on when the version came out.
    pub fn is_of_release_date(&self) -> bool {
        matches!(self.asked, Asked::IsLaterBy(..))
    }

    /// Asks a version; `is_absent` answers for the release.
    pub fn ask(&self, version: &ComponentVersion<'_>, is_absent: &dyn Fn(&str) -> bool) -> Told {
        let version = ComponentVersion { scheme: self.scheme, trace: None, ..*version };
        match &self.asked {
            Asked::Qualities => Told::Qualities(version.qualities()),
            Asked::Unusable => Told::Reason(version.unusable()),
            Asked::Order(bound) => Told::Order(version.order(bound)),
            Asked::Interval(asked) => {
                let (by, start, end) = &**asked;
                fn bound(end: &End) -> Bound<'_> {
                    Bound { text: &end.0, inclusive: end.1 }
                }
                let interval = Interval { start: start.as_ref().map(bound), end: end.as_ref().map(bound) };
                Told::Contains(version.in_interval(*by, &interval))
            }
            Asked::Text(range) => Told::Contains(version.in_text(range)),
            Asked::FixedList(fixes) => Told::Contains(version.in_fixed_list(fixes)),
            Asked::InBranch(branch) => Told::Maybe(version.in_branch(branch)),
            Asked::DiffersByNumbers(listed) => Told::Maybe(Some(version.differs_by_numbers(listed))),
            Asked::GoesOnAfter(bound) => Told::Maybe(Some(version.goes_on_after(bound))),
            Asked::IsUpdateOf(release) => Told::Maybe(Some(version.is_update_of(release))),
            Asked::IsLaterBy(months, since) => Told::Maybe(version.is_later_by(*months, since)),
            Asked::HasBranch => Told::Maybe(Some(version.has_branch())),
            Asked::IsBranch(name) => Told::Maybe(Some(version.is_branch(name))),
            Asked::OnBranchOf(bound) => Told::Maybe(Some(version.is_on_branch_of(bound))),
            Asked::OnLineOf(asked) => Told::Maybe(Some(version.is_on_line_of(&asked.0, &asked.1))),
            Asked::IsAbsent(name) => Told::Maybe(Some(is_absent(name))),
        }
    }
}

/// The questions of one judgement.
#[derive(Debug, Default)]
pub struct Trace {
    steps: RefCell<Vec<(Query, Told)>>,
    spoiled: Cell<bool>,
    has_asked_release: Cell<bool>,
}

impl Trace {
    pub(crate) fn note(&self, scheme: Scheme, asked: Asked, told: Told) {
        self.steps.borrow_mut().push((Query { scheme, asked }, told));
    }

    /// Something was looked at that no question stands for: the judgement holds for this component only.
    pub fn spoil(&self) {
        self.spoiled.set(true);
    }

    /// Something of the rest of the release was looked at: the judgement holds for this component in this release only.
    pub fn spoil_by_release(&self) {
        self.has_asked_release.set(true);
        self.spoil();
    }

    /// True when the rest of the release took part in anything since the trace began.
    pub fn has_asked_release(&self) -> bool {
        self.has_asked_release.get()
    }

    /// The release was asked whether it holds something of this name, and nothing else of it.
    pub fn asked_for(&self, name: &str, is_absent: bool) {
        self.has_asked_release.set(true);
        self.note(Scheme::Generic, Asked::IsAbsent(name.into()), Told::Maybe(Some(is_absent)));
    }

    /// The questions and answers, leaving none; `None` when they are not the whole ground.
    pub fn take(&self) -> Option<Vec<(Query, Told)>> {
        let steps = self.steps.take();
        (!self.spoiled.replace(false)).then_some(steps)
    }
}
