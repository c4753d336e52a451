//! Sub-packages fold into their source, duplicates into one (matching.md 1.3, rules 2 and 6). Whoever spoke
//! of a component that is gone speaks of the one that took it in.

use std::collections::BTreeMap;

use model::component::{Component, Role, Scope};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use rustc_hash::{FxHashMap, FxHashSet};

use super::combine::absorb;
use super::identity::push_new;

/// Old reference to the reference of the component that took it in.
type Moved = FxHashMap<String, String>;

/// Folds what must be folded, then joins equal components.
pub fn settle(inventory: &mut Inventory) {
    let mut moved = Moved::default();
    // Binaries first: a kernel in several packages is one kernel, which the modules then belong to.
    fold_binaries(inventory, &mut moved);
    fold_modules(inventory, &mut moved);
    join_equal(inventory, &mut moved);
    follow(inventory, &moved);
}

/// `kmod-*` of OpenWrt and `kernel-module-*` of Yocto are parts of the kernel; their names are evidence of
/// which modules are in the image, though not a complete list.
fn fold_modules(inventory: &mut Inventory, moved: &mut Moved) {
    let is_kernel =
        |component: &Component| component.role == Role::Kernel && component.scope != Scope::BuildOnly;
    let kernels = inventory.components.iter().filter(|component| is_kernel(component)).count();
    let is_part =
        |component: &Component| component.role == Role::Module && is_kernel_module(component, kernels > 0);
    if kernels > 1 || !inventory.components.iter().any(is_part) {
        return;
    }
    let (parts, mut rest): (Vec<_>, Vec<_>) =
        std::mem::take(&mut inventory.components).into_iter().partition(|component| is_part(component));
    let at = match rest.iter().position(is_kernel) {
        Some(at) => at,
        None => {
            rest.push(kernel_of_modules(&parts));
            rest.len() - 1
        }
    };
    for part in parts {
        let modules = inventory.build.modules.get_or_insert_default();
        if let Some(module) = module_name(&part.name) {
            modules.present.insert(module);
        }
        if let Some(kernel) = rest.get_mut(at) {
            moved.insert(part.source_ref.clone(), kernel.source_ref.clone());
            push_new(&mut kernel.locations, part.name.clone());
            absorb_identity(kernel, part);
        }
    }
    if let Some(kernel) = rest.get_mut(at) {
        super::names::settle(kernel);
    }
    inventory.components = rest;
}

fn is_kernel_module(component: &Component, has_kernel: bool) -> bool {
    let cpe = component.cpes.iter().any(|cpe| cpe.cpe.product == "linux_kernel");
    let openwrt = component.purls.iter().any(|purl| purl.kind == "openwrt");
    let rpm = component.purls.iter().any(|purl| purl.kind == "rpm");
    cpe || openwrt || (has_kernel && !rpm)
}

fn kernel_of_modules(parts: &[Component]) -> Component {
    let first = parts.first();
    Component {
        name: "linux".to_owned(),
        source_ref: "linux".to_owned(),
        version: first.map(|part| part.version.clone()).unwrap_or_default(),
        version_origin: first.map(|part| part.version_origin).unwrap_or_default(),
        role: Role::Kernel,
        ..Component::default()
    }
}

/// A module adds its CPEs to the kernel, but neither its name nor its package hashes.
fn absorb_identity(kernel: &mut Component, part: Component) {
    let part = Component {
        name: kernel.name.clone(),
        cpes: part.cpes.into_iter().filter(|cpe| cpe.cpe.product == "linux_kernel").collect(),
        version: part.version,
        version_origin: part.version_origin,
        notes: part.notes,
        patches: part.patches,
        scope: part.scope,
        ..Component::default()
    };
    absorb(kernel, part);
}

/// `kmod-usb-core` -> `usb_core`; `kernel-module-uvesafb-6.12.38-yocto-standard` -> `uvesafb`.
fn module_name(package: &str) -> Option<String> {
    let name = package.strip_prefix("kernel-module-").or_else(|| package.strip_prefix("kmod-"))?;
    let version = name.match_indices('-').find(|(at, _)| {
        let rest = name.get(at + 1..).unwrap_or_default();
        rest.split('-')
            .next()
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
    });
    let name = version.and_then(|(at, _)| name.get(..at)).unwrap_or(name);
    (!name.is_empty()).then(|| name.replace('-', "_"))
}

/// Binary packages of distributions take the name of their source package; their own becomes a location.
pub fn name_sources(inventory: &mut Inventory) {
    for component in &mut inventory.components {
        let Some(source) = source_of(component) else { continue };
        component.source_package.clone_from(&source);
        component.version = upstream_version(component).unwrap_or_else(|| source_version(component));
        if component.name != source {
            let binary = std::mem::replace(&mut component.name, source);
            push_new(&mut component.locations, binary.clone());
            push_new(&mut component.names, binary);
        }
    }
}

/// Packages of one source package and version become one component.
fn fold_binaries(inventory: &mut Inventory, moved: &mut Moved) {
    if !inventory.components.iter().any(|component| package_kind(component).is_some()) {
        return;
    }
    let mut first: BTreeMap<(String, String, String, bool), usize> = BTreeMap::new();
    let mut kept: Vec<Component> = Vec::with_capacity(inventory.components.len());
    for component in std::mem::take(&mut inventory.components) {
        let Some(kind) = package_kind(&component) else {
            kept.push(component);
            continue;
        };
        let version = source_version(&component);
        let build_only = component.scope == Scope::BuildOnly;
        let key = (kind, component.name.to_ascii_lowercase(), version, build_only);
        match first.get(&key).and_then(|at| kept.get_mut(*at)) {
            Some(keep) => {
                if component.source_ref != keep.source_ref {
                    moved.insert(component.source_ref.clone(), keep.source_ref.clone());
                }
                absorb(keep, component);
            }
            None => {
                first.insert(key, kept.len());
                kept.push(component);
            }
        }
    }
    inventory.components = kept;
}

/// The source package that the input names: by the reader, or by the purl's `upstream` qualifier.
fn source_of(component: &Component) -> Option<String> {
    package_kind(component)?;
    let named = |text: &str| {
        let text = text.split('@').next().unwrap_or(text);
        let source_rpm = text.strip_suffix(".src.rpm");
        let name = source_rpm.and_then(|stem| stem.rsplitn(3, '-').nth(2)).unwrap_or(text);
        (!name.is_empty()).then(|| name.to_owned())
    };
    if !component.source_package.is_empty() {
        return named(&component.source_package);
    }
    component.purls.iter().find_map(|purl| purl.qualifier("upstream").and_then(named))
}

/// The version of the source package, where the purl's `upstream` qualifier names one (`lvm2@2.03.16-2` of `dmsetup`): the
/// distribution's data speak of that one.
fn upstream_version(component: &Component) -> Option<String> {
    let named = component.purls.iter().find_map(|purl| purl.qualifier("upstream")?.split_once('@'));
    named
        .filter(|(name, version)| *name == component.source_package && !version.is_empty())
        .map(|(_, version)| version.to_owned())
}

/// `deb/debian` and the like; `None` for what is no distribution package.
fn package_kind(component: &Component) -> Option<String> {
    let purl =
        component.purls.iter().find(|purl| matches!(purl.kind.as_str(), "deb" | "apk" | "rpm" | "opkg"))?;
    Some(format!("{}/{}", purl.kind, purl.namespace))
}

/// The version without Debian's suffix of binary-only rebuilds (`+b1`).
pub fn source_version(component: &Component) -> String {
    let version = component.version.as_str();
    let rebuilt = version
        .rsplit_once("+b")
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    rebuilt.map_or(version, |(source, _)| source).to_owned()
}

/// Joins components that are equal (matching.md 1.1: product, version, patch set, instance).
fn join_equal(inventory: &mut Inventory, moved: &mut Moved) {
    let mut first: FxHashMap<u128, usize> = FxHashMap::default();
    let mut same: Vec<Option<usize>> = Vec::with_capacity(inventory.components.len());
    for (at, component) in inventory.components.iter().enumerate() {
        let earlier = first.entry(equality(component)).or_insert(at);
        same.push((*earlier != at).then_some(*earlier));
    }
    if same.iter().all(Option::is_none) {
        return;
    }
    let mut kept: Vec<Option<Component>> = Vec::with_capacity(inventory.components.len());
    for (component, same) in std::mem::take(&mut inventory.components).into_iter().zip(same) {
        match same.and_then(|at| kept.get_mut(at)).and_then(Option::as_mut) {
            Some(keep) => {
                take_in(keep, component, moved);
                kept.push(None);
            }
            None => kept.push(Some(component)),
        }
    }
    inventory.components = kept.into_iter().flatten().collect();
}

fn take_in(keep: &mut Component, component: Component, moved: &mut Moved) {
    if component.source_ref != keep.source_ref {
        moved.insert(component.source_ref.clone(), keep.source_ref.clone());
        if component.name != keep.name {
            push_new(&mut keep.locations, component.name.clone());
        }
    }
    absorb(keep, component);
}

/// A number that is equal for equal components. Without a version nothing proves that two components are
/// one, so name, commit and place keep them apart.
fn equality(component: &Component) -> u128 {
    let mut hasher = Equality::default();
    hasher.add(if component.scope == Scope::BuildOnly { "build" } else { "target" });
    hasher.add(component.role.word());
    add_product(component, &mut hasher);
    hasher.add(base(&component.version));
    hasher.add(&component.instance);
    add_patches(component, &mut hasher);
    if component.version.is_empty() {
        hasher.add(&component.name);
        hasher.add(&component.git.commit);
        component.locations.iter().for_each(|location| hasher.add(location));
    }
    if component.role == Role::Kernel {
        component.parents.iter().for_each(|parent| hasher.add(parent));
    }
    hasher.0
}

/// FNV-1a with 128 bits: wide enough that equal numbers mean equal texts.
struct Equality(u128);

impl Default for Equality {
    fn default() -> Self {
        Equality(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Equality {
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0x1f]) {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
}

/// The canonical product: the kernel is one whatever it is called; else purl coordinates, else CPE products,
/// else the name.
fn add_product(component: &Component, hasher: &mut Equality) {
    if component.role == Role::Kernel {
        return;
    }
    let mut products: Vec<[&str; 4]> = component
        .purls
        .iter()
        .map(|purl| [purl.kind.as_str(), purl.namespace.as_str(), purl.name.as_str(), purl.subpath.as_str()])
        .collect();
    if products.is_empty() {
        let cpes = component.cpes.iter();
        products.extend(cpes.map(|cpe| ["cpe", cpe.cpe.vendor.as_str(), cpe.cpe.product.as_str(), ""]));
    }
    if products.is_empty() {
        products.push(["name", &component.supplier, &component.name, ""]);
    }
    products.sort_unstable();
    products.dedup();
    products.iter().flatten().for_each(|part| hasher.add(part));
}

fn add_patches(component: &Component, hasher: &mut Equality) {
    let mut patches: Vec<(&str, &str, &[String])> = component
        .patches
        .iter()
        .map(|patch| (patch.name.as_str(), patch.hash.as_str(), patch.resolves.as_slice()))
        .collect();
    patches.sort_unstable();
    for (name, hash, resolves) in patches {
        hasher.add(name);
        hasher.add(hash);
        resolves.iter().for_each(|id| hasher.add(id));
    }
}

/// The version without what the build system appends: `6.12.38+git` is 6.12.38.
pub fn base(version: &str) -> &str {
    let version = version.trim();
    let version = version.split_once("+git").map_or(version, |(base, _)| base);
    version.trim_start_matches(['v', 'V'])
}

/// Points statements and parents to the components that took in what they named.
fn follow(inventory: &mut Inventory, moved: &Moved) {
    if !moved.is_empty() {
        for statement in &mut inventory.statements {
            for component in &mut statement.components {
                redirect(component, moved);
            }
        }
        for component in &mut inventory.components {
            component.parents.iter_mut().for_each(|parent| redirect(parent, moved));
            component.needs.iter_mut().flatten().for_each(|need| redirect(&mut need.on, moved));
        }
    }
    for component in &mut inventory.components {
        let own = component.source_ref.clone();
        component.parents.retain(|parent| *parent != own);
        component.parents.sort();
        component.parents.dedup();
    }
    for statement in &mut inventory.statements {
        statement.components.sort();
        statement.components.dedup();
    }
    let mut seen = std::collections::HashSet::new();
    inventory.statements.retain(|statement| {
        let key = (
            statement.vulnerability.clone(),
            statement.components.clone(),
            statement.status,
            statement.justification.clone(),
            statement.text.clone(),
        );
        seen.insert(key)
    });
}

fn redirect(reference: &mut String, moved: &Moved) {
    // A chain is as long as the folds that a component went through; a bound stops a circle.
    for _ in 0..8 {
        match moved.get(reference.as_str()) {
            Some(next) if next != reference => *reference = next.clone(),
            _ => break,
        }
    }
}

/// Gives a reference that occurs twice a suffix, so that the first one wins.
pub fn separate_references(inventory: &mut Inventory) {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    seen.reserve(inventory.components.len());
    let mut again = Vec::new();
    for (at, component) in inventory.components.iter().enumerate() {
        if !seen.insert(&component.source_ref) && !component.source_ref.is_empty() {
            again.push(at);
        }
    }
    let mut taken: FxHashSet<String> = FxHashSet::default();
    if !again.is_empty() {
        taken.extend(seen.into_iter().map(str::to_owned));
    }
    // The next number of each: a document may use one reference twenty thousand times.
    let mut next: FxHashMap<String, usize> = FxHashMap::default();
    for at in again {
        let Some(component) = inventory.components.get_mut(at) else { continue };
        let reference = component.source_ref.clone();
        let note =
            Note::new(NoteCode::DupRef, Severity::Warn, &*reference, "occurs twice; the first one wins");
        component.notes.push(note);
        let number = next.entry(reference.clone()).or_insert(2);
        while !taken.insert(format!("{reference}#{number}")) {
            *number += 1;
        }
        component.source_ref = format!("{reference}#{number}");
    }
}
