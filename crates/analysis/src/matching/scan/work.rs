//! The work itself: groups of equal components, their candidates in chunks, and the results put together.

use index::{VulnRef, Vulnerability};
use model::component::{Component, Coverage};
use model::finding::{Finding, Opinion, Verdict};
use model::note::{Note, NoteCode, Severity};
use model::reason::Reason;
use model::record::Record;
use model::statement::Statement;
use rayon::prelude::*;

use super::group::Group;
use super::pairs::Pair;
use super::session::{OfComponent, Session};
use super::settled::Answer;
use super::views::Views;
use super::{Counts, Obsolete, Scan};
use crate::coverage::{Seen, coverage_of};
use crate::matching::build::Prepared;
use crate::matching::combine;
use crate::matching::evaluate::{Case, Judged, judge, judge_with};
use crate::matching::opinion::is_by_kernel_cna;
use crate::matching::ranges::Detail;

/// What came out of a run of candidates.
#[derive(Default)]
pub(super) struct Outcome {
    #[expect(clippy::vec_box, reason = "a finding is large, and lists of them grow, join and are sorted")]
    findings: Vec<Box<Finding>>,
    counts: Counts,
    obsolete: Vec<Obsolete>,
    notes: Vec<Note>,
    covers_release: bool,
    lists_other_release: Vec<usize>,
    asks_release: bool,
}

/// Candidates per unit of work.
const CHUNK: usize = 256;

/// Below this many candidates threads cost more than they bring.
pub(super) const WORTH_THREADS: usize = 512;

impl<'a> Session<'a> {
    /// The outcome of each group, in order.
    pub(super) fn evaluate(&self, groups: &[Group<'a>], views: &Views) -> Vec<Outcome> {
        let builds: Vec<Option<Prepared<'_>>> = groups
            .iter()
            .map(|group| group.product.is_none().then(|| self.build(group.prepared(self))))
            .collect();
        let mut work: Vec<(usize, &[VulnRef])> = Vec::new();
        for (number, group) in groups.iter().enumerate().filter(|(_, group)| group.product.is_none()) {
            work.extend(group.candidates(self).chunks(CHUNK).map(|chunk| (number, chunk)));
        }
        let run = |(number, chunk): &(usize, &[VulnRef])| {
            let (group, build) = (groups.get(*number)?, builds.get(*number)?.as_ref()?);
            Some((*number, self.chunk(group.prepared(self), build, chunk)))
        };
        let total: usize = work.iter().map(|(_, chunk)| chunk.len()).sum();
        let parts: Vec<(usize, Outcome)> = if total < WORTH_THREADS {
            work.iter().filter_map(run).collect()
        } else {
            work.par_iter().filter_map(run).collect()
        };
        let mut outcomes: Vec<Outcome> = groups.iter().map(|_| Outcome::default()).collect();
        for (number, part) in parts.into_iter().chain(self.by_view(groups, views)) {
            if let Some(outcome) = outcomes.get_mut(number) {
                outcome.add(part);
            }
        }
        outcomes
    }

    fn chunk(&self, of: &OfComponent<'_>, build: &Prepared<'_>, chunk: &[VulnRef]) -> Outcome {
        let mut outcome = Outcome::of(chunk.len());
        if of.identity.is_bare_kernel_companion() {
            outcome.end_many(chunk.len(), None, Reason::IOtherProduct);
            return outcome;
        }
        self.with_case(of, build, Detail::Verdict, None, |brief| {
            self.with_case(of, build, Detail::Full, None, |full| {
                for number in chunk {
                    self.candidate(brief, full, *number, &mut outcome);
                }
            });
        });
        outcome
    }

    /// One candidate: first in brief; with evidence only where it is a finding.
    pub(super) fn candidate(
        &self,
        brief: &Case<'_>,
        full: &Case<'_>,
        number: VulnRef,
        outcome: &mut Outcome,
    ) {
        let vulnerability = match self.knowledge.index.vulnerability(number) {
            Ok(vulnerability) => vulnerability,
            Err(error) => {
                return outcome.unreadable(&format!("vulnerability {}", number.0), &error.to_string());
            }
        };
        let by_kernel_cna = self.word_of_kernel_cna(brief, &vulnerability);
        let judged = match by_kernel_cna {
            Some((Verdict::NotAffected, reason)) => {
                outcome.ends(Some(Verdict::NotAffected), reason);
                self.note_obsolete(brief, &vulnerability, reason, outcome);
                return;
            }
            // It stays a finding unless the build excludes it; the other sources are shown in brief.
            Some((Verdict::Affected, _)) => {
                let records = self.records(&vulnerability, outcome);
                if self.options.verdicts_only {
                    judge(brief, &vulnerability, &records)
                } else {
                    judge_with(full, &vulnerability, &records, is_by_kernel_cna)
                }
            }
            _ => match self.judge_until_settled(brief, &vulnerability, outcome) {
                Answer::Settled(reason) => return outcome.ends(Some(Verdict::NotAffected), reason),
                Answer::ByAll(_, judged) if self.options.verdicts_only || !self.is_wanted(judged.verdict) => {
                    judged
                }
                Answer::ByAll(records, _) => judge(full, &vulnerability, &records),
            },
        };
        outcome.covers_release |= judged.voices.iter().any(|voice| voice.rank == 3);
        outcome.ends(judged.verdict, judged.reason);
        if judged.verdict == Some(Verdict::NotAffected) {
            self.note_obsolete(brief, &vulnerability, judged.reason, outcome);
        }
        if !self.is_wanted(judged.verdict) {
            return;
        }
        if judged.lists_other_release {
            outcome.lists_other_release.push(outcome.findings.len());
        }
        let judged = if self.options.verdicts_only { judged.without_texts() } else { judged };
        match finding_of(&vulnerability, judged) {
            Ok(Some(finding)) => outcome.findings.push(Box::new(finding)),
            Ok(None) => {}
            Err(error) => outcome.unreadable(vulnerability.id(), &error.to_string()),
        }
    }

    fn is_wanted(&self, verdict: Option<Verdict>) -> bool {
        match verdict {
            None => false,
            Some(Verdict::NotAffected) => self.options.with_not_affected,
            Some(_) => true,
        }
    }

    pub(super) fn records<'v>(
        &self,
        vulnerability: &Vulnerability<'v>,
        outcome: &mut Outcome,
    ) -> Vec<Record<'v>> {
        let (records, errors) = self.decoded(vulnerability);
        for error in errors {
            outcome.unreadable(vulnerability.id(), &error);
        }
        records
    }

    /// A statement on what is not affected anyway.
    fn note_obsolete(
        &self,
        case: &Case<'_>,
        vulnerability: &Vulnerability<'_>,
        reason: Reason,
        outcome: &mut Outcome,
    ) {
        if matches!(reason, Reason::SBuildStatus | Reason::SSupplierFixed | Reason::SSupplierNotAffected) {
            return;
        }
        let mut ids = vec![vulnerability.id()];
        ids.extend_from_slice(vulnerability.aliases());
        let component = case.question.identity.component;
        for statement in self.statements.about(&ids, component) {
            outcome.obsolete.push(obsolete(vulnerability.id(), component, reason, statement));
        }
    }

    pub(super) fn collect(&self, groups: &[Group<'a>], outcomes: Vec<Outcome>) -> Scan {
        let count = self.inventory.components.len();
        let mut scan = Scan { coverage: vec![(Coverage::Pending, String::new()); count], ..Scan::default() };
        let mut findings: Vec<Box<Finding>> = Vec::new();
        for (group, mut outcome) in groups.iter().zip(outcomes) {
            outcome.mark_end_of_life();
            let known = group.familiarity(self);
            let seen = Seen {
                open_findings: outcome
                    .findings
                    .iter()
                    .filter(|finding| finding.verdict != Verdict::NotAffected)
                    .count(),
                is_known: known.is_known,
                has_keys: known.has_keys,
            };
            for member in &group.members {
                if let (Some(slot), Some(component)) =
                    (scan.coverage.get_mut(*member), self.inventory.components.get(*member))
                {
                    *slot = coverage_of(known.feeds, component, seen, &self.freshness);
                }
                scan.counts.add(&outcome.counts);
            }
            if let Some((last, others)) = group.members.split_last() {
                for member in others {
                    findings.extend(
                        outcome.findings.iter().map(|finding| of_component(finding.clone(), *member)),
                    );
                }
                findings.extend(outcome.findings.drain(..).map(|finding| of_component(finding, *last)));
            }
            scan.obsolete_statements.append(&mut outcome.obsolete);
            scan.notes.append(&mut outcome.notes);
        }
        self.sort(&mut findings);
        scan.findings = findings.into_iter().map(|finding| *finding).collect();
        scan.obsolete_statements.sort();
        scan.obsolete_statements.dedup();
        scan.notes.sort();
        scan.notes.dedup();
        scan
    }

    /// An order that does not depend on the order of the input.
    fn sort(&self, findings: &mut [Box<Finding>]) {
        let components = &self.inventory.components;
        let key =
            |at: &usize| components.get(*at).map(|one| (&one.name, &one.version, &one.key, &one.source_ref));
        let mut order: Vec<usize> = (0..components.len()).collect();
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        // Components that cannot be told apart have one place, and their findings stay as they are.
        let mut places = vec![0_usize; components.len()];
        let mut before: Option<(usize, usize)> = None;
        for at in order {
            let place = match before {
                Some((other, place)) => place + usize::from(key(&other) != key(&at)),
                None => 0,
            };
            before = Some((at, place));
            if let Some(slot) = places.get_mut(at) {
                *slot = place;
            }
        }
        let place = |finding: &Finding| places.get(finding.component);
        findings.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.vulnerability.cmp(&b.vulnerability)));
    }
}

impl Outcome {
    /// Nothing found out about so many candidates yet.
    pub(super) fn of(candidates: usize) -> Outcome {
        Outcome { counts: Counts { candidates, ..Counts::default() }, ..Outcome::default() }
    }

    pub(super) fn covers(&mut self, covers_release: bool) {
        self.covers_release |= covers_release;
    }

    pub(super) fn asks_release(&mut self) {
        self.asks_release = true;
    }

    /// The answer on one pair: the outcome of a single candidate.
    pub(super) fn into_pair(mut self, component: usize, vulnerability: VulnRef) -> (Pair, Vec<Note>) {
        let verdict = match &self.counts {
            Counts { affected: 1, .. } => Some(Verdict::Affected),
            Counts { needs_review: 1, .. } => Some(Verdict::NeedsReview),
            Counts { not_affected: 1, .. } => Some(Verdict::NotAffected),
            _ => None,
        };
        // A vulnerability that cannot be read ends under no reason.
        let reason = self.counts.by_reason.keys().next().copied().unwrap_or(Reason::RNoAffectedData);
        self.mark_end_of_life();
        let finding = self.findings.pop().map(|finding| *of_component(finding, component));
        let asks_release = self.asks_release;
        let is_whole = self.notes.is_empty();
        (Pair { component, vulnerability, verdict, reason, finding, is_whole, asks_release }, self.notes)
    }

    pub(super) fn notes(&self) -> usize {
        self.notes.len()
    }

    pub(super) fn found(&mut self, finding: Finding, lists_other_release: bool) {
        if lists_other_release {
            self.lists_other_release.push(self.findings.len());
        }
        self.findings.push(Box::new(finding));
    }

    fn add(&mut self, mut other: Outcome) {
        let before = self.findings.len();
        self.lists_other_release.extend(other.lists_other_release.into_iter().map(|at| at + before));
        self.findings.append(&mut other.findings);
        self.counts.add(&other.counts);
        self.obsolete.append(&mut other.obsolete);
        self.notes.append(&mut other.notes);
        self.covers_release |= other.covers_release;
    }

    pub(super) fn ends(&mut self, verdict: Option<Verdict>, reason: Reason) {
        self.end_many(1, verdict, reason);
    }

    fn end_many(&mut self, number: usize, verdict: Option<Verdict>, reason: Reason) {
        let count = match verdict {
            Some(Verdict::Affected) => &mut self.counts.affected,
            Some(Verdict::NeedsReview) => &mut self.counts.needs_review,
            Some(Verdict::NotAffected) => &mut self.counts.not_affected,
            None => &mut self.counts.removed,
        };
        *count += number;
        *self.counts.by_reason.entry(reason).or_default() += number;
    }

    pub(super) fn unreadable(&mut self, place: &str, why: &str) {
        self.notes.push(Note::new(NoteCode::BadRecord, Severity::Error, place, why));
    }

    /// The distribution's feed knows the package in other releases and never speaks of this one: the release
    /// is out of support, and upstream's word is all there is (5.8).
    fn mark_end_of_life(&mut self) {
        if self.covers_release {
            return;
        }
        for at in &self.lists_other_release {
            if let Some(finding) = self.findings.get_mut(*at) {
                combine::push(&mut finding.qualifiers, Reason::DEolFallback);
                finding.confidence = model::finding::Confidence::Low;
            }
        }
    }
}

fn of_component(mut finding: Box<Finding>, component: usize) -> Box<Finding> {
    finding.component = component;
    finding
}

fn obsolete(id: &str, component: &Component, reason: Reason, statement: &Statement) -> Obsolete {
    let mut says = statement.status.word().to_owned();
    if !statement.justification.is_empty() {
        says.push_str(&format!(" ({})", statement.justification));
    }
    Obsolete { vulnerability: id.to_owned(), component: component.name.clone(), reason, says }
}

/// The finding of a judgement; the component's number is filled in by the caller.
fn finding_of(
    vulnerability: &Vulnerability<'_>,
    judged: Judged<'_>,
) -> Result<Option<Finding>, index::Error> {
    let Some(verdict) = judged.verdict else { return Ok(None) };
    let opinions: Vec<Opinion> = judged.voices.into_iter().map(|voice| voice.opinion).collect();
    let mut evidence = judged.evidence;
    evidence.extend(judged.considered);
    Ok(Some(Finding {
        vulnerability: vulnerability.id().to_owned(),
        aliases: vulnerability.aliases().iter().map(|id| (*id).to_owned()).collect(),
        component: 0,
        verdict,
        reason: judged.reason,
        qualifiers: judged.qualifiers,
        confidence: judged.confidence,
        evidence,
        opinions,
        fixed: judged.fixed,
        files: judged.files,
        facts: vulnerability.facts()?.into(),
    }))
}
