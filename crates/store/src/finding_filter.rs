//! Which findings a list holds, and in which order: what can be asked, without how it is answered.

use model::assessment::ResponseClass;
use model::decision::DecisionState;
use model::effect::Tier;
use model::finding::Verdict;
use model::vex::VexStatus;

use crate::Moment;
use crate::cell::{Cell, Stop};
use crate::finding_write::Turn;

/// By what a list of findings is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Class, ceiling, then the rank given by `service`.
    Urgency,
    /// Deadline; none comes last.
    Due,
    /// When the answer changed last.
    Changed,
    /// When it was seen first.
    FirstSeen,
    /// Year and number of the CVE; other ids after them.
    Vulnerability,
    /// Name of the component.
    Component,
    /// EPSS probability of the vulnerability; those without one come below all others.
    Likelihood,
    /// Highest base score of the vulnerability; those without one come below all others.
    Score,
}

impl SortBy {
    /// All of them, in the order of the manual.
    pub const ALL: &'static [SortBy] = &[
        SortBy::Urgency,
        SortBy::Due,
        SortBy::Changed,
        SortBy::FirstSeen,
        SortBy::Vulnerability,
        SortBy::Component,
        SortBy::Likelihood,
        SortBy::Score,
    ];

    /// The stable word, as in URLs.
    pub fn word(self) -> &'static str {
        match self {
            SortBy::Urgency => "urgency",
            SortBy::Due => "due",
            SortBy::Changed => "changed",
            SortBy::FirstSeen => "first_seen",
            SortBy::Vulnerability => "vulnerability",
            SortBy::Component => "component",
            SortBy::Likelihood => "likelihood",
            SortBy::Score => "score",
        }
    }

    /// The order of a word; `None` for any other text.
    pub fn parse(word: &str) -> Option<SortBy> {
        SortBy::ALL.iter().copied().find(|sort| sort.word() == word)
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { by: SortBy::Urgency, descending: true }
    }
}

/// What people have said on a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No person's decision holds on it.
    Undecided,
    /// A person's decision holds.
    Decided,
    /// A word holds, and new evidence contradicts it.
    Contested,
    /// A decision about it was overtaken: its ground has shifted.
    Overtaken,
    /// A decision about it waits for a second person.
    Proposed,
}

impl Standing {
    /// All of them.
    pub const ALL: &'static [Standing] = &[
        Standing::Undecided,
        Standing::Decided,
        Standing::Contested,
        Standing::Overtaken,
        Standing::Proposed,
    ];

    /// The stable word, as in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Undecided => "none",
            Standing::Decided => "decided",
            Standing::Contested => "contested",
            Standing::Overtaken => "overtaken",
            Standing::Proposed => "proposed",
        }
    }

    /// What the cell alone says: one of the first three.
    pub fn of(cell: &Cell) -> Standing {
        match (cell.is_contested, cell.tier) {
            (true, _) => Standing::Contested,
            (false, Tier::Human) => Standing::Decided,
            _ => Standing::Undecided,
        }
    }

    /// The state of the decisions about a finding that make it so; `None` where its cell says it.
    pub(crate) fn state(self) -> Option<DecisionState> {
        match self {
            Standing::Overtaken => Some(DecisionState::Overtaken),
            Standing::Proposed => Some(DecisionState::Proposed),
            _ => None,
        }
    }
}

/// Which findings; an empty list does not filter, several values of one list mean any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of one product.
    pub product: Option<i64>,
    /// Of one release.
    pub release: Option<i64>,
    /// Of one distinct component.
    pub component: Option<i64>,
    /// Of one vulnerability, by display id.
    pub vulnerability: Option<String>,
    /// Of these products.
    pub products: Vec<i64>,
    /// Of these releases.
    pub releases: Vec<i64>,
    /// Of components of these names.
    pub component_names: Vec<String>,
    /// Of these vulnerabilities, by display id.
    pub vulnerabilities: Vec<String>,
    /// With these codes of reasons.
    pub reasons: Vec<String>,
    /// Of vulnerabilities that a catalogue of exploited ones names, or of the others.
    pub is_exploited: Option<bool>,
    /// A part of the component's name or of the vulnerability's id.
    pub text: String,
    /// Active ones only (the default), inactive ones only, or both.
    pub is_active: Option<bool>,
    /// Open or settled.
    pub is_open: Option<bool>,
    /// With these verdicts.
    pub verdicts: Vec<Verdict>,
    /// With these classes; `None` stands for "nothing to do".
    pub classes: Vec<Option<ResponseClass>>,
    /// With these ceilings.
    pub ceilings: Vec<Option<ResponseClass>>,
    /// With these statuses.
    pub statuses: Vec<VexStatus>,
    /// Where these have the word.
    pub tiers: Vec<Tier>,
    /// Contested or not.
    pub is_contested: Option<bool>,
    /// What people have said on them.
    pub standings: Vec<Standing>,
    /// Where their way ends.
    pub stops: Vec<Stop>,
    /// Due at or before.
    pub due_by: Option<Moment>,
    /// Changed at or after.
    pub changed_since: Option<Moment>,
    /// Seen first at or after.
    pub seen_since: Option<Moment>,
    /// Turned in one of these ways at or after the moment. What is gone and what is there are both meant, unless
    /// `is_active` says otherwise.
    pub turned: Option<(Vec<Turn>, Moment)>,
}

impl Default for FindingFilter {
    fn default() -> FindingFilter {
        FindingFilter {
            product: None,
            release: None,
            component: None,
            vulnerability: None,
            products: Vec::new(),
            releases: Vec::new(),
            component_names: Vec::new(),
            vulnerabilities: Vec::new(),
            reasons: Vec::new(),
            is_exploited: None,
            text: String::new(),
            is_active: Some(true),
            is_open: None,
            verdicts: Vec::new(),
            classes: Vec::new(),
            ceilings: Vec::new(),
            statuses: Vec::new(),
            tiers: Vec::new(),
            is_contested: None,
            standings: Vec::new(),
            stops: Vec::new(),
            due_by: None,
            changed_since: None,
            seen_since: None,
            turned: None,
        }
    }
}

impl FindingFilter {
    /// True for a cell that it lets pass.
    pub fn admits(&self, cell: &Cell) -> bool {
        fn has<T: PartialEq>(wanted: &[T], value: &T) -> bool {
            wanted.is_empty() || wanted.contains(value)
        }
        self.is_active.is_none_or(|wanted| wanted == cell.is_active)
            && self.is_open.is_none_or(|wanted| wanted == cell.is_open())
            && self.is_contested.is_none_or(|wanted| wanted == cell.is_contested)
            && has(&self.verdicts, &cell.verdict)
            && has(&self.classes, &cell.class)
            && has(&self.ceilings, &cell.ceiling)
            && has(&self.statuses, &cell.status)
            && has(&self.tiers, &cell.tier)
            && has(&self.stops, &cell.stop())
            && (self.asks_decisions() || has(&self.standings, &Standing::of(cell)))
    }

    /// True where decisions about the findings have to be looked at, not their cells alone.
    pub(crate) fn asks_decisions(&self) -> bool {
        self.standings.iter().any(|standing| standing.state().is_some())
    }

    /// True for a product that it lets pass.
    pub(crate) fn admits_product(&self, id: i64) -> bool {
        self.product.is_none_or(|wanted| wanted == id)
            && (self.products.is_empty() || self.products.contains(&id))
    }

    /// True when the counts by cell and reason alone tell how many rows pass, releases included.
    pub(crate) fn is_counted(&self) -> bool {
        !self.is_about_few()
            && self.component_names.is_empty()
            && self.is_exploited.is_none()
            && self.text.is_empty()
            && self.due_by.is_none()
            && self.changed_since.is_none()
            && self.seen_since.is_none()
            && self.turned.is_none()
            && !self.asks_decisions()
            && (self.release.is_none() || self.releases.is_empty())
    }

    /// True where a component or a vulnerability is named: their own indexes lead to few rows.
    pub(crate) fn is_about_few(&self) -> bool {
        self.component.is_some() || self.vulnerability.is_some() || !self.vulnerabilities.is_empty()
    }
}
