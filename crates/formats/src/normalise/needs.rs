//! The dependency graph after folding: edges between what is left and on the device, each once.
//!
//! What only took part in the build is on no way into the device, so its edges go. What a library of the target
//! needed that was itself not installed (its code may be linked statically, its headers name other libraries) is
//! handed to whoever was built against it.

use model::component::{Component, Scope};
use model::dependency::{Need, Tie};
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::names;

/// An edge as a reader finds it, before there are components: who needs, whom, how.
pub type Edge = (String, String, Tie);

/// Adds an edge to a component; the first one makes its needs known.
pub fn add(component: &mut Component, on: impl Into<String>, tie: Tie) {
    component.needs.get_or_insert_default().push(Need::new(on, tie));
}

/// Hands edges to their components by reference. Edges from what is no component are passed over.
pub fn hand_out(inventory: &mut Inventory, edges: impl IntoIterator<Item = Edge>) {
    let mut of: FxHashMap<String, Vec<Need>> = FxHashMap::default();
    for (from, on, tie) in edges {
        of.entry(from).or_default().push(Need { on, tie });
    }
    if of.is_empty() {
        return;
    }
    for component in &mut inventory.components {
        if let Some(needs) = of.remove(&component.source_ref) {
            component.needs.get_or_insert_default().extend(needs);
        }
    }
}

/// Leaves edges between components on the device, sorted, each pair once with its surest tie. Those that lead nowhere go
/// without a word: the reader that knows the document has noted them.
pub fn settle(inventory: &mut Inventory) {
    if inventory.components.iter().all(|component| component.needs.is_none()) {
        return;
    }
    let through = Through::of(&inventory.components);
    let settled: Vec<Option<Vec<Need>>> =
        inventory.components.iter().map(|component| through.needs(component)).collect();
    for (component, needs) in inventory.components.iter_mut().zip(settled) {
        component.needs = needs;
    }
}

/// What a reference leads to.
enum End<'c> {
    OnDevice,
    /// Of the target, and not on it.
    NotInstalled(&'c [Need]),
    /// A tool of the build host, a test.
    Elsewhere,
}

struct Through<'c> {
    ends: FxHashMap<&'c str, End<'c>>,
}

impl<'c> Through<'c> {
    fn of(components: &'c [Component]) -> Through<'c> {
        let ends = components.iter().map(|component| (component.source_ref.as_str(), end(component)));
        Through { ends: ends.collect() }
    }

    fn needs(&self, component: &Component) -> Option<Vec<Need>> {
        let needs = component.needs.as_ref()?;
        if !is_on_device(component) {
            return None;
        }
        let mut found: FxHashMap<&str, Tie> = FxHashMap::default();
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let mut open: Vec<(&str, Tie)> = needs.iter().map(|need| (need.on.as_str(), need.tie)).collect();
        while let Some((on, tie)) = open.pop() {
            match self.ends.get(on) {
                Some(End::OnDevice) if on != component.source_ref => {
                    let known = found.entry(on).or_insert(tie);
                    *known = tie.min(*known);
                }
                Some(End::NotInstalled(beyond)) if seen.insert(on) => {
                    open.extend(beyond.iter().map(|need| (need.on.as_str(), Tie::BuiltAgainst)));
                }
                _ => {}
            }
        }
        let mut settled: Vec<Need> = found.into_iter().map(|(on, tie)| Need::new(on, tie)).collect();
        settled.sort_unstable();
        Some(settled)
    }
}

fn is_on_device(component: &Component) -> bool {
    !matches!(component.scope, Scope::BuildOnly | Scope::Test)
}

fn end(component: &Component) -> End<'_> {
    if is_on_device(component) {
        return End::OnDevice;
    }
    let is_of_host = names::unwrap(&component.name).1 || component.source_ref.starts_with("host-");
    match (&component.needs, component.scope) {
        (Some(needs), Scope::BuildOnly) if !is_of_host => End::NotInstalled(needs),
        _ => End::Elsewhere,
    }
}
