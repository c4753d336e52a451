//! The way back: a backup is read twice. The first time everything is checked and nothing written; the second time it is
//! put in its place.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use formats::backup::{BEGIN, MANIFEST, read};
use sha2::{Digest, Sha256};
use store::backup::{DATABASE, LIST, Target, read_list};

use super::manifest::{self, Begin, Manifest};
use super::{
    BLOBS_IN, BackupError, Installation, KEYS_IN, SETTINGS, SETTINGS_IN, beside, named, refused, runtime,
};
use crate::compile::Progress;
use crate::outside::data_directory::hex;

/// Most bytes of the members that are kept in memory: the first, the last, the list of blobs.
const MOST_TEXT: u64 = 1 << 30;

/// What a restore did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Blobs that were put in their place.
    pub blobs: u64,
    /// Settings and secrets that were written.
    pub files: Vec<String>,
    /// Settings and secrets that were left alone, because others are there.
    pub kept: Vec<String>,
    /// Where the database that was there before is now.
    pub before: Option<PathBuf>,
}

/// Reads a backup through and compares every part with its hash; writes nothing.
///
/// # Errors
/// When it is no backup, is cut short, was altered, or is of a newer program.
pub fn check(file: &Path, progress: &dyn Progress) -> Result<Manifest, BackupError> {
    progress.phase("checking the backup");
    let mut seen = Seen::default();
    visit(file, progress, &mut |name, content| seen.take(name, content))?;
    seen.judge()
}

/// Brings a backup back into an installation.
///
/// # Errors
/// As [`check`], and when there is a database already that may not be replaced, or nothing can be written.
pub fn restore(
    file: &Path,
    into: &Installation,
    target: Target,
    progress: &dyn Progress,
) -> Result<Restored, BackupError> {
    let manifest = check(file, progress)?;
    let runtime = runtime()?;
    let root = into.data.path("");
    fs::create_dir_all(&root).map_err(|error| named(&root, &error))?;
    let database = beside(&into.data.path(DATABASE), "restored");
    let mut restored = Restored { manifest, ..Restored::default() };
    progress.phase("restoring");
    // Documents first: a database that is there is complete.
    let unpacked = visit(file, progress, &mut |name, content| {
        if name == DATABASE {
            let mut out = super::create(&database)?;
            io::copy(content, &mut out)?;
            out.sync_all()?;
        } else if let Some(hash) = blob_of(name) {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            let kept = runtime.block_on(into.blobs.put(bytes))?;
            if kept != hash {
                return Err(refused(format!("{name} changed while it was read")));
            }
            restored.blobs += 1;
        }
        Ok(())
    });
    let placed = unpacked
        .and_then(|()| Ok(runtime.block_on(store::backup::put_back(&database, &into.store, target))?));
    let _ = fs::remove_file(&database);
    restored.before = placed.map_err(in_the_way)?;
    visit(file, progress, &mut |name, content| put_file(into, target, name, content, &mut restored))?;
    Ok(restored)
}

/// What `--replace` means.
pub fn target(replace: bool) -> Target {
    if replace { Target::Replaced } else { Target::Empty }
}

fn in_the_way(error: BackupError) -> BackupError {
    match error {
        BackupError::Store(store::Error::Conflict(why)) => BackupError::Taken(why),
        other => other,
    }
}

/// Writes a setting or a secret, if that is what this member is.
fn put_file(
    into: &Installation,
    target: Target,
    name: &str,
    content: &mut dyn Read,
    restored: &mut Restored,
) -> Result<(), BackupError> {
    let Some(path) = place_of(name).map(|below| into.data.path(&below)) else { return Ok(()) };
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    let there = fs::read(&path).ok();
    if there.is_some_and(|there| there != bytes) && target == Target::Empty {
        restored.kept.push(name.to_owned());
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    }
    let part = beside(&path, "restored");
    let mut out = super::create(&part)?;
    let written = io::Write::write_all(&mut out, &bytes)
        .and_then(|()| out.sync_all())
        .and_then(|()| fs::rename(&part, &path));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(named(&path, &error).into());
    }
    restored.files.push(name.to_owned());
    Ok(())
}

/// Where a setting or secret of a backup belongs, below the data directory; nothing outside of it.
fn place_of(name: &str) -> Option<String> {
    if let Some(setting) = name.strip_prefix(SETTINGS_IN) {
        return SETTINGS.contains(&setting).then(|| setting.to_owned());
    }
    let below = name.strip_prefix(KEYS_IN)?;
    let is_below = Path::new(below).components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && !below.is_empty()).then(|| name.to_owned())
}

/// The hash that a blob's name in the backup stands for.
fn blob_of(name: &str) -> Option<String> {
    let hash: String = name.strip_prefix(BLOBS_IN)?.split('/').collect();
    (store::blobs::check_hash(&hash).is_ok() && super::blob_name(&hash) == name).then_some(hash)
}

/// Reads a backup; the first member is checked before the others are handed over.
fn visit(
    file: &Path,
    progress: &dyn Progress,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let mut open = File::open(file).map_err(|error| named(file, &error))?;
    progress.total(open.metadata().map(|known| known.len()).unwrap_or_default());
    let mut counted = Counted { inner: &mut open, progress };
    let mut first: Option<Begin> = None;
    let mut failed = None;
    let read = read(&mut counted, &file.display().to_string(), &mut |name, size, content| {
        let taken = match &first {
            None if name == BEGIN && size < MOST_TEXT => {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes)?;
                manifest::begin(&bytes).map(|begin| first = Some(begin))
            }
            None => Err(refused(format!("it is no backup of Patchwright: it does not begin with {BEGIN}"))),
            Some(_) => take(name, content),
        };
        // The reader knows errors of the system only; ours waits here.
        taken.map_err(|error| {
            let same = match &error {
                BackupError::Io(inner) => io::Error::new(inner.kind(), inner.to_string()),
                _ => io::Error::other("refused"),
            };
            failed = Some(error).filter(|error| !matches!(error, BackupError::Io(_)));
            same
        })
    });
    match failed {
        Some(error) => Err(with_name(file, error)),
        None => Ok(read?),
    }
}

fn with_name(file: &Path, error: BackupError) -> BackupError {
    match error {
        BackupError::Refused(why) => refused(format!("{}: {why}", file.display())),
        other => other,
    }
}

/// Tells the progress how much of the file has been read.
struct Counted<'r> {
    inner: &'r mut dyn Read,
    progress: &'r dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

/// What the first reading has seen.
#[derive(Default)]
struct Seen {
    /// Size and hash of every member but the first and the last.
    members: BTreeMap<String, (u64, String)>,
    list: Vec<u8>,
    manifest: Option<Vec<u8>>,
}

impl Seen {
    fn take(&mut self, name: &str, content: &mut dyn Read) -> Result<(), BackupError> {
        if self.manifest.is_some() {
            return Err(refused(format!("{name} stands after the manifest")));
        }
        if name == MANIFEST {
            let mut bytes = Vec::new();
            content.take(MOST_TEXT).read_to_end(&mut bytes)?;
            self.manifest = Some(bytes);
            return Ok(());
        }
        let (mut hash, mut count, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
        loop {
            let read = content.read(&mut piece)?;
            if read == 0 {
                break;
            }
            let bytes = piece.get(..read).unwrap_or_default();
            hash.update(bytes);
            count += read as u64;
            if name == LIST && count < MOST_TEXT {
                self.list.extend_from_slice(bytes);
            }
        }
        match self.members.insert(name.to_owned(), (count, hex(&hash.finalize()))) {
            None => Ok(()),
            Some(_) => Err(refused(format!("{name} is in it twice"))),
        }
    }

    /// Everything that the manifest names is there and as it was, and nothing else.
    fn judge(mut self) -> Result<Manifest, BackupError> {
        let Some(bytes) = &self.manifest else {
            return Err(refused(format!("it ends before its {MANIFEST}: the backup was cut short")));
        };
        let manifest = manifest::manifest(bytes)?;
        for file in &manifest.files {
            let Some((bytes, sha256)) = self.members.remove(&file.name) else {
                return Err(refused(format!("{} is missing from it", file.name)));
            };
            if (bytes, &sha256) != (file.bytes, &file.sha256) {
                return Err(refused(format!("{} is not what was saved", file.name)));
            }
            let is_ours = [DATABASE, LIST].contains(&file.name.as_str()) || place_of(&file.name).is_some();
            if !is_ours {
                return Err(refused(format!("{} belongs into no backup", file.name)));
            }
        }
        if ![DATABASE, LIST].iter().all(|name| manifest.files.iter().any(|file| file.name == *name)) {
            return Err(refused(format!("{DATABASE} or {LIST} is missing from it")));
        }
        self.judge_blobs(&manifest)?;
        Ok(manifest)
    }

    fn judge_blobs(&mut self, manifest: &Manifest) -> Result<(), BackupError> {
        let list = String::from_utf8_lossy(&self.list).into_owned();
        let mut blobs = 0;
        for (hash, _) in read_list(&list)? {
            let is_absent = manifest.missing.contains(&hash) || manifest.damaged.contains(&hash);
            match self.members.remove(&super::blob_name(&hash)) {
                Some((_, sha256)) if sha256 == hash => blobs += 1,
                Some(_) => return Err(refused(format!("blob {hash} is not what was saved"))),
                None if manifest.with_blobs && !is_absent => {
                    return Err(refused(format!("blob {hash} is missing from it")));
                }
                None => {}
            }
        }
        if blobs != manifest.blobs {
            return Err(refused(format!("it holds {blobs} blobs, its manifest names {}", manifest.blobs)));
        }
        match self.members.keys().next() {
            Some(name) => Err(refused(format!("{name} belongs into no backup"))),
            None => Ok(()),
        }
    }
}
