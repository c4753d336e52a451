//! Components of one identity and version, with what is known of their product.

use std::sync::{Arc, OnceLock};

use index::VulnRef;
use model::component::{Component, Role};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::same::Same;
use super::session::{OfComponent, Session};
use super::views::{Familiarity, Known, Product, Views};
use super::work::WORTH_THREADS;
use crate::coverage::covering_feeds;
use crate::matching::candidates::{Candidates, candidates_of};

/// Components that every question of matching answers alike.
pub(super) struct Group<'s> {
    /// Places in the inventory.
    pub(super) members: Vec<usize>,
    /// The first of them.
    pub(super) component: &'s Component,
    /// Its product, where it is judged by view.
    pub(super) product: Option<(Arc<Product>, Arc<Known>)>,
    prepared: OnceLock<OfComponent<'s>>,
    candidates: OnceLock<Candidates>,
}

impl<'s> Group<'s> {
    /// The component ready to be judged, where its product's view does not say it all.
    pub(super) fn prepared(&self, session: &Session<'s>) -> &OfComponent<'s> {
        self.prepared.get_or_init(|| session.component(self.component))
    }

    /// The vulnerabilities that share a key with it.
    pub(super) fn candidates(&self, session: &Session<'s>) -> &[VulnRef] {
        match &self.product {
            Some((_, known)) => &known.candidates,
            None => &self.looked_up(session).vulnerabilities,
        }
    }

    /// What coverage asks of its product.
    pub(super) fn familiarity(&self, session: &Session<'s>) -> Familiarity {
        match &self.product {
            Some((_, known)) => known.familiarity,
            None => session.familiarity(self),
        }
    }

    fn looked_up(&self, session: &Session<'s>) -> &Candidates {
        self.candidates.get_or_init(|| candidates_of(session.knowledge.index, self.component))
    }
}

impl<'a> Session<'a> {
    /// The chosen components, those of equal identity and version together, in the order of their first member.
    pub(super) fn groups(&self, views: &Views, is_chosen: &dyn Fn(usize) -> bool) -> Vec<Group<'a>> {
        let mut numbers: FxHashMap<Same<'a>, usize> = FxHashMap::default();
        let mut members: Vec<(&'a Component, Vec<usize>)> = Vec::new();
        for (at, component) in self.inventory.components.iter().enumerate().filter(|(at, _)| is_chosen(*at)) {
            let same = Same { component, place_matters: !self.inventory.statements.is_empty() };
            let number = *numbers.entry(same).or_insert(members.len());
            match members.get_mut(number) {
                Some((_, list)) => list.push(at),
                None => members.push((component, vec![at])),
            }
        }
        let products = self.products(&members, views);
        let make = |((component, members), product): ((&'a Component, Vec<usize>), Option<Arc<Product>>)| {
            self.group(component, members, product)
        };
        let work = members.into_iter().zip(products);
        if work.len() < WORTH_THREADS {
            return work.map(make).collect();
        }
        work.collect::<Vec<_>>().into_par_iter().map(make).collect()
    }

    fn group(
        &self,
        component: &'a Component,
        members: Vec<usize>,
        product: Option<Arc<Product>>,
    ) -> Group<'a> {
        let mut group = Group {
            members,
            component,
            product: None,
            prepared: OnceLock::new(),
            candidates: OnceLock::new(),
        };
        let Some(product) = product else {
            // Here, where it is done by several threads.
            group.prepared(self);
            group.looked_up(self);
            return group;
        };
        let known = product.view().known();
        let known = known.unwrap_or_else(|| {
            let known = Arc::new(self.known_of(&group));
            product.view().look_after(known)
        });
        if known.is_judged_by_view {
            group.product = Some((product, known));
        }
        group
    }

    /// The products that were met before. A statement, a piece of build evidence or a wish for texts makes an answer one
    /// of its own, not the product's.
    fn products(&self, groups: &[(&'a Component, Vec<usize>)], views: &Views) -> Vec<Option<Arc<Product>>> {
        let is_plain = self.options.verdicts_only
            && !self.options.with_not_affected
            && self.inventory.statements.is_empty();
        if !is_plain {
            return vec![None; groups.len()];
        }
        let eligible = groups.iter().map(|(component, _)| *component).map(|component| {
            let is_plain = component.role != Role::Kernel
                && component.patches.is_empty()
                && self.history(component).is_none();
            is_plain.then_some(component)
        });
        views.products(views.setting(self.setting()), eligible)
    }

    /// Everything answers depend on besides the component and the names that the release holds.
    fn setting(&self) -> String {
        let release = &self.release;
        let platform =
            (release.os, release.arch, release.bits, release.distribution, release.kernels.is_empty());
        let options = (&self.options.disregard, self.options.statements);
        let fingerprint = &self.knowledge.index.header().fingerprint;
        format!("{:?}", (fingerprint, release.platform, platform, &self.stale, options))
    }

    fn familiarity(&self, group: &Group<'a>) -> Familiarity {
        let candidates = group.looked_up(self);
        let is_filed = |key: &String| self.knowledge.index.has_key(key);
        Familiarity {
            has_keys: !candidates.keys.is_empty(),
            is_known: !candidates.vulnerabilities.is_empty() || candidates.keys.iter().any(is_filed),
            feeds: covering_feeds(&group.prepared(self).identity),
        }
    }

    fn known_of(&self, group: &Group<'a>) -> Known {
        let prepared = group.prepared(self);
        let identity = &prepared.identity;
        Known {
            candidates: group.looked_up(self).vulnerabilities.clone(),
            familiarity: self.familiarity(group),
            scheme: identity.scheme,
            products: identity.rows.iter().map(|row| row.canonical.clone()).collect(),
            is_judged_by_view: !identity.is_kernel
                && !identity.is_bare_kernel_companion()
                && self.build(prepared).is_bare(),
        }
    }
}
