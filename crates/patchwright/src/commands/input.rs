//! Files named on the command line become documents; `-` is standard input.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use service::image::{self, Bounds, Source};
use service::scan::Document;

use crate::exit::{Exit, Failure};

/// The largest file read whole: an SBOM above this is refused before it fills the memory.
const MOST_BYTES: u64 = 2 << 30;

/// Reads one file. A directory with a root file system and an image of one are read by a child process, and become the
/// document of what was learnt of them; an image may be of any size.
pub fn document(path: &Path) -> Result<Document, Failure> {
    let name = path.display().to_string();
    if name != "-"
        && let Some(document) = root_file_system(path, &name)?
    {
        return Ok(document);
    }
    let bytes = if name == "-" { read_standard_input()? } else { read_file(path)? };
    Ok(Document { name, bytes })
}

/// Reads several files in the order given.
pub fn documents(paths: &[PathBuf]) -> Result<Vec<Document>, Failure> {
    paths.iter().map(|path| document(path)).collect()
}

/// The files named, and those of folders among them; a folder that is a root file system stands for itself.
pub fn expanded(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() || image::is_root(path) {
            files.push(path.clone());
            continue;
        }
        let below = files_of(path)?;
        if below.is_empty() {
            let why = format!(
                "cannot read {}: the folder holds no file, and is no root file system",
                path.display()
            );
            return Err(Failure::new(Exit::Unreadable, why).hint(
                "a root file system has etc, usr and the like; docs/manual/images.md says how one is known",
            ));
        }
        files.extend(below);
    }
    Ok(files)
}

/// What was learnt of a root file system; `None` for anything else, also for what cannot be opened: that is told by who
/// reads it as a document.
fn root_file_system(path: &Path, name: &str) -> Result<Option<Document>, Failure> {
    let Ok(facts) = std::fs::metadata(path) else { return Ok(None) };
    let source = if facts.is_dir() {
        if !image::is_root(path) {
            return Ok(None);
        }
        Source::Directory(path)
    } else {
        // A pipe has no beginning to go back to.
        if !facts.is_file() && !facts.file_type().is_block_device() {
            return Ok(None);
        }
        let Ok(file) = File::open(path) else { return Ok(None) };
        if !image::is_image(&file).unwrap_or(false) {
            return Ok(None);
        }
        Source::Image(file)
    };
    let document = image::facts(&source, name, &Bounds::of_environment());
    let document = document.map_err(|error| {
        Failure::new(Exit::Unreadable, error.to_string())
            .hint("what is read of images, and within which limits, is in docs/manual/images.md")
    })?;
    Ok(Some(document))
}

fn read_standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(Exit::Unreadable, format!("cannot read standard input: {error}")))?;
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |why: String| {
        Failure::new(Exit::Unreadable, format!("cannot read {}: {why}", path.display()))
            .hint("give the path of an SBOM, for example tmp/deploy/images/MACHINE/IMAGE.spdx.json")
    };
    let facts = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if facts.is_dir() {
        return Err(unreadable("it is a folder, and no root file system".to_owned()));
    }
    if facts.len() > MOST_BYTES {
        return Err(unreadable(format!("{} bytes are more than the limit of {MOST_BYTES}", facts.len())));
    }
    std::fs::read(path).map_err(|error| unreadable(error.to_string()))
}

/// Folders within folders that are looked through for patches.
const MOST_DEPTH: usize = 12;

/// Files below a folder that are patches by their name; with more, it is not a folder of patches.
const MOST_PATCHES: usize = 50_000;

/// The files of a folder, and the patches in the folders below it (a layer of recipes), sorted.
pub fn patches_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = files_of(folder)?;
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // A link may lead back up.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth < MOST_DEPTH && !name.starts_with('.') {
                open.push((path, depth + 1));
            } else if depth > 0 && is_patch_name(&name) && path.is_file() {
                files.push(path);
            }
        }
        if files.len() > MOST_PATCHES {
            let why = format!("more than {MOST_PATCHES} patches below {}", folder.display());
            return Err(Failure::new(Exit::Unreadable, why).hint("give the folder of the patches themselves"));
        }
    }
    files.sort();
    Ok(files)
}

fn is_patch_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = [".gz", ".xz", ".bz2", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    [".patch", ".diff", ".mbox", ".dpatch"].iter().any(|end| name.ends_with(end))
}

/// The files of a folder, sorted, without hidden ones; used where a verb takes a folder.
pub fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(Exit::Unreadable, format!("cannot read {}: {error}", folder.display()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
