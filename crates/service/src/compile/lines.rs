//! Cuts JSON lines into pieces of whole lines, so that several threads can read one file and memory stays
//! bounded by the longest line.

use std::io::{self, Read};

/// How large a piece is, unless one line is longer.
pub const PIECE_BYTES: usize = 8 << 20;

/// Pieces of whole lines of a stream.
pub struct Pieces<R> {
    reader: R,
    /// What was read and not yet given out.
    rest: Vec<u8>,
    piece_bytes: usize,
    ended: bool,
}

impl<R: Read> Pieces<R> {
    /// Cuts what is in `begun` and what follows in `reader`.
    pub fn new(begun: Vec<u8>, reader: R, piece_bytes: usize) -> Pieces<R> {
        Pieces { reader, rest: begun, piece_bytes, ended: false }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// Whatever the stream returns.
    pub fn next_piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.rest.len() < self.piece_bytes && !self.ended {
            self.fill()?;
        }
        if let Some(cut) = self.rest.iter().rposition(|byte| *byte == b'\n') {
            let tail = self.rest.split_off(cut + 1);
            return Ok(Some(std::mem::replace(&mut self.rest, tail)));
        }
        if !self.ended {
            return self.long_line().map(Some);
        }
        let last = std::mem::take(&mut self.rest);
        Ok((!last.is_empty()).then_some(last))
    }

    /// Reads on until a piece is there.
    fn fill(&mut self) -> io::Result<()> {
        let want = self.piece_bytes - self.rest.len();
        self.rest.reserve_exact(want);
        let got = self.reader.by_ref().take(want as u64).read_to_end(&mut self.rest)?;
        self.ended = got < want;
        Ok(())
    }

    /// A line longer than a piece. It is read in blocks and put together once: growing one buffer would need
    /// the memory of the line twice.
    fn long_line(&mut self) -> io::Result<Vec<u8>> {
        let mut blocks = vec![std::mem::take(&mut self.rest)];
        while !self.ended {
            let mut block = Vec::with_capacity(self.piece_bytes);
            let got = self.reader.by_ref().take(self.piece_bytes as u64).read_to_end(&mut block)?;
            self.ended = got < self.piece_bytes;
            let end = block.iter().position(|byte| *byte == b'\n');
            if let Some(end) = end {
                self.rest = block.split_off(end + 1);
            }
            blocks.push(block);
            if end.is_some() {
                break;
            }
        }
        let mut line = Vec::with_capacity(blocks.iter().map(Vec::len).sum());
        for block in blocks {
            line.extend_from_slice(&block);
        }
        Ok(line)
    }
}
