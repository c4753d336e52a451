//! What the superblock says, before the crate acts on it.

use model::note::{NoteCode, Severity};

use crate::images::bytes::Bytes;
use crate::images::{FormatError, Ledger};

/// Where the superblock begins.
const START: usize = 1024;
/// Where it ends.
pub const END: usize = START + 1024;

/// Features that change where data is, by their bit; those that are not read.
const UNREAD: &[(u32, &str)] = &[
    (0x1, "compression"),
    (0x8, "journal_dev"),
    (0x10, "meta_bg"),
    (0x100, "mmp"),
    (0x400, "ea_inode"),
    (0x1000, "dirdata"),
    (0x4000, "large_dir"),
    (0x8000, "inline_data"),
    (0x2_0000, "casefold"),
];
const FILETYPE: u32 = 0x2;
const RECOVER: u32 = 0x4;
const BITS_64: u32 = 0x80;

/// The numbers that are checked.
pub struct Superblock {
    block_bytes: u64,
    blocks: u64,
    first_block: u64,
    blocks_per_group: u64,
    incompatible: u32,
}

/// True when an ext2, ext3 or ext4 begins with these bytes.
pub fn is_ext(head: &[u8]) -> bool {
    let b = Bytes(head);
    b.le16(START + 0x38) == Some(0xef53)
        && b.le32(START + 0x18).is_some_and(|log| log <= 6)
        && b.le32(START + 0x4c).is_some_and(|revision| revision <= 1)
        && b.le32(START).is_some_and(|inodes| inodes > 0)
        && b.le32(START + 0x20).is_some_and(|blocks| blocks > 0)
}

impl Superblock {
    /// Reads it from the first 2 KiB.
    pub fn read(head: &[u8]) -> Result<Superblock, String> {
        let b = Bytes(head);
        let number = |at: usize| b.le32(START + at).ok_or_else(|| "it is cut off".to_owned());
        let log = number(0x18)?;
        if log > 6 {
            return Err(format!("blocks of 2^{} bytes", u64::from(log) + 10));
        }
        let incompatible = number(0x60)?;
        let high = if incompatible & BITS_64 == 0 { 0 } else { number(0x150)? };
        Ok(Superblock {
            block_bytes: 1024 << log,
            blocks: u64::from(high) << 32 | u64::from(number(0x4)?),
            first_block: u64::from(number(0x14)?),
            blocks_per_group: u64::from(number(0x20)?),
            incompatible,
        })
    }

    /// Refuses what is not read, and sizes that the image cannot have.
    pub fn check(&self, ledger: &mut Ledger<'_>, length: u64) -> Result<(), FormatError> {
        self.check_features(ledger)?;
        if self.blocks_per_group == 0 {
            return Err(ledger.malformed("superblock", "no blocks in a group"));
        }
        let bytes = self.blocks.saturating_mul(self.block_bytes);
        let groups = self.blocks.saturating_sub(self.first_block).div_ceil(self.blocks_per_group);
        // Each group is described by at least 32 bytes, all of which are read into memory.
        if groups.saturating_mul(32) > length {
            let why = format!("it says {groups} groups of blocks in an image of {length} bytes");
            return Err(ledger.truncated("superblock", &why));
        }
        if bytes > length {
            let value = format!("the file system has {bytes} bytes, {length} are there");
            ledger.note(NoteCode::Truncated, Severity::Warn, "superblock", &value);
        }
        if self.incompatible & RECOVER != 0 {
            let value = "it was not unmounted; the journal was applied for reading";
            ledger.note(NoteCode::EvidenceIncomplete, Severity::Info, "journal", value);
        }
        Ok(())
    }

    fn check_features(&self, ledger: &Ledger<'_>) -> Result<(), FormatError> {
        let mut unread: Vec<String> = UNREAD
            .iter()
            .filter(|(bit, _)| self.incompatible & bit != 0)
            .map(|(_, word)| (*word).to_owned())
            .collect();
        // Higher bits than these have no name yet.
        let unknown = self.incompatible & !0x3_ffff;
        if unknown != 0 {
            unread.push(format!("feature {unknown:#x}"));
        }
        if !unread.is_empty() {
            let why = format!(
                "ext4 with {} is not read; make the image without (`mke2fs -O ^{}`), or give the directory or a tar archive",
                unread.join(", "),
                unread.join(",^")
            );
            return Err(ledger.malformed("superblock", &why));
        }
        if self.incompatible & FILETYPE == 0 {
            let why = "ext2 without the feature filetype is not read; make the image with it (`mke2fs -O filetype`), or \
                       give the directory or a tar archive";
            return Err(ledger.malformed("superblock", why));
        }
        Ok(())
    }
}
