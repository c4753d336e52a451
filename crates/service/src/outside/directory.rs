//! Reads folders: every file below them, in one order on every system.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use model::note::{Note, NoteCode, Severity};

/// A file below one of the folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it lies, absolute.
    pub path: PathBuf,
    /// How it is named to people: the folder's own name and the path below it, with `/`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// It lies under another name than it had (a document kept by its hash): `name` alone tells what it is.
    pub is_renamed: bool,
}

/// All files below some folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The files, by name.
    pub files: Vec<FoundFile>,
    /// What could not be looked into.
    pub notes: Vec<Note>,
}

/// Folders that hold no documents: packed history of a clone.
const PASSED_OVER: &[&str] = &[".git", ".hg", ".svn"];

/// Finds every file below `roots` (a root may be a file). Links are followed, each folder is entered once.
///
/// # Errors
/// When a root itself cannot be looked at (it is named); a folder or file below it costs a note.
pub fn files_below(roots: &[PathBuf]) -> io::Result<Found> {
    let mut walk = Walk::default();
    for root in roots {
        let metadata = fs::metadata(root).map_err(|error| named(root, &error))?;
        let path = std::path::absolute(root).map_err(|error| named(root, &error))?;
        let name = root_name(&path);
        if metadata.is_dir() {
            walk.directory(&path, &name).map_err(|error| named(root, &error))?;
        } else {
            walk.found.files.push(FoundFile { path, name, bytes: metadata.len(), is_renamed: false });
        }
    }
    walk.found.files.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    walk.found.files.dedup_by(|a, b| a.path == b.path);
    Ok(walk.found)
}

/// The last part of a root's path: what lies above is the business of the machine, not of the reader.
fn root_name(root: &Path) -> String {
    let resolved = if root.file_name().is_none() { root.canonicalize().ok() } else { None };
    let root = resolved.as_deref().unwrap_or(root);
    root.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[derive(Default)]
struct Walk {
    found: Found,
    entered: BTreeSet<PathBuf>,
}

impl Walk {
    fn directory(&mut self, path: &Path, name: &str) -> io::Result<()> {
        if !self.entered.insert(path.canonicalize()?) {
            return Ok(());
        }
        for entry in fs::read_dir(path)? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.note(name, &error);
                    continue;
                }
            };
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let child = format!("{name}/{file_name}");
            if let Err(error) = self.entry(&entry.path(), &file_name, &child) {
                self.note(&child, &error);
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, file_name: &str, name: &str) -> io::Result<()> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            if PASSED_OVER.contains(&file_name) {
                return Ok(());
            }
            return self.directory(path, name);
        }
        if metadata.is_file() {
            let file = FoundFile {
                path: path.to_owned(),
                name: name.to_owned(),
                bytes: metadata.len(),
                is_renamed: false,
            };
            self.found.files.push(file);
        }
        Ok(())
    }

    fn note(&mut self, name: &str, error: &io::Error) {
        let mut note =
            Note::new(NoteCode::BadRecord, Severity::Error, "folder", &format!("cannot read: {error}"));
        note.file = name.to_owned();
        self.found.notes.push(note);
    }
}

/// The error with the path in it: the system's answer alone does not say where.
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Opens a file for reading.
///
/// # Errors
/// As the system says.
pub fn open(path: &Path) -> io::Result<File> {
    File::open(path).map_err(|error| named(path, &error))
}

/// Reads a whole file.
///
/// # Errors
/// As the system says.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| named(path, &error))
}

/// Writes a file beside its place and renames it: a reader sees the old content or the new, never a half.
///
/// # Errors
/// As the system says.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written.map_err(|error| named(path, &error))
}
