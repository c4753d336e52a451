//! The only place of the pure crates that opens a file, and the only one with `unsafe`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// The bytes of an index: mapped, or in memory.
#[derive(Debug)]
pub(crate) enum Bytes {
    Mapped(memmap2::Mmap),
    Owned(Vec<u8>),
}

impl Bytes {
    /// Maps a file for reading.
    #[expect(unsafe_code, reason = "a memory map is the point of the format; see the safety comment")]
    pub(crate) fn open(path: &Path) -> Result<Bytes, Error> {
        let error = |source| io_error("open", path, source);
        let file = File::open(path).map_err(error)?;
        let is_empty = file.metadata().map_err(error)?.len() == 0;
        if is_empty {
            return Ok(Bytes::Owned(Vec::new()));
        }
        // SAFETY: the map is read-only and private to this process's view of the file. Index files are
        // immutable by contract: they are written beside their final name and renamed into place, never
        // changed afterwards (`write_atomically`), so the bytes do not change under the shared slices. All
        // reading goes through checked slices; no reference to anything but `u8` is ever made from them.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(error)?;
        Ok(Bytes::Mapped(map))
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// Writes a file beside its final name, flushes it to the disk and renames it into place: readers see the
/// old file or the new one, never a half.
pub(crate) fn write_atomically<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Error> {
    let temporary = beside(path);
    let result = write_through(&temporary, write);
    let result = result.and_then(|value| {
        std::fs::rename(&temporary, path).map_err(|source| io_error("rename", path, source))?;
        Ok(value)
    });
    if result.is_err() {
        // The first error is the one worth telling.
        let _ = std::fs::remove_file(&temporary);
    } else if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        // Makes the rename durable; a file system that cannot is no worse off than before.
        let _ = folder.sync_all();
    }
    result
}

fn write_through<T>(
    temporary: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Error> {
    let error = |source| io_error("write", temporary, source);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(temporary).map_err(error)?);
    let value = write(&mut out)?;
    out.flush().map_err(error)?;
    out.get_ref().sync_all().map_err(error)?;
    Ok(value)
}

/// The process number keeps two builders of one file apart.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn io_error(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { action, path: path.display().to_string(), source }
}
