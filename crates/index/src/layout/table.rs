//! Hash tables of fixed entries: lookup keys and ids.
//!
//! `bits`, `count`, one end per bucket, then the entries in bucket order. A bucket is picked by the upper
//! bits of the text's hash; an entry is eight bytes: the lower 32 bits of the hash, and a number. Who asks
//! compares the text itself, so that a collision costs time and never an answer.
//!
//! Chosen over a finite state transducer, because a hostile file must give an error and never a panic, and
//! because building needs no sort by text (decision 0005).

use super::checksum::hash;
use super::codec::{Corrupt, Cursor, Decoded, Numbers, put_u32};

/// A table inside the file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HashTable<'a> {
    bits: u32,
    ends: Numbers<'a>,
    entries: Numbers<'a>,
}

impl<'a> HashTable<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Decoded<HashTable<'a>> {
        let bits = cursor.u32()?;
        if bits > 28 {
            return Err(Corrupt);
        }
        let count = cursor.u32()? as usize;
        let ends = Numbers::new(cursor.take(4 << bits)?);
        let entries = Numbers::new(cursor.take(count.checked_mul(8).ok_or(Corrupt)?)?);
        Ok(HashTable { bits, ends, entries })
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len() / 2
    }

    /// The number of the entry at a position, in bucket order.
    pub(crate) fn value(&self, at: usize) -> Decoded<u32> {
        self.entries.get(at.checked_mul(2).and_then(|at| at.checked_add(1)).ok_or(Corrupt)?)
    }

    /// Returns the first number under `text` that `accept` confirms.
    pub(crate) fn find(
        &self,
        text: &str,
        mut accept: impl FnMut(u32) -> Decoded<bool>,
    ) -> Decoded<Option<u32>> {
        let hash = hash(text.as_bytes());
        let bucket = bucket(hash, self.bits);
        let start = if bucket == 0 { 0 } else { self.ends.get(bucket - 1)? as usize };
        let end = self.ends.get(bucket)? as usize;
        if end > self.len() {
            return Err(Corrupt);
        }
        for at in start..end {
            if self.entries.get(at * 2)? == hash as u32 {
                let value = self.value(at)?;
                if accept(value)? {
                    return Ok(Some(value));
                }
            }
        }
        Ok(None)
    }

    /// Writes a table of (hash of the text, number); any order of input gives the same bytes.
    pub(crate) fn write(mut entries: Vec<(u64, u32)>, out: &mut Vec<u8>) -> Option<()> {
        use rayon::slice::ParallelSliceMut;
        let count = u32::try_from(entries.len()).ok()?;
        // About four entries a bucket.
        let bits = (u32::BITS - (count / 4).leading_zeros()).min(28);
        entries.par_sort_unstable();
        put_u32(out, bits);
        put_u32(out, count);
        let mut ends = vec![0u32; 1 << bits];
        for (hash, _) in &entries {
            *ends.get_mut(bucket(*hash, bits))? += 1;
        }
        let mut end = 0u32;
        for slot in ends {
            end += slot;
            put_u32(out, end);
        }
        for (hash, value) in entries {
            put_u32(out, hash as u32);
            put_u32(out, value);
        }
        Some(())
    }
}

#[inline]
fn bucket(hash: u64, bits: u32) -> usize {
    hash.checked_shr(u64::BITS - bits).unwrap_or(0) as usize
}
