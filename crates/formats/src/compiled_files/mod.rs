//! Lists of compiled source files: one path per line, `compile_commands.json`, listings of objects, and dumps
//! of debug information (matching.md 1.2, 7.3).
//!
//! Paths come out relative to the tree root. An object (`.o`, `.cmd`) is kept as its stem without extension,
//! because `jfs_dmap.o` may come from `.c`, `.S` or `.rs`; an entry with an extension is a source file.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod complete;
mod root;
mod schema;

use std::collections::BTreeSet;

use model::build::{CompiledFiles, ConfigOf};
use model::note::{Note, NoteCode, Read, Severity};

use crate::limits::FormatError;
use crate::text;

/// Reads a list of compiled files.
///
/// # Errors
/// When no line is a path, or JSON is broken.
pub fn read(bytes: &[u8], name: &str) -> Result<Read<CompiledFiles>, FormatError> {
    let (text, mut notes) = text::decode(bytes);
    let raw = match text.trim_start().as_bytes().first() {
        None => return Err(FormatError::Empty { name: name.to_owned() }),
        Some(b'[' | b'{') => schema::paths(&text, name)?,
        // `debugedit -l` and Yocto's debugsources.list end each path with a zero.
        Some(_) if text.contains('\0') => lines(&text.replace('\0', "\n"), &mut notes),
        Some(_) => lines(&text, &mut notes),
    };
    let entries: BTreeSet<String> = raw.iter().filter_map(|path| entry(path)).collect();
    if entries.is_empty() {
        let why = "no line names a source file or object".to_owned();
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    let (of, paths, strays) = root::stripped(entries);
    if strays > 0 {
        let value = format!("{strays} paths lie outside the source tree; not used");
        notes.push(Note::new(NoteCode::BadRecord, Severity::Info, "whole list", &value));
    }
    let incomplete = complete::lacking(of, &paths);
    if !incomplete.is_empty() {
        let why = incomplete.join("; ");
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "whole list", &why));
    }
    let hash = crate::fingerprint::sha256(bytes);
    Ok(Read { value: CompiledFiles { file: name.to_owned(), hash, of, paths, incomplete }, notes })
}

/// One path per line; what cannot be a path of a source tree is noted.
fn lines(text: &str, notes: &mut Vec<Note>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut bad = 0;
    if text.contains("DW_TAG_compile_unit") {
        return text.lines().filter_map(dwarf_name).map(str::to_owned).collect();
    }
    for (number, line) in text.lines().enumerate() {
        let line = line.trim().trim_matches('"');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // `find -ls`, `ls -l` and checksum lists end with the path.
        let path = line.rsplit(char::is_whitespace).next().unwrap_or(line);
        if kind(path) == Entry::Other {
            bad += 1;
            if bad <= 20 {
                notes.push(Note::new(
                    NoteCode::BadRecord,
                    Severity::Info,
                    format!("line {}", number + 1),
                    line,
                ));
            }
        } else {
            paths.push(path.to_owned());
        }
    }
    if bad > 20 {
        let value = format!("{} further lines name no source file", bad - 20);
        notes.push(Note::new(NoteCode::BadRecord, Severity::Info, "whole list", &value));
    }
    paths
}

/// The source file that a line of `readelf --debug-dump=info` or `llvm-dwarfdump` names (`DW_AT_name : fs/jfs/dmap.c`,
/// `DW_AT_name ("fs/jfs/dmap.c")`). A compilation unit is named by the file that was compiled; `readelf` puts the place
/// of the text before it.
fn dwarf_name(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("DW_AT_name")?;
    let name = rest.rsplit("): ").next().unwrap_or(rest);
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')' | '"'));
    (name.contains('/') && kind(name) == Entry::Source).then_some(name)
}

/// What a path of a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry<'a> {
    /// A source file or header.
    Source,
    /// An object, with its stem.
    Object(&'a str),
    /// Made of several or of none: says nothing of a source file.
    Passed,
    /// No file of a build.
    Other,
}

/// Endings of files that are written by people or given to the compiler.
const SOURCES: &[&str] = &[
    ".c",
    ".S",
    ".s",
    ".rs",
    ".cpp",
    ".cc",
    ".cxx",
    ".h",
    ".hpp",
    ".inc",
    ".y",
    ".l",
    ".uc",
    ".pl",
    ".dts",
    ".dtsi",
    ".asn1",
    ".lds",
    ".def",
    ".tbl",
    ".x",
    ".go",
    ".c_shipped",
];

/// Endings of files that say nothing of one source file.
const PASSED: &[&str] = &[".mod.c", ".mod.o", ".mod", ".ko", ".a", ".dtb", ".so"];

fn kind(path: &str) -> Entry<'_> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if PASSED.iter().any(|end| name.ends_with(end)) {
        return Entry::Passed;
    }
    if let Some(object) = path.strip_suffix(".cmd") {
        // `.jfs_dmap.o.cmd` stands beside the object.
        return object.strip_suffix(".o").map_or(Entry::Passed, of_stem);
    }
    if let Some(stem) = path.strip_suffix(".o").or_else(|| path.strip_suffix(".obj")) {
        return of_stem(stem);
    }
    let is_source = SOURCES.iter().any(|end| name.ends_with(end) && name.len() > end.len());
    if is_source { Entry::Source } else { Entry::Other }
}

fn of_stem(stem: &str) -> Entry<'_> {
    let name = stem.rsplit('/').next().unwrap_or(stem).trim_start_matches('.');
    if name.is_empty() || name.ends_with(".mod") || is_joined(name) {
        Entry::Passed
    } else {
        Entry::Object(stem)
    }
}

/// Objects that the linker made of others.
fn is_joined(name: &str) -> bool {
    matches!(name, "built-in" | "vmlinux" | "lib" | "modules" | "modules-only" | "vmlinux.prelink")
        || name.starts_with("tmp_vmlinux")
}

/// The entry of a path: normalised, objects as stems. The dot of a `.cmd` file is not part of the stem.
fn entry(path: &str) -> Option<String> {
    let path = match kind(path) {
        Entry::Source => path.to_owned(),
        Entry::Object(stem) => match stem.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{}", name.trim_start_matches('.')),
            None => stem.trim_start_matches('.').to_owned(),
        },
        Entry::Passed | Entry::Other => return None,
    };
    Some(normalised(&path)).filter(|path| !path.is_empty())
}

/// Folds `.` and `..`; a leading `/` is kept, so that the root can be told.
fn normalised(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// True when the list has the source file, by itself or as an object.
fn has(paths: &BTreeSet<String>, source: &str) -> bool {
    let stem = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
    paths.contains(source) || paths.contains(stem)
}

/// The tree a list is of, by files that only it has.
fn tree_of(paths: &BTreeSet<String>) -> ConfigOf {
    const MARKS: &[(ConfigOf, &[&str])] = &[
        (
            ConfigOf::Busybox,
            &["applets/applets.c", "libbb/appletlib.c", "libbb/xfuncs.c", "libbb/bb_strtonum.c"],
        ),
        (
            ConfigOf::Uboot,
            &["common/board_r.c", "common/board_f.c", "common/main.c", "common/cli.c", "common/image.c"],
        ),
        (
            ConfigOf::Linux,
            &[
                "init/main.c",
                "kernel/fork.c",
                "kernel/sched/core.c",
                "kernel/sched.c",
                "mm/memory.c",
                "mm/nommu.c",
                "fs/namei.c",
            ],
        ),
    ];
    let count = |marks: &[&str]| marks.iter().filter(|mark| has(paths, mark)).count();
    let best = MARKS.iter().map(|(of, marks)| (count(marks), *of)).max_by_key(|(count, _)| *count);
    match best {
        Some((count, of)) if count > 0 => of,
        _ => by_folders(paths),
    }
}

/// Without any mark, the folders tell; a kernel's are the usual case.
fn by_folders(paths: &BTreeSet<String>) -> ConfigOf {
    let is_of = |start: &str| paths.iter().any(|path| path.starts_with(start));
    match () {
        () if is_of("libbb/") || is_of("archival/") => ConfigOf::Busybox,
        () if is_of("cmd/") || is_of("common/spl/") => ConfigOf::Uboot,
        () if ["fs/", "mm/", "net/", "sound/", "arch/", "drivers/", "kernel/"]
            .iter()
            .any(|start| is_of(start)) =>
        {
            ConfigOf::Linux
        }
        () => ConfigOf::Unknown,
    }
}
