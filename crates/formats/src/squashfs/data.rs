//! The bytes of a file: whole blocks one after the other, and a tail in a fragment that several files share.

use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use super::damage;
use super::inode::{File, NO_FRAGMENT};
use super::metadata::{Cursor, Metadata};
use super::superblock::Superblock;
use crate::images::bytes::Bytes;
use crate::images::meter::Meter;
use crate::images::source::View;

/// Set in a size when the block is stored as it is.
const PLAIN: u32 = 1 << 24;
/// Fragments that are kept, each of up to 1 MiB.
const KEPT: usize = 8;
/// Entries of the fragment table in one of its blocks.
const IN_BLOCK: u64 = 512;

/// Reads files of one image.
pub struct Data {
    image: View,
    superblock: Superblock,
    fragments: VecDeque<(u32, Rc<[u8]>)>,
}

impl Data {
    /// Nothing kept yet.
    pub fn new(image: View, superblock: Superblock) -> Data {
        Data { image, superblock, fragments: VecDeque::new() }
    }

    /// Reads the first `wanted` bytes of a file.
    ///
    /// # Errors
    /// Damage, an early end, or the limit of the meter.
    pub fn read(
        &mut self,
        metadata: &mut Metadata,
        file: &File,
        wanted: usize,
        meter: &Meter,
    ) -> io::Result<Vec<u8>> {
        let block_bytes = u64::from(self.superblock.block_bytes);
        let has_tail = file.fragment != NO_FRAGMENT;
        let blocks = if has_tail { file.size / block_bytes } else { file.size.div_ceil(block_bytes) };
        let mut sizes = file.blocks;
        let mut at = file.start;
        let mut out: Vec<u8> = Vec::new();
        for number in 0..blocks {
            if out.len() >= wanted {
                break;
            }
            let whole = (file.size - number * block_bytes).min(block_bytes) as usize;
            let size = metadata.part(self.superblock.directory_table).take(&mut sizes, 4)?;
            let size = Bytes(&size).le32(0).unwrap_or(0);
            meter.give(whole as u64).map_err(io::Error::other)?;
            let block = self.block(at, size, whole)?;
            out.extend_from_slice(&block);
            at = at.saturating_add(u64::from(size & (PLAIN - 1)));
        }
        if out.len() < wanted && has_tail {
            let length = (file.size % block_bytes) as usize;
            meter.give(length as u64).map_err(io::Error::other)?;
            let fragment = self.fragment(metadata, file.fragment)?;
            let start = file.offset as usize;
            let tail = start.checked_add(length).and_then(|end| fragment.get(start..end));
            out.extend_from_slice(tail.ok_or_else(|| damage("its tail lies behind its fragment"))?);
        }
        out.truncate(wanted);
        if out.len() < wanted {
            return Err(damage(format!("{} of {wanted} bytes are there", out.len())));
        }
        Ok(out)
    }

    /// One block of `whole` bytes; a size of zero is a hole.
    fn block(&self, at: u64, size: u32, whole: usize) -> io::Result<Vec<u8>> {
        let stored = (size & (PLAIN - 1)) as usize;
        if stored == 0 {
            return Ok(vec![0; whole]);
        }
        let block = self.stored(at, size)?;
        if block.len() != whole {
            return Err(damage(format!("a block of {} bytes where {whole} have to be", block.len())));
        }
        Ok(block)
    }

    fn stored(&self, at: u64, size: u32) -> io::Result<Vec<u8>> {
        let most = self.superblock.block_bytes as usize;
        let stored = (size & (PLAIN - 1)) as usize;
        if size & !(PLAIN | (PLAIN - 1)) != 0 || stored > most {
            return Err(damage(format!("a block of {stored} bytes, {most} are possible")));
        }
        let mut bytes = vec![0; stored];
        self.image.read_exact_at(at, &mut bytes)?;
        if size & PLAIN != 0 { Ok(bytes) } else { self.superblock.compressor.unpack(&bytes, most) }
    }

    fn fragment(&mut self, metadata: &mut Metadata, number: u32) -> io::Result<Rc<[u8]>> {
        if let Some((_, kept)) = self.fragments.iter().find(|(kept, _)| *kept == number) {
            return Ok(Rc::clone(kept));
        }
        if number >= self.superblock.fragments {
            return Err(damage(format!("fragment {number} of {}", self.superblock.fragments)));
        }
        let list = self.superblock.fragment_table.saturating_add(u64::from(number) / IN_BLOCK * 8);
        let mut place = [0; 8];
        self.image.read_exact_at(list, &mut place)?;
        let mut cursor = Cursor::new(u64::from_le_bytes(place), (u64::from(number) % IN_BLOCK * 16) as usize);
        let entry = metadata.part(self.superblock.bytes_used).take(&mut cursor, 16)?;
        let entry = Bytes(&entry);
        let (at, size) = (entry.le64(0).unwrap_or(u64::MAX), entry.le32(8).unwrap_or(0));
        let bytes: Rc<[u8]> = self.stored(at, size)?.into();
        if self.fragments.len() >= KEPT {
            self.fragments.pop_front();
        }
        self.fragments.push_back((number, Rc::clone(&bytes)));
        Ok(bytes)
    }
}
