//! What programs tell: the package that built them, versions by their banners, Go modules, crates, and who is linked with
//! whom. A file of a package is the package's: its banner is compared with the package's version and adds nothing else.

use std::collections::BTreeMap;

use model::component::{Component, Role, Scope};
use model::dependency::Tie;
use model::identity::cpe::ParsedCpe;
use model::identity::{Cpe, Purl};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::version::VersionOrigin;

use super::super::banners;
use super::super::schema::{Crate, Found, GoModule, PackageNote, Program, Volume};
use super::Place;
use super::packages::{Package, Packages};
use crate::normalise::identity::{push_cpe, push_new};
use crate::normalise::needs::{self, Edge};

/// Programs that a note names.
const NAMED: usize = 3;

/// Adds what the programs of a file system tell. True when every program belongs to a package.
pub(super) fn add(
    inventory: &mut Inventory,
    volume: &Volume,
    packages: &Packages,
    place: &Place<'_>,
    notes: &mut Vec<Note>,
) -> bool {
    let distribution = inventory.platform.distribution.as_str();
    let mut adding = Adding {
        packages,
        place,
        notes,
        is_packaged: !matches!(distribution, "" | "yocto" | "openwrt" | "buildroot" | "ptxdist"),
        found: BTreeMap::new(),
        of_program: BTreeMap::new(),
        unknown: Vec::new(),
        unowned: 0,
    };
    for program in &volume.programs {
        adding.program(program);
    }
    for raw in &volume.raw {
        adding.versions(&raw.path, &raw.owner, &raw.found);
    }
    adding.say_unknown(volume.programs.len());
    let edges = adding.edges(&volume.programs);
    let is_complete = packages.knows_files && !packages.is_empty() && adding.unowned == 0;
    let found = std::mem::take(&mut adding.found);
    inventory.components.extend(found.into_values());
    needs::hand_out(inventory, edges);
    is_complete
}

struct Adding<'a> {
    packages: &'a Packages,
    place: &'a Place<'a>,
    notes: &'a mut Vec<Note>,
    /// A distribution answers for what is inside of its packages.
    is_packaged: bool,
    /// Components by reference.
    found: BTreeMap<String, Component>,
    /// The component that a program is of, by path.
    of_program: BTreeMap<&'a str, String>,
    /// Programs that nothing names.
    unknown: Vec<&'a str>,
    unowned: usize,
}

impl<'a> Adding<'a> {
    fn program(&mut self, program: &'a Program) {
        let owner = self.packages.owner(&program.owner).map(|owner| owner.reference.clone());
        self.unowned += usize::from(owner.is_none());
        let own = owner.or_else(|| self.noted_package(program)).or_else(|| self.own_version(program));
        self.versions(&program.path, &program.owner, &program.found);
        if let Some(own) = &own {
            self.of_program.insert(&program.path, own.clone());
        }
        let main = self.go(program, own.clone());
        let root = self.crates(program, own.clone());
        if own.is_none() && main.is_none() && root.is_none() && program.found.is_empty() {
            self.unknown.push(&program.path);
        }
    }

    fn put(&mut self, component: Component, path: &str, parent: Option<&String>) -> String {
        let reference = component.source_ref.clone();
        let at = self.place.of(path);
        let known = self.found.entry(reference.clone()).or_insert(component);
        push_new(&mut known.locations, at);
        if let Some(parent) = parent.filter(|parent| **parent != reference) {
            push_new(&mut known.parents, parent.clone());
        }
        reference
    }

    /// The package of `.note.package`, where no database names it.
    fn noted_package(&mut self, program: &Program) -> Option<String> {
        let note = program.package.as_ref()?;
        if let Some(package) = self.packages.owner(&note.name) {
            return Some(package.reference.clone());
        }
        Some(self.put(of_note(note), &program.path, None))
    }

    /// The component whose own file the program is, by name and banner.
    fn own_version(&mut self, program: &Program) -> Option<String> {
        let found = program.found.iter().find(|found| found.own)?;
        if let Some(reference) = self.of_product(found) {
            return Some(reference.to_owned());
        }
        Some(reference(found))
    }

    /// Where no list says which files are a package's, the package of the product's name is taken for it.
    fn of_product(&self, found: &Found) -> Option<&'a str> {
        let of_product = || self.packages.of_product(&found.component);
        if self.packages.knows_files { None } else { of_product() }
    }

    fn versions(&mut self, path: &str, owner: &str, found: &[Found]) {
        let own = found.iter().find(|found| found.own).map(reference);
        for found in found {
            let owner = self.packages.owner(owner).cloned();
            match owner {
                Some(owner) if found.own => self.compare(path, found, &owner),
                Some(owner) if self.is_packaged => {
                    let value = format!(
                        "a copy of {} {} is inside; the package {} answers for it",
                        found.component, found.version, owner.reference
                    );
                    self.note(NoteCode::VersionDerived, Severity::Info, path, &value);
                }
                Some(owner) => drop(self.version(path, found, Some(&owner.reference))),
                None if self.of_product(found).is_some() => {}
                None => drop(self.version(path, found, own.as_ref())),
            }
        }
    }

    fn version(&mut self, path: &str, found: &Found, parent: Option<&String>) -> Option<String> {
        let component = of_banner(found)?;
        Some(self.put(component, path, parent))
    }

    /// Says when a file of a package is of another version than the package.
    fn compare(&mut self, path: &str, found: &Found, owner: &Package) {
        let upstream = owner.version.split_once(':').map_or(owner.version.as_str(), |(_, rest)| rest);
        let agrees = upstream
            .strip_prefix(&found.version)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
        if !agrees {
            let value = format!(
                "the file says {} {} ({:?}), its package {} says {}",
                found.component, found.version, found.banner, owner.reference, owner.version
            );
            self.note(NoteCode::VersionDerived, Severity::Warn, path, &value);
        }
    }

    fn note(&mut self, code: NoteCode, severity: Severity, path: &str, value: &str) {
        self.notes.push(Note::new(code, severity, self.place.of(path), value));
    }

    /// Go: the main module is the program, unless a package is; tool chain and modules are inside of it.
    fn go(&mut self, program: &Program, own: Option<String>) -> Option<String> {
        let go = program.go.as_ref()?;
        let parent = own.or_else(|| {
            let main = GoModule { path: first_of([&go.main.path, &go.path])?.clone(), ..go.main.clone() };
            let mut component = of_module(&main);
            component.role = Role::Application;
            component.git.commit.clone_from(&go.revision);
            Some(self.put(component, &program.path, None))
        });
        if let Some(version) = go.version.strip_prefix("go") {
            let version = version.split_whitespace().next().unwrap_or_default();
            let mut standard = of_module(&GoModule {
                path: "stdlib".to_owned(),
                version: version.to_owned(),
                ..GoModule::default()
            });
            own_cpe(&mut standard, ["a", "golang", "go"]);
            self.put(standard, &program.path, parent.as_ref());
        }
        for module in &go.modules {
            self.put(of_module(module), &program.path, parent.as_ref());
        }
        parent
    }

    fn crates(&mut self, program: &Program, own: Option<String>) -> Option<String> {
        let root = program.crates.iter().find(|one| one.root);
        let parent = own.or_else(|| root.map(|root| self.put(of_crate(root), &program.path, None)));
        for one in program.crates.iter().filter(|one| !one.root) {
            self.put(of_crate(one), &program.path, parent.as_ref());
        }
        if program.crates.is_empty() { None } else { parent }
    }

    fn say_unknown(&mut self, programs: usize) {
        if self.unknown.is_empty() {
            return;
        }
        let first: Vec<&str> = self.unknown.iter().copied().take(NAMED).collect();
        let value = format!(
            "{} of {programs} programs belong to no package, and nothing names them: {}",
            self.unknown.len(),
            first.join(", ")
        );
        self.note(NoteCode::UnknownKind, Severity::Warn, "", &value);
    }

    /// Who is linked with a library of another component.
    fn edges(&self, programs: &'a [Program]) -> Vec<Edge> {
        let mut providers: BTreeMap<&str, &String> = BTreeMap::new();
        for program in programs {
            let Some(of) = self.of_program.get(program.path.as_str()) else { continue };
            let name = program.path.rsplit('/').next().unwrap_or_default();
            for name in [program.soname.as_str(), name].into_iter().filter(|name| name.contains(".so")) {
                providers.entry(name).or_insert(of);
            }
        }
        let mut edges = Vec::new();
        for program in programs {
            let Some(from) = self.of_program.get(program.path.as_str()) else { continue };
            let on = program.needs.iter().filter_map(|needed| providers.get(needed.as_str()));
            edges.extend(
                on.filter(|on| **on != from).map(|on| (from.clone(), (*on).clone(), Tie::DynamicLink)),
            );
        }
        edges.sort();
        edges.dedup();
        edges
    }
}

fn first_of<const N: usize>(words: [&String; N]) -> Option<&String> {
    words.into_iter().find(|word| !word.is_empty())
}

fn reference(found: &Found) -> String {
    format!("file:{}@{}", found.component, found.version)
}

/// A component of the table; `None` for a name that is not in it.
fn of_banner(found: &Found) -> Option<Component> {
    let banner = banners::all().iter().find(|banner| banner.component == found.component)?;
    let mut component = Component {
        name: found.component.clone(),
        source_ref: reference(found),
        version: found.version.clone(),
        version_origin: VersionOrigin::FromFile,
        ..Component::default()
    };
    own_cpe(&mut component, banner.cpe);
    let value = format!("{} from {:?}", found.version, found.banner);
    component.notes.push(Note::new(NoteCode::VersionDerived, Severity::Info, &*found.component, &value));
    Some(component)
}

fn of_note(note: &PackageNote) -> Component {
    let mut component = Component {
        name: note.name.clone(),
        source_ref: format!("note:{}@{}", note.name, note.version),
        version: note.version.clone(),
        version_origin: VersionOrigin::Stated,
        ..Component::default()
    };
    let purl = Purl {
        kind: note.kind.to_ascii_lowercase(),
        namespace: note.os.to_ascii_lowercase(),
        name: note.name.clone(),
        version: note.version.clone(),
        qualifiers: Vec::new(),
        subpath: String::new(),
    };
    component.purls.extend(Purl::build(purl).ok());
    if note.os_cpe.is_empty() || !component.purls.is_empty() {
        return component;
    }
    component.supplier.clone_from(&note.os);
    component
}

/// Gives a component the CPE of a part, a vendor and a product, with its version.
pub(super) fn own_cpe(component: &mut Component, [part, vendor, product]: [&str; 3]) {
    let version = if component.version.is_empty() { "*" } else { component.version.as_str() };
    let attributes = [part, vendor, product, version, "*", "*", "*", "*", "*", "*", "*"];
    let cpe = Cpe::from_attributes(attributes);
    push_cpe(component, ParsedCpe { cpe, was_22_uri: false, repaired: false });
}

/// Pushes a purl of a language's package; names with a slash have a namespace.
pub(super) fn push_purl(component: &mut Component, kind: &str, name: &str, version: &str) {
    let (namespace, name) = name.rsplit_once('/').unwrap_or(("", name));
    let purl = Purl {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        qualifiers: Vec::new(),
        subpath: String::new(),
    };
    // Go's standard library has no namespace, whatever the type requires: every tool and feed writes it so.
    let is_standard = kind == "golang" && purl.name == "stdlib";
    match if is_standard { Ok(purl) } else { Purl::build(purl) } {
        Ok(purl) => push_new(&mut component.purls, purl),
        Err(error) => {
            let value = format!("{kind} {name} {version}: {error}");
            component.notes.push(Note::new(NoteCode::BadPurl, Severity::Warn, name, &value));
        }
    }
}

fn of_module(module: &GoModule) -> Component {
    // A replacement by a folder of the build host has no version; its path says nothing to anybody.
    let is_folder = module.path.starts_with(['.', '/']) && !module.replaces.is_empty();
    let path = if is_folder { &module.replaces } else { &module.path };
    let version = if module.version == "(devel)" { "" } else { module.version.as_str() };
    let mut component = Component {
        name: path.clone(),
        source_ref: format!("golang:{path}@{version}"),
        version: version.to_owned(),
        role: Role::Library,
        ..Component::default()
    };
    if !is_folder && !module.replaces.is_empty() {
        component.names.push(module.replaces.clone());
    }
    push_purl(&mut component, "golang", path, version);
    component
}

fn of_crate(one: &Crate) -> Component {
    let mut component = Component {
        name: one.name.clone(),
        source_ref: format!("cargo:{}@{}", one.name, one.version),
        version: one.version.clone(),
        role: if one.root { Role::Application } else { Role::Library },
        scope: if one.kind == "build" { Scope::BuildOnly } else { Scope::Target },
        ..Component::default()
    };
    push_purl(&mut component, "cargo", &one.name, &one.version);
    component
}
