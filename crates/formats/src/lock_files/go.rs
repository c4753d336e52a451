//! `go.mod`: the modules that a Go module is built of. Since Go 1.17 it names all of them. `go.sum` is no list of what is
//! used: it holds checksums of every version that was looked at.

use model::component::Component;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::{add_parts, finish, note_local};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::add_repository;

/// Reads one file.
///
/// # Errors
/// When it names no other module, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    let mut file = File::default();
    let mut block = "";
    for (at, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        match (block, words.as_slice()) {
            (_, [")", ..]) => block = "",
            ("", [directive, "("]) => block = known(directive),
            ("", [directive, rest @ ..]) => file.take(known(directive), rest, at + 1),
            (directive, rest) => file.take(directive, rest, at + 1),
        }
        if file.required.len() >= limits.components {
            let what = format!("it has more than {} components", limits.components);
            return Err(FormatError::TooBig { name: name.to_owned(), what });
        }
    }
    if !block.is_empty() {
        let why = format!("the block `{block} (` is not closed");
        return Err(FormatError::Truncated { name: name.to_owned(), why });
    }
    finish(file.inventory(), name, "go", limits, notes)
}

/// The directives of the language reference.
fn known(directive: &str) -> &'static str {
    const WORDS: &[&str] = &[
        "module",
        "go",
        "toolchain",
        "require",
        "replace",
        "exclude",
        "retract",
        "godebug",
        "tool",
        "ignore",
    ];
    WORDS.iter().find(|word| **word == directive).copied().unwrap_or("?")
}

#[derive(Default)]
struct File<'t> {
    module: &'t str,
    go: &'t str,
    /// Module, version, line.
    required: Vec<(&'t str, &'t str, usize)>,
    /// Module, version or none, what stands for it, its version or none.
    replaced: Vec<(&'t str, &'t str, &'t str, &'t str)>,
    notes: Vec<Note>,
}

impl<'t> File<'t> {
    fn take(&mut self, directive: &str, words: &[&'t str], line: usize) {
        match (directive, words) {
            ("module", [module, ..]) => self.module = module,
            ("go", [version, ..]) => self.go = version,
            ("require", [module, version, ..]) => self.required.push((module, version, line)),
            ("replace", [module, "=>", target]) => self.replaced.push((module, "", target, "")),
            ("replace", [module, "=>", target, to]) => self.replaced.push((module, "", target, to)),
            ("replace", [module, version, "=>", target]) => self.replaced.push((module, version, target, "")),
            ("replace", [module, version, "=>", target, to]) => {
                self.replaced.push((module, version, target, to))
            }
            ("toolchain" | "exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            _ => {
                let value = format!("not understood: {}", words.join(" "));
                self.notes.push(Note::new(
                    NoteCode::FieldType,
                    Severity::Warn,
                    format!("line {line}"),
                    &value,
                ));
            }
        }
    }

    fn inventory(mut self) -> Inventory {
        let mut inventory = Inventory { product: self.module.to_owned(), ..Inventory::default() };
        let minor = self.go.strip_prefix("1.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
        if minor.is_none_or(|minor| minor < 17) {
            let value = "before Go 1.17 a go.mod names only the modules it asks for itself, not theirs";
            self.notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "go", value));
        }
        for (module, version, line) in std::mem::take(&mut self.required) {
            let place = format!("line {line}");
            let replaced =
                self.replaced.iter().find(|(of, at, ..)| *of == module && (at.is_empty() || *at == version));
            let (target, to) = replaced.map_or((module, version), |(_, _, target, to)| (*target, *to));
            let mut component = Component {
                source_ref: format!("{module}@{version}"),
                name: module.to_owned(),
                ..Component::default()
            };
            // A replacement without a version is a folder.
            if to.is_empty() || target.starts_with(['.', '/']) {
                version.clone_into(&mut component.version);
                note_local(&mut component, &place);
            } else {
                target.clone_into(&mut component.name);
                to.clone_into(&mut component.version);
                let (namespace, name) = target.rsplit_once('/').unwrap_or(("", target));
                add_parts(&mut component, "golang", namespace, name, to, &place);
                add_forge(&mut component, target);
            }
            if target != module {
                component.names.push(module.to_owned());
            }
            inventory.components.push(component);
        }
        inventory.notes.append(&mut self.notes);
        inventory
    }
}

/// A module of a forge is named by its repository.
fn add_forge(component: &mut Component, module: &str) {
    let parts: Vec<&str> = module.split('/').take(3).collect();
    if let ["github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org", _, _] = parts.as_slice() {
        add_repository(component, &format!("https://{}", parts.join("/")));
    }
}

/// True for `go.sum`: module, version, checksum.
pub fn is_sum(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let version = words.nth(1).is_some_and(|version| version.starts_with('v'));
    version && words.next().is_some_and(|sum| sum.starts_with("h1:"))
}
