//! Decisions carried to a release, or stopped where their ground has shifted (assessment.md 4.4). Start with
//! [`carry`]. Carrying is a link: the decision itself is never changed, and its withdrawal ends every use of it.

use crate::policy::pattern::like;
use std::fmt;

use model::assessment::Assessment;
use model::component::Component;
use model::decision::{Decision, DecisionState};
use model::finding::Finding;
use model::identity::Purl;
use model::vex::Instant;
use rustc_hash::FxHashMap;

use super::atoms::{self, Ground, Subject};
use super::overtaken::{self, Shift};

/// The release that decisions are held against.
#[derive(Clone, Copy)]
pub struct CarryTo<'a> {
    /// Inventory, profile.
    pub ground: Ground<'a>,
    /// Findings, those that are not affected among them.
    pub findings: &'a [Finding],
    /// Their assessments.
    pub assessments: &'a [Option<&'a Assessment>],
    /// Names of the product line.
    pub products: &'a [String],
    /// The given time.
    pub at: Option<Instant>,
}

/// How a decision stands on one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In force; made for this very release, or for no release in particular.
    Active,
    /// In force; made for an earlier release.
    Carried,
    /// Its ground has shifted.
    Overtaken(Vec<Shift>),
    /// Others that hold just as well say something else: their places.
    Disagrees(Vec<usize>),
}

impl Standing {
    /// True while it decides.
    pub fn is_in_force(&self) -> bool {
        matches!(self, Standing::Active | Standing::Carried)
    }

    /// The stable code, for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Carried => "carried",
            Standing::Overtaken(shifts) if shifts.iter().all(Shift::is_unverifiable) => {
                "overtaken_unverifiable"
            }
            Standing::Overtaken(_) => "overtaken",
            Standing::Disagrees(_) => "disagrees",
        }
    }
}

/// Why a decision is used nowhere in a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// As written it is not active.
    State(DecisionState),
    /// Another decision took its place: its place.
    Superseded(usize),
    /// It is about another product line.
    OtherProduct,
    /// The component is not in this release.
    NoComponent,
    /// The component is here and has no finding with this vulnerability any more.
    Obsolete,
}

impl Unused {
    /// The stable code, for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Unused::State(state) => state.word(),
            Unused::Superseded(_) => "superseded",
            Unused::OtherProduct => "other_product",
            Unused::NoComponent => "no_component",
            Unused::Obsolete => "obsolete",
        }
    }
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unused::State(state) => write!(f, "it is {} as written", state.word()),
            Unused::Superseded(_) => f.write_str("another decision took its place"),
            Unused::OtherProduct => f.write_str("it is about another product"),
            Unused::NoComponent => f.write_str("its component is not in this release"),
            Unused::Obsolete => f.write_str("its component has no finding with this vulnerability any more"),
        }
    }
}

/// A decision on one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Place of the finding.
    pub finding: usize,
    /// How it stands there.
    pub standing: Standing,
}

/// What became of one decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionResult {
    /// Where it is used.
    pub uses: Vec<Use>,
    /// Why it is used nowhere.
    pub unused: Option<Unused>,
}

/// Holds every decision against a release; one result for each, in their order.
pub fn carry(decisions: &[Decision], to: &CarryTo<'_>) -> Vec<DecisionResult> {
    let by_id = super::by_id(to.findings);
    let mut results: Vec<DecisionResult> =
        (0..decisions.len()).map(|at| result_of(decisions, at, to, &by_id)).collect();
    let mut decided: Vec<usize> =
        results.iter().flat_map(|result| &result.uses).map(|one| one.finding).collect();
    decided.sort_unstable();
    decided.dedup();
    for finding in decided {
        disagree(decisions, &mut results, finding);
    }
    results
}

fn result_of(
    decisions: &[Decision],
    at: usize,
    to: &CarryTo<'_>,
    by_id: &FxHashMap<String, Vec<usize>>,
) -> DecisionResult {
    let unused = |why| DecisionResult { uses: Vec::new(), unused: Some(why) };
    let Some(decision) = decisions.get(at) else { return DecisionResult::default() };
    if decision.state != DecisionState::Active {
        return unused(Unused::State(decision.state));
    }
    if let Some(by) = superseded_by(decisions, decision) {
        return unused(Unused::Superseded(by));
    }
    if !to.products.iter().any(|name| like(&decision.product, name)) && decision.product != "*" {
        return unused(Unused::OtherProduct);
    }
    let components = &to.ground.inventory.components;
    if !components.iter().any(|component| is_component(decision, component)) {
        return unused(Unused::NoComponent);
    }
    let ids = std::iter::once(&decision.vulnerability).chain(&decision.aliases);
    let mut places: Vec<usize> = ids.filter_map(|id| by_id.get(&super::key(id))).flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    let uses: Vec<Use> = (places.into_iter())
        .filter_map(|place| Some((place, to.findings.get(place)?)))
        .filter(|(_, finding)| is_vulnerability(decision, finding))
        .filter_map(|(place, finding)| {
            let component = components.get(finding.component)?;
            let subject =
                Subject { finding, component, assessment: to.assessments.get(place).copied().flatten() };
            is_component(decision, component)
                .then(|| Use { finding: place, standing: standing(decision, to, &subject) })
        })
        .collect();
    if uses.is_empty() { unused(Unused::Obsolete) } else { DecisionResult { uses, unused: None } }
}

/// A decision that is in force itself and names this one.
fn superseded_by(decisions: &[Decision], decision: &Decision) -> Option<usize> {
    decisions.iter().position(|other| {
        other.state == DecisionState::Active
            && other.id != decision.id
            && other.supersedes.contains(&decision.id)
    })
}

/// The same name or package URL; a vendor's tree keeps its own key.
fn is_component(decision: &Decision, component: &Component) -> bool {
    let key = &decision.component;
    if key.name != component.name || key.vendor_tree != component.vendor_tree {
        return false;
    }
    match Purl::parse(&key.purl) {
        Ok(purl) => component.purls.iter().any(|known| atoms::same_package(&purl, known)),
        Err(_) => key.purl.is_empty(),
    }
}

fn is_vulnerability(decision: &Decision, finding: &Finding) -> bool {
    let is_known = |id: &str| {
        std::iter::once(&finding.vulnerability)
            .chain(&finding.aliases)
            .any(|known| known.eq_ignore_ascii_case(id.trim()))
    };
    let is_cve = decision.vulnerability.to_ascii_uppercase().starts_with("CVE-");
    // Another id may lead to the CVE that a flaw got later, never from one CVE to another.
    is_known(&decision.vulnerability)
        || decision
            .aliases
            .iter()
            .any(|id| is_known(id) && (!is_cve || id.to_ascii_uppercase().starts_with("CVE-")))
}

fn standing(decision: &Decision, to: &CarryTo<'_>, subject: &Subject<'_>) -> Standing {
    let shifts = overtaken::shifts(decision, &to.ground, subject, to.at);
    if !shifts.is_empty() {
        return Standing::Overtaken(shifts);
    }
    let release = &to.ground.inventory.release;
    let is_other = !decision.seen.release.is_empty() && decision.seen.release != *release;
    if is_other { Standing::Carried } else { Standing::Active }
}

/// Of several decisions in force on a finding that say different things, none holds.
fn disagree(decisions: &[Decision], results: &mut [DecisionResult], finding: usize) {
    let holding: Vec<usize> = (results.iter().enumerate())
        .filter(|(_, result)| {
            result.uses.iter().any(|one| one.finding == finding && one.standing.is_in_force())
        })
        .map(|(at, _)| at)
        .collect();
    if holding.len() < 2 {
        return;
    }
    let differs = |one: &usize, other: &usize| match (decisions.get(*one), decisions.get(*other)) {
        (Some(one), Some(other)) => is_contradiction(one, other),
        _ => false,
    };
    for at in &holding {
        let others: Vec<usize> = holding.iter().filter(|other| differs(at, other)).copied().collect();
        let uses = results.get_mut(*at).map(|result| result.uses.as_mut_slice()).unwrap_or_default();
        for one in uses.iter_mut().filter(|one| one.finding == finding && !others.is_empty()) {
            one.standing = Standing::Disagrees(others.clone());
        }
    }
}

/// Two decisions that cannot both hold. One on the status and one on the class can.
pub fn is_contradiction(one: &Decision, other: &Decision) -> bool {
    let differ = |a: Option<u8>, b: Option<u8>| a.is_some() && b.is_some() && a != b;
    let verdict = |decision: &Decision| decision.verdict().map(|verdict| verdict as u8);
    // An accepted risk is a class below all others.
    let class = |decision: &Decision| match (decision.class, decision.accepts_risk) {
        (Some(class), _) => Some(class as u8 + 1),
        (None, true) => Some(0),
        (None, false) => None,
    };
    let closed = |decision: &Decision| decision.verdict() == Some(model::finding::Verdict::NotAffected);
    differ(verdict(one), verdict(other))
        || differ(class(one), class(other))
        || (closed(one) && class(other).is_some())
        || (closed(other) && class(one).is_some())
}
