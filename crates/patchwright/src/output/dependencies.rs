//! The dependency graph of an inventory, for machines.

use std::collections::HashMap;

use model::component::Component;
use model::dependency::Need;
use model::sbom::Inventory;
use serde::Serialize;

/// What one component needs. A component of which no input tells is not listed.
#[derive(Serialize)]
pub struct Needing<'a> {
    component: &'a str,
    name: &'a str,
    needs: Vec<Needed<'a>>,
}

#[derive(Serialize)]
struct Needed<'a> {
    component: &'a str,
    name: &'a str,
    tie: &'static str,
}

/// The graph, in the order of the components.
pub fn dependencies(inventory: &Inventory) -> Vec<Needing<'_>> {
    let by_reference: HashMap<&str, &Component> =
        inventory.components.iter().map(|component| (component.source_ref.as_str(), component)).collect();
    let needed = |need: &Need| {
        let on = by_reference.get(need.on.as_str())?;
        Some(Needed { component: &on.key, name: &on.name, tie: need.tie.word() })
    };
    let rows = inventory.components.iter().filter_map(|component| {
        let needs = component.needs.as_ref()?.iter().filter_map(needed).collect();
        Some(Needing { component: &component.key, name: &component.name, needs })
    });
    rows.collect()
}
