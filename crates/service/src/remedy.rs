//! Fix advice for findings, with what only explanations read: the records' texts.

use std::collections::BTreeMap;

use analysis::matching::fixes::FixReader;
use model::finding::{Finding, Verdict};
use model::fix::FixAdvice;
use model::record::Reference;
use model::sbom::Inventory;
use rayon::prelude::*;

use crate::knowledge::Knowledge;
use crate::scan::Options;

/// Findings of one component that are read in one go.
const CHUNK: usize = 128;

/// The advice on each finding of an inventory, in their order; `None` for what is not affected.
pub fn advise(
    knowledge: &Knowledge,
    inventory: &Inventory,
    findings: &[&Finding],
    options: &Options,
) -> Vec<Option<FixAdvice>> {
    let reader = FixReader::of(&knowledge.index, inventory, options);
    let mut by_component: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if finding.verdict != Verdict::NotAffected {
            by_component.entry(finding.component).or_default().push(at);
        }
    }
    let work: Vec<(usize, &[usize])> = by_component
        .iter()
        .flat_map(|(component, places)| places.chunks(CHUNK).map(|chunk| (*component, chunk)))
        .collect();
    let run = |(component, places): &(usize, &[usize])| {
        let ids: Vec<&str> = places
            .iter()
            .filter_map(|at| findings.get(*at))
            .map(|finding| finding.vulnerability.as_str())
            .collect();
        let advice = analysis::policy::remedy::advise(&reader, *component, &ids, &options.at);
        places.iter().copied().zip(advice).collect::<Vec<_>>()
    };
    let parts: Vec<Vec<(usize, Option<FixAdvice>)>> = work.par_iter().map(run).collect();
    let mut all: Vec<Option<FixAdvice>> = findings.iter().map(|_| None).collect();
    for (at, advice) in parts.into_iter().flatten() {
        if let Some(slot) = all.get_mut(at) {
            *slot = advice;
        }
    }
    all
}

/// The advice on one vulnerability in a component, by its number in the inventory.
pub fn advise_on(
    knowledge: &Knowledge,
    inventory: &Inventory,
    component: usize,
    vulnerability: &str,
    options: &Options,
) -> Option<FixAdvice> {
    let reader = FixReader::of(&knowledge.index, inventory, options);
    let advice = analysis::policy::remedy::advise(&reader, component, &[vulnerability], &options.at);
    advice.into_iter().next().flatten()
}

/// Adds the addresses that records mark or write as patches.
pub fn add_patches<'r>(advice: &mut FixAdvice, references: impl Iterator<Item = &'r Reference<'r>>) {
    let is_patch = |reference: &&Reference<'_>| {
        let is_tagged = reference.tags.iter().any(|tag| tag.eq_ignore_ascii_case("patch"));
        let url = reference.url.to_ascii_lowercase();
        is_tagged || url.ends_with(".patch") || url.ends_with(".diff") || url.contains("/commit/")
    };
    for reference in references.filter(is_patch) {
        let url = reference.url.to_string();
        if !advice.patches.contains(&url) && !advice.commits.iter().any(|commit| commit.url == url) {
            advice.patches.push(url);
        }
    }
}
