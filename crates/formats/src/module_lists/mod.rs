//! Lists of kernel modules: `modules.builtin`, `modules.order`, `modules.dep`, `lsmod`, black lists.
//!
//! Only a list of what lies in the image can prove that a module is absent: `modules.dep` of the image is
//! complete; `lsmod` shows what is loaded, `modules.order` what was built, `modules.builtin` what is part of the kernel
//! itself and therefore in the product without being a module.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::build::ModuleList;
use model::note::{Note, NoteCode, Read, Severity};

use crate::limits::FormatError;
use crate::text;

/// Which of the lists it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `kernel/fs/jfs/jfs.ko: kernel/lib/…`: every module below `lib/modules`.
    Dep,
    /// Paths alone: `modules.order`, `modules.builtin` or a file listing.
    Paths,
    /// The table of `lsmod` or `/proc/modules`.
    Loaded,
    /// Settings of `modprobe.d`: black lists among aliases and options. They name no module of the image.
    Settings,
}

/// True for a text of `modprobe.d`: every line is one of its directives, and one at least keeps a module out.
pub fn is_settings(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines().all(|line| begins_with(line, DIRECTIVES))
        && lines().any(|line| begins_with(line, &["blacklist", "install"]))
}

fn begins_with(line: &str, words: &[&str]) -> bool {
    line.split_whitespace().next().is_some_and(|word| words.contains(&word))
}

/// The directives of `modprobe.d`.
const DIRECTIVES: &[&str] =
    &["alias", "blacklist", "config", "include", "install", "options", "remove", "softdep", "weakdep"];

/// Reads a list of modules. `modules.dep` is known by its form; of the path lists only one that is called
/// `modules.order` counts as complete: `modules.builtin` looks the same and names no module at all.
///
/// # Errors
/// When no line names a module.
pub fn read(bytes: &[u8], name: &str) -> Result<Read<ModuleList>, FormatError> {
    let (text, mut notes) = text::decode(bytes);
    let form = form(&text);
    let file = name.rsplit('/').next().unwrap_or(name);
    let complete = form == Form::Dep || (form == Form::Paths && file == "modules.order");
    let is_builtin = form == Form::Paths && file == "modules.builtin";
    let mut value = ModuleList { complete, ..ModuleList::default() };
    value.files.insert(format!("{name} {}", crate::fingerprint::sha256(bytes)));
    let mut bad = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || is_table_head(line) {
            continue;
        }
        match module_of(line, form) {
            Taken::Present(module) if is_builtin => drop(value.builtin.insert(module)),
            Taken::Present(module) => drop(value.present.insert(module)),
            Taken::Passed => {}
            Taken::Blacklisted(module) => drop(value.blacklisted.insert(module)),
            Taken::Nothing => {
                bad += 1;
                if bad <= 20 {
                    notes.push(Note::new(
                        NoteCode::BadRecord,
                        Severity::Warn,
                        format!("line {}", number + 1),
                        line,
                    ));
                }
            }
        }
    }
    let is_settings = form == Form::Settings;
    if value.present.is_empty() && value.builtin.is_empty() && value.blacklisted.is_empty() && !is_settings {
        let name = name.to_owned();
        return Err(match text.trim().is_empty() {
            true => FormatError::Empty { name },
            false => FormatError::Malformed { name, why: "no line names a kernel module".to_owned() },
        });
    }
    if is_cut(&text, form) {
        value.complete = false;
        notes.push(Note::new(
            NoteCode::Truncated,
            Severity::Warn,
            "last line",
            "the list ends within a line",
        ));
    }
    if !value.complete && !is_settings && !is_builtin {
        let why = "modules that are missing here may still be in the image; only its modules.dep can tell";
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Info, "whole file", why));
    }
    Ok(Read { value, notes })
}

fn form(text: &str) -> Form {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    if is_table_head(first) || is_proc_modules(first) {
        return Form::Loaded;
    }
    if is_settings(text) {
        return Form::Settings;
    }
    let is_dep = |line: &str| line.split_once(':').is_some_and(|(path, _)| stem(path).is_some());
    if is_dep(first) && lines.all(is_dep) { Form::Dep } else { Form::Paths }
}

fn is_table_head(line: &str) -> bool {
    line.split_whitespace().take(2).eq(["Module", "Size"])
}

/// `ext4 811008 2 - Live 0x…`
fn is_proc_modules(line: &str) -> bool {
    line.split_whitespace().nth(4).is_some_and(|state| matches!(state, "Live" | "Loading" | "Unloading"))
}

enum Taken {
    Present(String),
    Blacklisted(String),
    /// A line that is right and says nothing about modules being there.
    Passed,
    Nothing,
}

fn module_of(line: &str, form: Form) -> Taken {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    if first == "blacklist" {
        return words.next().map_or(Taken::Nothing, |module| Taken::Blacklisted(unified(module)));
    }
    // `install jfs /bin/true` is the stronger way to keep a module out.
    if first == "install" {
        let module = words.next().map(unified);
        let is_void =
            words.next().is_some_and(|program| program.ends_with("/true") || program.ends_with("/false"));
        let without = if form == Form::Settings { Taken::Passed } else { Taken::Nothing };
        return module.filter(|_| is_void).map_or(without, Taken::Blacklisted);
    }
    if form == Form::Settings {
        return Taken::Passed;
    }
    let path = first.trim_end_matches(':');
    match stem(path) {
        Some(module) => Taken::Present(unified(module)),
        None if form == Form::Loaded && is_name(path) => Taken::Present(unified(path)),
        None => Taken::Nothing,
    }
}

/// The module of a path: `kernel/fs/jfs/jfs.ko.xz` is `jfs`.
fn stem(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = [".gz", ".xz", ".zst", ".bz2"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.strip_suffix(".ko").or_else(|| name.strip_suffix(".o")).filter(|stem| is_name(stem))
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
}

fn unified(module: &str) -> String {
    module.replace('-', "_")
}

fn is_cut(text: &str, form: Form) -> bool {
    form == Form::Dep && !text.ends_with('\n') && !text.lines().last().is_some_and(|line| line.contains(':'))
}
