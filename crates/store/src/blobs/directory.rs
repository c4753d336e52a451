//! Blobs in a folder: `ab/cdef…`, written beside and renamed, so that a name never stands for half a blob.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Answer, Blobs, check_hash};
use crate::error::{Error, Result};
use crate::hash::sha256;

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Uses a folder, made where it is absent.
    pub fn open(root: &Path) -> Result<Directory> {
        fs::create_dir_all(root)?;
        Ok(Directory { root: root.to_owned() })
    }

    /// The file of a blob.
    fn file(&self, hash: &str) -> Result<PathBuf> {
        check_hash(hash)?;
        let (folder, rest) = hash.split_at(2);
        Ok(self.root.join(folder).join(rest))
    }

    fn write(&self, bytes: &[u8]) -> Result<String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let hash = sha256(bytes);
        let file = self.file(&hash)?;
        // A file of the right length may still be damaged; then it is written again.
        if fs::read(&file).is_ok_and(|there| there == bytes) {
            return Ok(hash);
        }
        let folder = file.parent().unwrap_or(&self.root).to_owned();
        fs::create_dir_all(&folder)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let beside = self.root.join(format!(".new-{}-{number}", std::process::id()));
        let written = write_through(&beside, bytes).and_then(|()| fs::rename(&beside, &file));
        if let Err(error) = written {
            // Best effort: what is left behind is no blob, and nobody reads it.
            let _ = fs::remove_file(&beside);
            return Err(error.into());
        }
        // The name itself must survive a power cut.
        File::open(&folder).and_then(|folder| folder.sync_all())?;
        Ok(hash)
    }

    fn read(&self, hash: &str) -> Result<Vec<u8>> {
        let bytes = fs::read(self.file(hash)?).map_err(|error| missing(error, hash))?;
        if sha256(&bytes) != hash {
            return Err(Error::Broken(format!("blob {hash} is damaged on disk; restore it from a backup")));
        }
        Ok(bytes)
    }

    fn read_range(&self, hash: &str, range: Range<u64>) -> Result<Vec<u8>> {
        let mut file = File::open(self.file(hash)?).map_err(|error| missing(error, hash))?;
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = Vec::new();
        file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn length(&self, hash: &str) -> Result<Option<u64>> {
        match fs::metadata(self.file(hash)?) {
            Ok(known) => Ok(Some(known.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn remove(&self, hash: &str) -> Result<bool> {
        match fs::remove_file(self.file(hash)?) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs what waits for the disk where it may wait.
    fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Directory) -> Result<T> + Send + 'static,
    ) -> Answer<'static, T> {
        let directory = self.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(&directory)).await;
            done.map_err(|error| Error::Broken(format!("the disk worker stopped: {error}")))?
        })
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn missing(error: std::io::Error, hash: &str) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::NotFound(format!("blob {hash}")),
        _ => error.into(),
    }
}

impl Blobs for Directory {
    fn put(&self, bytes: Vec<u8>) -> Answer<'_, String> {
        self.aside(move |directory| directory.write(&bytes))
    }

    fn get<'a>(&'a self, hash: &'a str) -> Answer<'a, Vec<u8>> {
        let hash = hash.to_owned();
        self.aside(move |directory| directory.read(&hash))
    }

    fn get_range<'a>(&'a self, hash: &'a str, range: Range<u64>) -> Answer<'a, Vec<u8>> {
        let hash = hash.to_owned();
        self.aside(move |directory| directory.read_range(&hash, range))
    }

    fn size<'a>(&'a self, hash: &'a str) -> Answer<'a, Option<u64>> {
        let hash = hash.to_owned();
        self.aside(move |directory| directory.length(&hash))
    }

    fn delete<'a>(&'a self, hash: &'a str) -> Answer<'a, bool> {
        let hash = hash.to_owned();
        self.aside(move |directory| directory.remove(&hash))
    }
}
