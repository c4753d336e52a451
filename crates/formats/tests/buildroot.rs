use std::collections::BTreeSet;
use std::fmt::Write;

use model::component::Scope;
use model::sbom::Inventory;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("buildroot");
}

/// Packages of the five products: all of type target or host that are not virtual (42, 142, 122, 46, 40).
#[test]
fn the_real_products() {
    let Some(all) = packs::sboms() else { return };
    let mut out = String::new();
    let mut seen = Vec::new();
    for (name, bytes) in all.iter().filter(|(name, _)| name.ends_with(".show-info.json")) {
        let read = summary::read(bytes, name);
        seen.push(read.value.components.len());
        let _ = writeln!(out, "{name}\n{}", summary::counts(&read));
    }
    assert_eq!(seen, [42, 142, 122, 46, 40]);
    insta::assert_snapshot!(out);
}

/// The same build seen through `show-info` and through `generate-cyclonedx`: the same software, and merging
/// both adds nothing.
#[test]
fn both_views_of_a_product_agree() {
    let Some(all) = packs::sboms() else { return };
    for (name, bytes) in all.iter().filter(|(name, _)| name.ends_with(".show-info.json")) {
        let info = summary::read(bytes, name).value;
        let sbom = summary::read(&all[&name.replace(".show-info.", ".cdx.")], name).value;
        let target = |inventory: &Inventory| -> BTreeSet<String> {
            let components =
                inventory.components.iter().filter(|component| component.scope != Scope::BuildOnly);
            components.map(|component| format!("{} {}", component.name, component.version)).collect()
        };
        assert_eq!(target(&info), target(&sbom), "{name}");
        let both = formats::detect::merge(vec![info.clone(), sbom.clone()]);
        assert_eq!(target(&both), target(&info), "{name}");
        let patches = |inventory: &Inventory| {
            inventory.components.iter().map(|component| component.patches.len()).sum::<usize>()
        };
        assert_eq!(patches(&both), patches(&info).max(patches(&sbom)), "{name}");
    }
}
