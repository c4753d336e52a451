//! Prepared answers per product: what was found out about one version holds for every version that answers alike.
//!
//! A release seldom brings a new product, mostly a new version of a known one. The first judgement of a candidate is
//! traced (see [`Trace`](crate::matching::ranges::Trace)); its questions and answers become a path in a small decision
//! tree, with the outcome at its end. Another version of the same product asks the same questions, and each only once
//! for all candidates; where it arrives at an outcome, nothing of the index is read. Where it does not, the long way is
//! taken and adds a path. The result is that of the long way, always.
//!
//! A product is looked after from the second time on that it is met: a single scan of a single image pays nothing.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use index::VulnRef;
use model::component::{Component, ComponentCpe};
use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::version::Scheme;
use model::vulnerability::Facts;
use rustc_hash::FxHashMap;

use super::same::is_same_beside_versions;
use crate::matching::ranges::{Query, Told};

/// Prepared answers, for as long as the index is open. Any number of scans may share them.
#[derive(Debug, Default)]
pub struct Views {
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    /// Keyed anew for each shelf, so that nobody can make products meet.
    state: RandomState,
    settings: Vec<String>,
    met: FxHashMap<(usize, u64), u32>,
    products: FxHashMap<(usize, u64), Vec<Arc<Product>>>,
    steps: usize,
}

/// Steps of all trees together, at 16 bytes each; with more, the shelf is emptied before the next scan.
const MOST_STEPS: usize = 4_000_000;

/// Products met, looked after or not; with more, the shelf is emptied before the next scan.
const MOST_PRODUCTS: usize = 200_000;

/// One product: everything that matching sees of a component but its version.
#[derive(Debug)]
pub(super) struct Product {
    like: Component,
    view: Mutex<View>,
}

impl Product {
    pub(super) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Views {
    /// The number of a setting: whatever else answers depend on than the component. Also the moment for tidying up.
    pub(super) fn setting(&self, setting: String) -> usize {
        let mut shelf = self.lock();
        if shelf.steps > MOST_STEPS || shelf.met.len() > MOST_PRODUCTS {
            *shelf = Shelf::default();
        }
        if let Some(known) = shelf.settings.iter().position(|known| *known == setting) {
            return known;
        }
        shelf.settings.push(setting);
        shelf.settings.len() - 1
    }

    /// The products of the components, in order; `None` for those met for the first time.
    pub(super) fn products<'c>(
        &self,
        setting: usize,
        components: impl Iterator<Item = Option<&'c Component>>,
    ) -> Vec<Option<Arc<Product>>> {
        let mut shelf = self.lock();
        let keyed: Vec<Option<(u64, &Component)>> = components
            .map(|component| component.map(|component| (shelf.key(component), component)))
            .collect();
        for (key, _) in keyed.iter().flatten() {
            *shelf.met.entry((setting, *key)).or_default() += 1;
        }
        keyed
            .iter()
            .map(|one| one.and_then(|(key, component)| shelf.product(setting, key, component)))
            .collect()
    }

    /// Counts what was learned.
    pub(super) fn grew(&self, steps: usize) {
        self.lock().steps += steps;
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn key(&self, component: &Component) -> u64 {
        let mut hasher = self.state.build_hasher();
        component.name.hash(&mut hasher);
        component.source_package.hash(&mut hasher);
        component.homepage.hash(&mut hasher);
        for cpe in &component.cpes {
            (&cpe.cpe.vendor, &cpe.cpe.product, &cpe.cpe.update).hash(&mut hasher);
        }
        for purl in &component.purls {
            (&purl.kind, &purl.namespace, &purl.name).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn product(&mut self, setting: usize, key: u64, component: &Component) -> Option<Arc<Product>> {
        if self.met.get(&(setting, key)).is_none_or(|met| *met < 2) {
            return None;
        }
        let alike = self.products.entry((setting, key)).or_default();
        if let Some(known) = alike.iter().find(|product| is_alike(&product.like, component)) {
            return Some(Arc::clone(known));
        }
        let product = Arc::new(Product { like: component.clone(), view: Mutex::default() });
        alike.push(Arc::clone(&product));
        Some(product)
    }
}

/// Components that differ in their version at most; see [`Same`](super::same::Same) for what matching looks at.
fn is_alike(a: &Component, b: &Component) -> bool {
    let versions = |of_a: &str, of_b: &str| of_a == of_b || (of_a == a.version && of_b == b.version);
    let cpes = || {
        a.cpes.len() == b.cpes.len()
            && a.cpes
                .iter()
                .zip(&b.cpes)
                .all(|(one, other)| versions(&one.cpe.version, &other.cpe.version) && are_alike(one, other))
    };
    let purls = || {
        a.purls.len() == b.purls.len()
            && a.purls.iter().zip(&b.purls).all(|(one, other)| {
                versions(&one.version, &other.version)
                    && (&one.kind, &one.namespace, &one.name) == (&other.kind, &other.namespace, &other.name)
                    && (&one.qualifiers, &one.subpath) == (&other.qualifiers, &other.subpath)
            })
    };
    cpes() && purls() && is_same_beside_versions(a, b)
}

/// CPE names that differ in their version at most.
fn are_alike(a: &ComponentCpe, b: &ComponentCpe) -> bool {
    fn names(of: &ComponentCpe) -> [&str; 10] {
        let cpe = &of.cpe;
        [
            &cpe.part,
            &cpe.vendor,
            &cpe.product,
            &cpe.update,
            &cpe.edition,
            &cpe.language,
            &cpe.sw_edition,
            &cpe.target_sw,
            &cpe.target_hw,
            &cpe.other,
        ]
    }
    let marks = |of: &ComponentCpe| (of.wildcard_vendor, of.wildcard_part, of.was_22_uri, of.repaired);
    names(a) == names(b) && marks(a) == marks(b)
}

/// What a finding says of its vulnerability.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub id: String,
    pub aliases: Vec<String>,
    pub facts: Arc<Facts>,
}

/// What came out of a candidate, without texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ready {
    pub verdict: Option<Verdict>,
    pub reason: Reason,
    pub qualifiers: Box<[Reason]>,
    pub confidence: Confidence,
    pub fixed: Box<str>,
    pub covers_release: bool,
    pub lists_other_release: bool,
}

/// Whether anybody has heard of a product, and who would have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Familiarity {
    /// Lookup keys could be made at all.
    pub has_keys: bool,
    /// The index has at least one of its keys.
    pub is_known: bool,
    /// The feeds that cover its kind.
    pub feeds: &'static [&'static str],
}

/// What is known of a product, whatever its version.
#[derive(Debug)]
pub(super) struct Known {
    /// The vulnerabilities that share a key with it.
    pub candidates: Vec<VulnRef>,
    /// What coverage asks of it.
    pub familiarity: Familiarity,
    /// The scheme of its versions.
    pub scheme: Scheme,
    /// Its products in the alias table.
    pub products: Vec<String>,
    /// Nothing but the version and the names in the release makes a difference.
    pub is_judged_by_view: bool,
}

/// The decision trees of one product, one for each candidate.
#[derive(Debug, Default)]
pub(super) struct View {
    known: Option<Arc<Known>>,
    facts: FxHashMap<VulnRef, Named>,
    roots: Vec<u32>,
    steps: Vec<Step>,
    ready: Vec<Arc<Ready>>,
    queries: Vec<Query>,
    numbers: FxHashMap<Query, u32>,
    told: Vec<Told>,
    /// What versions told that were met before.
    versions: FxHashMap<String, Answers>,
    /// Questions about the release, which are asked anew each time.
    of_release: Vec<u32>,
}

/// One answer to one question.
#[derive(Clone, Copy, Debug)]
struct Step {
    query: u32,
    told: u16,
    /// Where to go on with this answer.
    then: u32,
    /// The step with another answer to the same question.
    other: u32,
}

/// Versions of a product whose answers are kept; with more, all are forgotten.
const MOST_VERSIONS: usize = 256;

/// No step yet.
const NONE: u32 = u32::MAX;

/// A tree whose paths contradict each other; never used.
const BROKEN: u32 = u32::MAX - 1;

/// From here on a number is that of an outcome.
const READY: u32 = 1 << 31;

/// What one version told so far, for all candidates.
#[derive(Debug, Default)]
pub(super) struct Answers(Vec<u16>);

/// Not asked yet.
const UNASKED: u16 = u16::MAX;

impl View {
    /// What is known of the product.
    pub(super) fn known(&self) -> Option<Arc<Known>> {
        self.known.clone()
    }

    /// Begins to look after the product; where somebody else has begun, what is known since then.
    pub(super) fn look_after(&mut self, known: Arc<Known>) -> Arc<Known> {
        if let Some(known) = &self.known {
            return Arc::clone(known);
        }
        self.roots = vec![NONE; known.candidates.len()];
        self.known = Some(Arc::clone(&known));
        known
    }

    /// Names and facts of a vulnerability, read once.
    pub(super) fn named<E>(
        &mut self,
        number: VulnRef,
        read: impl FnOnce() -> Result<Named, E>,
    ) -> Result<&Named, E> {
        match self.facts.entry(number) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(read()?)),
        }
    }

    /// What a version told when it was met before.
    pub(super) fn answers_of(&mut self, version: &str) -> Answers {
        let mut answers = self.versions.remove(version).unwrap_or_default();
        for query in &self.of_release {
            if let Some(slot) = answers.0.get_mut(*query as usize) {
                *slot = UNASKED;
            }
        }
        answers
    }

    /// Keeps what a version told.
    pub(super) fn keep(&mut self, version: &str, answers: Answers) {
        if self.versions.len() >= MOST_VERSIONS {
            self.versions.clear();
        }
        self.versions.insert(version.to_owned(), answers);
    }

    /// The outcome of a candidate, where the version's answers lead to one.
    pub(super) fn find(
        &mut self,
        candidate: usize,
        answers: &mut Answers,
        ask: &dyn Fn(&Query) -> Told,
    ) -> Option<Arc<Ready>> {
        let mut at = *self.roots.get(candidate)?;
        while at < READY {
            let step = *self.steps.get(at as usize)?;
            let told = self.answer(step.query, answers, ask)?;
            at = if step.told == told { step.then } else { step.other };
        }
        if at >= BROKEN { None } else { self.ready.get((at - READY) as usize).cloned() }
    }

    fn answer(&mut self, query: u32, answers: &mut Answers, ask: &dyn Fn(&Query) -> Told) -> Option<u16> {
        if answers.0.len() < self.queries.len() {
            answers.0.resize(self.queries.len(), UNASKED);
        }
        let slot = answers.0.get_mut(query as usize)?;
        if *slot == UNASKED {
            *slot = code(&mut self.told, ask(self.queries.get(query as usize)?));
        }
        Some(*slot)
    }

    /// Adds what was found out. Returns the number of new steps.
    pub(super) fn learn(&mut self, candidate: usize, trace: Vec<(Query, Told)>, ready: Arc<Ready>) -> usize {
        let before = self.steps.len();
        let mut path: Vec<(u32, u16)> = Vec::with_capacity(trace.len());
        for (query, told) in trace {
            let query = self.number(query);
            if !path.iter().any(|(known, _)| *known == query) {
                path.push((query, code(&mut self.told, told)));
            }
        }
        let outcome = READY + self.ready.len() as u32;
        let root = self.roots.get(candidate).copied().unwrap_or(BROKEN);
        let root = self.grown(root, &path, outcome);
        if root != BROKEN {
            self.ready.push(ready);
        }
        if let Some(slot) = self.roots.get_mut(candidate) {
            *slot = root;
        }
        self.steps.len() - before
    }

    fn number(&mut self, query: Query) -> u32 {
        if let Some(number) = self.numbers.get(&query) {
            return *number;
        }
        let number = self.queries.len() as u32;
        if query.is_of_release() {
            self.of_release.push(number);
        }
        self.queries.push(query.clone());
        self.numbers.insert(query, number);
        number
    }

    /// The root of a tree with one more path.
    fn grown(&mut self, root: u32, path: &[(u32, u16)], outcome: u32) -> u32 {
        // From the end to where the path leaves the tree.
        let mut at = root;
        let mut link: Option<(usize, bool)> = None;
        let mut rest = path;
        while at < READY {
            let (Some(step), Some(((query, told), tail))) = (self.steps.get(at as usize), rest.split_first())
            else {
                return BROKEN;
            };
            if step.query != *query {
                return BROKEN;
            }
            let is_this = step.told == *told;
            link = Some((at as usize, is_this));
            (at, rest) = if is_this { (step.then, tail) } else { (step.other, rest) };
        }
        if at != NONE {
            return BROKEN;
        }
        let first = self.chain(rest, outcome);
        match link.and_then(|(at, is_then)| Some((self.steps.get_mut(at)?, is_then))) {
            None => first,
            Some((step, is_then)) => {
                *(if is_then { &mut step.then } else { &mut step.other }) = first;
                root
            }
        }
    }

    /// New steps one after the other, with the outcome at their end.
    fn chain(&mut self, path: &[(u32, u16)], outcome: u32) -> u32 {
        let mut then = outcome;
        for (query, told) in path.iter().rev() {
            self.steps.push(Step { query: *query, told: *told, then, other: NONE });
            then = self.steps.len() as u32 - 1;
        }
        then
    }
}

/// The short form of an answer.
fn code(known: &mut Vec<Told>, told: Told) -> u16 {
    let at = known.iter().position(|one| *one == told).unwrap_or_else(|| {
        known.push(told);
        known.len() - 1
    });
    u16::try_from(at).unwrap_or(UNASKED - 1)
}
