//! Groups whose product was met before: judged through its prepared answers, version after version.

use std::cell::OnceCell;
use std::sync::Arc;

use index::VulnRef;
use model::finding::{Confidence, Finding, Verdict};
use model::reason::Reason;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::group::Group;
use super::session::Session;
use super::settled::Answer;
use super::views::{Known, Named, Product, Ready, View, Views};
use super::work::Outcome;
use crate::matching::branches::released_at_the_earliest;
use crate::matching::evaluate::Case;
use crate::matching::ranges::{ComponentVersion, Detail, Query, Told, Trace};

impl<'a> Session<'a> {
    /// The outcomes of the groups that are judged by view: (group, outcome).
    pub(super) fn by_view(&self, groups: &[Group<'a>], views: &Views) -> Vec<(usize, Outcome)> {
        let mut places: FxHashMap<*const Product, usize> = FxHashMap::default();
        let mut products: Vec<(&Product, Vec<(usize, &Group<'a>)>)> = Vec::new();
        for (number, group) in groups.iter().enumerate() {
            let Some((product, _)) = &group.product else { continue };
            let place = *places.entry(Arc::as_ptr(product)).or_insert(products.len());
            match products.get_mut(place) {
                Some((_, list)) => list.push((number, group)),
                None => products.push((product, vec![(number, group)])),
            }
        }
        let run = |(product, groups): &(&Product, Vec<(usize, &Group<'a>)>)| {
            let mut view = product.view();
            let mut learned = 0;
            let judge = |(number, group): &(usize, &Group<'a>)| {
                (*number, self.group_by_view(group, &mut view, &mut learned))
            };
            let outcomes: Vec<(usize, Outcome)> = groups.iter().map(judge).collect();
            if learned > 0 {
                views.grew(learned);
            }
            outcomes
        };
        products.par_iter().flat_map_iter(run).collect()
    }

    fn group_by_view(&self, group: &Group<'a>, view: &mut View, learned: &mut usize) -> Outcome {
        let Some((_, known)) = &group.product else { return Outcome::default() };
        let mut outcome = Outcome::of(known.candidates.len());
        let asked = Respondent::of(self, group, known);
        let mut answers = view.answers_of(&group.component.version);
        let mut missed: Vec<(usize, VulnRef)> = Vec::new();
        for (at, number) in known.candidates.iter().enumerate() {
            match view.find(at, &mut answers, &|query| asked.ask(query)) {
                Some(ready) => self.apply(&ready, *number, view, &mut outcome),
                None => missed.push((at, *number)),
            }
        }
        view.keep(&group.component.version, answers);
        if !missed.is_empty() {
            self.learn(group, &missed, view, learned, &mut outcome);
        }
        outcome
    }

    /// The long way for what the view does not know yet.
    fn learn(
        &self,
        group: &Group<'a>,
        missed: &[(usize, VulnRef)],
        view: &mut View,
        learned: &mut usize,
        outcome: &mut Outcome,
    ) {
        let of = group.prepared(self);
        let trace = Trace::default();
        self.with_case(of, &self.build(of), Detail::Verdict, Some(&trace), |case| {
            for (at, number) in missed {
                let ready = self.judged_long(case, *number, outcome);
                let path = trace.take();
                let Some(ready) = ready.map(Arc::new) else { continue };
                self.apply(&ready, *number, view, outcome);
                if let Some(path) = path {
                    *learned += view.learn(*at, path, ready);
                }
            }
        });
    }

    /// Judges by the records; `None` where the index cannot be read, which is noted.
    fn judged_long(&self, case: &Case<'_>, number: VulnRef, outcome: &mut Outcome) -> Option<Ready> {
        let vulnerability = match self.knowledge.index.vulnerability(number) {
            Ok(vulnerability) => vulnerability,
            Err(error) => {
                outcome.unreadable(&format!("vulnerability {}", number.0), &error.to_string());
                return None;
            }
        };
        let notes = outcome.notes();
        let answer = self.judge_until_settled(case, &vulnerability, outcome);
        if outcome.notes() > notes
            && let Some(trace) = case.question.version.trace
        {
            // A damaged record is told of each time.
            trace.spoil();
        }
        Some(match answer {
            Answer::Settled(reason) => Ready::settled(reason),
            Answer::ByAll(_, judged) => Ready {
                verdict: judged.verdict,
                reason: judged.reason,
                covers_release: judged.voices.iter().any(|voice| voice.rank == 3),
                qualifiers: judged.qualifiers.into(),
                confidence: judged.confidence,
                fixed: judged.fixed.into(),
                lists_other_release: judged.lists_other_release,
            },
        })
    }

    fn apply(&self, ready: &Ready, number: VulnRef, view: &mut View, outcome: &mut Outcome) {
        outcome.covers(ready.covers_release);
        outcome.ends(ready.verdict, ready.reason);
        let Some(verdict @ (Verdict::Affected | Verdict::NeedsReview)) = ready.verdict else { return };
        let named = view.named(number, || {
            let vulnerability = self.knowledge.index.vulnerability(number)?;
            Ok::<Named, index::Error>(Named {
                id: vulnerability.id().to_owned(),
                aliases: vulnerability.aliases().iter().map(|id| (*id).to_owned()).collect(),
                facts: vulnerability.facts()?.into(),
            })
        });
        match named {
            Ok(named) => outcome.found(finding(named.clone(), verdict, ready), ready.lists_other_release),
            Err(error) => outcome.unreadable(&format!("vulnerability {}", number.0), &error.to_string()),
        }
    }
}

fn finding(named: Named, verdict: Verdict, ready: &Ready) -> Finding {
    Finding {
        vulnerability: named.id,
        aliases: named.aliases,
        component: 0,
        verdict,
        reason: ready.reason,
        qualifiers: ready.qualifiers.to_vec(),
        confidence: ready.confidence,
        evidence: Vec::new(),
        opinions: Vec::new(),
        fixed: ready.fixed.to_string(),
        files: Vec::new(),
        facts: named.facts,
    }
}

/// Answers the questions of a view for one component.
struct Respondent<'r, 'a> {
    session: &'r Session<'a>,
    known: &'r Known,
    version: ComponentVersion<'r>,
    released: OnceCell<&'r str>,
}

impl<'r, 'a> Respondent<'r, 'a> {
    fn of(session: &'r Session<'a>, group: &'r Group<'a>, known: &'r Known) -> Respondent<'r, 'a> {
        let version = session.release.version(group.component, known.scheme, Detail::Verdict);
        let version = ComponentVersion { commit: "", ..version };
        Respondent { session, known, version, released: OnceCell::new() }
    }

    fn ask(&self, query: &Query) -> Told {
        let mut version = self.version;
        if version.released.is_empty() && query.is_of_release_date() {
            version.released = self.released.get_or_init(|| self.released());
        }
        query.ask(&version, &|name| self.session.release.named(name).is_empty())
    }

    fn released(&self) -> &'a str {
        let table = self.session.knowledge.index.branches();
        let by_branch = |product: &String| {
            released_at_the_earliest(table, product, self.known.scheme, self.version.written())
        };
        self.known.products.iter().map(by_branch).find(|month| !month.is_empty()).unwrap_or_default()
    }
}

impl Ready {
    /// Ended by one record.
    fn settled(reason: Reason) -> Ready {
        Ready {
            verdict: Some(Verdict::NotAffected),
            reason,
            qualifiers: Box::default(),
            confidence: Confidence::High,
            fixed: Box::default(),
            covers_release: false,
            lists_other_release: false,
        }
    }
}
