//! Compressed blocks of cold texts.

use super::by_vulnerability::{VulnRef, read_texts};
use super::open::Index;
use crate::layout::checksum::short_sum;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;

/// Most bytes of a block when unpacked.
pub(crate) const MAX_BLOCK: usize = 256 << 20;

/// The cold section as in the file: packed ends, unpacked lengths, sums, packed blocks.
struct Cold<'a> {
    ends: Numbers<'a>,
    lengths: Numbers<'a>,
    sums: Numbers<'a>,
    blocks: &'a [u8],
}

impl<'a> Cold<'a> {
    fn read(bytes: &'a [u8]) -> Decoded<Cold<'a>> {
        let mut cursor = Cursor::new(bytes);
        let size = (cursor.u32()? as usize).checked_mul(4).ok_or(Corrupt)?;
        let ends = Numbers::new(cursor.take(size)?);
        let lengths = Numbers::new(cursor.take(size)?);
        let sums = Numbers::new(cursor.take(size)?);
        Ok(Cold { ends, lengths, sums, blocks: cursor.rest() })
    }

    fn block(&self, number: u32, compares_sums: bool) -> Decoded<Vec<u8>> {
        let at = number as usize;
        let packed = self.blocks.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        if compares_sums && short_sum(packed) != self.sums.get(at)? {
            return Err(Corrupt);
        }
        let length = self.lengths.get(at)? as usize;
        if length > MAX_BLOCK {
            return Err(Corrupt);
        }
        let bytes = zstd::bulk::decompress(packed, length).map_err(|_| Corrupt)?;
        if bytes.len() == length { Ok(bytes) } else { Err(Corrupt) }
    }
}

impl Index {
    pub(super) fn cold_block(&self, number: u32) -> Decoded<Vec<u8>> {
        Cold::read(self.section(Section::Cold))?.block(number, self.compares_sums())
    }

    /// Unpacks every block and reads every text.
    pub(super) fn verify_cold(&self) -> Decoded<()> {
        let mut current = (None, Vec::new());
        for number in 0..u32::try_from(self.len()).map_err(|_| Corrupt)? {
            let vulnerability = self.read_vulnerability(VulnRef(number))?;
            let (block, offset) = vulnerability.cold();
            if current.0 != Some(block) {
                current = (Some(block), self.cold_block(block)?);
            }
            let bytes = current.1.get(offset as usize..).ok_or(Corrupt)?;
            for at in 0..vulnerability.record_count() {
                read_texts(bytes, at)?;
            }
        }
        Ok(())
    }
}
