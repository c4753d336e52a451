//! dpkg: the `status` file, the files of `status.d` (distroless images), a single `control` stanza, and the lists that
//! `dpkg-query -W` and `dpkg -l` print.
//!
//! Debian's data speak of source packages. `Source: glibc (2.36-9)` names one and, where it differs from the package's,
//! its version; a rebuild of the binary alone (`+b1`) is no new version of the source.

use model::component::{Component, Role, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::graph::clauses;
use super::stanzas::{Stanza, stanzas};
use super::{List, Package};
use crate::limits::{FormatError, Limits};
use crate::normalise::platform::arch_word;

/// Reads one document.
///
/// # Errors
/// When it names no installed package, is the index of a repository, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    if is_table(&text) {
        return read_table(&text, name, limits, notes);
    }
    let mut database = Database { list: List::new(limits), ..Database::default() };
    for stanza in stanzas(&text) {
        if is_repository_index(&stanza) {
            return Err(FormatError::Malformed { name: name.to_owned(), why: INDEX.to_owned() });
        }
        database.add(&stanza);
    }
    if !text.ends_with('\n') {
        let note = Note::new(NoteCode::Truncated, Severity::Warn, "end", "the last line has no line end");
        database.list.note(note);
    }
    database.finish(name, notes)
}

const INDEX: &str = "it is the index of a repository (its stanzas have `Filename` or `Directory`), which lists what could \
                     be installed; give var/lib/dpkg/status of the root file system";

/// `Packages` and `Sources` of a repository.
fn is_repository_index(stanza: &Stanza<'_>) -> bool {
    !stanza.has("Status")
        && ((stanza.has("Filename") && stanza.has("Size"))
            || (stanza.has("Directory") && stanza.has("Files")))
}

#[derive(Default)]
struct Database {
    list: List,
    /// Packages of which only configuration files are left.
    removed: usize,
    /// Sources whose code is inside of packages: package, source, version, whether linked statically.
    inside: Vec<(String, String, String)>,
}

impl Database {
    fn add(&mut self, stanza: &Stanza<'_>) {
        if let Some((line, text)) = stanza.odd {
            let place = format!("line {line}");
            self.list.note(Note::new(NoteCode::FieldType, Severity::Warn, place, text));
        }
        let name = stanza.get("Package");
        if name.is_empty() {
            let value = "a stanza without `Package`, ignored";
            self.list.note(Note::new(NoteCode::NoName, Severity::Warn, stanza.place(), value));
            return;
        }
        match state(stanza.get("Status")) {
            State::Installed => {}
            State::Gone => {
                self.removed += 1;
                return;
            }
            State::Partly(word) => {
                let value = format!("{name} is {word}: its files may be on the device");
                self.list.note(Note::new(NoteCode::UnknownEnum, Severity::Warn, stanza.place(), &value));
            }
        }
        let source = source_of(stanza);
        let package = Package {
            kind: "deb",
            name,
            version: stanza.get("Version"),
            arch: stanza.get("Architecture"),
            source: &source.name,
            source_version: &source.version,
        };
        let mut component = package.component();
        stanza.get("Homepage").clone_into(&mut component.homepage);
        stanza.get("Maintainer").clone_into(&mut component.supplier);
        set_apart_from_kernel(&mut component, name);
        let reference = self.list.add(component, package.arch);
        self.add_needs(stanza, name, &reference);
        for field in ["Built-Using", "Static-Built-Using"] {
            let built = sources(stanza.get(field)).filter(|(used, _)| *used != source.name);
            let built = built.map(|(used, version)| (reference.clone(), used.to_owned(), version.to_owned()));
            self.inside.extend(built);
        }
    }

    fn add_needs(&mut self, stanza: &Stanza<'_>, name: &str, reference: &str) {
        let graph = &mut self.list.graph;
        graph.provide(name, reference);
        for virtual_name in clauses(stanza.get("Provides")).flatten() {
            graph.provide(virtual_name, reference);
        }
        for field in ["Pre-Depends", "Depends"] {
            for clause in clauses(stanza.get(field)) {
                graph.want(reference, clause, Tie::Runtime);
            }
        }
    }

    fn finish(mut self, name: &str, notes: Vec<Note>) -> Result<Read<Inventory>, FormatError> {
        self.add_what_is_inside();
        let rest = match self.removed {
            0 => String::new(),
            removed => format!(", only {removed} removed ones"),
        };
        if self.removed > 0 {
            let value =
                format!("{} packages are removed; only configuration files of them are left", self.removed);
            self.list.note(Note::new(NoteCode::UnknownEnum, Severity::Info, "Status", &value));
        }
        self.list.finish(name, "dpkg", &rest, notes)
    }

    /// Code of another source package inside of a package (Debian policy 7.8): where that very version is installed, it
    /// is an edge; else a component of its own that nobody would see otherwise.
    fn add_what_is_inside(&mut self) {
        let installed: std::collections::BTreeMap<(String, String), String> =
            (self.list.inventory.components.iter())
                .map(|one| ((one.source_package.clone(), one.version.clone()), one.source_ref.clone()))
                .collect();
        let mut added: std::collections::BTreeMap<(String, String), Component> =
            std::collections::BTreeMap::new();
        for (package, source, version) in std::mem::take(&mut self.inside) {
            let key = (source, version);
            let on = match installed.get(&key) {
                Some(reference) => reference.clone(),
                None => {
                    let component = added.entry(key.clone()).or_insert_with(|| static_copy(&key.0, &key.1));
                    component.parents.push(package.clone());
                    component.source_ref.clone()
                }
            };
            self.list.graph.provide(&on, &on);
            self.list.graph.want(&package, std::iter::once(on.as_str()), Tie::StaticLink);
        }
        for component in added.into_values() {
            self.list.add(component, "");
        }
    }
}

fn static_copy(source: &str, version: &str) -> Component {
    let package = Package { kind: "deb", name: source, version, arch: "source", ..Package::default() };
    let mut component = package.component();
    component.source_ref = format!("built-using:{source}@{version}");
    component
}

/// What dpkg says of a package's place on the disk.
enum State {
    Installed,
    /// Some of its files are there: dpkg was interrupted, or triggers are waiting.
    Partly(String),
    /// Nothing but configuration files.
    Gone,
}

/// The third word decides: `hold ok installed` is installed, `deinstall ok config-files` is gone. A `control` stanza has
/// no status at all.
fn state(status: &str) -> State {
    match status.split_whitespace().nth(2).unwrap_or(status) {
        "installed" | "" | "triggers-awaited" | "triggers-pending" => State::Installed,
        "config-files" | "not-installed" => State::Gone,
        word => State::Partly(word.to_owned()),
    }
}

struct Source {
    name: String,
    version: String,
}

/// The source package and its version. Packages that only carry a signature (`linux-signed-amd64`) are built of another
/// source, which they name; the security data speak of that one.
fn source_of(stanza: &Stanza<'_>) -> Source {
    let (package, version) = (stanza.get("Package"), stanza.get("Version"));
    let (stated, stated_version) = split_source(stanza.get("Source"));
    // Yocto's deb packages name their recipe.
    let name =
        [stated, stanza.get("OE"), package].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    if name.contains("-signed") {
        let mut built = sources(stanza.get("Built-Using"));
        if let (Some((name, version)), None) = (built.next(), built.next()) {
            return Source { name: name.to_owned(), version: version.to_owned() };
        }
        if let Some(flavour) = name.strip_prefix("linux-signed") {
            return Source { name: kernel_source(flavour), version: version.to_owned() };
        }
    }
    let version = if stated_version.is_empty() { without_rebuild(version) } else { stated_version };
    Source { name: name.to_owned(), version: version.to_owned() }
}

/// `linux-signed-amd64` signs `linux`, Ubuntu's `linux-signed-aws` signs `linux-aws`.
fn kernel_source(flavour: &str) -> String {
    let flavour = flavour.trim_start_matches('-');
    if flavour.is_empty() || arch_word(flavour).is_some() {
        "linux".to_owned()
    } else {
        format!("linux-{flavour}")
    }
}

/// `glibc (2.36-9)`.
fn split_source(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    (name.trim(), rest.split(')').next().unwrap_or_default().trim())
}

/// `linux (= 6.1.76-1), shim (= 15.8-1)`.
fn sources(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split(',').map(|entry| split_source(entry.trim()));
    pairs
        .map(|(name, version)| (name, version.trim_start_matches(['=', ' '])))
        .filter(|(name, _)| !name.is_empty())
}

/// `1.2-3+b1` is the source 1.2-3 compiled once more.
fn without_rebuild(version: &str) -> &str {
    let rebuilt = version.rsplit_once("+b");
    let rebuilt = rebuilt.filter(|(_, n)| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()));
    rebuilt.map_or(version, |(source, _)| source)
}

/// The kernel's source package also makes headers, documents and tools. None of them is the kernel, so none of them may
/// become it by folding; and of headers nothing runs.
fn set_apart_from_kernel(component: &mut Component, name: &str) {
    let is_of = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if is_of(&["kernel-module-"]) {
        component.source_package.clear();
        return;
    }
    if is_of(&["linux-image-", "linux-modules-", "linux-signed-image-"]) {
        component.role = Role::Kernel;
        return;
    }
    const BUILD: &[&str] = &[
        "linux-headers",
        "linux-libc-dev",
        "linux-kbuild",
        "linux-source",
        "linux-doc",
        "linux-compiler",
        "linux-config",
        "linux-lib-rust",
        "linux-buildinfo",
    ];
    const TOOLS: &[&str] = &["linux-tools", "linux-cloud-tools"];
    let source = component.source_package.as_str();
    if source == "linux" || (source.starts_with("linux-") && (is_of(BUILD) || is_of(TOOLS))) {
        component.source_package.clear();
        if is_of(BUILD) {
            component.scope = Scope::BuildOnly;
        }
    }
}

/// True for what `dpkg-query -W` or `dpkg -l` prints.
pub fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(200).peekable();
    let Some(first) = lines.peek() else { return false };
    if first.starts_with("Desired=Unknown/Install/Remove/Purge/Hold") {
        return true;
    }
    lines.all(|line| query_row(line).is_some())
}

/// `name[:arch]`, version, and what further columns say.
struct Row<'t> {
    name: &'t str,
    version: &'t str,
    arch: &'t str,
    source: &'t str,
    source_version: &'t str,
}

/// A row of `dpkg-query -W`: name and version, which is the default, and then any of architecture, source package and
/// its version, in this order.
fn query_row(line: &str) -> Option<Row<'_>> {
    let mut columns = line.trim_end().split('\t').map(str::trim);
    let (name, version) = (columns.next()?, columns.next()?);
    let (name, mut arch) = name.split_once(':').unwrap_or((name, ""));
    let is_name = name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'~' | b':'));
    let mut third = columns.next().unwrap_or_default();
    if third == "all" || arch_word(third).is_some() {
        arch = third;
        third = columns.next().unwrap_or_default();
    }
    let source_version = columns.next().unwrap_or_default();
    let is_row = is_name && is_version && columns.next().is_none();
    is_row.then_some(Row { name, version, arch, source: third, source_version })
}

/// A row of `dpkg -l`: two or three letters, name, version, architecture, summary.
fn list_row(line: &str) -> Option<(State, Row<'_>)> {
    let mut words = line.split_whitespace();
    let flags = words.next().filter(|flags| matches!(flags.len(), 2 | 3))?;
    let state = match flags.as_bytes().get(1)? {
        b'i' | b'W' | b't' => State::Installed,
        b'n' | b'c' => State::Gone,
        b'H' => State::Partly("half-installed".to_owned()),
        b'U' => State::Partly("unpacked".to_owned()),
        b'F' => State::Partly("half-configured".to_owned()),
        _ => return None,
    };
    let name = words.next()?;
    let (name, _) = name.split_once(':').unwrap_or((name, ""));
    let (version, arch) = (words.next()?, words.next().unwrap_or_default());
    Some((state, Row { name, version, arch, source: "", source_version: "" }))
}

fn read_table(
    text: &str,
    name: &str,
    limits: &Limits,
    notes: Vec<Note>,
) -> Result<Read<Inventory>, FormatError> {
    let mut list = List::new(limits);
    let mut without_source = 0_usize;
    let is_list = text.trim_start().starts_with("Desired=");
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("line {}", at + 1);
        if is_list && line.starts_with(['D', '|', '+']) {
            continue;
        }
        let row = if is_list { list_row(line) } else { query_row(line).map(|row| (State::Installed, row)) };
        let row = match row {
            Some((State::Installed, row)) => row,
            Some((State::Gone, _)) => continue,
            Some((State::Partly(word), row)) => {
                let value = format!("{} is {word}: its files may be on the device", row.name);
                list.note(Note::new(NoteCode::UnknownEnum, Severity::Warn, place, &value));
                row
            }
            None => {
                list.note(Note::new(NoteCode::FieldType, Severity::Warn, place, line));
                continue;
            }
        };
        without_source += usize::from(row.source.is_empty());
        let (source, version) = split_source(row.source);
        let source_version = if row.source_version.is_empty() { version } else { row.source_version };
        let rebuilt = without_rebuild(row.version);
        let package = Package {
            kind: "deb",
            name: row.name,
            version: row.version,
            arch: row.arch,
            source,
            source_version: if source_version.is_empty() { rebuilt } else { source_version },
        };
        let mut component = package.component();
        set_apart_from_kernel(&mut component, row.name);
        list.add(component, row.arch);
    }
    if without_source > 0 {
        let value =
            format!("{without_source} packages without their source package, by which distributions report");
        list.note(Note::new(NoteCode::NoSourcePackage, Severity::Warn, "columns", &value));
    }
    list.finish(name, "dpkg-query", "", notes)
}
