//! VEX statements applied to findings: strictly by identity, inside of a trust scope, by one total order, and with
//! a reason for each statement (assessment.md 4.1, 4.5, 4.9).
//!
//! Start with [`apply`]. [`identity`] says what a statement speaks about, [`trust`] how far it is believed,
//! [`precedence`] which of several holds, [`publish`] makes statements of our own findings.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod atoms;
pub mod carry;
pub mod contradiction;
pub mod decision_check;
pub mod effects;
pub mod identity;
pub mod overtaken;
pub mod precedence;
pub mod propose;
pub mod publish;
pub mod trust;

use std::fmt;

use model::component::Component;
use model::finding::{Confidence, Evidence, Finding, Verdict};
use model::identity::{Cpe, Purl};
use model::reason::Reason;
use model::vex::{Instant, ProductRef, VexDocument, VexStatement, VexStatus};
use rustc_hash::FxHashMap;

pub use contradiction::withhold;
use identity::Mismatch;
pub use identity::{Release, Specificity};
pub use precedence::{Rank, Tier};
pub use trust::{Distrust, Trust};

/// A document and what is known about it.
#[derive(Clone, Debug)]
pub struct Import<'a> {
    /// The document.
    pub document: &'a VexDocument,
    /// Whose word it is.
    pub tier: Tier,
    /// How far it is believed.
    pub trust: Trust,
    /// Somebody vouches that it is about this release: an outer product without any identifier is this product.
    pub vouched: bool,
}

/// Why a statement changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It does not speak of anything in this release.
    Identity(Mismatch),
    /// What it speaks of is here, and has no finding with this vulnerability.
    NoFinding,
    /// It is outside of what was accepted.
    Trust(Distrust),
    /// Another statement outranks it: document and statement.
    Outranked(usize, usize),
    /// Another author says the opposite, and neither is believed: document and statement.
    Contradicted(usize, usize),
    /// The same document was given before.
    Repeated,
}

impl Why {
    /// The stable code, for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Why::Identity(mismatch) => mismatch.code(),
            Why::NoFinding => "no_finding",
            Why::Trust(distrust) => distrust.code(),
            Why::Outranked(..) => "outranked",
            Why::Contradicted(..) => "contradicted",
            Why::Repeated => "repeated",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Identity(mismatch) => mismatch.fmt(f),
            Why::NoFinding => f.write_str("the component has no finding with this vulnerability"),
            Why::Trust(distrust) => distrust.fmt(f),
            Why::Outranked(..) => f.write_str("another statement outranks it"),
            Why::Contradicted(..) => f.write_str("another author says the opposite, and neither is applied"),
            Why::Repeated => f.write_str("the same document was given before"),
        }
    }
}

/// What became of one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementResult {
    /// Place of its document among the imports.
    pub document: usize,
    /// Its place in the document.
    pub statement: usize,
    /// The findings on which it holds, by place; with none of them `why` tells the reason.
    pub applied: Vec<usize>,
    /// Components that it speaks of, by place.
    pub components: Vec<usize>,
    /// Why it does not hold, or not on every finding that it speaks of.
    pub why: Option<Why>,
}

impl StatementResult {
    /// True when it holds somewhere.
    pub fn is_applied(&self) -> bool {
        !self.applied.is_empty()
    }
}

/// What holds on one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// Place of the document among the imports.
    pub document: usize,
    /// Place of the statement in the document.
    pub statement: usize,
    /// Whose word it is.
    pub tier: Tier,
    /// How narrowly it names its subject.
    pub specificity: Specificity,
    /// Its status.
    pub status: VexStatus,
    /// The verdict that follows.
    pub verdict: Verdict,
    /// Matching says *affected* and this does not: a person should have seen both.
    pub against_match: bool,
    /// Other admitted statements on this finding that lead to another verdict.
    pub disagreeing: Vec<(usize, usize)>,
}

/// The answer: one result for each statement, one effective statement at most for each finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// In the order of the imports and their statements.
    pub results: Vec<StatementResult>,
    /// One for each finding.
    pub effective: Vec<Option<Effective>>,
    /// For each finding the statements that contradict each other, none of which is applied; see [`withhold`].
    pub contradicting: Vec<Vec<(usize, usize)>>,
}

/// Holds every statement of the imports against a release and its findings.
pub fn apply(imports: &[Import<'_>], release: &Release<'_>, findings: &[Finding]) -> Application {
    if imports.is_empty() {
        let (effective, contradicting) = (vec![None; findings.len()], vec![Vec::new(); findings.len()]);
        return Application { effective, contradicting, ..Application::default() };
    }
    let places = Places::of(release);
    let by_id = by_id(findings);
    let mut application = Application {
        results: Vec::new(),
        effective: vec![None; findings.len()],
        contradicting: vec![Vec::new(); findings.len()],
    };
    let mut candidates: Vec<Vec<Candidate<'_>>> = (0..findings.len()).map(|_| Vec::new()).collect();
    for (document, import) in imports.iter().enumerate() {
        let repeated = is_repeated(imports, document);
        for (at, statement) in import.document.statements.iter().enumerate() {
            let mut result =
                StatementResult { document, statement: at, applied: vec![], components: vec![], why: None };
            if repeated {
                result.why = Some(Why::Repeated);
            } else {
                let held = Held { import, statement, release, places: &places, findings };
                held.against(&by_id, &mut result, &mut candidates);
            }
            application.results.push(result);
        }
    }
    let offsets = offsets(imports);
    for (at, candidates) in candidates.iter().enumerate() {
        let Some(finding) = findings.get(at) else { continue };
        let Some(winner) = candidates.iter().max_by_key(|candidate| candidate.rank) else { continue };
        for candidate in candidates {
            let index = offsets.get(candidate.document).copied().unwrap_or(0) + candidate.statement;
            let Some(result) = application.results.get_mut(index) else { continue };
            if std::ptr::eq(candidate, winner) {
                result.applied.push(at);
            } else if result.why.is_none() {
                result.why = Some(Why::Outranked(winner.document, winner.statement));
            }
        }
        if let Some(effective) = application.effective.get_mut(at) {
            *effective = Some(conclude(winner, candidates, finding));
        }
    }
    application
}

/// Places of each import's first result.
fn offsets(imports: &[Import<'_>]) -> Vec<usize> {
    let mut next = 0;
    imports
        .iter()
        .map(|import| {
            let offset = next;
            next += import.document.statements.len();
            offset
        })
        .collect()
}

/// The same bytes in the same role twice are one document.
fn is_repeated(imports: &[Import<'_>], at: usize) -> bool {
    let Some(import) = imports.get(at) else { return false };
    imports.iter().take(at).any(|earlier| {
        !import.document.hash.is_empty()
            && earlier.document.hash == import.document.hash
            && earlier.tier == import.tier
            && earlier.trust == import.trust
            && earlier.vouched == import.vouched
    })
}

fn by_id(findings: &[Finding]) -> FxHashMap<String, Vec<usize>> {
    let mut by_id: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (at, finding) in findings.iter().enumerate() {
        for id in std::iter::once(&finding.vulnerability).chain(&finding.aliases) {
            let list = by_id.entry(key(id)).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }
    by_id
}

fn key(id: &str) -> String {
    id.trim().to_ascii_uppercase()
}

/// A statement that may hold on a finding.
struct Candidate<'a> {
    document: usize,
    statement: usize,
    status: VexStatus,
    rank: Rank<'a>,
}

/// One statement held against the release.
struct Held<'h, 'a> {
    import: &'h Import<'a>,
    statement: &'a VexStatement,
    release: &'h Release<'h>,
    places: &'h Places,
    findings: &'h [Finding],
}

impl<'a> Held<'_, 'a> {
    fn against(
        &self,
        by_id: &FxHashMap<String, Vec<usize>>,
        result: &mut StatementResult,
        candidates: &mut [Vec<Candidate<'a>>],
    ) {
        let (targets, nearest) = self.targets();
        result.components = targets.iter().map(|(component, _)| *component).collect();
        if targets.is_empty() {
            result.why = Some(Why::Identity(nearest));
            return;
        }
        result.why = Some(Why::NoFinding);
        for at in self.findings_of(by_id) {
            let Some(finding) = self.findings.get(at) else { continue };
            let Ok(index) = targets.binary_search_by_key(&finding.component, |target| target.0) else {
                continue;
            };
            let Some((_, specificity)) = targets.get(index) else { continue };
            let Some(component) = self.release.components.get(finding.component) else { continue };
            if let Err(distrust) = self.import.trust.admit(self.statement, component) {
                result.why = Some(Why::Trust(distrust));
                continue;
            }
            if result.why == Some(Why::NoFinding) {
                result.why = None;
            }
            if let Some(list) = candidates.get_mut(at) {
                list.push(Candidate {
                    document: result.document,
                    statement: result.statement,
                    status: self.statement.status,
                    rank: self.rank(*specificity),
                });
            }
        }
    }

    fn rank(&self, specificity: Specificity) -> Rank<'a> {
        let document = self.import.document;
        Rank {
            tier: self.import.tier,
            specificity,
            time: Instant::parse(&self.statement.timestamp),
            version: &document.version,
            hash: &self.statement.hash,
            document: &document.hash,
            position: &self.statement.position,
        }
    }

    /// The components it speaks of, in order, each with the narrowest naming; else the nearest reason.
    fn targets(&self) -> (Vec<(usize, Specificity)>, Mismatch) {
        let mut targets: Vec<(usize, Specificity)> = Vec::new();
        let mut nearest = Mismatch::NoProduct;
        for product in &self.statement.products {
            let mut near = self.places.near(product);
            if near.is_empty() || product.subcomponents.is_empty() {
                let is_whole = self.names_release(product, &mut nearest);
                if is_whole && product.subcomponents.is_empty() {
                    near = (0..self.release.components.len()).collect();
                }
            }
            for at in near {
                let Some(component) = self.release.components.get(at) else { continue };
                match self.release.fit(product, component, self.import.vouched) {
                    Ok(specificity) => targets.push((at, specificity)),
                    Err(mismatch) => nearest = nearest.max(mismatch),
                }
            }
        }
        // The narrowest naming of a component stands last among its rows, and is the one that is kept.
        targets.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        targets.dedup_by_key(|target| target.0);
        (targets, nearest)
    }

    /// Holds the product against the release as a whole; a reason is noted where it names nothing at all.
    fn names_release(&self, product: &ProductRef, nearest: &mut Mismatch) -> bool {
        let empty = Component::default();
        match self.release.fit(product, self.release.product.unwrap_or(&empty), false) {
            Ok(_) => true,
            Err(mismatch) => {
                // Neither the part nor the product around it is here: that it is another product says it all.
                let mismatch =
                    if mismatch == Mismatch::OtherContext { Mismatch::OtherProduct } else { mismatch };
                *nearest = std::mem::replace(nearest, Mismatch::NoProduct).max(mismatch);
                false
            }
        }
    }

    /// Findings with one of the statement's ids. An alias never leads from one CVE to another.
    fn findings_of(&self, by_id: &FxHashMap<String, Vec<usize>>) -> Vec<usize> {
        let main = key(&self.statement.vulnerability);
        let mut found: Vec<usize> = by_id.get(&main).cloned().unwrap_or_default();
        if !main.starts_with("CVE-") {
            for alias in &self.statement.aliases {
                found.extend(by_id.get(&key(alias)).into_iter().flatten());
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Components by their identifiers, so that a statement is held against the few that it may mean.
#[derive(Default)]
struct Places {
    by_name: FxHashMap<String, Vec<usize>>,
}

impl Places {
    fn of(release: &Release<'_>) -> Places {
        let mut places = Places::default();
        for (at, component) in release.components.iter().enumerate() {
            let purls = component.purls.iter().map(purl_key);
            let cpes = component.cpes.iter().map(|known| cpe_key(&known.cpe));
            let others = component.hashes.iter().cloned().chain([component.source_ref.clone()]);
            for name in purls.chain(cpes).chain(others).filter(|name| !name.is_empty()) {
                let list = places.by_name.entry(name).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        places
    }

    /// Components that the innermost parts of a product may name.
    fn near(&self, product: &ProductRef) -> Vec<usize> {
        let mut found = Vec::new();
        self.collect(product, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn collect(&self, product: &ProductRef, found: &mut Vec<usize>) {
        if !product.subcomponents.is_empty() {
            product.subcomponents.iter().for_each(|part| self.collect(part, found));
            return;
        }
        let purls =
            product.purls.iter().filter_map(|text| Purl::parse(text).ok()).map(|purl| purl_key(&purl));
        let cpes =
            product.cpes.iter().filter_map(|text| Cpe::parse(text).ok()).map(|parsed| cpe_key(&parsed.cpe));
        let local = product.reference.split_once('#').map(|(_, local)| local.to_owned());
        let others = product.hashes.iter().cloned().chain([product.reference.clone()]).chain(local);
        for name in purls.chain(cpes).chain(others) {
            found.extend(self.by_name.get(&name).into_iter().flatten());
        }
    }
}

fn purl_key(purl: &Purl) -> String {
    format!("pkg:{}/{}/{}", purl.kind, purl.namespace, purl.name)
}

fn cpe_key(cpe: &Cpe) -> String {
    format!("cpe:{}:{}:{}", cpe.part, cpe.vendor, cpe.product)
}

fn conclude(winner: &Candidate<'_>, candidates: &[Candidate<'_>], finding: &Finding) -> Effective {
    let verdict = verdict(winner, finding.verdict);
    let disagrees = |other: &&Candidate<'_>| other.status.verdict() != winner.status.verdict();
    let mut disagreeing: Vec<&Candidate<'_>> = candidates.iter().filter(disagrees).collect();
    // By content, not by import order.
    disagreeing.sort_by(|one, other| other.rank.cmp(&one.rank));
    Effective {
        document: winner.document,
        statement: winner.statement,
        tier: winner.rank.tier,
        specificity: winner.rank.specificity,
        status: winner.status,
        verdict,
        against_match: finding.verdict == Verdict::Affected && verdict != Verdict::Affected,
        disagreeing: disagreeing.into_iter().map(|other| (other.document, other.statement)).collect(),
    }
}

/// An upstream source that does not know (yet) takes nothing away from what matching found; a person of the own
/// organisation who reopens a finding does.
fn verdict(winner: &Candidate<'_>, matched: Verdict) -> Verdict {
    match winner.status.verdict() {
        Verdict::NeedsReview if winner.rank.tier == Tier::Upstream => matched,
        verdict => verdict,
    }
}

/// Writes the effective statements into the findings: verdict, reason, and the statement as evidence.
pub fn settle(application: &Application, imports: &[Import<'_>], findings: &mut [Finding]) {
    for (finding, effective) in findings.iter_mut().zip(&application.effective) {
        let Some(effective) = effective else { continue };
        let Some(import) = imports.get(effective.document) else { continue };
        let Some(statement) = import.document.statements.get(effective.statement) else { continue };
        finding.evidence.push(evidence(import, statement));
        if effective.verdict == finding.verdict {
            continue;
        }
        finding.verdict = effective.verdict;
        finding.confidence = Confidence::Medium;
        if effective.against_match {
            finding.qualifiers.push(Reason::CSourcesDisagree);
        }
        finding.reason = reason(effective);
    }
}

fn reason(effective: &Effective) -> Reason {
    if effective.tier != Tier::Upstream {
        return Reason::RLocalRule;
    }
    match effective.status {
        VexStatus::Fixed | VexStatus::FixedBackport => Reason::SSupplierFixed,
        VexStatus::Affected => Reason::SSupplierAffected,
        _ => Reason::SSupplierNotAffected,
    }
}

/// The statement as evidence: who, what, and where it can be read.
pub fn evidence(import: &Import<'_>, statement: &VexStatement) -> Evidence {
    let document = import.document;
    let name = [&document.id, &document.file].into_iter().find(|name| !name.is_empty());
    let parts =
        [document.author.as_str(), name.map_or("", String::as_str), &statement.position, &document.hash];
    let by: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let mut says = statement.status.word().to_owned();
    if let Some(justification) = statement.justification {
        says.push_str(&format!(" ({})", justification.word()));
    }
    let texts = [&statement.impact, &statement.action, &statement.detail];
    let text = texts.into_iter().find(|text| !text.is_empty());
    Evidence::Statement { by: by.join(", "), says, text: text.cloned().unwrap_or_default() }
}
