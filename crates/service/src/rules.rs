//! Policy rules: read from files, applied where a release is judged, and tried before they are used.

use std::sync::Arc;

use analysis::policy::facts::Scene;
use analysis::policy::paths::Paths;
use analysis::policy::rules::{Ground, apply};
use model::assessment::{Assessment, ResponseClass};
use model::component::Role;
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use model::profile::Profile;
use model::rule::{Rule, RuleMode};
use model::sbom::Inventory;

pub use analysis::policy::rules::{
    Applied, Change, ReadRule, Refusal, RuleFault, RuleReport, RuleSet, RuleState, Touch,
};
pub use formats::rules::RulesError;

use crate::assess::{Assessed, Dependants, affected_files, assess_finding};
use crate::knowledge::Knowledge;
use crate::scan::{Document, Scan};
use crate::told::Told;

/// Why rules cannot be used.
#[derive(Debug)]
pub enum RulesFault {
    /// The file is not of the form.
    Form(RulesError),
    /// What the rules say is wrong; every fault.
    Content(Vec<RuleFault>),
}

/// Reads files of rules; all are checked together.
///
/// # Errors
/// When a file is not of the form, a condition cannot be read, or a rule says what is not for a rule.
pub fn read(documents: &[Document]) -> Result<RuleSet, RulesFault> {
    RuleSet::read(written(documents)?).map_err(RulesFault::Content)
}

/// The rules of files as they are written.
///
/// # Errors
/// When a file is not of the form.
pub fn written(documents: &[Document]) -> Result<Vec<Rule>, RulesFault> {
    let mut rules = Vec::new();
    for document in documents {
        rules.extend(formats::rules::read(&document.bytes, &document.name).map_err(RulesFault::Form)?);
    }
    Ok(rules)
}

/// The same rules as if each of them were active: what a dry run asks.
///
/// # Errors
/// As [`read`].
pub fn read_as_active(documents: &[Document]) -> Result<RuleSet, RulesFault> {
    let mut rules = written(documents)?;
    for rule in rules.iter_mut().filter(|rule| rule.mode != RuleMode::Off) {
        rule.mode = RuleMode::Active;
    }
    RuleSet::read(rules).map_err(RulesFault::Content)
}

/// What rules are given and what they did.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The rules.
    pub set: Arc<RuleSet>,
    /// What they did.
    pub applied: Applied,
}

/// A release, as far as it is judged before rules come.
pub(crate) struct Before<'b> {
    pub knowledge: &'b Knowledge,
    pub inventory: &'b Inventory,
    pub profile: &'b Profile,
    pub dependants: &'b Dependants,
    pub scan: &'b Scan,
    pub assessed: &'b [Option<Arc<Assessed>>],
    /// The given time, as in the options of the scan.
    pub at: &'b str,
}

/// Applies rules to what holds so far.
pub(crate) fn settle(set: &Arc<RuleSet>, before: &Before<'_>, effects: &mut [Effect]) -> Policy {
    if set.is_empty() {
        return Policy::default();
    }
    let assessments: Vec<Option<&Assessment>> =
        before.assessed.iter().map(|one| one.as_ref().map(|one| &one.assessment)).collect();
    let classes = |at: usize| classes(before, at);
    let now = analysis::policy::time::seconds(before.at).unwrap_or_default();
    let paths = Paths::of(before.inventory);
    let ground = Ground {
        scene: Scene { inventory: before.inventory, profile: before.profile, now, paths: &paths },
        findings: &before.scan.findings,
        assessments: &assessments,
        classes: &classes,
    };
    Policy { set: Arc::clone(set), applied: apply(set, &ground, effects) }
}

/// Class and ceiling of a finding, were it affected.
pub(crate) fn classes(before: &Before<'_>, at: usize) -> Option<(ResponseClass, ResponseClass)> {
    let of = |one: &Assessed| (one.assessment.class, one.assessment.ceiling);
    if let Some(known) = before.assessed.get(at).and_then(Option::as_ref) {
        return Some(of(known));
    }
    assess_open(&before.reopening(), at, None).map(|one| of(&one))
}

/// What a finding is assessed with that somebody opens again.
pub(crate) struct Reopening<'a> {
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) inventory: &'a Inventory,
    pub(crate) profile: &'a Profile,
    pub(crate) dependants: &'a Dependants,
    pub(crate) scan: &'a Scan,
}

impl<'a> Before<'a> {
    fn reopening(&self) -> Reopening<'a> {
        let Before { knowledge, inventory, profile, dependants, scan, .. } = *self;
        Reopening { knowledge, inventory, profile, dependants, scan }
    }
}

/// The assessment of a finding, were it affected.
pub(crate) fn assess_open(open: &Reopening<'_>, at: usize, told: Option<&Told>) -> Option<Arc<Assessed>> {
    let Reopening { knowledge, inventory, profile, dependants, scan } = *open;
    let mut finding = Finding { verdict: Verdict::Affected, ..scan.findings.get(at)?.clone() };
    let role = inventory.components.get(finding.component).map(|component| component.role);
    if finding.files.is_empty() && role == Some(Role::Kernel) {
        finding.files = affected_files(knowledge, &finding.vulnerability);
    }
    assess_finding(knowledge, inventory, &finding, profile, dependants, told)
}
