//! Knowledge changed: which releases does it touch, and what is judged again.
//!
//! From the delta's keys and ids the reverse index leads to distinct components. They are judged once for all releases
//! of equal platform, against the changed vulnerabilities only; what comes out the same as before touches nobody. The
//! releases of the others are judged again in full, each by a job of its own, queued in the transaction that ends this
//! one. What a component alone cannot answer (conditions on the rest of the release, build evidence, statements) is left
//! to those jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::matching::{Options, Pair, scan_pairs};
use index::VulnRef;
use index::compile::delta::Delta;
use model::access::Role;
use model::component::Component;
use model::finding::Verdict;
use model::sbom::Inventory;
use serde::{Deserialize, Serialize};
use store::jobs::Lane;
use store::matched::Matched;
use store::{Change, Moment, Page, Scope};

use crate::analyse::{matched, vulnerability};
use crate::house::{Current, Fault, House, busy, instant};
use crate::intake::{judge_release, load};
use crate::scan::{self, Request};
use crate::step::reached;

/// What differs between two generations of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeDelta {
    /// Tables or maps differ: everything is judged again.
    #[serde(default)]
    pub everything: bool,
    /// Lookup keys whose components are judged again as a whole, whatever vulnerabilities they meet.
    #[serde(default)]
    pub surroundings: Vec<String>,
    /// Display ids of the vulnerabilities that were added, changed or withdrawn.
    pub vulnerabilities: Vec<String>,
    /// Lookup keys under which they are or were filed.
    pub keys: Vec<String>,
}

impl From<&Delta> for KnowledgeDelta {
    fn from(delta: &Delta) -> KnowledgeDelta {
        let ids: BTreeSet<&String> = delta.changes.iter().flat_map(|change| &change.ids).collect();
        let keys: BTreeSet<&String> = delta.changes.iter().flat_map(|change| &change.keys).collect();
        KnowledgeDelta {
            everything: delta.everything,
            surroundings: delta.surroundings.clone(),
            vulnerabilities: ids.into_iter().cloned().collect(),
            keys: keys.into_iter().cloned().collect(),
        }
    }
}

impl KnowledgeDelta {
    /// Reads a delta.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<KnowledgeDelta, Fault> {
        serde_json::from_slice(bytes)
            .map_err(|error| Fault::Broken(format!("the delta cannot be read: {error}")))
    }

    /// Writes a delta.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What a change of knowledge touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rescanned {
    /// Distinct components that were looked at.
    pub components: usize,
    /// Pairs of component and vulnerability that were judged.
    pub pairs: usize,
    /// Releases that are judged again, in order.
    pub releases: Vec<i64>,
}

/// Judges what a delta touches, and queues the releases for which something differs. `finish` runs in the same
/// transaction.
///
/// # Errors
/// `Refused` while this node does not have the generation yet.
pub async fn rescan<F>(
    house: &House,
    generation: &str,
    delta: &KnowledgeDelta,
    now: Moment,
    finish: F,
) -> Result<Rescanned, Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    let current = house.current();
    if current.generation != generation {
        return Err(Fault::Refused(format!("generation {generation} is not in use here")));
    }
    let mut touched = Touched::of(house, delta).await?;
    let mut judged = judge(house, &current, &touched, delta, now).await?;
    judged.releases.extend(touched.whole(house, delta).await?);
    let mut change = house.store.change().await?;
    change.put_vulnerabilities(&judged.vulnerabilities).await?;
    change.put_matches(&judged.matches, now).await?;
    change.remove_matches(&judged.gone).await?;
    let releases: Vec<i64> = judged.releases.iter().copied().collect();
    for release in &releases {
        let Some(organisation) = touched.organisations.get(release) else { continue };
        let scope = Scope::whole(*organisation, Role::Admin);
        let job = judge_release(&scope, *release, format!("knowledge {generation}"), Lane::Background, now);
        change.enqueue(&job, now).await?;
    }
    finish(&mut change).await?;
    reached("rescan.written");
    change.commit().await?;
    reached("rescan.committed");
    Ok(Rescanned { components: touched.components.len(), pairs: judged.pairs, releases })
}

/// What the reverse index says of a delta.
struct Touched {
    /// Distinct components by id.
    components: BTreeMap<i64, Component>,
    /// Releases that ship them: component to releases.
    releases: BTreeMap<i64, Vec<i64>>,
    organisations: BTreeMap<i64, i64>,
    /// Releases by what matching asks of a release beside its components.
    platforms: BTreeMap<String, BTreeSet<i64>>,
    /// What is stored about the pairs.
    matches: BTreeMap<(i64, String), Matched>,
}

impl Touched {
    async fn of(house: &House, delta: &KnowledgeDelta) -> Result<Touched, Fault> {
        let mut look = house.store.look().await?;
        let mut ids: BTreeSet<i64> =
            look.components_with_keys(&delta.keys).await?.into_iter().map(|(_, id)| id).collect();
        let known = look.components_with_vulnerabilities(&delta.vulnerabilities).await?;
        ids.extend(known.into_iter().map(|(id, _)| id));
        let ids: Vec<i64> = ids.into_iter().collect();
        let mut touched = Touched {
            components: look.components_by_id(&ids).await?.into_iter().collect(),
            releases: BTreeMap::new(),
            organisations: BTreeMap::new(),
            platforms: BTreeMap::new(),
            matches: BTreeMap::new(),
        };
        for (component, release) in look.releases_with_components(&ids).await? {
            touched.releases.entry(component).or_default().push(release);
        }
        let releases: BTreeSet<i64> = touched.releases.values().flatten().copied().collect();
        let releases: Vec<i64> = releases.into_iter().collect();
        for one in look.release_marks(&releases).await? {
            touched.organisations.insert(one.release, one.organisation);
            touched.platforms.entry(platform_of(&one.summary)).or_default().insert(one.release);
        }
        for one in look.matches_of_components(&ids).await? {
            touched.matches.insert((one.component, one.vulnerability.clone()), one);
        }
        Ok(touched)
    }
}

impl Touched {
    /// Releases that are judged again whatever comes out: all of them, or those that ship a component whose surroundings
    /// differ.
    async fn whole(&mut self, house: &House, delta: &KnowledgeDelta) -> Result<BTreeSet<i64>, Fault> {
        let mut look = house.store.look().await?;
        let mut releases: BTreeSet<i64> = BTreeSet::new();
        if delta.everything {
            for organisation in look.organisations().await? {
                let scope = Scope::whole(organisation.id, Role::Admin);
                let mut page = Page { after: None, limit: 1000 };
                loop {
                    let listed = look.releases(&scope, None, &page).await?;
                    for release in &listed.rows {
                        releases.insert(release.id);
                        self.organisations.insert(release.id, organisation.id);
                    }
                    match listed.next {
                        Some(next) => page.after = Some(next),
                        None => break,
                    }
                }
            }
            return Ok(releases);
        }
        let components: BTreeSet<i64> =
            look.components_with_keys(&delta.surroundings).await?.into_iter().map(|(_, id)| id).collect();
        let components: Vec<i64> = components.into_iter().collect();
        let shipped = look.releases_with_components(&components).await?;
        let ids: BTreeSet<i64> = shipped.into_iter().map(|(_, release)| release).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        for one in look.release_marks(&ids).await? {
            self.organisations.insert(one.release, one.organisation);
            releases.insert(one.release);
        }
        Ok(releases)
    }
}

/// The platform mark of a release's summary; empty for one that was never judged, which its own job does.
fn platform_of(summary: &str) -> String {
    let summary: serde_json::Value = serde_json::from_str(summary).unwrap_or_default();
    summary["platform"].as_str().unwrap_or_default().to_owned()
}

/// What matching asks of a release beside its components, as a mark: releases of equal mark answer alike.
pub(crate) fn platform_mark(inventory: &Inventory) -> String {
    let has_kernel = inventory.components.iter().any(|one| one.role == model::component::Role::Kernel);
    let text = format!("{:?} {has_kernel}", inventory.platform);
    format!("{:016x}", store::fingerprint(text.as_bytes()))
}

/// What came out.
#[derive(Default)]
struct Outcome {
    pairs: usize,
    /// Component and vulnerability of each pair.
    seen: BTreeSet<(i64, String)>,
    releases: BTreeSet<i64>,
    matches: Vec<Matched>,
    gone: Vec<(i64, String)>,
    vulnerabilities: Vec<store::vulnerability::Vulnerability>,
}

async fn judge(
    house: &House,
    current: &Arc<Current>,
    touched: &Touched,
    delta: &KnowledgeDelta,
    now: Moment,
) -> Result<Outcome, Fault> {
    let mut outcome = Outcome::default();
    for (mark, releases) in &touched.platforms {
        let ids: Vec<i64> = touched
            .releases
            .iter()
            .filter(|(_, of)| of.iter().any(|release| releases.contains(release)))
            .map(|(component, _)| *component)
            .collect();
        if mark.is_empty() {
            continue;
        }
        let Some(context) = context(house, releases).await? else { continue };
        let components = ids.iter().filter_map(|id| touched.components.get(id).cloned()).collect();
        let inventory = Inventory { components, ..context };
        let (work, names) = (Arc::clone(current), delta.vulnerabilities.clone());
        let pairs = busy(move || Ok(judge_pairs(&work, &inventory, &names, now))).await?;
        outcome.pairs += pairs.len();
        outcome.add(pairs, &ids, releases, touched);
    }
    // Withdrawn, or about something else now: there is no pair any more, and whoever has it stored is touched.
    let changed: BTreeSet<&String> = delta.vulnerabilities.iter().collect();
    for (component, name) in touched.matches.keys().filter(|(_, name)| changed.contains(name)) {
        if !outcome.seen.contains(&(*component, name.clone())) {
            outcome.gone.push((*component, name.clone()));
            outcome.releases.extend(touched.releases.get(component).into_iter().flatten());
        }
    }
    Ok(outcome)
}

/// The platform of a release of the mark; all of them have the same.
async fn context(house: &House, releases: &BTreeSet<i64>) -> Result<Option<Inventory>, Fault> {
    let Some(release) = releases.first() else { return Ok(None) };
    let rows = house.store.look().await?.documents_of_release(*release).await?;
    let documents = load(house, &rows).await?;
    let inventory = busy(move || Ok(scan::read(&Request { documents, ..Request::default() })?)).await?;
    Ok(Some(Inventory { platform: inventory.platform, ..Inventory::default() }))
}

/// Pairs with the display id of their vulnerability.
fn judge_pairs(
    current: &Current,
    inventory: &Inventory,
    names: &[String],
    now: Moment,
) -> Vec<(String, Pair)> {
    let index = &current.knowledge.index;
    let numbers: Vec<VulnRef> = names.iter().filter_map(|name| index.find(name)).collect();
    let options = Options { at: instant(now), ..Options::default() };
    let pairs = scan_pairs(index, inventory, &options, &|_| true, &numbers).pairs;
    let name = |pair: &Pair| index.vulnerability(pair.vulnerability).map(|one| one.id().to_owned());
    pairs.into_iter().filter_map(|pair| Some((name(&pair).ok()?, pair))).collect()
}

impl Outcome {
    /// A pair that is open now, or was, touches the releases that ship the component: facts may have changed even where
    /// the verdict has not. A pair that is excluded and was excluded touches nobody.
    fn add(&mut self, pairs: Vec<(String, Pair)>, ids: &[i64], releases: &BTreeSet<i64>, touched: &Touched) {
        for (name, pair) in pairs {
            let Some(component) = ids.get(pair.component).copied() else { continue };
            self.seen.insert((component, name.clone()));
            let stored = touched.matches.get(&(component, name.clone()));
            let is_open = matches!(pair.verdict, Some(Verdict::Affected | Verdict::NeedsReview));
            if !(is_open || stored.is_some() || pair.asks_release || !pair.is_whole) {
                continue;
            }
            let of = touched.releases.get(&component).into_iter().flatten();
            self.releases.extend(of.filter(|release| releases.contains(release)));
            match &pair.finding {
                Some(finding) => {
                    self.matches.push(matched(component, finding));
                    self.vulnerabilities.push(vulnerability(finding));
                }
                None if stored.is_some() && !pair.asks_release => self.gone.push((component, name)),
                None => {}
            }
        }
    }
}
