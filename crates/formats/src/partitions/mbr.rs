//! The old table: four entries in the first sector, and chains of further sectors in extended partitions.

use std::collections::BTreeSet;

use super::Partition;
use crate::images::bytes::Bytes;
use crate::images::source::View;
use crate::images::{FormatError, Ledger};

const SECTOR: u64 = 512;
const TABLE: usize = 446;
/// The first number of a logical partition.
const FIRST_LOGICAL: u32 = 5;

/// One entry of a table.
#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: u8,
    start: u64,
    sectors: u64,
}

impl Slot {
    fn is_extended(self) -> bool {
        matches!(self.kind, 0x05 | 0x0f | 0x85)
    }

    fn is_used(self) -> bool {
        self.kind != 0 && self.sectors > 0
    }
}

/// The four entries of a sector; `None` where it ends in no signature or where an entry cannot be one.
fn slots(sector: &[u8]) -> Option<[Slot; 4]> {
    let b = Bytes(sector);
    if !b.has(510, &[0x55, 0xaa]) {
        return None;
    }
    let mut slots = [Slot { kind: 0, start: 0, sectors: 0 }; 4];
    for (number, slot) in slots.iter_mut().enumerate() {
        let at = TABLE + number * 16;
        if b.u8(at)? & 0x7f != 0 {
            return None;
        }
        let (start, sectors) = (b.le32(at + 8)?, b.le32(at + 12)?);
        *slot = Slot { kind: b.u8(at + 4)?, start: u64::from(start), sectors: u64::from(sectors) };
    }
    Some(slots)
}

/// True when the first sector is a table with at least one partition.
pub fn is_table(head: &[u8]) -> bool {
    slots(head).is_some_and(|slots| {
        slots.iter().any(|slot| slot.is_used()) && slots.iter().all(|slot| !slot.is_used() || slot.start > 0)
    })
}

/// True when the table only protects a GPT.
pub fn is_protective(head: &[u8]) -> bool {
    slots(head).is_some_and(|slots| slots.iter().any(|slot| slot.kind == 0xee && slot.start == 1))
}

/// Reads the table and the chains of extended partitions.
pub fn read(ledger: &mut Ledger<'_>, view: &View, head: &[u8]) -> Result<Vec<Partition>, FormatError> {
    let Some(slots) = slots(head) else {
        return Err(ledger.malformed("partition table", "the first sector holds none"));
    };
    let mut partitions = Vec::new();
    for (number, slot) in (1_u32..).zip(slots).filter(|(_, slot)| slot.is_used() && !slot.is_extended()) {
        partitions.push(partition(number, slot, 0));
    }
    for slot in slots.iter().filter(|slot| slot.is_used() && slot.is_extended()) {
        chain(ledger, view, *slot, &mut partitions)?;
    }
    Ok(partitions)
}

/// Each sector of the chain names one logical partition, relative to itself, and the next sector, relative to the first.
fn chain(
    ledger: &Ledger<'_>,
    view: &View,
    extended: Slot,
    partitions: &mut Vec<Partition>,
) -> Result<(), FormatError> {
    let mut visited = BTreeSet::new();
    let mut at = extended.start;
    loop {
        if !visited.insert(at) {
            return Err(
                ledger.malformed("partition table", "the chain of logical partitions runs in a circle")
            );
        }
        if visited.len() > ledger.limits().partitions as usize {
            return Err(ledger.too_big(&format!("more than {} partitions", ledger.limits().partitions)));
        }
        let mut sector = [0; SECTOR as usize];
        view.read_exact_at(at.saturating_mul(SECTOR), &mut sector)
            .map_err(|error| ledger.io("partition table", &error))?;
        let Some([logical, next, ..]) = slots(&sector) else {
            let why = format!("sector {at} of the chain of logical partitions holds no table");
            return Err(ledger.malformed("partition table", &why));
        };
        if logical.is_used() && !logical.is_extended() {
            let number = partitions.iter().filter(|known| known.number >= FIRST_LOGICAL).count() as u32;
            partitions.push(partition(FIRST_LOGICAL + number, logical, at));
        }
        if !next.is_used() || !next.is_extended() {
            return Ok(());
        }
        at = extended.start.saturating_add(next.start);
    }
}

fn partition(number: u32, slot: Slot, relative_to: u64) -> Partition {
    Partition {
        number,
        name: String::new(),
        start: relative_to.saturating_add(slot.start).saturating_mul(SECTOR),
        length: slot.sectors.saturating_mul(SECTOR),
    }
}
