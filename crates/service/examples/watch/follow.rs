//! A change of knowledge against many releases: from the delta to the list of releases, and to everything written.

use std::collections::BTreeSet;
use std::path::Path;

use index::{Index, VulnRef};
use service::analyse::analyse;
use service::house::{Fault, House};
use service::rescan::{KnowledgeDelta, announce, rescan};
use store::{Page, Scope};

use super::cpu::{Took, Watch, print};
use super::fill::{NOW, fill, mix};
use super::{open, open_index};

/// Each is measured so many times.
const RUNS: usize = 5;

pub async fn measure(
    index: &Path,
    sboms: &Path,
    folder: &Path,
    releases: usize,
    cves: usize,
) -> Result<(), Fault> {
    let house = open(index, folder, None, "g0").await?;
    if let Some(newest) = house.store.look().await?.current_generation().await? {
        house.renew(open_index(index)?, newest.hash);
    }
    let scope = fill(&house, sboms, releases).await?;
    let shipped = shipped(&house, &scope).await?;
    let size = format!("{releases} releases of 1,000 components");
    for number in [cves, cves * 10] {
        let chosen = random(&house.current().knowledge.index, number);
        one(&house, index, &chosen, &format!("{number} changed CVEs of all, {size}")).await?;
        let chosen: Vec<String> =
            (0..number.min(shipped.len())).map(|at| shipped[mix(at, 7) % shipped.len()].clone()).collect();
        one(&house, index, &chosen, &format!("{number} changed CVEs of shipped components, {size}")).await?;
    }
    whole(&house, &scope).await
}

/// Follows changes of some vulnerabilities, several times, each under a generation of its own.
async fn one(house: &House, index: &Path, names: &[String], what: &str) -> Result<(), Fault> {
    let delta = delta(&house.current().knowledge.index, names)?;
    let (mut runs, mut found) = (Vec::new(), String::new());
    for _ in 0..RUNS {
        let generation = format!("{}-{}", &house.current().generation, runs.len());
        forget_half(house, &delta).await?;
        announce(house, &generation, 0, "[]", &delta, NOW).await?;
        house.renew(open_index(index)?, generation.clone());
        let watch = Watch::start();
        let rescanned = rescan(house, &generation, &delta, NOW, async |_| Ok(())).await?;
        runs.push(watch.took());
        found = format!(
            ": {} components, {} pairs judged, {} differ, {} releases touched",
            rescanned.components,
            rescanned.pairs,
            rescanned.changed,
            rescanned.releases.len()
        );
    }
    print(what, runs, &found);
    Ok(())
}

/// Every other stored pair is as if it had not been known before, so that something is written.
async fn forget_half(house: &House, delta: &KnowledgeDelta) -> Result<(), Fault> {
    let mut change = house.store.change().await?;
    let known = change.matches_of_vulnerabilities(&delta.vulnerabilities).await?;
    let half: Vec<(i64, String)> =
        known.into_iter().step_by(2).map(|one| (one.component, one.vulnerability)).collect();
    change.remove_matches(&half).await?;
    Ok(change.commit().await?)
}

/// The releases that are judged in full afterwards, each by a job of its own: what one of them takes.
async fn whole(house: &House, scope: &Scope) -> Result<(), Fault> {
    let page = Page { after: None, limit: 1_000 };
    let mut look = house.store.look().await?;
    let seeds = look.products(scope).await?.first().map(|one| one.id);
    let mut releases = look.releases(scope, seeds, &page).await?.rows;
    drop(look);
    releases.retain(|one| one.components > 100);
    let (mut runs, mut components) = (Vec::new(), 0);
    for release in &releases {
        analyse(house, scope, release.id, NOW, async |_| Ok(())).await?;
        let watch = Watch::start();
        analyse(house, scope, release.id, NOW, async |_| Ok(())).await?;
        runs.push(watch.took());
        components += release.components;
    }
    let mean = |of: fn(&Took) -> std::time::Duration| {
        runs.iter().map(of).sum::<std::time::Duration>() / u32::try_from(runs.len().max(1)).unwrap_or(1)
    };
    let mean = Took { cpu: mean(|one| one.cpu), wall: mean(|one| one.wall) };
    let more = format!(" each, {} of them with {components} components", runs.len());
    print("judging a real release of more than 100 components again in full", vec![mean], &more);
    Ok(())
}

/// Ids of vulnerabilities that the judged SBOMs have findings of.
async fn shipped(house: &House, scope: &Scope) -> Result<Vec<String>, Fault> {
    let mut look = house.store.look().await?;
    let seeds = look.products(scope).await?.first().map(|one| one.id);
    let page = Page { after: None, limit: 1_000 };
    let releases = look.releases(scope, seeds, &page).await?.rows;
    let ids: Vec<i64> = releases.iter().map(|one| one.id).collect();
    let names: BTreeSet<String> =
        look.judged_of(&ids).await?.into_iter().map(|one| one.vulnerability).collect();
    Ok(names.into_iter().collect())
}

fn random(index: &Index, number: usize) -> Vec<String> {
    let all: Vec<VulnRef> = index.vulnerabilities().collect();
    let chosen: BTreeSet<usize> = (0..number).map(|at| mix(at, 5) % all.len().max(1)).collect();
    let id = |at: &usize| Some(index.vulnerability(*all.get(*at)?).ok()?.id().to_owned());
    chosen.iter().filter_map(id).collect()
}

/// As if every record of these vulnerabilities had changed.
fn delta(index: &Index, names: &[String]) -> Result<KnowledgeDelta, Fault> {
    let damaged = |error: index::Error| Fault::Broken(error.to_string());
    let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        let Some(number) = index.find(name) else { continue };
        let vulnerability = index.vulnerability(number).map_err(damaged)?;
        ids.insert(vulnerability.id().to_owned());
        ids.extend(vulnerability.aliases().iter().map(|id| (*id).to_owned()));
        for record in vulnerability.records() {
            let record = record.decode().map_err(damaged)?;
            keys.extend(index::keys::keys_of_record(&record, index.alias_table()));
        }
    }
    Ok(KnowledgeDelta {
        vulnerabilities: ids.into_iter().collect(),
        keys: keys.into_iter().collect(),
        ..KnowledgeDelta::default()
    })
}
