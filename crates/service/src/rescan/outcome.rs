//! Pairs of component and changed vulnerability, judged once for all releases of a setting, and whom they touch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::matching::{Options, Pair, scan_pairs};
use index::VulnRef;
use model::finding::Verdict;
use model::sbom::Inventory;
use store::Moment;
use store::matched::Matched;
use store::vulnerability::Vulnerability;

use super::setting::Setting;
use super::touched::{Place, Touched};
use crate::analyse::{matched, vulnerability};
use crate::house::{Current, Fault, busy, instant};

/// What came out.
#[derive(Default)]
pub(super) struct Outcome {
    /// Pairs that were judged.
    pub pairs: usize,
    /// Releases for which something may differ.
    pub releases: BTreeSet<i64>,
    /// Pairs that are open somewhere.
    pub matches: BTreeMap<(i64, String), Matched>,
    /// Stored pairs that are open nowhere any more.
    pub gone: Vec<(i64, String)>,
    /// The vulnerabilities of the open pairs.
    pub vulnerabilities: BTreeMap<String, Vulnerability>,
    /// Stored pairs that stay stored, whatever matching says of the component alone.
    kept: BTreeSet<(i64, String)>,
}

/// Pairs with the display id of their vulnerability, and the places of components that are judged as a whole.
struct Answer {
    pairs: Vec<(String, Pair)>,
    judge_whole: Vec<usize>,
}

/// Judges the components of a delta against its vulnerabilities.
pub(super) async fn judge(
    current: &Arc<Current>,
    touched: &Touched,
    vulnerabilities: &[String],
    now: Moment,
) -> Result<Outcome, Fault> {
    let mut outcome = Outcome::default();
    let index = &current.knowledge.index;
    let mut numbers: Vec<VulnRef> = vulnerabilities.iter().filter_map(|name| index.find(name)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Arc<[VulnRef]> = numbers.into();
    for (place, setting) in touched.settings.iter().enumerate() {
        let ids = touched.shipped_in(place);
        if ids.is_empty() {
            continue;
        }
        let components = ids.iter().filter_map(|id| touched.components.get(id).cloned()).collect();
        let inventory = setting.around(components);
        let (work, wanted) = (Arc::clone(current), Arc::clone(&numbers));
        let answer = busy(move || answer(&work, &inventory, &wanted, now)).await?;
        outcome.add(answer, &ids, place, setting, touched);
    }
    outcome.add_gone(touched, vulnerabilities);
    Ok(outcome)
}

fn answer(
    current: &Current,
    inventory: &Inventory,
    numbers: &[VulnRef],
    now: Moment,
) -> Result<Answer, Fault> {
    let index = &current.knowledge.index;
    let options = Options { at: instant(now), ..Options::default() };
    let answer = scan_pairs(index, inventory, &options, &|_| true, numbers);
    let named = |pair: Pair| {
        let of = index.vulnerability(pair.vulnerability);
        let of = of.map_err(|error| Fault::Broken(format!("the index in use: {error}")))?;
        Ok((of.id().to_owned(), pair))
    };
    let pairs = answer.pairs.into_iter().map(named).collect::<Result<_, Fault>>()?;
    Ok(Answer { pairs, judge_whole: answer.judge_whole })
}

impl Outcome {
    /// A pair that is open now, or was, touches the releases that ship the component: facts may have changed even where
    /// the verdict has not. A pair that is excluded and was excluded touches nobody, unless it asks the release, or
    /// somebody in the release speaks of findings, excluded ones too. A package of a distribution is touched by all
    /// that shares a key with it.
    fn add(&mut self, answer: Answer, ids: &[i64], place: Place, setting: &Setting, touched: &Touched) {
        let mut components: BTreeSet<i64> = BTreeSet::new();
        let whole = answer.judge_whole.iter().filter_map(|at| ids.get(*at));
        components.extend(whole.filter(|id| touched.by_key.contains(id)));
        if setting.speaks {
            let of = |(component, _): &&(i64, String)| ids.binary_search(component).is_ok();
            self.kept.extend(touched.matches.keys().filter(of).cloned());
        }
        self.pairs += answer.pairs.len();
        for (name, pair) in answer.pairs {
            let Some(component) = ids.get(pair.component).copied() else { continue };
            let key = (component, name);
            let is_open = matches!(pair.verdict, Some(Verdict::Affected | Verdict::NeedsReview));
            let is_spoken_of = setting.speaks && pair.verdict.is_some();
            let is_stored = touched.matches.contains_key(&key);
            if is_open || is_stored || is_spoken_of || pair.asks_release || !pair.is_whole {
                components.insert(component);
            }
            if pair.asks_release || !pair.is_whole {
                self.kept.insert(key.clone());
            }
            if let Some(finding) = &pair.finding {
                self.vulnerabilities.entry(key.1.clone()).or_insert_with(|| vulnerability(finding));
                self.matches.insert(key, matched(component, finding));
            }
        }
        let releases = components.iter().flat_map(|component| touched.releases_of(*component, place));
        self.releases.extend(releases);
    }

    /// Withdrawn, or about something else now: there is no pair any more, or an excluded one, and whoever ships the
    /// component of one that is stored is touched.
    fn add_gone(&mut self, touched: &Touched, vulnerabilities: &[String]) {
        let changed: BTreeSet<&String> = vulnerabilities.iter().collect();
        for key in touched.matches.keys().filter(|(_, name)| changed.contains(name)) {
            if self.matches.contains_key(key) {
                continue;
            }
            self.releases.extend(touched.releases.get(&key.0).into_iter().flatten());
            if !self.kept.contains(key) {
                self.gone.push(key.clone());
            }
        }
    }
}
