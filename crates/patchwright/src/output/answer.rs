//! The answer of a scan as the outputs see it: findings ordered, grouped and counted once for all forms.

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::component::{Component, Coverage, Scope};
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use model::sbom::Inventory;
use service::assess::Assessed;
use service::judge::Judged;
use service::knowledge::Knowledge;

use super::statements;

/// Everything an output needs.
pub struct Answer<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What was concluded, in which deployment.
    pub judged: &'a Judged,
    /// What it was compared with.
    pub knowledge: &'a Knowledge,
    /// The given time.
    pub at: jiff::Timestamp,
    /// Whether `not_affected` findings are shown.
    pub all: bool,
}

/// Which part of the release a view is about: what is on the device, or what only took part in building it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// On the device.
    Device,
    /// Native, host and cross components: a supply-chain fact, never the device's exposure.
    BuildOnly,
}

/// The findings of one component that need something, most urgent first.
pub struct Group<'a> {
    /// The component.
    pub component: &'a Component,
    /// Affected findings.
    pub affected: Vec<&'a Finding>,
    /// Findings to review.
    pub review: Vec<&'a Finding>,
    /// How many are of each class in effect, the worst first.
    pub classes: [usize; 4],
}

impl<'a> Group<'a> {
    fn add(&mut self, finding: &'a Finding, effect: &Effect) {
        match effect.verdict() {
            Verdict::Affected => self.affected.push(finding),
            _ => self.review.push(finding),
        }
        let worst_first = ResponseClass::ALL.iter().rev();
        for (number, class) in self.classes.iter_mut().zip(worst_first) {
            *number += usize::from(effect.class == Some(*class));
        }
    }

    /// All of them, affected ones first.
    pub fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.affected.iter().chain(&self.review).copied()
    }
}

impl<'a> Answer<'a> {
    /// The component of a finding.
    pub fn component(&self, finding: &Finding) -> &'a Component {
        &self.inventory.components[finding.component]
    }

    /// Open findings of a class on the device, the most urgent first.
    pub fn of_class(
        &self,
        class: ResponseClass,
    ) -> impl Iterator<Item = (&'a Finding, Option<&'a Assessed>, &'a Effect)> {
        let judged = self.judged;
        judged.ranking().iter().filter_map(move |&at| {
            let (finding, effect) = (judged.scan.findings.get(at)?, judged.effects.get(at)?);
            let assessed = judged.assessed.get(at).and_then(Option::as_deref);
            (effect.class == Some(class)).then_some((finding, assessed, effect))
        })
    }

    /// The findings that are shown, with their judgement.
    pub fn judged(&self) -> impl Iterator<Item = (&'a Finding, Option<&'a Assessed>, &'a Effect)> {
        let all = self.all;
        self.judged.rows().filter(move |(finding, _, effect)| all || statements::is_shown(finding, effect))
    }

    /// How many findings have a verdict in effect, all components together.
    pub fn number(&self, verdict: Verdict) -> usize {
        self.judged.number(verdict)
    }

    /// How many findings of one part need something.
    pub fn number_of(&self, part: Part, verdict: Verdict) -> usize {
        (self.judged.rows())
            .filter(|(_, _, effect)| effect.verdict() == verdict)
            .filter(|(finding, _, _)| part_of(self.component(finding)) == part)
            .count()
    }

    /// How many were excluded by what the build proves: the `E_` reasons of the catalogue.
    pub fn excluded_by_evidence(&self) -> usize {
        let by_reason = self.judged.scan.counts.by_reason.iter();
        by_reason
            .filter(|(reason, _)| reason.code().starts_with("E_") && reason.letters() == "N")
            .map(|(_, number)| number)
            .sum()
    }

    /// Components of a part with something to do, the one with the most urgent finding first; in each the most urgent
    /// finding first.
    pub fn groups(&self, part: Part) -> Vec<Group<'a>> {
        let judged = self.judged;
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut groups: Vec<Group<'a>> = Vec::new();
        for &at in judged.ranking() {
            let (Some(finding), Some(effect)) = (judged.scan.findings.get(at), judged.effects.get(at)) else {
                continue;
            };
            let component = self.component(finding);
            if part_of(component) != part {
                continue;
            }
            let place = *places.entry(finding.component).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Group { component, affected: Vec::new(), review: Vec::new(), classes: [0; 4] });
            }
            if let Some(group) = groups.get_mut(place) {
                group.add(finding, effect);
            }
        }
        groups
    }

    /// Coverage states with how many components are in each, in the order of the manual.
    pub fn coverage(&self) -> Vec<(Coverage, Vec<&'a Component>)> {
        Coverage::ALL
            .iter()
            .filter_map(|state| {
                let components: Vec<&Component> = (self.inventory.components.iter())
                    .zip(&self.judged.scan.coverage)
                    .filter(|(_, (of, _))| of == state)
                    .map(|(component, _)| component)
                    .collect();
                (!components.is_empty()).then_some((*state, components))
            })
            .collect()
    }

    /// `product version` for the heading; the first document's name when the SBOM names no product.
    pub fn title(&self) -> String {
        let inventory = self.inventory;
        match (inventory.product.as_str(), inventory.release.as_str()) {
            ("", _) => {
                inventory.documents.first().map_or("release", |document| document.file.as_str()).to_owned()
            }
            (product, "") => product.to_owned(),
            (product, release) => format!("{product} {release}"),
        }
    }
}

/// The part a component belongs to.
pub fn part_of(component: &Component) -> Part {
    match component.scope {
        Scope::BuildOnly | Scope::Test => Part::BuildOnly,
        _ => Part::Device,
    }
}

/// Known exploited before likely before severe before new. Only an order of display; judging urgency is
/// assessment's business.
pub fn urgency(finding: &Finding) -> (bool, u32, u16, &str) {
    let facts = &finding.facts;
    let likelihood = facts.epss.map_or(0, |epss| (epss.probability.clamp(0.0, 1.0) * 1e6) as u32);
    (facts.kev.is_some(), likelihood / 10_000, base_tenths(finding).unwrap_or(0), facts.published.as_str())
}

/// The easiest way in, in words; empty where nothing was assessed or nothing leads in.
pub fn way_in(assessed: Option<&Assessed>) -> &str {
    assessed.and_then(|one| one.assessment.paths.first()).map_or("", |path| path.words.as_str())
}

/// The highest stated base score in tenths.
pub fn base_tenths(finding: &Finding) -> Option<u16> {
    finding.facts.severities.iter().filter_map(|severity| severity.base_tenths).max()
}

/// `9.8`, or `-` when no source states a score.
pub fn base(finding: &Finding) -> String {
    base_tenths(finding).map_or("-".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}
