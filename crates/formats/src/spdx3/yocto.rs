//! Yocto's SPDX 3: a recipe is a `build_Build` named `recipe:do_create_spdx:recipe`, its packages are the
//! build's outputs, its sources and patches the inputs, and the image's root file system is a build whose
//! inputs are the installed packages.
//!
//! The recipe is the component; its packages are locations. A recipe without an installed package is not on
//! the target. Native recipes have no package element at all, so their version comes from the download.

use std::collections::HashSet;

use model::build::{BuildEvidence, ModuleList};
use model::component::{Component, Patch, Scope};
use model::dependency::Tie;
use model::licence::Acknowledgement;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;
use model::statement::StatementOrigin;
use rustc_hash::FxHashMap;

use super::graph::{Graph, Link, Str};
use super::{package, statements};
use crate::normalise::{identity, names, needs};

/// True for a document that BitBake wrote.
pub fn is_one(graph: &Graph<'_>) -> bool {
    graph.builds.iter().any(|(_, name, kind)| {
        kind.contains("openembedded.org/bitbake")
            || (kind.is_empty() && name.ends_with(":do_create_spdx:recipe"))
    })
}

/// Makes the inventory of a Yocto document.
pub fn inventory(graph: &Graph<'_>) -> Inventory {
    let links = Links::of(graph);
    let image = Image::of(graph, &links);
    let mut inventory = Inventory::default();
    for missing in &image.missing {
        let value = format!("{missing} is installed, but not in the document");
        inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Error, "image", &value));
    }
    let mut component_of: FxHashMap<&str, String> = FxHashMap::default();
    let mut taken: HashSet<&str> = HashSet::new();
    for (id, name, _) in graph.builds.iter().filter(|(_, name, kind)| is_recipe(name, kind)) {
        let recipe =
            Recipe { id, name: name.split(':').next().unwrap_or(name), graph, links: &links, image: &image };
        let component = recipe.component(&mut inventory.notes);
        for package in recipe.packages() {
            component_of.insert(package, id.to_string());
            taken.insert(package);
        }
        component_of.insert(id, id.to_string());
        recipe.compiled_sources(&component, &mut inventory.build, &mut inventory.notes);
        inventory.components.push(component);
    }
    add_orphans(graph, &image, &taken, &mut component_of, &mut inventory);
    needs::hand_out(&mut inventory, edges(graph, &image, &component_of));
    inventory.statements =
        statements::read(graph, &component_of, StatementOrigin::Build, &mut inventory.notes);
    inventory.build.modules = modules(graph, &links, &image);
    inventory.platform.distribution = "yocto".to_owned();
    inventory.platform.inventory_complete = image.known;
    name_product(graph, &image, &mut inventory);
    inventory
}

fn is_recipe(name: &str, kind: &str) -> bool {
    kind.ends_with("/recipe") || (kind.is_empty() && name.ends_with(":recipe"))
}

/// Relationships by kind and start.
struct Links<'g> {
    map: FxHashMap<Link, FxHashMap<&'g str, Vec<&'g str>>>,
}

impl<'g> Links<'g> {
    fn of(graph: &'g Graph<'_>) -> Links<'g> {
        let mut map: FxHashMap<Link, FxHashMap<&str, Vec<&str>>> = FxHashMap::default();
        for (link, from, to) in &graph.links {
            let ends = map.entry(*link).or_default().entry(from.as_ref()).or_default();
            ends.extend(to.iter().map(Str::as_ref));
        }
        Links { map }
    }

    fn from(&self, link: Link, from: &str) -> &[&'g str] {
        self.map.get(&link).and_then(|ends| ends.get(from)).map_or(&[], Vec::as_slice)
    }
}

/// What is installed in the image, where the document has one.
#[derive(Default)]
struct Image<'g> {
    known: bool,
    name: String,
    installed: HashSet<&'g str>,
    missing: Vec<&'g str>,
}

impl<'g> Image<'g> {
    fn of(graph: &'g Graph<'_>, links: &Links<'g>) -> Image<'g> {
        let mut image = Image::default();
        for (id, name, kind) in graph.builds.iter().filter(|(_, name, kind)| !is_recipe(name, kind)) {
            if !kind.ends_with("/rootfs") && !name.ends_with(":rootfs") {
                continue;
            }
            image.known = true;
            if image.name.is_empty() {
                image.name = name.split(':').next().unwrap_or_default().to_owned();
            }
            let inputs = links.from(Link::Input, id).iter().copied();
            let (installed, missing): (Vec<_>, Vec<_>) =
                inputs.partition(|input| graph.package_at.contains_key(*input));
            image.installed.extend(installed);
            image.missing.extend(missing);
        }
        image
    }

    fn has(&self, package: &str) -> bool {
        !self.known || self.installed.contains(package)
    }
}

/// One recipe, seen in the graph.
struct Recipe<'g, 'a> {
    id: &'g str,
    name: &'g str,
    graph: &'g Graph<'a>,
    links: &'g Links<'g>,
    image: &'g Image<'g>,
}

impl<'g> Recipe<'g, '_> {
    /// The packages that the recipe puts out, as far as they are in the document.
    fn packages(&self) -> impl Iterator<Item = &'g str> + '_ {
        let outputs = self.links.from(Link::Output, self.id).iter().copied();
        outputs.filter(|output| self.graph.package_at.contains_key(*output))
    }

    fn component(&self, notes: &mut Vec<Note>) -> Component {
        let mut component =
            Component { source_ref: self.id.to_owned(), name: self.name.to_owned(), ..Component::default() };
        let mut packages: Vec<&str> = self.packages().collect();
        // Installed ones speak first; the others may carry another version.
        packages.sort_by_key(|package| !self.image.has(package));
        for id in packages {
            let Some((_, element)) =
                self.graph.package_at.get(id).and_then(|at| self.graph.packages.get(*at))
            else {
                continue;
            };
            if self.image.has(id) {
                identity::push_new(&mut component.locations, element.name.get().to_owned());
            }
            let version = package::version(element, id, notes);
            if component.version.is_empty() {
                component.version = version;
            }
            package::describe(&mut component, element, id, self.graph);
            for (link, said) in [
                (Link::DeclaredLicence, Acknowledgement::Declared),
                (Link::ConcludedLicence, Acknowledgement::Concluded),
            ] {
                let licences = self.links.from(link, id).iter().copied();
                package::license(&mut component, licences, said, self.graph);
            }
        }
        self.take_inputs(&mut component, notes);
        component.scope = self.scope(&component);
        component
    }

    fn scope(&self, component: &Component) -> Scope {
        let (_, build_only) = names::unwrap(self.name);
        let installed = !self.image.known || !component.locations.is_empty();
        if build_only || !installed { Scope::BuildOnly } else { Scope::Target }
    }

    /// Sources, recipe metadata packages and patches.
    fn take_inputs(&self, component: &mut Component, notes: &mut Vec<Note>) {
        let mut sources = Vec::new();
        for input in self.links.from(Link::Input, self.id) {
            if let Some((id, element)) =
                self.graph.package_at.get(*input).and_then(|at| self.graph.packages.get(*at))
            {
                match element.purpose.get() {
                    "source" | "archive" => {
                        let mut source = Component::default();
                        package::describe(&mut source, element, id, self.graph);
                        sources.push(source);
                    }
                    // Newer classes describe the recipe itself as a package of this purpose.
                    "specification" => {
                        let version = package::version(element, id, notes);
                        if component.version.is_empty() {
                            component.version = version;
                        }
                        package::describe(component, element, id, self.graph);
                    }
                    _ => {}
                }
            } else if let Some(file) = self.graph.files.get(*input).filter(|file| file.purpose == "patch") {
                let name = file.name.rsplit('/').next().unwrap_or(&file.name);
                let patch = Patch {
                    name: name.to_owned(),
                    hash: file.hash.clone(),
                    origin: "sbom".to_owned(),
                    ..Patch::default()
                };
                identity::push_new(&mut component.patches, patch);
            }
        }
        identity::join_sources(component, sources);
        component.patches.sort_by(|one, other| one.name.cmp(&other.name));
    }

    /// The list of compiled sources, when the build was told to write it (`SPDX_INCLUDE_COMPILED_SOURCES`).
    fn compiled_sources(&self, component: &Component, build: &mut BuildEvidence, notes: &mut Vec<Note>) {
        let (bare, _) = names::unwrap(&component.name);
        if component.scope == Scope::BuildOnly || !has_sources(bare) {
            return;
        }
        let inputs = self.links.from(Link::Input, self.id).iter();
        let mut paths: Vec<&str> = inputs
            .filter_map(|input| self.graph.files.get(*input))
            .filter(|file| file.purpose == "source" && is_code(&file.name))
            .map(|file| file.name.as_ref())
            .collect();
        // A recipe's own few sources are no list of what a tree compiled.
        if paths.len() < 50 {
            return;
        }
        paths.sort_unstable();
        let text = paths.join("\n");
        match crate::compiled_files::read(text.as_bytes(), &format!("{} (compiled sources)", component.name))
        {
            Ok(Read { value, notes: found }) => {
                build.compiled.push(value);
                notes.extend(found);
            }
            Err(error) => {
                notes.push(Note::new(
                    NoteCode::EvidenceIncomplete,
                    Severity::Warn,
                    self.id,
                    &error.to_string(),
                ));
            }
        }
    }
}

fn has_sources(bare: &str) -> bool {
    bare.starts_with("linux")
        || bare.starts_with("u-boot")
        || bare.starts_with("busybox")
        || bare.contains("kernel")
}

fn is_code(path: &str) -> bool {
    [".c", ".S", ".s", ".h", ".rs", ".cpp", ".cc", ".inc"].iter().any(|end| path.ends_with(end))
}

/// Packages that no recipe of the document puts out: their recipe's element is missing.
fn add_orphans<'g>(
    graph: &'g Graph<'_>,
    image: &Image<'_>,
    taken: &HashSet<&str>,
    component_of: &mut FxHashMap<&'g str, String>,
    inventory: &mut Inventory,
) {
    for (id, element) in &graph.packages {
        if element.purpose.get() != "install" || taken.contains(id.as_ref()) {
            continue;
        }
        let value = format!("package {} has no recipe in the document", element.name.get());
        inventory.notes.push(Note::new(NoteCode::DanglingRef, Severity::Warn, &**id, &value));
        let mut component = Component {
            source_ref: id.to_string(),
            name: element.name.get().to_owned(),
            version: package::version(element, id, &mut inventory.notes),
            scope: if image.has(id) { Scope::Target } else { Scope::BuildOnly },
            ..Component::default()
        };
        package::describe(&mut component, element, id, graph);
        component_of.insert(id, id.to_string());
        inventory.components.push(component);
    }
}

/// What installed packages need at run time, and what each recipe was built against. The document names only the
/// run-time needs that recipes declare, not those that come of linked libraries; a library that is linked stands among
/// the recipes that its user was built against.
fn edges(graph: &Graph<'_>, image: &Image<'_>, component_of: &FxHashMap<&str, String>) -> Vec<needs::Edge> {
    let mut edges = Vec::new();
    for (link, from, to) in &graph.links {
        let tie = match link {
            Link::Runtime => Tie::Runtime,
            Link::Needs => Tie::Stated,
            Link::Dynamic => Tie::DynamicLink,
            Link::Static => Tie::StaticLink,
            Link::BuildOnly => Tie::BuiltAgainst,
            _ => continue,
        };
        // A package that stayed out of the image takes nothing with it.
        let is_here =
            |end: &str| tie == Tie::BuiltAgainst || !graph.package_at.contains_key(end) || image.has(end);
        let Some(owner) = component_of.get(from.as_ref()).filter(|_| is_here(from)) else { continue };
        let known =
            to.iter().filter(|target| is_here(target)).filter_map(|target| component_of.get(target.as_ref()));
        edges.extend(known.map(|target| (owner.clone(), target.clone(), tie)));
    }
    edges
}

/// The kernel modules of the image: every module is a file of an installed package, so the list is complete
/// when the document lists the image and the files.
fn modules(graph: &Graph<'_>, links: &Links<'_>, image: &Image<'_>) -> Option<ModuleList> {
    if !image.known {
        return None;
    }
    let mut list = ModuleList { complete: true, ..ModuleList::default() };
    for package in &image.installed {
        for file in links.from(Link::Contains, package) {
            let Some(file) = graph.files.get(*file) else { continue };
            let name = file.name.rsplit('/').next().unwrap_or_default();
            if let Some((module, end)) = name.split_once(".ko")
                && matches!(end, "" | ".gz" | ".xz" | ".zst")
            {
                list.present.insert(module.replace('-', "_"));
            }
        }
    }
    (!list.present.is_empty()).then_some(list)
}

/// `core-image-minimal-qemux86-64.rootfs-20250815151650`: the image's name and the build's time, or a release
/// number where somebody names the document so (`gateway-image-4.1.0`).
fn name_product(graph: &Graph<'_>, image: &Image<'_>, inventory: &mut Inventory) {
    if !image.known {
        return;
    }
    inventory.product.clone_from(&image.name);
    let last = graph.document.rsplit('-').next().unwrap_or_default();
    let is_time = last.len() >= 8 && last.bytes().all(|byte| byte.is_ascii_digit());
    let is_release = last.contains('.') && last.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_time || is_release {
        inventory.release = last.to_owned();
    }
}
