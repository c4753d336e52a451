//! ext2, ext3 and ext4 through the `ext4-view` crate, over a reader that never leaves the image. What the crate would take
//! on trust, and what costs memory by a number in the image, is checked before.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod superblock;

use std::io;

use ext4_view::{Corrupt, DirEntry, Ext4, Ext4Error, Metadata, PathBuf};
use model::note::{NoteCode, Severity};

use crate::images::source::View;
use crate::images::{FormatError, Ledger};
use crate::rootfs::{Entry, EntryKind};
use superblock::Superblock;
pub use superblock::is_ext;

/// Largest directory that is listed, in bytes of its blocks.
const LARGEST_DIRECTORY: u64 = 256 << 20;
/// Longest target of a symbolic link; the system's own limit is 4096.
const LONGEST_TARGET: u64 = 1 << 16;

/// Hands over everything in the file system, each directory before what lies in it, names sorted. Names of one file are
/// handed over as files of their own: the crate does not tell that they are the same.
///
/// # Errors
/// A feature that is not read, damage (checksums are looked at where the image has them), an early end, or a limit.
pub fn read(ledger: &mut Ledger<'_>, view: &View) -> Result<(), FormatError> {
    let head = view.head(superblock::END).map_err(|error| ledger.io("superblock", &error))?;
    let superblock = Superblock::read(&head).map_err(|why| ledger.malformed("superblock", &why))?;
    superblock.check(ledger, view.length())?;
    let system = Ext4::load(Box::new(view.clone())).map_err(|error| wrong(ledger, b"/", error))?;
    let mut walk = Walk { system, waiting: 0 };
    walk.all(ledger)
}

struct Walk {
    system: Ext4,
    /// Entries that were listed and not yet handed over.
    waiting: u64,
}

impl Walk {
    fn all(&mut self, ledger: &mut Ledger<'_>) -> Result<(), FormatError> {
        let root = PathBuf::new("/");
        let metadata = self.system.metadata(&root).map_err(|error| wrong(ledger, b"/", error))?;
        // What is still to come of each directory on the way, the next one last.
        let mut levels = vec![self.list(ledger, &root, &metadata)?];
        while let Some(level) = levels.last_mut() {
            let Some(entry) = level.pop() else {
                levels.pop();
                continue;
            };
            self.waiting -= 1;
            let path = entry.path();
            let metadata = entry.metadata().map_err(|error| wrong(ledger, path.as_ref(), error))?;
            self.hand_over(ledger, &path, &metadata)?;
            if metadata.is_dir() {
                levels.push(self.list(ledger, &path, &metadata)?);
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        ledger: &mut Ledger<'_>,
        path: &PathBuf,
        metadata: &Metadata,
    ) -> Result<Vec<DirEntry>, FormatError> {
        let place = || String::from_utf8_lossy(path.as_ref()).into_owned();
        if metadata.len() > LARGEST_DIRECTORY {
            let what = format!("the directory {} takes more than {LARGEST_DIRECTORY} bytes", place());
            return Err(ledger.too_big(&what));
        }
        ledger.give(metadata.len())?;
        let listing = match self.system.read_dir(path) {
            Err(Ext4Error::Encrypted) => {
                let value = "the directory is encrypted, nothing in it is read";
                ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, &place(), value);
                return Ok(Vec::new());
            }
            other => other.map_err(|error| wrong(ledger, path.as_ref(), error))?,
        };
        let mut entries = Vec::new();
        for entry in listing {
            let entry = entry.map_err(|error| wrong(ledger, path.as_ref(), error))?;
            let name = entry.file_name();
            if name == "." || name == ".." {
                continue;
            }
            self.waiting += 1;
            ledger.room(self.waiting)?;
            entries.push(entry);
        }
        // The order on the disk is that of a hash with a secret: sorted, equal trees are read alike.
        entries.sort_by(|one, other| other.file_name().as_ref().cmp(one.file_name().as_ref()));
        Ok(entries)
    }

    fn hand_over(
        &mut self,
        ledger: &mut Ledger<'_>,
        raw: &PathBuf,
        metadata: &Metadata,
    ) -> Result<(), FormatError> {
        let Some(path) = ledger.path(raw.as_ref())? else { return Ok(()) };
        let mode = u32::from(metadata.mode() & 0o7777);
        let mut entry = Entry { path: &path, kind: EntryKind::Other, size: 0, mode };
        if metadata.is_symlink() {
            let target = self.target(ledger, raw, metadata)?;
            return ledger.offer(&Entry { kind: EntryKind::Link(&target), ..entry }).map(|_| ());
        }
        if metadata.is_dir() {
            entry.kind = EntryKind::Directory;
        } else if metadata.file_type().is_regular_file() {
            entry.kind = EntryKind::File;
            entry.size = metadata.len();
        }
        if let Some(wanted) = ledger.offer(&entry)? {
            self.content(ledger, raw, &entry, wanted)?;
        }
        Ok(())
    }

    fn target(&self, ledger: &Ledger<'_>, raw: &PathBuf, metadata: &Metadata) -> Result<String, FormatError> {
        if metadata.len() > LONGEST_TARGET {
            let why = format!("a symbolic link of {} bytes", metadata.len());
            return Err(ledger.malformed(&String::from_utf8_lossy(raw.as_ref()), &why));
        }
        let target = self.system.read_link(raw).map_err(|error| wrong(ledger, raw.as_ref(), error))?;
        Ok(String::from_utf8_lossy(target.as_ref()).into_owned())
    }

    fn content(
        &self,
        ledger: &mut Ledger<'_>,
        raw: &PathBuf,
        entry: &Entry<'_>,
        wanted: usize,
    ) -> Result<(), FormatError> {
        ledger.give(wanted as u64)?;
        let mut file = match self.system.open(raw) {
            Err(Ext4Error::Encrypted) => {
                let value = "the file is encrypted, not read";
                ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, entry.path, value);
                return Ok(());
            }
            other => other.map_err(|error| wrong(ledger, raw.as_ref(), error))?,
        };
        let mut bytes = vec![0; wanted];
        let mut got = 0;
        while let Some(rest) = bytes.get_mut(got..)
            && !rest.is_empty()
        {
            let read = match file.read_bytes(rest) {
                Err(Ext4Error::Corrupt(error)) if is_hole(&error) => {
                    let value =
                        "a sparse file of ext2 or ext3 with a hole that the reader does not follow, not read";
                    ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, entry.path, value);
                    return Ok(());
                }
                other => other.map_err(|error| wrong(ledger, raw.as_ref(), error))?,
            };
            match read {
                0 => return Err(ledger.truncated(entry.path, &format!("{got} of {wanted} bytes are there"))),
                read => got += read,
            }
        }
        ledger.hand(entry, &bytes);
        Ok(())
    }
}

/// The crate takes a missing block of pointers (a long hole, which the old block maps allow) for damage.
fn is_hole(error: &Corrupt) -> bool {
    error.to_string().contains("from block 0 (originally 0)")
}

fn wrong(ledger: &Ledger<'_>, path: &[u8], error: Ext4Error) -> FormatError {
    let place = String::from_utf8_lossy(path).into_owned();
    match error {
        Ext4Error::Io(error) => match error.downcast::<io::Error>() {
            Ok(error) => ledger.io(&place, &error),
            Err(error) => ledger.malformed(&place, &error.to_string()),
        },
        other => ledger.malformed(&place, &other.to_string()),
    }
}
