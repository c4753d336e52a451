//! Backup, restore, copy and migration of an installation: what the verbs on the data directory do.
//!
//! A backup is one file: the database as of one moment (SQLite's form, of PostgreSQL too), the documents it names, and
//! the settings; every part with its hash. Start with [`save`]; [`restore`] is the way back.

pub mod manifest;
pub mod moving;
pub mod restore;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use formats::backup::{BEGIN, MANIFEST, Writer};
use formats::limits::FormatError;
use jiff::Timestamp;
use store::blobs::Blobs;
use store::{Dialect, Moment, Store};

use crate::compile::Progress;
use crate::outside::data_directory::{DataDirectory, sum_of_file};
use manifest::{Begin, FORMAT, Manifest, VERSION};

pub use store::Error as StoreError;

/// Settings that are files of the data directory.
pub const SETTINGS: &[&str] = &["patchwright.toml", "feeds.toml"];
/// The folder of secrets in the data directory.
const KEYS: &str = "keys";
/// Where settings stand in a backup.
const SETTINGS_IN: &str = "settings/";
/// Where secrets stand in a backup.
const KEYS_IN: &str = "keys/";
/// Where blobs stand in a backup.
const BLOBS_IN: &str = "blobs/";

/// Where an installation keeps what it remembers.
#[derive(Clone)]
pub struct Installation {
    /// The URL of the database.
    pub store: String,
    /// Its documents.
    pub blobs: Arc<dyn Blobs>,
    /// Its data directory.
    pub data: DataDirectory,
}

/// Why nothing was saved, restored or moved.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The store refused or cannot be reached.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// The file is no backup, or not the one that was made.
    #[error("{0}")]
    Refused(String),
    /// The archive cannot be read.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// A newer program has made it.
    #[error("it was made by Patchwright {program} and has the {what}, which this program does not know")]
    Newer {
        /// The version of that program.
        program: String,
        /// What is unknown.
        what: String,
    },
    /// Something is there already.
    #[error("{0}")]
    Taken(String),
}

fn refused(why: impl Into<String>) -> BackupError {
    BackupError::Refused(why.into())
}

/// What goes into a backup beside the database and the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The documents as received.
    pub with_blobs: bool,
    /// The secrets of the data directory (passwords of mail servers, keys of feeds and bundles).
    pub with_keys: bool,
}

/// Runs the questions of a verb: there is no server around it.
pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Writes a backup of an installation, also while it is in use; returns what is in it. The file is readable by its
/// owner alone: it holds everything.
///
/// # Errors
/// When the file exists, or something cannot be read or written. Then nothing is left behind. A missing or damaged
/// document is no error: it is named in the manifest.
pub fn save(
    of: &Installation,
    file: &Path,
    extent: Extent,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    if file.exists() {
        return Err(BackupError::Taken(format!("{} exists already", file.display())));
    }
    let folder = beside(file, "work");
    let part = beside(file, "part");
    let saved = fs::create_dir(&folder)
        .map_err(|error| named(&folder, &error).into())
        .and_then(|()| save_parts(of, &folder, &part, extent, now, progress));
    let _ = fs::remove_dir_all(&folder);
    if saved.is_err() {
        let _ = fs::remove_file(&part);
        return saved;
    }
    fs::rename(&part, file).map_err(|error| named(file, &error))?;
    saved
}

fn save_parts(
    of: &Installation,
    folder: &Path,
    part: &Path,
    extent: Extent,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    let runtime = runtime()?;
    progress.phase("saving the database");
    // Steps are looked at before the store is opened: a backup changes nothing, not even the schema.
    let steps = runtime.block_on(Store::steps(&of.store))?;
    if let Some(step) = steps.missing.first() {
        return Err(BackupError::Taken(format!(
            "the database lacks the step {step} of this program; migrate it, or save it with the program that made it"
        )));
    }
    let store = runtime.block_on(Store::open(&of.store))?;
    let moment = Moment(now.as_millisecond());
    runtime.block_on(store::backup::backup(&store, None, folder, moment))?;
    let list = fs::read_to_string(folder.join(store::backup::LIST))?;
    let noted = store::backup::read_list(&list)?;
    let mut manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        engine: if store.dialect() == Dialect::Sqlite { "sqlite" } else { "postgres" }.to_owned(),
        step: steps.applied.last().cloned().unwrap_or_default(),
        with_blobs: extent.with_blobs,
        ..Manifest::default()
    };
    let mut writer = Writer::new(BufWriter::new(create(part)?))?;
    add_text(&mut writer, BEGIN, &begin()?)?;
    for (name, path) in files(of, folder, extent)? {
        add_file(&mut writer, &mut manifest, &name, &path)?;
    }
    if extent.with_blobs {
        progress.phase("saving documents");
        progress.total(noted.iter().map(|(_, size)| size).sum());
        for (hash, _) in &noted {
            let found = runtime.block_on(of.blobs.get(hash));
            add_blob(&mut writer, &mut manifest, hash, found, progress)?;
        }
    }
    add_text(&mut writer, MANIFEST, &serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?)?;
    let out = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all()?;
    runtime.block_on(store.close());
    Ok(manifest)
}

fn begin() -> io::Result<Vec<u8>> {
    let begin =
        Begin { format: FORMAT.to_owned(), version: VERSION, program: env!("CARGO_PKG_VERSION").to_owned() };
    serde_json::to_vec(&begin).map_err(io::Error::other)
}

type Out = Writer<BufWriter<File>>;

fn add_text(writer: &mut Out, name: &str, bytes: &[u8]) -> io::Result<()> {
    writer.member(name, bytes.len() as u64, &mut &*bytes)
}

fn add_file(writer: &mut Out, manifest: &mut Manifest, name: &str, path: &Path) -> Result<(), BackupError> {
    let (sha256, bytes) = sum_of_file(path)?;
    let mut content = File::open(path).map_err(|error| named(path, &error))?;
    writer.member(name, bytes, &mut content)?;
    manifest.files.push(manifest::File { name: name.to_owned(), bytes, sha256 });
    Ok(())
}

fn add_blob(
    writer: &mut Out,
    manifest: &mut Manifest,
    hash: &str,
    found: store::Result<Vec<u8>>,
    progress: &dyn Progress,
) -> Result<(), BackupError> {
    match found {
        Ok(bytes) => {
            add_text(writer, &blob_name(hash), &bytes)?;
            manifest.blobs += 1;
            manifest.blob_bytes += bytes.len() as u64;
            progress.advance(bytes.len() as u64);
        }
        Err(store::Error::NotFound(_)) => manifest.missing.push(hash.to_owned()),
        Err(store::Error::Broken(_)) => manifest.damaged.push(hash.to_owned()),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The name of a blob in a backup: as in the folder of blobs.
fn blob_name(hash: &str) -> String {
    let (group, rest) = hash.split_at_checked(2).unwrap_or((hash, ""));
    format!("{BLOBS_IN}{group}/{rest}")
}

/// Names and places of everything that is a file: database, list of blobs, settings, secrets.
fn files(of: &Installation, folder: &Path, extent: Extent) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files: Vec<(String, PathBuf)> = [store::backup::DATABASE, store::backup::LIST]
        .into_iter()
        .map(|name| (name.to_owned(), folder.join(name)))
        .collect();
    for name in SETTINGS {
        let path = of.data.path(name);
        if path.is_file() {
            files.push((format!("{SETTINGS_IN}{name}"), path));
        }
    }
    if extent.with_keys {
        add_keys(&of.data.path(KEYS), KEYS_IN, &mut files)?;
    }
    Ok(files)
}

fn add_keys(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(named(folder, &error)),
    };
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let below = format!("{name}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add_keys(&path, &format!("{below}/"), files)?;
        } else {
            files.push((below, path));
        }
    }
    Ok(())
}

/// A file for its owner alone, that was not there before.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| named(path, &error))
}

/// A name beside a file, in the same file system, that says whose it is.
fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{what}-{}", std::process::id()));
    file.with_file_name(name)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
