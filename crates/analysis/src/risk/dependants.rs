//! Which services' input reaches which components, beside those that the profile itself names (assessment.md 1.1.2,
//! 1.5, 2.4): by the dependency graph, and by assumption where nobody tells. Made once for a release and a profile.
//!
//! A library that the profile does not mention is not thereby safe. Where no input says what a service needs, every
//! such library is taken to be reached by it (basis `assumed`), as in a product that nobody has described; a person
//! closes that by writing `reaches`, a build by giving an SBOM with a graph. A library that the profile does mention
//! has been placed by people, and stays where they put it. Start with [`Dependants::of`].

use std::sync::Arc;

use model::component::{Component, Role, Scope};
use model::identity::name::name_key;
use model::profile::{Basis, ComponentRole, Profile, Service};
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::defaults::{is_library, names};
use super::graph::Graph;

/// A service whose input reaches a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependant {
    /// Its id in the profile.
    pub service: String,
    /// The components from the service's own to this one: `lighttpd -> openssl`; empty where it is assumed.
    pub way: String,
    /// `inferred` from the graph, or `assumed` where nobody tells what the service needs.
    pub basis: Basis,
}

/// What is known of who uses a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// In the order of the profile.
    pub by: Vec<Dependant>,
    /// It is a library, and what is listed is all that is known or to be assumed: in a product that nobody has
    /// described, no further service is taken to use it.
    pub is_settled: bool,
}

/// For every component of a release what is known of who uses it.
#[derive(Clone, Debug, Default)]
pub struct Dependants {
    of: Vec<Arc<Reached>>,
    nobody: Arc<Reached>,
}

impl Dependants {
    /// Asks graph and profile.
    pub fn of(inventory: &Inventory, profile: &Profile) -> Dependants {
        let nobody = Arc::new(Reached::default());
        if profile.services.is_empty() {
            return Dependants { of: Vec::new(), nobody };
        }
        let graph = Graph::of(inventory);
        let called = Called::of(inventory, profile);
        let mut reached = vec![Reached::default(); inventory.components.len()];
        let mut unsaid: Vec<&Service> = Vec::new();
        for service in &profile.services {
            let own = called.components(&service.component);
            let is_told = own.iter().any(|at| inventory.components[*at].needs.is_some());
            let is_absent = own.is_empty() && inventory.platform.inventory_complete;
            if !is_told && !is_absent {
                unsaid.push(service);
            }
            travel(&graph, &called, profile, service, &own, &mut reached);
        }
        if !profile.is_inferred && unsaid.is_empty() {
            return Dependants { of: share(reached, &nobody), nobody };
        }
        let placed = called.placed(profile);
        // Most libraries are reached by assumption alone, and by the same services.
        let assumed = [false, true].map(|is_settled| {
            let mut reached = Reached { by: Vec::new(), is_settled };
            assume(&unsaid, &mut reached);
            Arc::new(reached)
        });
        let mut alike: FxHashMap<usize, &Arc<Reached>> = FxHashMap::default();
        let components = inventory.components.iter().zip(&mut reached).enumerate();
        for (at, (component, reached)) in components.filter(|(_, (one, _))| is_library(one)) {
            reached.is_settled = is_settled(component, inventory);
            match (placed.contains(&at), reached.by.is_empty()) {
                (true, _) => {}
                (false, true) => {
                    alike.insert(at, &assumed[usize::from(reached.is_settled)]);
                }
                (false, false) => assume(&unsaid, reached),
            }
        }
        in_order_of(profile, &mut reached);
        let mut of = share(reached, &nobody);
        for (at, one) in alike {
            if let Some(place) = of.get_mut(at) {
                *place = Arc::clone(one);
            }
        }
        Dependants { of, nobody }
    }

    /// Who uses the component at a place of the inventory.
    pub fn at(&self, component: usize) -> &Arc<Reached> {
        self.of.get(component).unwrap_or(&self.nobody)
    }
}

/// Adds a service to everything that its input travels to: from its own component, and from those that the profile
/// says it reaches.
fn travel(
    graph: &Graph<'_>,
    called: &Called<'_>,
    profile: &Profile,
    service: &Service,
    own: &[usize],
    reached: &mut [Reached],
) {
    let by_graph = graph.reached_from(own);
    add(graph, &by_graph, service, reached, |_| true);
    // What an inferred profile says of a service's reach comes from the graph, or is assumed.
    if profile.is_inferred {
        return;
    }
    let stated: Vec<usize> = service.reaches.iter().flat_map(|name| called.components(name)).collect();
    let beyond = graph.reached_from(&stated);
    add(graph, &beyond, service, reached, |at| !by_graph.contains_key(&at));
}

fn add(
    graph: &Graph<'_>,
    found: &FxHashMap<usize, usize>,
    service: &Service,
    reached: &mut [Reached],
    is_wanted: impl Fn(usize) -> bool,
) {
    // A start is the profile's own word.
    let beyond = found.iter().filter(|(at, from)| at != from).map(|(at, _)| *at);
    for at in beyond.filter(|at| is_wanted(*at)) {
        let Some(place) = reached.get_mut(at) else { continue };
        let way = graph.names(&graph.way(found, at));
        place.by.push(Dependant { service: service.id.clone(), way, basis: Basis::Inferred });
    }
}

/// Nobody tells what these services need: each may use the library.
fn assume(unsaid: &[&Service], reached: &mut Reached) {
    for service in unsaid {
        if !reached.by.iter().any(|known| known.service == service.id) {
            let way = String::new();
            reached.by.push(Dependant { service: service.id.clone(), way, basis: Basis::Assumed });
        }
    }
}

/// Buildroot calls every package a library: there the word says nothing, and a program that nobody knows may take
/// input from anywhere.
fn is_settled(component: &Component, inventory: &Inventory) -> bool {
    let is_word_only = inventory.platform.distribution == "buildroot" && component.role == Role::Library;
    !is_word_only || is_library(&Component { role: Role::Other, ..component.clone() })
}

fn in_order_of(profile: &Profile, reached: &mut [Reached]) {
    let places: FxHashMap<&str, usize> = profile
        .services
        .iter()
        .enumerate()
        .rev()
        .map(|(place, service)| (service.id.as_str(), place))
        .collect();
    for reached in reached.iter_mut().filter(|reached| reached.by.len() > 1) {
        reached.by.sort_by_key(|one| places.get(one.service.as_str()).copied());
    }
}

/// Components of which the same is known share it: most are reached by nobody, or by the same services.
fn share(reached: Vec<Reached>, nobody: &Arc<Reached>) -> Vec<Arc<Reached>> {
    let one = |reached: Reached| match reached == **nobody {
        true => Arc::clone(nobody),
        false => Arc::new(reached),
    };
    reached.into_iter().map(one).collect()
}

/// The components that go by the names a profile uses.
struct Called<'p> {
    by_name: FxHashMap<&'p str, Vec<usize>>,
}

impl<'p> Called<'p> {
    fn of(inventory: &Inventory, profile: &'p Profile) -> Called<'p> {
        let services = profile.services.iter();
        let said = services.flat_map(|service| std::iter::once(&service.component).chain(&service.reaches));
        let said = said.chain(profile.component_roles.iter().map(|row| &row.component));
        let mut keys: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut names_of: Vec<(&str, String)> = Vec::new();
        for name in said {
            let key = name_key(name);
            keys.entry(key.clone()).or_default();
            names_of.push((name, key));
        }
        for (at, component) in inventory.components.iter().enumerate().filter(|(_, one)| is_on_device(one)) {
            for name in names(component) {
                if let Some(places) = keys.get_mut(&name_key(name))
                    && places.last() != Some(&at)
                {
                    places.push(at);
                }
            }
        }
        let places =
            names_of.into_iter().map(|(name, key)| (name, keys.get(&key).cloned().unwrap_or_default()));
        Called { by_name: places.collect() }
    }

    fn components(&self, name: &str) -> Vec<usize> {
        self.by_name.get(name).cloned().unwrap_or_default()
    }

    /// What people have placed: services, what these reach, and parts that are no library.
    fn placed(&self, profile: &Profile) -> FxHashSet<usize> {
        if profile.is_inferred {
            return FxHashSet::default();
        }
        let services = profile.services.iter();
        let said = services.flat_map(|service| std::iter::once(&service.component).chain(&service.reaches));
        let roles = profile.component_roles.iter().filter(|row| row.role != ComponentRole::Library);
        let said = said.chain(roles.map(|row| &row.component));
        said.flat_map(|name| self.components(name)).collect()
    }
}

fn is_on_device(component: &Component) -> bool {
    !matches!(component.scope, Scope::BuildOnly | Scope::Test)
}
