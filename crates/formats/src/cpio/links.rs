//! Hard links in a cpio archive: the same inode under several names. `newc` writers leave the bytes to the last name (the
//! kernel's own tool to the first), `odc` writers repeat them.

use std::collections::BTreeMap;

use crate::images::{FormatError, Ledger};
use crate::rootfs::{Entry, EntryKind};

/// What to do with a name of an inode that has several.
pub enum Place {
    /// The bytes were handed over under this path.
    Known(String),
    /// The bytes come later; the name is kept until then.
    Waiting,
    /// Here are the bytes.
    First,
}

/// The inodes of one archive that have several names.
#[derive(Default)]
pub struct Links {
    known: BTreeMap<(u64, u64), String>,
    waiting: BTreeMap<(u64, u64), Vec<(String, u32)>>,
    count: u64,
}

impl Links {
    /// Looks at one name of an inode.
    pub fn place(&mut self, inode: (u64, u64), path: &str, mode: u32, size: u64) -> Place {
        if let Some(first) = self.known.get(&inode) {
            return Place::Known(first.clone());
        }
        if size == 0 {
            self.count += 1;
            self.waiting.entry(inode).or_default().push((path.to_owned(), mode));
            return Place::Waiting;
        }
        self.known.insert(inode, path.to_owned());
        Place::First
    }

    /// Names that wait.
    pub fn waiting(&self) -> u64 {
        self.count
    }

    /// The names that waited for the bytes of an inode.
    pub fn names_of(&mut self, inode: (u64, u64)) -> Vec<String> {
        let names = self.waiting.remove(&inode).unwrap_or_default();
        self.count = self.count.saturating_sub(names.len() as u64);
        names.into_iter().map(|(path, _)| path).collect()
    }

    /// At the end of the archive: names whose bytes never came are names of empty files.
    pub fn flush(self, ledger: &mut Ledger<'_>) -> Result<(), FormatError> {
        for names in self.waiting.into_values() {
            let Some(((first, mode), others)) = names.split_first() else { continue };
            let entry = Entry { path: first, kind: EntryKind::File, size: 0, mode: *mode };
            if ledger.offer(&entry)?.is_some() {
                ledger.hand(&entry, b"");
            }
            for (path, mode) in others {
                let kind = EntryKind::HardLink(first);
                ledger.offer(&Entry { path, kind, size: 0, mode: *mode })?;
            }
        }
        Ok(())
    }
}
