//! `index kbuild`: from a kernel, U-Boot or BusyBox tree to the map of file and option.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use formats::archives;
use formats::kbuild::{self, Builder, Scanned, Want};
use formats::limits::Limits;
use model::build::{ConfigOf, KbuildMap};
use model::note::Read;
use rayon::prelude::*;

use crate::compile::{Error, Progress};
use crate::outside::directory::{self, FoundFile};

/// What was derived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What tree it is.
    pub of: ConfigOf,
    /// Its version.
    pub version: String,
    /// Source files with a condition.
    pub files: usize,
    /// Headers with includers.
    pub headers: usize,
    /// Parts that could not be read, by note.
    pub notes: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            ConfigOf::Linux => "Linux",
            ConfigOf::Uboot => "U-Boot",
            ConfigOf::Busybox => "BusyBox",
            ConfigOf::Unknown => "unknown tree",
        };
        write!(
            f,
            "{of} {}: {} source files with their condition, {} headers with their includers, {} notes",
            self.version, self.files, self.headers, self.notes
        )
    }
}

/// Derives the map of a tree (a folder, or an archive of one) and writes it.
///
/// # Errors
/// When the tree cannot be read, is no such tree, or the map cannot be written.
pub fn derive(tree: &Path, out: &Path, progress: &dyn Progress) -> Result<Report, Error> {
    let read = if tree.is_dir() { of_folder(tree, progress)? } else { of_archive(tree, progress)? };
    let Read { value: map, notes } = read;
    if map.files.is_empty() {
        return Err(Error::Index(format!(
            "{} holds no Kbuild files; give the top of a source tree",
            tree.display()
        )));
    }
    directory::write(out, kbuild::write(&map).as_bytes())?;
    Ok(report(&map, notes.len()))
}

fn report(map: &KbuildMap, notes: usize) -> Report {
    Report {
        of: map.of,
        version: map.version.clone(),
        files: map.files.len(),
        headers: map.includers.len(),
        notes,
    }
}

fn of_folder(tree: &Path, progress: &dyn Progress) -> Result<Read<KbuildMap>, Error> {
    let found = directory::files_below(&[tree.to_owned()])?;
    progress.total(found.files.iter().map(|file| file.bytes).sum());
    let scanned: Vec<Scanned> = found
        .files
        .par_iter()
        .map(|file| {
            let scanned = scan(file);
            progress.advance(file.bytes);
            scanned
        })
        .collect::<Result<_, Error>>()?;
    progress.phase("deriving conditions");
    let mut builder = Builder::new();
    for file in scanned {
        builder.insert(file);
    }
    Ok(builder.finish())
}

fn scan(file: &FoundFile) -> Result<Scanned, Error> {
    let path = below_root(&file.name);
    let bytes = match kbuild::wants(path) {
        Want::Text => directory::read(&file.path)?,
        Want::Name | Want::Nothing => Vec::new(),
    };
    Ok(kbuild::scan(path, &bytes))
}

fn of_archive(tree: &Path, progress: &dyn Progress) -> Result<Read<KbuildMap>, Error> {
    let mut builder = Builder::new();
    let name = tree.display().to_string();
    let mut file = directory::open(tree)?;
    archives::walk(&mut file, &name, &Limits::FEED, &mut |member, stream| {
        let path = below_root(member);
        let mut bytes = Vec::new();
        if kbuild::wants(path) == Want::Text {
            stream.read_to_end(&mut bytes).map_err(|error| archives::io_error(member, &error))?;
        }
        builder.add(path, &bytes);
        Ok(ControlFlow::Continue(()))
    })
    .map_err(|error| Error::Index(error.to_string()))?;
    progress.phase("deriving conditions");
    Ok(builder.finish())
}

/// The path below the tree's own folder.
fn below_root(name: &str) -> &str {
    name.trim_start_matches("./").split_once('/').map_or(name, |(_, path)| path)
}
