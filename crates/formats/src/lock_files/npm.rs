//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. Version 1 nests what is installed below what needs it
//! (`dependencies`), version 3 names the folders (`packages`), version 2 does both; the folders are the better list.

use std::fmt;

use model::component::{Component, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{add_parts, finish, note_local};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_download, add_hash, add_repository};
use crate::normalise::needs;
use crate::text::base64;
use crate::text::entries::{EachEntry, Entries};
use crate::text::loose::{Name, Text, loose};

loose! {
    /// One package, in either form.
    struct Package<'a> {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        resolved: Text<'a> = "resolved",
        integrity: Text<'a> = "integrity",
        dev: Text<'a> = "dev",
        extraneous: Text<'a> = "extraneous",
        link: Text<'a> = "link",
        dependencies: Nested<'a> = "dependencies",
        optional: Entries<Text<'a>> = "optionalDependencies",
        requires: Entries<Text<'a>> = "requires",
    }
}

/// `dependencies`: in version 1 whole packages, in later ones names and ranges.
#[derive(Clone, Debug, Default, PartialEq)]
struct Nested<'a>(Vec<(String, Package<'a>)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Nested<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Nested(Entries::<Package<'de>>::deserialize(deserializer)?.0))
    }
}

/// Reads one lock file.
///
/// # Errors
/// When the bytes are not one whole JSON document, name no package, or pass a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    let mut lock = Lock { limit: limits.components, ..Lock::default() };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    (&mut lock).deserialize(&mut deserializer).map_err(|error| FormatError::json(name, &error))?;
    deserializer.end().map_err(|error| FormatError::json(name, &error))?;
    finish(lock.inventory(), name, "npm", limits, notes)
}

#[derive(Default)]
struct Lock {
    /// Made of `packages`.
    folders: Found,
    /// Made of `dependencies`, where there are no `packages`.
    nested: Found,
    has_folders: bool,
    product: String,
    release: String,
    version: String,
    limit: usize,
}

/// Components and what they need by name.
#[derive(Default)]
struct Found {
    components: Vec<Component>,
    wanted: Vec<(String, String)>,
    notes: Vec<Note>,
}

impl<'a> DeserializeSeed<'a> for &mut Lock {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Lock {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a package lock")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            match key.0.as_ref() {
                "name" => self.product = map.next_value::<Text<'a>>()?.get().to_owned(),
                "version" => self.release = map.next_value::<Text<'a>>()?.get().to_owned(),
                "lockfileVersion" => self.version = map.next_value::<Text<'a>>()?.get().to_owned(),
                "packages" => {
                    self.has_folders = true;
                    let (folders, limit) = (&mut self.folders, self.limit);
                    map.next_value_seed(EachEntry::new(|path: &str, package: Package<'a>| {
                        if folders.components.len() < limit {
                            folders.add_folder(path, &package);
                        }
                    }))?;
                }
                "dependencies" => {
                    let (nested, limit) = (&mut self.nested, self.limit);
                    map.next_value_seed(EachEntry::new(|name: &str, package: Package<'a>| {
                        nested.add_nested(&format!("node_modules/{name}"), name, &package, limit);
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl Lock {
    fn inventory(self) -> Inventory {
        let mut found = if self.has_folders { self.folders } else { self.nested };
        if !matches!(self.version.as_str(), "" | "1" | "2" | "3") {
            let note = Note::new(NoteCode::SchemaNewer, Severity::Info, "/lockfileVersion", &self.version);
            found.notes.push(note);
        }
        let mut inventory = Inventory {
            product: self.product,
            release: self.release,
            components: found.components,
            notes: found.notes,
            ..Inventory::default()
        };
        let known: FxHashMap<&str, ()> =
            inventory.components.iter().map(|component| (component.source_ref.as_str(), ())).collect();
        // Node looks into the nearest `node_modules`, then into those above.
        let edges: Vec<needs::Edge> = found
            .wanted
            .iter()
            .filter_map(|(from, name)| {
                let mut above = Some(from.as_str());
                while let Some(folder) = above {
                    let on = format!("{folder}/node_modules/{name}");
                    if known.contains_key(on.as_str()) {
                        return Some((from.clone(), on, Tie::Stated));
                    }
                    above = folder.rfind("/node_modules/").and_then(|at| folder.get(..at));
                }
                let on = format!("node_modules/{name}");
                known.contains_key(on.as_str()).then(|| (from.clone(), on, Tie::Stated))
            })
            .collect();
        needs::hand_out(&mut inventory, edges);
        inventory
    }
}

impl Found {
    /// An entry of `packages`: the empty path is the product itself, a link is named again where it leads.
    fn add_folder(&mut self, path: &str, package: &Package<'_>) {
        if path.is_empty() || package.link.get() == "true" {
            return;
        }
        let place = format!("/packages/{path}");
        if package.wrong {
            self.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
            return;
        }
        let folder = path.rsplit_once("node_modules/").map(|(_, name)| name);
        // Another name than the folder's is an alias for what it really is.
        let stated = package.name.get();
        let name = if stated.is_empty() { folder.unwrap_or(path) } else { stated };
        let is_local = folder.is_none();
        self.add(path, name, package, is_local, &place);
        let names = package.dependencies.0.iter().map(|(name, _)| name);
        let names = names.chain(package.optional.0.iter().map(|(name, _)| name));
        self.wanted.extend(names.map(|name| (path.to_owned(), name.clone())));
    }

    /// An entry of `dependencies` with what is installed below it. The depth is that of the document, which is bounded.
    fn add_nested(&mut self, path: &str, name: &str, package: &Package<'_>, limit: usize) {
        if self.components.len() >= limit {
            return;
        }
        let place = format!("/dependencies/{path}");
        if package.wrong {
            self.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
            return;
        }
        let is_local = package.version.get().starts_with("file:");
        self.add(path, name, package, is_local, &place);
        self.wanted.extend(package.requires.0.iter().map(|(name, _)| (path.to_owned(), name.clone())));
        for (inner, package) in &package.dependencies.0 {
            self.add_nested(&format!("{path}/node_modules/{inner}"), inner, package, limit);
        }
    }

    fn add(&mut self, path: &str, name: &str, package: &Package<'_>, is_local: bool, place: &str) {
        let written = package.version.noted(|| format!("{place}/version"), &mut self.notes);
        // `npm:real-name@1.2.3` installs another package under this name.
        let alias = written.strip_prefix("npm:").and_then(|text| text.rsplit_once('@'));
        let (name, version) = alias.unwrap_or((name, written));
        let mut component = Component {
            source_ref: path.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            scope: if package.dev.get() == "true" { Scope::BuildOnly } else { Scope::Target },
            locations: vec![path.to_owned()],
            needs: Some(Vec::new()),
            ..Component::default()
        };
        let address = [package.resolved.get(), version].into_iter().find(|text| is_git(text));
        if let Some(address) = address {
            add_git(&mut component, address);
        } else if !package.resolved.is_empty() {
            add_download(&mut component, package.resolved.get());
        }
        if is_git(version) || version.starts_with("file:") || version.contains("://") {
            component.version.clear();
        }
        if let Some((algorithm, digest)) =
            package.integrity.get().split_whitespace().next().and_then(|one| one.split_once('-'))
        {
            let hex: String = base64::decode(digest).iter().map(|byte| format!("{byte:02x}")).collect();
            add_hash(&mut component, algorithm, &hex);
        }
        if is_local || package.resolved.get().starts_with("file:") {
            note_local(&mut component, place);
        } else {
            let (namespace, bare) = name.rsplit_once('/').unwrap_or(("", name));
            let version = component.version.clone();
            add_parts(&mut component, "npm", namespace, bare, &version, place);
        }
        self.components.push(component);
    }
}

fn is_git(text: &str) -> bool {
    ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:"].iter().any(|start| text.starts_with(start))
}

/// `git+ssh://git@github.com/o/r.git#0123…`, `github:o/r#0123…`.
fn add_git(component: &mut Component, address: &str) {
    let (address, commit) = address.split_once('#').unwrap_or((address, ""));
    let address = match address.split_once(':') {
        Some(("github", path)) => format!("https://github.com/{path}"),
        Some(("gitlab", path)) => format!("https://gitlab.com/{path}"),
        Some(("bitbucket", path)) => format!("https://bitbucket.org/{path}"),
        _ => address.to_owned(),
    };
    if commit.is_empty() {
        add_repository(component, &address);
    } else {
        add_repository(component, &format!("{address}@{commit}"));
    }
}
