//! Patch files and the components that list them.
//!
//! A patch proves something where the SBOM of a build lists it: then it was applied. The file only gives it content. A
//! file that no component lists merely lies there, which proves nothing (matching.md 7.1).

use model::component::Patch;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;

/// Hands the patch files among the inputs to the components that list them; what is left over is noted. In which order
/// they came makes no difference.
pub fn attach(inventory: &mut Inventory) {
    let mut files = std::mem::take(&mut inventory.build.patches);
    files.sort_by(|a, b| (&a.name, &a.hash).cmp(&(&b.name, &b.hash)));
    let mut taken: Vec<bool> = vec![false; files.len()];
    let mut notes: Vec<Note> = Vec::new();
    for component in &mut inventory.components {
        for listed in component.patches.iter_mut().filter(|listed| listed.content.is_empty()) {
            match choose(listed, &component.name, &files) {
                Choice::File(at) => {
                    if let (Some(file), Some(taken)) = (files.get(at), taken.get_mut(at)) {
                        take(listed, file);
                        *taken = true;
                    }
                }
                Choice::OtherContent(file) => {
                    let value = format!("{} is not the file that the SBOM lists: its hash is another", file);
                    notes.push(note(&value));
                }
                Choice::Several => {
                    let value = format!(
                        "several files are called {}, and nothing tells which one {} lists",
                        base(&listed.name),
                        component.name
                    );
                    notes.push(note(&value));
                }
                Choice::None => {}
            }
        }
    }
    for (file, _) in files.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        let value = format!("{} is listed by no component of the SBOM; not used", base(&file.name));
        notes.push(note(&value));
    }
    notes.sort();
    notes.dedup();
    inventory.notes.extend(notes);
}

fn note(value: &str) -> Note {
    Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "patch files", value)
}

/// The listed entry keeps what the SBOM says of it.
fn take(listed: &mut Patch, file: &Patch) {
    listed.header.clone_from(&file.header);
    listed.content.clone_from(&file.content);
    if listed.hash.is_empty() {
        listed.hash.clone_from(&file.hash);
    }
}

enum Choice<'f> {
    /// The file at this place.
    File(usize),
    /// A file of that name, whose hash is another than the listed one.
    OtherContent(&'f str),
    /// Files of that name with different content.
    Several,
    None,
}

/// The hash decides where the SBOM states one; else the name, and of several files of one name the one in a folder that
/// is called as the component (`recipes-core/busybox/busybox/CVE-….patch`).
fn choose<'f>(listed: &Patch, component: &str, files: &'f [Patch]) -> Choice<'f> {
    let by_hash = listed.hash.starts_with("sha256:");
    if by_hash && let Some(at) = files.iter().position(|file| file.hash.eq_ignore_ascii_case(&listed.hash)) {
        return Choice::File(at);
    }
    let named: Vec<(usize, &Patch)> =
        files.iter().enumerate().filter(|(_, file)| base(&file.name) == base(&listed.name)).collect();
    let distinct = |of: &[(usize, &Patch)]| {
        let mut hashes: Vec<&str> = of.iter().map(|(_, file)| file.hash.as_str()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.len()
    };
    match named.as_slice() {
        [] => Choice::None,
        [(_, file), ..] if by_hash => Choice::OtherContent(base(&file.name)),
        [(at, _), ..] if distinct(&named) == 1 => Choice::File(*at),
        _ => {
            let own: Vec<(usize, &Patch)> =
                named.into_iter().filter(|(_, file)| is_of(&file.name, component)).collect();
            match own.as_slice() {
                [(at, _), ..] if distinct(&own) == 1 => Choice::File(*at),
                _ => Choice::Several,
            }
        }
    }
}

/// True when a folder of the path is called as the component, alone or with a version (`busybox`, `busybox-1.36.1`).
fn is_of(path: &str, component: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|folder| {
        let rest = folder.strip_prefix(component);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    })
}

/// The file name alone: without folders, address, and the parameters of a `SRC_URI`.
fn base(name: &str) -> &str {
    let name = name.split([';', '?', '#']).next().unwrap_or(name).trim_end_matches('/');
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
