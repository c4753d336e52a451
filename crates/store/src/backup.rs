//! Backup and restore. A backup is a folder: the whole database as one SQLite file (of PostgreSQL too, so that there
//! is one form), the list of its blobs, the blobs themselves where wanted, and a manifest with the hash of each part.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::blobs::{Blobs, Directory};
use crate::copy::{TABLES, copy, pour};
use crate::database::{Database, Line, sqlite_file};
use crate::error::{Error, Result};
use crate::hash::hex;
use crate::{Dialect, Look, Moment, Store, sqlite_url};

/// The name of the database file in a backup.
pub const DATABASE: &str = "patchwright.db";
const BLOBS: &str = "blobs";
/// The name of the list of blobs in a backup: a hash and a size per line.
pub const LIST: &str = "blobs.txt";
const MANIFEST: &str = "manifest.json";
const SCHEMA: &str = "patchwright/backup/1";

/// What a backup holds, or what a restore brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// SHA-256 of the database file.
    pub database: String,
    /// Blobs that the database names.
    pub blobs: u64,
    /// Blobs that were copied; the others were there already, or are kept elsewhere.
    pub copied: u64,
    /// Blobs that the database names and nobody has.
    pub missing: Vec<String>,
}

impl Look {
    /// All blobs that rows name, by hash, with their sizes. Listed in [`crate::unscoped`].
    pub async fn noted_blobs(&mut self) -> Result<Vec<(String, u64)>> {
        let rows = self.line.rows("SELECT hash, size FROM blob ORDER BY hash", &[]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
    }
}

/// Writes a consistent backup into a folder that has none yet, while the store is in use. With `blobs`, those that
/// are named are copied too.
///
/// # Errors
/// `Conflict` when the folder holds a backup. A missing blob is no error: it is named in the answer and the manifest.
pub async fn backup(store: &Store, blobs: Option<&dyn Blobs>, folder: &Path, now: Moment) -> Result<Saved> {
    fs::create_dir_all(folder)?;
    let file = folder.join(DATABASE);
    for taken in [&file, &folder.join(MANIFEST)] {
        if taken.exists() {
            return Err(Error::Conflict(format!("{} exists already; name another folder", taken.display())));
        }
    }
    save_database(store, &file).await?;
    let copied = Store::open(&sqlite_url(&file)).await?;
    // The list is read from the copy, not from the store: it must fit what was saved.
    let noted = copied.look().await?.noted_blobs().await?;
    copied.close().await;
    let mut saved =
        Saved { database: file_hash(&file)?, blobs: noted.len() as u64, copied: 0, missing: Vec::new() };
    if let Some(blobs) = blobs {
        let target = Directory::open(&folder.join(BLOBS))?;
        copy_blobs(blobs, &target, &noted, &mut saved).await?;
    }
    let list: String = noted.iter().map(|(hash, size)| format!("{hash} {size}\n")).collect();
    fs::write(folder.join(LIST), &list)?;
    let manifest = json!({
        "schema": SCHEMA,
        "made": now.0,
        "database": {"file": DATABASE, "sha256": saved.database},
        "blobs": {"file": LIST, "sha256": crate::sha256(list.as_bytes()), "count": saved.blobs,
                  "included": blobs.is_some(), "missing": saved.missing},
    });
    // Last: a folder without manifest is no backup.
    fs::write(folder.join(MANIFEST), format!("{manifest:#}\n"))?;
    Ok(saved)
}

/// Brings a backup back: into a SQLite file that does not exist yet, or into an empty PostgreSQL database, and its
/// blobs into `blobs`. Every part is checked before anything is written.
pub async fn restore(folder: &Path, url: &str, blobs: Option<&dyn Blobs>) -> Result<Saved> {
    let manifest = read_manifest(folder)?;
    let file = folder.join(DATABASE);
    let database = file_hash(&file)?;
    if manifest["database"]["sha256"].as_str() != Some(&database) {
        return Err(Error::Broken(format!("{} is not the file that was saved", file.display())));
    }
    let list = fs::read_to_string(folder.join(LIST))?;
    if manifest["blobs"]["sha256"].as_str() != Some(&crate::sha256(list.as_bytes())) {
        return Err(Error::Broken(format!("{LIST} is not the list that was saved")));
    }
    let noted = read_list(&list)?;
    put_back(&file, url, Target::Empty).await?;
    let mut saved = Saved { database, blobs: noted.len() as u64, copied: 0, missing: Vec::new() };
    if let Some(blobs) = blobs {
        let source = Directory::open(&folder.join(BLOBS))?;
        copy_blobs(&source, blobs, &noted, &mut saved).await?;
    }
    Ok(saved)
}

async fn save_database(store: &Store, file: &Path) -> Result<()> {
    match store.dialect() {
        Dialect::Sqlite => {
            let name =
                file.to_str().ok_or_else(|| Error::Invalid(format!("{} is no text", file.display())))?;
            let sql = format!("VACUUM INTO '{}'", name.replace('\'', "''"));
            store.database.bare().await?.script(&sql).await?;
        }
        Dialect::Postgres => {
            let target = Store::open(&sqlite_url(file)).await?;
            copy(store, &target).await?;
            settle(&target).await?;
        }
    }
    Ok(())
}

/// Takes everything out of the write-ahead log into the file itself.
async fn settle(store: &Store) -> Result<()> {
    store.database.bare().await?.script("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    store.close().await;
    Ok(())
}

/// Whether a restored database may take the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// It must be absent (a SQLite file) or empty (PostgreSQL).
    Empty,
    /// What is there makes room: a SQLite file is kept beside under another name, PostgreSQL's tables are dropped in
    /// the transaction that brings the others.
    Replaced,
}

/// Puts the SQLite file of a backup in its place, of either engine, and brings its schema to the newest step. Returns
/// where the file that was there before is now.
///
/// # Errors
/// `Conflict` when something is there that may not be replaced, or is in use; `Broken` when the file is damaged.
pub async fn put_back(file: &Path, url: &str, target: Target) -> Result<Option<PathBuf>> {
    if url.starts_with("sqlite:") {
        return put_back_file(file, url, target).await;
    }
    // The saved file stays as it is: it is opened as a copy of its own.
    let folder = crate::Folder::new()?;
    let beside = folder.0.join(DATABASE);
    fs::copy(file, &beside)?;
    check_file(&sqlite_url(&beside)).await?;
    let source = Store::open(&sqlite_url(&beside)).await?;
    let database = Database::open(url).await?;
    let mut line = database.change().await?;
    if target == Target::Replaced {
        drop_tables(&mut line).await?;
    }
    crate::database::apply(&mut line).await?;
    let mut look = source.look().await?.line;
    pour(&mut look, &mut line).await?;
    drop(look);
    line.commit().await?;
    source.close().await;
    database.close().await;
    Ok(None)
}

async fn drop_tables(line: &mut Line) -> Result<()> {
    let known: Vec<&str> = TABLES.iter().map(|(table, _)| *table).chain(["migration"]).collect();
    for row in line.rows(line.dialect().table_names(), &[]).await? {
        let table = row.text(0)?;
        // Tables of others in the same schema are none of our business.
        if known.contains(&table.as_str()) {
            line.script(&format!("DROP TABLE {table} CASCADE")).await?;
        }
    }
    // What the steps make beside tables.
    line.script("DROP FUNCTION IF EXISTS takes_new_rows_only() CASCADE").await
}

async fn put_back_file(file: &Path, url: &str, target: Target) -> Result<Option<PathBuf>> {
    let place = sqlite_file(url)?;
    // Checked beside its place, so that what is there is not touched for a damaged one.
    let beside = named_beside(&place, "restoring");
    fs::copy(file, &beside)?;
    let checked = check_file(&sqlite_url(&beside)).await;
    if let Err(error) = checked {
        remove(&beside)?;
        return Err(error);
    }
    let before = match (place.exists(), target) {
        (false, _) => None,
        (true, Target::Empty) => {
            remove(&beside)?;
            return Err(Error::Conflict(format!("{} exists already", place.display())));
        }
        (true, Target::Replaced) => match set_aside(&place).await {
            Ok(before) => Some(before),
            Err(error) => {
                remove(&beside)?;
                return Err(error);
            }
        },
    };
    fs::rename(&beside, &place)?;
    Ok(before)
}

fn remove(file: &Path) -> Result<()> {
    for file in [file.to_owned(), named_end(file, "-wal"), named_end(file, "-shm")] {
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn named_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn named_beside(place: &Path, what: &str) -> PathBuf {
    named_end(place, &format!(".{what}-{}", std::process::id()))
}

/// Renames a database that nobody has open; what stands in its log is taken into the file first.
async fn set_aside(place: &Path) -> Result<PathBuf> {
    let database = Database::open(&sqlite_url(place)).await?;
    // The engine refuses to leave the mode of the log while another connection is open: the test for a running server.
    let alone = database.bare().await?.script("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE").await;
    database.close().await;
    alone.map_err(|error| {
        Error::Conflict(format!("{} is in use, stop the server first ({error})", place.display()))
    })?;
    let mut number = 1;
    let before = loop {
        let name = named_end(place, &format!(".before-restore-{number}"));
        if !name.exists() {
            break name;
        }
        number += 1;
    };
    fs::rename(place, &before)?;
    Ok(before)
}

async fn check_file(url: &str) -> Result<()> {
    let database = Database::open(url).await?;
    let mut line = database.look().await?;
    let says = line.row("PRAGMA integrity_check", &[]).await?.map(|row| row.text(0)).transpose()?;
    drop(line);
    database.close().await;
    match says.as_deref() {
        Some("ok") => {
            let store = Store::open(url).await?;
            settle(&store).await?;
        }
        other => {
            return Err(Error::Broken(format!(
                "the database of the backup is damaged: {}",
                other.unwrap_or("?")
            )));
        }
    }
    Ok(())
}

async fn copy_blobs(
    from: &dyn Blobs,
    to: &dyn Blobs,
    noted: &[(String, u64)],
    saved: &mut Saved,
) -> Result<()> {
    for (hash, _) in noted {
        if to.size(hash).await?.is_some() {
            continue;
        }
        match from.get(hash).await {
            Ok(bytes) => {
                to.put(bytes).await?;
                saved.copied += 1;
            }
            Err(Error::NotFound(_)) => saved.missing.push(hash.clone()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn read_manifest(folder: &Path) -> Result<Json> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path)
        .map_err(|error| Error::NotFound(format!("backup in {}: {error}", folder.display())))?;
    let manifest: Json = serde_json::from_str(&text)
        .map_err(|error| Error::Invalid(format!("{}: {error}", path.display())))?;
    match manifest["schema"].as_str() {
        Some(SCHEMA) => Ok(manifest),
        other => Err(Error::Invalid(format!("{} is of the kind {other:?}, not {SCHEMA}", path.display()))),
    }
}

/// Reads the list of blobs.
///
/// # Errors
/// `Invalid` with the first line that is none.
pub fn read_list(list: &str) -> Result<Vec<(String, u64)>> {
    list.lines()
        .enumerate()
        .map(|(at, line)| {
            let parts = line.split_once(' ').and_then(|(hash, size)| {
                crate::blobs::check_hash(hash).ok()?;
                Some((hash.to_owned(), size.parse().ok()?))
            });
            parts.ok_or_else(|| Error::Invalid(format!("{LIST}:{}: not a hash and a size", at + 1)))
        })
        .collect()
}

/// SHA-256 of a file, read in pieces: it may be larger than the memory.
fn file_hash(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = std::io::Read::read(&mut file, &mut piece)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(piece.get(..read).unwrap_or_default());
    }
}
