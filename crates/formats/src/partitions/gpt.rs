//! The new table: a header with a checksum in the second sector, a copy in the last, a list of entries for each.

use model::note::{NoteCode, Severity};

use super::Partition;
use crate::images::bytes::Bytes;
use crate::images::source::View;
use crate::images::{FormatError, Ledger};

/// Largest sector that is looked for.
pub const LARGEST_SECTOR: usize = 4096;
const MAGIC: &[u8] = b"EFI PART";
const HEADER: usize = 92;
/// Bytes of an entry: 128 always, so far; a power of two times as many are allowed.
const ENTRY: std::ops::RangeInclusive<u32> = 128..=4096;

/// The size of sectors by where the header is; `None` where there is none.
pub fn sector_bytes(head: &[u8]) -> Option<u64> {
    [512, LARGEST_SECTOR].into_iter().find(|at| Bytes(head).has(*at, MAGIC)).map(|at| at as u64)
}

/// What a header says.
struct Header {
    list: u64,
    entries: u32,
    entry_bytes: u32,
    sum_of_list: u32,
}

/// Reads the first copy, or the second where the first is damaged.
pub fn read(ledger: &mut Ledger<'_>, view: &View, head: &[u8]) -> Result<Vec<Partition>, FormatError> {
    let sector = sector_bytes(head).unwrap_or(512);
    let first = copy(ledger, view, sector, sector);
    let why = match first {
        Ok(list) => return partitions(ledger, &list, sector),
        Err(Wrong::Fatal(error)) => return Err(error),
        Err(Wrong::Damaged(why)) => why,
    };
    let last = view.length().saturating_sub(sector) / sector * sector;
    match copy(ledger, view, last, sector) {
        Ok(list) => {
            let value = format!("{why}; the copy at the end of the disk is used");
            ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, "partition table", &value);
            partitions(ledger, &list, sector)
        }
        Err(Wrong::Fatal(error)) => Err(error),
        Err(Wrong::Damaged(second)) => {
            let why = format!("{why}, and its copy at the end of the disk: {second}");
            Err(ledger.malformed("partition table", &why))
        }
    }
}

/// Why a copy cannot be used.
enum Wrong {
    /// The other one may be better.
    Damaged(String),
    /// A limit.
    Fatal(FormatError),
}

/// The list of entries that belongs to the header at a byte.
fn copy(ledger: &Ledger<'_>, view: &View, at: u64, sector: u64) -> Result<List, Wrong> {
    let mut block = vec![0; sector as usize];
    view.read_exact_at(at, &mut block).map_err(|error| Wrong::Damaged(error.to_string()))?;
    let header = header(&block, at / sector).map_err(Wrong::Damaged)?;
    if header.entries > ledger.limits().partitions.saturating_mul(4) {
        let what = format!(
            "a partition table of {} entries, the limit is {}",
            header.entries,
            ledger.limits().partitions.saturating_mul(4)
        );
        return Err(Wrong::Fatal(ledger.too_big(&what)));
    }
    let mut list = vec![0; header.entries as usize * header.entry_bytes as usize];
    view.read_exact_at(header.list.saturating_mul(sector), &mut list)
        .map_err(|error| Wrong::Damaged(error.to_string()))?;
    let sum = sum_of(&[&list]);
    if sum != header.sum_of_list {
        let why = format!("the checksum of its entries is {sum:08x}, not {:08x}", header.sum_of_list);
        return Err(Wrong::Damaged(why));
    }
    Ok(List { bytes: list, entry_bytes: header.entry_bytes as usize })
}

struct List {
    bytes: Vec<u8>,
    entry_bytes: usize,
}

fn header(block: &[u8], sector: u64) -> Result<Header, String> {
    let b = Bytes(block);
    if !b.has(0, MAGIC) {
        return Err("no header of a GPT".to_owned());
    }
    let cut = || "its header is cut off".to_owned();
    let bytes = b.le32(12).ok_or_else(cut)? as usize;
    if bytes < HEADER || bytes > block.len() {
        return Err(format!("its header says that it has {bytes} bytes"));
    }
    let parts = (block.get(..16), block.get(20..bytes));
    let (Some(before), Some(behind)) = parts else { return Err(cut()) };
    let (sum, stated) = (sum_of(&[before, &[0; 4], behind]), b.le32(16).ok_or_else(cut)?);
    if sum != stated {
        return Err(format!("the checksum of its header is {sum:08x}, not {stated:08x}"));
    }
    if b.le64(24) != Some(sector) {
        return Err("its header belongs to another sector".to_owned());
    }
    let entry_bytes = b.le32(84).ok_or_else(cut)?;
    if !ENTRY.contains(&entry_bytes) || !entry_bytes.is_power_of_two() {
        return Err(format!("its entries have {entry_bytes} bytes"));
    }
    Ok(Header {
        list: b.le64(72).ok_or_else(cut)?,
        entries: b.le32(80).ok_or_else(cut)?,
        entry_bytes,
        sum_of_list: b.le32(88).ok_or_else(cut)?,
    })
}

fn sum_of(parts: &[&[u8]]) -> u32 {
    let mut sum = flate2::Crc::new();
    for part in parts {
        sum.update(part);
    }
    sum.sum()
}

fn partitions(ledger: &Ledger<'_>, list: &List, sector: u64) -> Result<Vec<Partition>, FormatError> {
    let mut partitions = Vec::new();
    for (number, entry) in (1_u32..).zip(list.bytes.chunks_exact(list.entry_bytes)) {
        let b = Bytes(entry);
        if b.has(0, &[0; 16]) {
            continue;
        }
        let (Some(first), Some(last)) = (b.le64(32), b.le64(40)) else { continue };
        let Some(sectors) = last.checked_sub(first).and_then(|sectors| sectors.checked_add(1)) else {
            let why = format!("partition {number} ends before it begins");
            return Err(ledger.malformed("partition table", &why));
        };
        if partitions.len() >= ledger.limits().partitions as usize {
            return Err(ledger.too_big(&format!("more than {} partitions", ledger.limits().partitions)));
        }
        partitions.push(Partition {
            number,
            name: name(entry.get(56..128).unwrap_or_default()),
            start: first.saturating_mul(sector),
            length: sectors.saturating_mul(sector),
        });
    }
    Ok(partitions)
}

/// The name, in UTF-16, up to its zero; control characters are left out.
fn name(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0);
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|letter| !letter.is_control())
        .collect()
}
