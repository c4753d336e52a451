//! Chosen components against chosen vulnerabilities: what a change of knowledge asks, without the rest of the scan.
//!
//! One component is part of many releases, and most answers are the same in all of them. [`Pair::asks_release`] says
//! where the rest of the release took part, so that only those pairs are judged release by release.

use index::{Index, VulnRef};
use model::finding::{Finding, Verdict};
use model::note::Note;
use model::reason::Reason;
use model::sbom::Inventory;
use rayon::prelude::*;

use super::Options;
use super::session::{OfComponent, Session};
use super::work::{Outcome, WORTH_THREADS};
use crate::matching::build::Prepared;
use crate::matching::candidates::candidates_of;
use crate::matching::distribution::Distribution;
use crate::matching::ranges::{Detail, Trace};

/// One component against one vulnerability that shares a key with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Place of the component in the inventory.
    pub component: usize,
    /// The vulnerability, in the index that was asked.
    pub vulnerability: VulnRef,
    /// The verdict; `None` = no finding: a namesake, a platform mention, or nothing said of the component.
    pub verdict: Option<Verdict>,
    /// Its primary reason.
    pub reason: Reason,
    /// The finding without texts: open ones, and with [`Options::with_not_affected`] all.
    pub finding: Option<Finding>,
    /// All that is known of the vulnerability could be read. Where not, nothing follows from the answer.
    pub is_whole: bool,
    /// Other components of the release took part: the answer holds for this inventory only.
    pub asks_release: bool,
}

/// The answers on chosen pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// By component, then by vulnerability in the order of the index.
    pub pairs: Vec<Pair>,
    /// The chosen components that are packages of a distribution, by their number. What one record says of the
    /// distribution's release touches the package's other findings: such a component has to be judged as a whole, even
    /// where the record is gone and makes no pair any more.
    pub judge_whole: Vec<usize>,
    /// Records of the index that could not be read.
    pub notes: Vec<Note>,
}

/// Judges the chosen components of an inventory, by their number, against the chosen vulnerabilities. The answer on a
/// pair is that of a full scan, but for [`Pairs::judge_whole`].
pub fn scan_pairs(
    index: &Index,
    inventory: &Inventory,
    options: &Options,
    is_chosen: &dyn Fn(usize) -> bool,
    vulnerabilities: &[VulnRef],
) -> Pairs {
    let options = Options { verdicts_only: true, ..options.clone() };
    let session = Session::of(index, inventory, &options);
    let wanted = Wanted::of(index, vulnerabilities);
    let chosen: Vec<usize> = (0..inventory.components.len()).filter(|at| is_chosen(*at)).collect();
    let judge = |at: &usize| session.pairs(*at, &wanted);
    let parts: Vec<(Vec<Pair>, Vec<Note>)> = match chosen.len() < WORTH_THREADS {
        true => chosen.iter().map(judge).collect(),
        false => chosen.par_iter().map(judge).collect(),
    };
    let is_package = |at: &usize| {
        let component = inventory.components.get(*at);
        component.is_some_and(|one| Distribution::of(one, &inventory.platform).packages().is_some())
    };
    let judge_whole = chosen.iter().copied().filter(|at| is_package(at)).collect();
    let mut answer = Pairs { judge_whole, ..Pairs::default() };
    for (pairs, notes) in parts {
        answer.pairs.extend(pairs);
        answer.notes.extend(notes);
    }
    answer.notes.sort();
    answer.notes.dedup();
    answer
}

/// The chosen vulnerabilities, by their number.
struct Wanted(Vec<bool>);

impl Wanted {
    fn of(index: &Index, chosen: &[VulnRef]) -> Wanted {
        let mut wanted = vec![false; index.len()];
        for number in chosen {
            if let Some(place) = wanted.get_mut(number.0 as usize) {
                *place = true;
            }
        }
        Wanted(wanted)
    }

    fn has(&self, number: VulnRef) -> bool {
        self.0.get(number.0 as usize).copied().unwrap_or_default()
    }
}

impl Session<'_> {
    fn pairs(&self, at: usize, wanted: &Wanted) -> (Vec<Pair>, Vec<Note>) {
        let Some(component) = self.inventory.components.get(at) else { return Default::default() };
        let mut numbers = candidates_of(self.knowledge.index, component).vulnerabilities;
        numbers.retain(|number| wanted.has(*number));
        if numbers.is_empty() {
            return Default::default();
        }
        let of = self.component(component);
        let build = self.build(&of);
        let mut answer = (Vec::with_capacity(numbers.len()), Vec::new());
        for number in numbers {
            let (pair, notes) = self.pair(at, &of, &build, number);
            answer.0.push(pair);
            answer.1.extend(notes);
        }
        answer
    }

    fn pair(
        &self,
        at: usize,
        of: &OfComponent<'_>,
        build: &Prepared<'_>,
        number: VulnRef,
    ) -> (Pair, Vec<Note>) {
        let mut outcome = Outcome::of(1);
        if of.identity.is_bare_kernel_companion() {
            outcome.ends(None, Reason::IOtherProduct);
        } else {
            let trace = Trace::default();
            self.with_case(of, build, Detail::Verdict, Some(&trace), |case| {
                self.candidate(case, case, number, &mut outcome);
            });
            if trace.has_asked_release() {
                outcome.asks_release();
            }
        }
        outcome.into_pair(at, number)
    }
}
