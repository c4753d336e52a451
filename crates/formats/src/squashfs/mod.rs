//! squashfs 4.0, read in place: from the superblock to the inode of a file and its blocks, nothing is read that is not
//! asked for (docs/decisions/0038). Older versions and other orders of bytes are refused by name.
//!
//! Start with [`read`]; `superblock` says where the tables are, `metadata` reads them, `inode` and `listing` understand
//! them, `data` reads files, `unpack` decompresses one block.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod data;
mod inode;
mod listing;
mod metadata;
mod superblock;
mod unpack;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::images::source::View;
use crate::images::{FormatError, Ledger};
use crate::rootfs::{Entry, EntryKind};
use data::Data;
use inode::{Inode, Kind};
use listing::Listed;
use metadata::{Cursor, Metadata};
pub use superblock::{Superblock, bytes_used, is_squashfs};

/// Hands over everything in a squashfs, each directory before what lies in it, names in the order of the image (which is
/// sorted).
///
/// # Errors
/// Another version, a compressor that is not read, damage, an early end, or a limit.
pub fn read(ledger: &mut Ledger<'_>, view: &View) -> Result<(), FormatError> {
    let head = view.head(superblock::BYTES).map_err(|error| ledger.io("superblock", &error))?;
    let superblock = Superblock::read(&head).map_err(|why| ledger.malformed("superblock", &why))?;
    if superblock.bytes_used > view.length() {
        let why = format!("the superblock says {} bytes, {} are there", superblock.bytes_used, view.length());
        return Err(ledger.truncated("squashfs", &why));
    }
    if u64::from(superblock.inodes) > ledger.limits().entries {
        let what = format!(
            "the superblock says {} files and directories, the limit is {}",
            superblock.inodes,
            ledger.limits().entries
        );
        return Err(ledger.too_big(&what));
    }
    let image = view.part(0, superblock.bytes_used);
    let metadata = Metadata::new(image.clone(), superblock.compressor);
    let mut walk = Walk {
        superblock,
        metadata,
        data: Data::new(image, superblock),
        files: BTreeMap::new(),
        open: BTreeSet::new(),
        waiting: 0,
    };
    walk.all(ledger)
}

/// What lies at the top of a RAUC bundle.
const RAUC_MANIFEST: &[u8] = b"manifest.raucm";

/// One reading of one squashfs.
struct Walk {
    superblock: Superblock,
    metadata: Metadata,
    data: Data,
    /// Inodes of files with several names, and the name that was handed over first.
    files: BTreeMap<u32, String>,
    /// Directories that were read; none may come twice.
    open: BTreeSet<u64>,
    /// Names that were listed and not yet handed over.
    waiting: u64,
}

/// A directory on the way: its path, and what of it is still to come, the next one last.
struct Level {
    path: Vec<u8>,
    rest: Vec<Listed>,
}

impl Walk {
    fn all(&mut self, ledger: &mut Ledger<'_>) -> Result<(), FormatError> {
        let root = self.inode(ledger, self.superblock.root, b"/")?;
        let level = self.level(ledger, self.superblock.root, &root, Vec::new())?;
        if level.rest.iter().any(|listed| listed.name == RAUC_MANIFEST) {
            let why = "a bundle for RAUC is not read; unpack it (`rauc extract`, `unsquashfs`) and give the image in it";
            return Err(ledger.malformed("", why));
        }
        let mut levels = vec![level];
        while let Some(level) = levels.last_mut() {
            let Some(listed) = level.rest.pop() else {
                levels.pop();
                continue;
            };
            self.waiting -= 1;
            let mut path = level.path.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(&listed.name);
            let inode = self.inode(ledger, listed.inode, &path)?;
            self.hand_over(ledger, &path, &inode)?;
            if matches!(inode.kind, Kind::Directory { .. }) {
                levels.push(self.level(ledger, listed.inode, &inode, path)?);
            }
        }
        Ok(())
    }

    fn inode(&mut self, ledger: &Ledger<'_>, at: u64, path: &[u8]) -> Result<Inode, FormatError> {
        let cursor = Cursor::of_reference(self.superblock.inode_table, at);
        let end = self.superblock.directory_table;
        inode::read(&mut self.metadata.part(end), cursor)
            .map_err(|error| wrong(ledger, path, "its inode", &error))
    }

    /// Lists a directory, sorted the other way round.
    fn level(
        &mut self,
        ledger: &mut Ledger<'_>,
        at: u64,
        inode: &Inode,
        path: Vec<u8>,
    ) -> Result<Level, FormatError> {
        let Kind::Directory { block, offset, bytes } = inode.kind else {
            return Err(ledger.malformed(&String::from_utf8_lossy(&path), "the root is no directory"));
        };
        if !self.open.insert(at) {
            let why = "the directory lies in itself, or in two places";
            return Err(ledger.malformed(&String::from_utf8_lossy(&path), why));
        }
        // No entry takes more than 300 bytes: what a directory claims is checked before it is kept.
        ledger.room(u64::from(bytes) / 300)?;
        let start = self.superblock.directory_table.saturating_add(u64::from(block));
        let cursor = Cursor::new(start, usize::from(offset));
        let end = self.superblock.end_of_directories;
        let mut rest = listing::read(&mut self.metadata.part(end), cursor, bytes)
            .map_err(|error| wrong(ledger, &path, "the directory", &error))?;
        self.waiting += rest.len() as u64;
        ledger.room(self.waiting)?;
        rest.reverse();
        Ok(Level { path, rest })
    }

    fn hand_over(&mut self, ledger: &mut Ledger<'_>, raw: &[u8], inode: &Inode) -> Result<(), FormatError> {
        let Some(path) = ledger.path(raw)? else { return Ok(()) };
        let mode = u32::from(inode.mode & 0o7777);
        let mut entry = Entry { path: &path, kind: EntryKind::Other, size: 0, mode };
        match &inode.kind {
            Kind::Directory { .. } => entry.kind = EntryKind::Directory,
            Kind::Other => {}
            Kind::Link { target } => {
                let target = String::from_utf8_lossy(target);
                ledger.offer(&Entry { kind: EntryKind::Link(&target), ..entry })?;
                return Ok(());
            }
            Kind::File(file) => {
                if file.links > 1 {
                    if let Some(first) = self.files.get(&inode.number) {
                        ledger.offer(&Entry { kind: EntryKind::HardLink(first), ..entry })?;
                        return Ok(());
                    }
                    self.files.insert(inode.number, path.clone());
                }
                entry.kind = EntryKind::File;
                entry.size = file.size;
                if let Some(wanted) = ledger.offer(&entry)? {
                    let bytes = self
                        .data
                        .read(&mut self.metadata, file, wanted, &ledger.meter())
                        .map_err(|error| wrong(ledger, raw, "its content", &error))?;
                    ledger.hand(&entry, &bytes);
                }
                return Ok(());
            }
        }
        ledger.offer(&entry).map(|_| ())
    }
}

fn wrong(ledger: &Ledger<'_>, path: &[u8], what: &str, error: &io::Error) -> FormatError {
    let path = if path.is_empty() { b"/" } else { path };
    ledger.io(&format!("{}: {what}", String::from_utf8_lossy(path)), error)
}

/// Damage, told by a sentence.
fn damage(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}
