//! The partition table of a disk image: GPT with its checksums and its second copy, MBR with extended partitions. Our own
//! reader; it only finds out where partitions lie.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod gpt;
mod mbr;

use crate::images::source::View;
use crate::images::{FormatError, Ledger};

/// A part of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number, as the system counts.
    pub number: u32,
    /// Its name in a GPT; empty in an MBR.
    pub name: String,
    /// First byte.
    pub start: u64,
    /// Bytes.
    pub length: u64,
}

impl Partition {
    /// How it is called in places of notes and components: `partition 2 (rootfs_a)`.
    pub fn label(&self) -> String {
        match self.name.as_str() {
            "" => format!("partition {}", self.number),
            name => format!("partition {} ({name})", self.number),
        }
    }
}

/// True when a disk with a GPT begins with these bytes.
pub fn is_gpt(head: &[u8]) -> bool {
    gpt::sector_bytes(head).is_some() || mbr::is_protective(head)
}

/// True when a disk with an MBR begins with these bytes. Boot sectors of FAT look alike: ask for these first.
pub fn is_mbr(head: &[u8]) -> bool {
    mbr::is_table(head)
}

/// Reads the table, in the order of the table.
///
/// # Errors
/// Damage to both copies of a GPT, partitions outside of the disk, or more than the limit.
pub fn read(ledger: &mut Ledger<'_>, view: &View) -> Result<Vec<Partition>, FormatError> {
    let head = view.head(2 * gpt::LARGEST_SECTOR).map_err(|error| ledger.io("partition table", &error))?;
    let partitions =
        if is_gpt(&head) { gpt::read(ledger, view, &head) } else { mbr::read(ledger, view, &head) }?;
    for partition in &partitions {
        if partition.start.saturating_add(partition.length) > view.length() {
            let why = format!(
                "it lies at bytes {} to {} of a disk of {}",
                partition.start,
                partition.start.saturating_add(partition.length),
                view.length()
            );
            return Err(ledger.truncated(&partition.label(), &why));
        }
    }
    Ok(partitions)
}
