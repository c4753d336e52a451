//! One package of a manifest as a component.

use model::component::{Component, Patch, Scope};
use model::dependency::Tie;
use model::identity::Cpe;
use model::identity::cpe::ParsedCpe;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;

use super::schema::{Info, Package};
use super::statements;
use crate::component_csv::add_name_as_product;
use crate::normalise::identity::{
    SEARCHED, add_cpe, add_download, add_hash, add_purl, is_commit, push_cpe, push_new, usable,
};
use crate::normalise::needs;
use crate::text::loose::Text;

/// How long something lives, as far as it is stated.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    pub released: String,
    pub end_of_life: String,
    pub support: String,
}

impl Lifecycle {
    /// That of an additional package.
    pub fn of_info(info: &Info<'_>) -> Lifecycle {
        Lifecycle::of(&info.release_date, &info.end_of_life, &info.support)
    }

    fn of(released: &Text<'_>, end_of_life: &Text<'_>, support: &Text<'_>) -> Lifecycle {
        let text = |text: &Text<'_>| usable(text.get()).unwrap_or_default().to_owned();
        Lifecycle { released: text(released), end_of_life: text(end_of_life), support: text(support) }
    }

    /// Puts it into a component; what has no field of its own is kept as a note.
    pub fn put(&self, component: &mut Component, place: &str) {
        component.released.clone_from(&self.released);
        let parts = [("end of life", &self.end_of_life), ("support", &self.support)];
        let stated: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(word, value)| format!("{word} {value}"))
            .collect();
        if !stated.is_empty() {
            component.notes.push(Note::new(NoteCode::Lifecycle, Severity::Info, place, &stated.join(", ")));
        }
    }
}

/// Adds one package with its edges and statements.
pub fn add(inventory: &mut Inventory, edges: &mut Vec<needs::Edge>, key: &str, wire: &Package<'_>) {
    let place = format!("/packages/{key}");
    if wire.wrong {
        inventory.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
        return;
    }
    let name = wire.name.noted(|| format!("{place}/name"), &mut inventory.notes);
    let mut component = Component {
        source_ref: key.to_owned(),
        name: if name.is_empty() { key } else { name }.to_owned(),
        version: version(wire),
        homepage: usable(wire.homepage.get()).unwrap_or_default().to_owned(),
        supplier: usable(wire.supplier.get()).unwrap_or_default().to_owned(),
        scope: if is_build_only(wire) { Scope::BuildOnly } else { Scope::Target },
        ..Component::default()
    };
    identify(&mut component, wire, &place);
    add_patches(&mut component, wire);
    Lifecycle::of(&wire.release_date, &wire.end_of_life, &wire.support).put(&mut component, &place);
    for (list, tie) in
        [(&wire.dependencies.runtime, Tie::Runtime), (&wire.dependencies.build, Tie::BuiltAgainst)]
    {
        let others = list.iter().map(Text::get).filter(|on| !on.is_empty() && *on != key);
        edges.extend(others.map(|on| (key.to_owned(), on.to_owned(), tie)));
    }
    for (list, field) in [(&wire.ignored, "cve_check_ignore"), (&wire.ignored_by_buildroot, "ignore_cves")] {
        statements::add_whitelist(inventory, list, &format!("{place}/{field}"), Some(key));
    }
    inventory.components.push(component);
}

/// One product of a list of extra packages: the name is that of a CPE.
pub fn additional(product: &str, version: &str, lifecycle: &Lifecycle, place: &str) -> Component {
    let mut component = Component {
        source_ref: format!("additional:{product}@{version}"),
        name: product.to_owned(),
        version: known(version).unwrap_or_default().to_owned(),
        ..Component::default()
    };
    add_name_as_product(&mut component);
    lifecycle.put(&mut component, place);
    component
}

/// A version that is one; the tools write `unset` where they have none.
fn known(version: &str) -> Option<&str> {
    usable(version).filter(|version| !matches!(*version, "unset" | "UNKNOWN" | "unknown"))
}

/// `cve_version` is the upstream version, `version` may carry what the recipe appends.
fn version(wire: &Package<'_>) -> String {
    let stated = [wire.cve_version.get(), wire.version.get()].into_iter().find_map(known);
    stated.unwrap_or_default().to_owned()
}

/// A dependency of the build only, or a recipe of the build host.
fn is_build_only(wire: &Package<'_>) -> bool {
    let types: Vec<&str> = wire.component_type.iter().map(Text::get).collect();
    let is_native = wire.annotations.iter().any(|annotation| annotation.comment.get() == "isNative");
    is_native || (!types.is_empty() && types.iter().all(|word| *word == "build"))
}

fn identify(component: &mut Component, wire: &Package<'_>, place: &str) {
    for cpe in &wire.cpe_ids {
        add_cpe(component, cpe.get(), format_args!("{place}/cpe_id"));
    }
    for purl in &wire.purls {
        add_purl(component, purl.get(), format_args!("{place}/purl"));
    }
    let products = wire.cve_product.iter().flat_map(|text| text.get().split_whitespace());
    for product in products {
        let (vendor, product) = product.split_once(':').unwrap_or(("*", product));
        push_new(&mut component.names, product.to_owned());
        if wire.cpe_ids.items.is_empty() && !product.is_empty() {
            let version = component.version.split("+git").next().unwrap_or_default();
            let cpe = Cpe::from_attributes(["*", vendor, product, version, "", "", "", "", "", "", ""]);
            push_cpe(component, ParsedCpe { cpe, was_22_uri: false, repaired: false });
        }
    }
    for address in wire.download.iter().map(Text::get).filter(|text| *text != "UNKNOWN") {
        add_download(component, address);
    }
    if let Some(commit) = wire.commits.iter().map(Text::get).find(|text| is_commit(text)) {
        component.git.commit = commit.to_ascii_lowercase();
    }
    for checksum in &wire.checksums {
        add_hash(component, checksum.algorithm.get(), checksum.value.get());
    }
    // The recipe file is called for the upstream project where the package is not (`lib32-`, a fork of a recipe).
    let recipe = wire.recipe.get().rsplit('/').next().unwrap_or_default();
    let recipe = recipe.strip_suffix(".bb").unwrap_or(recipe).split('_').next().unwrap_or_default();
    if !recipe.is_empty() && recipe != component.name {
        push_new(&mut component.names, recipe.to_owned());
    }
}

/// Patches by name; `patched_cves` says which of them cure what.
fn add_patches(component: &mut Component, wire: &Package<'_>) {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let plain = |name: String| Patch { name, origin: "sbom".to_owned(), ..Patch::default() };
    for patch in wire.patches.iter().filter(|patch| !patch.is_empty()) {
        push_new(&mut component.patches, plain(name(patch.get())));
    }
    for (id, patches) in &wire.patched.0 {
        for patch in patches.iter().filter(|patch| !patch.is_empty()).map(|patch| name(patch.get())) {
            let known = component.patches.iter_mut().rev().take(SEARCHED).find(|known| known.name == patch);
            match known {
                Some(known) => push_new(&mut known.resolves, id.clone()),
                None => {
                    component.patches.push(Patch { resolves: vec![id.clone()], ..plain(patch) });
                }
            }
        }
        if patches.items.is_empty() {
            // Said to be patched, by which file is not.
            component.patches.push(Patch { resolves: vec![id.clone()], ..plain(format!("{id}.patch")) });
        }
    }
}
