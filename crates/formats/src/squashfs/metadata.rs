//! Inodes, directories and lists lie in blocks of up to 8 KiB, each with its length in front, in a chain.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::rc::Rc;

use super::damage;
use super::unpack::Compressor;
use crate::images::source::View;

/// Bytes of a full block.
pub const BLOCK: usize = 8192;
/// Blocks that are kept: 4 MiB.
const KEPT: usize = 512;

/// A place in a chain of blocks.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    block: u64,
    offset: usize,
}

impl Cursor {
    /// At an offset of the block that begins at a byte of the image.
    pub fn new(block: u64, offset: usize) -> Cursor {
        Cursor { block, offset }
    }

    /// Of a reference: a block relative to its table, and an offset in it.
    pub fn of_reference(table: u64, reference: u64) -> Cursor {
        Cursor { block: table.saturating_add(reference >> 16), offset: (reference & 0xffff) as usize }
    }
}

/// One block, and where the next one begins.
#[derive(Clone)]
struct Block {
    bytes: Rc<[u8]>,
    next: u64,
}

/// The blocks of one image.
pub struct Metadata {
    image: View,
    compressor: Compressor,
    blocks: BTreeMap<u64, Block>,
    order: VecDeque<u64>,
}

impl Metadata {
    /// None read yet.
    pub fn new(image: View, compressor: Compressor) -> Metadata {
        Metadata { image, compressor, blocks: BTreeMap::new(), order: VecDeque::new() }
    }

    /// The part of it that ends at a byte of the image.
    pub fn part(&mut self, end: u64) -> Part<'_> {
        Part { metadata: self, end }
    }

    fn block(&mut self, at: u64) -> io::Result<Block> {
        if let Some(block) = self.blocks.get(&at) {
            return Ok(block.clone());
        }
        let mut header = [0; 2];
        self.image.read_exact_at(at, &mut header)?;
        let header = u16::from_le_bytes(header);
        let length = usize::from(header & 0x7fff);
        if length == 0 || length > BLOCK {
            return Err(damage(format!("a metadata block of {length} bytes at byte {at}")));
        }
        let mut bytes = vec![0; length];
        let start = at.saturating_add(2);
        self.image.read_exact_at(start, &mut bytes)?;
        if header & 0x8000 == 0 {
            bytes = self.compressor.unpack(&bytes, BLOCK)?;
        }
        let block = Block { bytes: bytes.into(), next: start.saturating_add(length as u64) };
        if self.order.len() >= KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.blocks.remove(&oldest);
        }
        self.order.push_back(at);
        self.blocks.insert(at, block.clone());
        Ok(block)
    }
}

/// Blocks up to a border: what is read beyond it is damage.
pub struct Part<'m> {
    metadata: &'m mut Metadata,
    end: u64,
}

impl Part<'_> {
    /// Reads so many bytes at a place and moves the place behind them.
    ///
    /// # Errors
    /// Damage, or an early end.
    pub fn take(&mut self, cursor: &mut Cursor, bytes: usize) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        while out.len() < bytes {
            if cursor.block >= self.end {
                return Err(damage("it reaches beyond its table"));
            }
            let block = self.metadata.block(cursor.block)?;
            let Some(rest) = block.bytes.get(cursor.offset..) else {
                return Err(damage("a reference points behind its block"));
            };
            let most = rest.len().min(bytes - out.len());
            out.extend_from_slice(rest.get(..most).unwrap_or_default());
            cursor.offset += most;
            if cursor.offset >= block.bytes.len() && out.len() < bytes {
                // Only the last block of a table may be short.
                if block.bytes.len() < BLOCK {
                    return Err(damage("it reaches beyond its table"));
                }
                *cursor = Cursor::new(block.next, 0);
            }
        }
        Ok(out)
    }
}
