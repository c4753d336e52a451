//! The first 96 bytes: where the tables are, and how it is compressed.

use super::unpack::Compressor;
use crate::images::bytes::Bytes;

/// Bytes of a superblock.
pub const BYTES: usize = 96;
/// The position of a table that is not there.
const ABSENT: u64 = u64::MAX;

/// What the superblock says, checked.
#[derive(Clone, Copy, Debug)]
pub struct Superblock {
    /// Inodes in it.
    pub inodes: u32,
    /// Bytes of a full block of data.
    pub block_bytes: u32,
    /// Fragments in it.
    pub fragments: u32,
    /// The one compressor of all blocks.
    pub compressor: Compressor,
    /// Reference of the root's inode.
    pub root: u64,
    /// Bytes of the whole file system.
    pub bytes_used: u64,
    /// Where inodes begin.
    pub inode_table: u64,
    /// Where directories begin, and inodes end.
    pub directory_table: u64,
    /// Where directories end.
    pub end_of_directories: u64,
    /// Where the list of fragments is.
    pub fragment_table: u64,
}

/// True when a squashfs of any version and order of bytes begins here.
pub fn is_squashfs(head: &[u8]) -> bool {
    let bytes = Bytes(head);
    match head.get(..4) {
        // Four letters occur in other files, too: a version has to stand behind them.
        Some(b"hsqs" | b"shsq") => {
            bytes.le16(28).is_some_and(|major| (1..=4).contains(&major))
                || bytes.le16(28).is_some_and(|major| (1..=4).contains(&major.swap_bytes()))
        }
        Some(b"sqsh" | b"qshs") => {
            bytes.le16(28).is_some_and(|major| (1..=4).contains(&major.swap_bytes()))
                || bytes.le16(28).is_some_and(|major| (1..=4).contains(&major))
        }
        _ => false,
    }
}

/// How long the squashfs 4.0 is that begins with these bytes; `None` where none can.
pub fn bytes_used(head: &[u8]) -> Option<u64> {
    Superblock::read(head).ok().map(|superblock| superblock.bytes_used)
}

impl Superblock {
    /// Reads and checks it.
    pub fn read(head: &[u8]) -> Result<Superblock, String> {
        let cut = || "a squashfs of less than 96 bytes".to_owned();
        let b = Bytes(head.get(..BYTES).ok_or_else(cut)?);
        check_version(b)?;
        let (block_bytes, block_log) = (b.le32(12).ok_or_else(cut)?, b.le16(22).ok_or_else(cut)?);
        if !block_bytes.is_power_of_two()
            || !(1 << 12..=1 << 20).contains(&block_bytes)
            || block_bytes.ilog2() != u32::from(block_log)
        {
            return Err(format!("blocks of {block_bytes} bytes (2^{block_log}), 2^12 to 2^20 are possible"));
        }
        let at = |at: usize| b.le64(at).ok_or_else(cut);
        let superblock = Superblock {
            inodes: b.le32(4).ok_or_else(cut)?,
            block_bytes,
            fragments: b.le32(16).ok_or_else(cut)?,
            compressor: Compressor::of(b.le16(20).ok_or_else(cut)?)?,
            root: at(32)?,
            bytes_used: at(40)?,
            inode_table: at(64)?,
            directory_table: at(72)?,
            end_of_directories: [at(80)?, at(88)?, at(48)?]
                .into_iter()
                .filter(|table| *table != ABSENT)
                .min()
                .unwrap_or(ABSENT)
                .min(at(40)?),
            fragment_table: at(80)?,
        };
        superblock.check()
    }

    fn check(self) -> Result<Superblock, String> {
        let has_fragments = self.fragments == 0 || self.fragment_table < self.bytes_used;
        if self.inode_table < BYTES as u64
            || self.inode_table >= self.directory_table
            || self.directory_table > self.bytes_used
            || self.directory_table > self.end_of_directories
            || !has_fragments
        {
            return Err("the tables it names are not in order".to_owned());
        }
        Ok(self)
    }
}

fn check_version(b: Bytes<'_>) -> Result<(), String> {
    let little = b.has(0, b"hsqs");
    let (Some(major), Some(minor)) = (b.le16(28), b.le16(30)) else { return Err("cut off".to_owned()) };
    if little && (major, minor) == (4, 0) {
        return Ok(());
    }
    let is_swapped = !(1..=4).contains(&major);
    let (major, minor) = if is_swapped { (major.swap_bytes(), minor.swap_bytes()) } else { (major, minor) };
    let order = match (little, is_swapped) {
        (true, _) => "",
        (false, true) => " with the big end first",
        (false, false) => " of a vendor's form",
    };
    Err(format!(
        "squashfs {major}.{minor}{order} is not read, only 4.0 with the small end first; unpack it with a tool of its maker \
         (unsquashfs, sasquatch) and give the directory"
    ))
}
