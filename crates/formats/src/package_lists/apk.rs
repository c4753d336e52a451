//! apk: the installed database (`lib/apk/db/installed`) of Alpine and of OpenWrt since 25. Records of lines `X:value`,
//! with an empty line between them; letters are case sensitive.

use model::component::{Component, Role, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::{List, Package};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{add_cpe, is_commit};

/// Reads one database.
///
/// # Errors
/// When it names no package, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    let mut list = List::new(limits);
    let mut record = Record::default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            add(&mut list, std::mem::take(&mut record));
            continue;
        }
        if record.line == 0 {
            record.line = at + 1;
        }
        match line.split_once(':') {
            Some((letter, value)) if letter.len() == 1 => record.take(letter, value),
            _ => list.note(Note::new(NoteCode::FieldType, Severity::Warn, format!("line {}", at + 1), line)),
        }
    }
    if record.line > 0 {
        // The database ends with an empty line; a package without one was not written to its end.
        let value = format!("{} has no empty line behind it", record.name);
        list.note(Note::new(NoteCode::Truncated, Severity::Warn, "end", &value));
        add(&mut list, record);
    }
    list.finish(name, "apk", "", notes)
}

/// What is used of one record.
#[derive(Default)]
struct Record<'t> {
    line: usize,
    name: &'t str,
    version: &'t str,
    arch: &'t str,
    origin: &'t str,
    commit: &'t str,
    home: &'t str,
    maintainer: &'t str,
    depends: &'t str,
    provides: &'t str,
    tags: &'t str,
}

impl<'t> Record<'t> {
    /// The first of two lines of a kind counts. Files (`F R Z a M`) and the rest are passed over.
    fn take(&mut self, letter: &str, value: &'t str) {
        let field = match letter {
            "P" => &mut self.name,
            "V" => &mut self.version,
            "A" => &mut self.arch,
            "o" => &mut self.origin,
            "c" => &mut self.commit,
            "U" => &mut self.home,
            "m" => &mut self.maintainer,
            "D" => &mut self.depends,
            "p" => &mut self.provides,
            "g" => &mut self.tags,
            _ => return,
        };
        if field.is_empty() {
            *field = value.trim();
        }
    }
}

fn add(list: &mut List, record: Record<'_>) {
    if record.line == 0 {
        return;
    }
    let place = format!("line {}", record.line);
    if record.name.is_empty() {
        list.note(Note::new(NoteCode::NoName, Severity::Warn, place, "a record without `P:`, ignored"));
        return;
    }
    // A virtual package of `apk add --virtual` holds nothing; its name begins with a dot.
    if record.name.starts_with('.') {
        let value = format!("{} is a virtual package, passed over", record.name);
        list.note(Note::new(NoteCode::UnknownEnum, Severity::Info, place, &value));
        return;
    }
    let package = Package {
        kind: "apk",
        name: record.name,
        version: record.version,
        arch: record.arch,
        // OpenWrt writes a path: `feeds/packages/net/curl`.
        source: record.origin.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
        source_version: "",
    };
    let mut component = package.component();
    record.home.clone_into(&mut component.homepage);
    record.maintainer.clone_into(&mut component.supplier);
    for tag in record.tags.split_whitespace() {
        if let Some(cpe) = tag.strip_prefix("openwrt:cpe=") {
            add_cpe(&mut component, cpe, format_args!("{place}, g"));
        }
    }
    settle_kernel(&mut component, record.name);
    if let Some(purl) = component.purls.first_mut().filter(|_| is_commit(record.commit)) {
        // The commit of the packaging tree, not of the software: no identity, only where it was built from.
        purl.qualifiers.push(("commit".to_owned(), record.commit.to_ascii_lowercase()));
    }
    let reference = list.add(component, record.arch);
    add_needs(list, &record, &reference);
}

/// The kernel's origin also makes headers and documents; OpenWrt's modules are parts of the kernel.
fn settle_kernel(component: &mut Component, name: &str) {
    if name.starts_with("kmod-") {
        component.source_package.clear();
    }
    let of_kernel = ["linux-lts", "linux-virt", "linux-edge", "linux-rpi", "linux-stable", "linux-hardened"];
    if of_kernel.contains(&component.source_package.as_str()) {
        if name.ends_with("-dev") || name.ends_with("-doc") {
            component.source_package.clear();
            component.scope = Scope::BuildOnly;
        } else {
            component.role = Role::Kernel;
        }
    }
    if name == "kernel" {
        component.role = Role::Kernel;
    }
}

/// `so:libz.so.1` is linked, `cmd:` and plain names are needed at run time, `!name` is a conflict, a path is a file.
fn add_needs(list: &mut List, record: &Record<'_>, reference: &str) {
    let graph = &mut list.graph;
    graph.provide(record.name, reference);
    for name in record.provides.split_whitespace().map(bare) {
        graph.provide(name, reference);
    }
    for name in record.depends.split_whitespace().filter(|name| !name.starts_with('!')) {
        let tie = if name.starts_with("so:") { Tie::DynamicLink } else { Tie::Runtime };
        match name.starts_with('/') {
            true => graph.may_want(reference, name, tie),
            false => graph.want(reference, std::iter::once(bare(name)), tie),
        }
    }
}

/// The name without a version: `busybox>=1.3`, `so:libz.so.1=1.3`, `curl~8`, `pkg@testing`.
fn bare(name: &str) -> &str {
    let end = name.find(['=', '<', '>', '~', '@']).unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}
