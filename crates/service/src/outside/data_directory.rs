//! The data directory: raw documents by hash, index generations, keys, and the lock that keeps two syncs apart.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use feeds::fetch::Shelf;
use sha2::{Digest, Sha256};

use super::directory::named;

/// A data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDirectory {
    root: PathBuf,
}

impl DataDirectory {
    /// Names a directory; nothing is made yet.
    pub fn new(root: &Path) -> DataDirectory {
        DataDirectory { root: root.to_owned() }
    }

    /// A path below it.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The index in use: a link to a generation.
    pub fn current(&self) -> PathBuf {
        self.path("index/current")
    }

    /// The number of the generation in use; `None` where there is none, or where it is no link.
    pub fn current_number(&self) -> Option<u64> {
        let target = fs::read_link(self.current()).ok()?;
        target.file_stem()?.to_str()?.parse().ok()
    }

    /// The file of a generation.
    pub fn generation(&self, number: u64) -> PathBuf {
        self.path(&format!("index/{number:06}.pwx"))
    }

    /// What differs between a generation and the one before it.
    pub fn delta(&self, number: u64) -> PathBuf {
        self.path(&format!("index/{number:06}.delta.json"))
    }

    /// Where a raw document lies.
    pub fn raw(&self, sha256: &str) -> PathBuf {
        let start = sha256.get(..2).unwrap_or("00");
        self.path(&format!("raw/{start}/{sha256}"))
    }

    /// Makes the folders and takes the lock; it is given back when the value is dropped, also by a crash.
    ///
    /// # Errors
    /// When another sync is at work, or nothing can be written.
    pub fn lock(&self) -> io::Result<File> {
        for folder in ["raw", "index", "keys"] {
            let path = self.path(folder);
            fs::create_dir_all(&path).map_err(|error| named(&path, &error))?;
        }
        let path = self.path("sync.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| named(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{}: another sync is at work in this data directory", path.display()),
            )),
            Err(TryLockError::Error(error)) => Err(named(&path, &error)),
        }
    }

    /// Makes a generation the current one: readers see the old one or the new one.
    ///
    /// # Errors
    /// As the system says.
    pub fn switch(&self, number: u64) -> io::Result<()> {
        let (target, current) = (self.generation(number), self.current());
        let part = self.path("index/current.part");
        let _ = fs::remove_file(&part);
        link(&target, &part)
            .and_then(|()| fs::rename(&part, &current))
            .map_err(|error| named(&current, &error))
    }

    /// Removes all generations but the newest `keep` and all that is current.
    ///
    /// # Errors
    /// As the system says.
    pub fn forget_generations(&self, current: u64, keep: u64) -> io::Result<()> {
        let folder = self.path("index");
        for entry in fs::read_dir(&folder).map_err(|error| named(&folder, &error))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let number: Option<u64> = name.split('.').next().and_then(|stem| stem.parse().ok());
            if number.is_some_and(|number| number.saturating_add(keep) <= current) {
                fs::remove_file(&path).map_err(|error| named(&path, &error))?;
            }
        }
        Ok(())
    }

    /// Removes raw documents that nobody names any more.
    ///
    /// # Errors
    /// As the system says.
    pub fn forget_raw(&self, is_named: &dyn Fn(&str) -> bool) -> io::Result<()> {
        let folder = self.path("raw");
        for group in fs::read_dir(&folder).map_err(|error| named(&folder, &error))? {
            let group = group?.path();
            if !group.is_dir() {
                // A document that was begun and never finished.
                fs::remove_file(&group).map_err(|error| named(&group, &error))?;
                continue;
            }
            for entry in fs::read_dir(&group).map_err(|error| named(&group, &error))? {
                let path = entry?.path();
                if !is_named(&path.file_name().unwrap_or_default().to_string_lossy()) {
                    fs::remove_file(&path).map_err(|error| named(&path, &error))?;
                }
            }
        }
        Ok(())
    }

    /// A shelf for raw documents.
    pub fn shelf(&self) -> RawShelf {
        RawShelf { data: self.clone(), begun: None }
    }
}

#[cfg(unix)]
fn link(target: &Path, part: &Path) -> io::Result<()> {
    // Relative, so that the directory may be moved.
    std::os::unix::fs::symlink(target.file_name().unwrap_or_default(), part)
}

#[cfg(not(unix))]
fn link(target: &Path, part: &Path) -> io::Result<()> {
    fs::copy(target, part).map(|_| ())
}

/// Documents of this size and above are on the disk before they are named.
const SYNCED_FROM: u64 = 1 << 20;

/// Keeps raw documents by their hash.
pub struct RawShelf {
    data: DataDirectory,
    begun: Option<(BufWriter<File>, Sha256, u64)>,
}

impl RawShelf {
    fn part(&self) -> PathBuf {
        self.data.path("raw/part")
    }
}

impl Shelf for RawShelf {
    fn begin(&mut self) -> io::Result<()> {
        let path = self.part();
        let file = File::create(&path).map_err(|error| named(&path, &error))?;
        self.begun = Some((BufWriter::new(file), Sha256::new(), 0));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some((file, hash, count)) = &mut self.begun else {
            return Err(io::Error::other("no document was begun"));
        };
        hash.update(bytes);
        *count += bytes.len() as u64;
        file.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<(String, u64)> {
        let Some((file, hash, count)) = self.begun.take() else {
            return Err(io::Error::other("no document was begun"));
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        // A folder may hold a hundred thousand small files: what is torn by a power cut is one record, not a feed.
        if count >= SYNCED_FROM {
            file.sync_all()?;
        }
        let sha256 = hex(&hash.finalize());
        let path = self.data.raw(&sha256);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::rename(self.part(), &path).map_err(|error| named(&path, &error))?;
        Ok((sha256, count))
    }

    fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        let path = self.data.raw(sha256);
        fs::read(&path).map_err(|error| named(&path, &error))
    }
}

/// Hex digits, lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of several parts, each with its length before it, so that no two lists of parts run together.
pub fn sum_of_parts(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// SHA-256 and size of a file.
///
/// # Errors
/// As the system says.
pub fn sum_of_file(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path).map_err(|error| named(path, &error))?;
    let (mut hash, mut count, mut piece) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut piece).map_err(|error| named(path, &error))?;
        if read == 0 {
            return Ok((hex(&hash.finalize()), count));
        }
        hash.update(piece.get(..read).unwrap_or_default());
        count += read as u64;
    }
}

/// Writes a secret so that only its owner can read it; a file that is there is not overwritten.
///
/// # Errors
/// As the system says.
pub fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| named(path, &error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| named(path, &error))
}
