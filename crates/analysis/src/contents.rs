//! What differs between the contents of two releases: components added, removed and changed. Findings are compared
//! elsewhere; this needs no knowledge.

use std::collections::{BTreeMap, BTreeSet};

use model::component::{Component, Scope};
use model::sbom::Inventory;

/// What became of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// Which of several; empty for the only one.
    pub instance: String,
    /// Only in builds, not on the device.
    pub build_only: bool,
    /// What happened.
    pub kind: Kind,
    /// The version before; empty when it was not there, or unknown.
    pub old_version: String,
    /// The version after.
    pub new_version: String,
    /// What else differs, in the order of [`Field`].
    pub changes: Vec<Change>,
}

/// What happened to a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there with another version.
    Version,
    /// It is there with the same version, and something else differs.
    Changed,
}

impl Kind {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Version => "version",
            Kind::Changed => "changed",
        }
    }
}

/// A list of a component that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which list.
    pub field: &'static str,
    /// What is new in it.
    pub added: Vec<String>,
    /// What is gone from it.
    pub removed: Vec<String>,
}

type Field = (&'static str, fn(&Component) -> BTreeSet<String>);

/// What is compared beside the version.
const FIELDS: &[Field] =
    &[("patches", patches), ("licences", licences), ("identities", identities), ("scope", scope)];

fn patches(component: &Component) -> BTreeSet<String> {
    let label = |patch: &model::component::Patch| match (patch.name.as_str(), patch.hash.as_str()) {
        ("", _) => patch.resolves.join(" "),
        (name, "") => name.to_owned(),
        (name, hash) => format!("{name} ({hash})"),
    };
    component.patches.iter().map(label).filter(|label| !label.is_empty()).collect()
}

fn licences(component: &Component) -> BTreeSet<String> {
    component.licences.iter().map(|licence| licence.text.clone()).collect()
}

/// CPEs and purls without their versions: another version alone is no other identity.
fn identities(component: &Component) -> BTreeSet<String> {
    let cpes = component.cpes.iter().map(|known| {
        let cpe = &known.cpe;
        format!("cpe {}:{}:{}", cpe.part, cpe.vendor, cpe.product)
    });
    let purls = component.purls.iter().map(|purl| {
        let mut purl = purl.clone();
        purl.version.clear();
        purl.qualifiers.clear();
        purl.to_string()
    });
    cpes.chain(purls).collect()
}

fn scope(component: &Component) -> BTreeSet<String> {
    BTreeSet::from([component.scope.word().to_owned()])
}

/// Compares two inventories. Sorted by kind, then name.
pub fn compare(old: &Inventory, new: &Inventory) -> Vec<Difference> {
    let (old, new) = (by_name(old), by_name(new));
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let mut differences = Vec::new();
    for key in keys {
        let side = |map: &BTreeMap<Key, Vec<_>>| map.get(key).cloned().unwrap_or_default();
        let (mut before, mut after): (Vec<&Component>, Vec<&Component>) = (side(&old), side(&new));
        // Equal versions first, then the others in their order: an upgrade of one of two copies is one change.
        before.retain(|component| {
            let same = after.iter().position(|other| other.version == component.version);
            let pair = same.map(|at| after.remove(at));
            if let Some(other) = pair {
                differences.extend(changed(component, other));
            }
            pair.is_none()
        });
        let paired = before.len().min(after.len());
        let rest = after.split_off(paired);
        let gone = before.split_off(paired);
        differences.extend(before.iter().zip(&after).filter_map(|(one, other)| changed(one, other)));
        differences.extend(gone.into_iter().map(|component| alone(component, Kind::Removed)));
        differences.extend(rest.into_iter().map(|component| alone(component, Kind::Added)));
    }
    differences.sort_by(|one, other| {
        let key =
            |of: &Difference| (of.kind, of.build_only, of.name.to_ascii_lowercase(), of.instance.clone());
        (key(one), &one.old_version, &one.new_version).cmp(&(
            key(other),
            &other.old_version,
            &other.new_version,
        ))
    });
    differences
}

/// Name without case, instance, whether it is on the device.
type Key = (String, String, bool);

fn by_name(inventory: &Inventory) -> BTreeMap<Key, Vec<&Component>> {
    let mut map: BTreeMap<Key, Vec<&Component>> = BTreeMap::new();
    for component in &inventory.components {
        let key = (component.name.to_ascii_lowercase(), component.instance.clone(), is_build_only(component));
        map.entry(key).or_default().push(component);
    }
    map
}

fn is_build_only(component: &Component) -> bool {
    component.scope == Scope::BuildOnly
}

fn alone(component: &Component, kind: Kind) -> Difference {
    let version = component.version.clone();
    let (old_version, new_version) =
        if kind == Kind::Added { (String::new(), version) } else { (version, String::new()) };
    Difference {
        name: component.name.clone(),
        instance: component.instance.clone(),
        build_only: is_build_only(component),
        kind,
        old_version,
        new_version,
        changes: Vec::new(),
    }
}

fn changed(old: &Component, new: &Component) -> Option<Difference> {
    let changes: Vec<Change> = FIELDS
        .iter()
        .filter_map(|(field, of)| {
            let (before, after) = (of(old), of(new));
            let added: Vec<String> = after.difference(&before).cloned().collect();
            let removed: Vec<String> = before.difference(&after).cloned().collect();
            (!added.is_empty() || !removed.is_empty()).then_some(Change { field, added, removed })
        })
        .collect();
    let kind = match (old.version == new.version, changes.is_empty()) {
        (true, true) => return None,
        (true, false) => Kind::Changed,
        (false, _) => Kind::Version,
    };
    Some(Difference {
        name: new.name.clone(),
        instance: new.instance.clone(),
        build_only: is_build_only(new),
        kind,
        old_version: old.version.clone(),
        new_version: new.version.clone(),
        changes,
    })
}
