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
    /// How many bytes are still to come, at most; 0 = not known.
    left: usize,
    piece_bytes: usize,
    ended: bool,
}

impl<R: Read> Pieces<R> {
    /// Cuts what is in `begun` and what follows in `reader`; `left` bytes at most, 0 when that is not known.
    pub fn new(begun: Vec<u8>, reader: R, left: usize, piece_bytes: usize) -> Pieces<R> {
        Pieces { reader, rest: begun, left, piece_bytes, ended: false }
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
        let mut rest = std::mem::take(&mut self.rest);
        rest.reserve_exact(want);
        let read = self.read(&mut rest, want);
        self.rest = rest;
        read
    }

    fn read(&mut self, into: &mut Vec<u8>, want: usize) -> io::Result<()> {
        let got = self.reader.by_ref().take(want as u64).read_to_end(into)?;
        self.left = self.left.saturating_sub(got);
        self.ended = got < want;
        Ok(())
    }

    /// A line longer than a piece. Growing a buffer step by step would need the memory of the line twice.
    fn long_line(&mut self) -> io::Result<Vec<u8>> {
        if self.left > 0 { self.line_in_one() } else { self.line_in_blocks() }
    }

    /// The rest of the file is known: room for all of it is set aside, and what is not written to costs nothing.
    fn line_in_one(&mut self) -> io::Result<Vec<u8>> {
        let mut line = std::mem::take(&mut self.rest);
        line.reserve_exact(self.left + 1);
        while !self.ended {
            let from = line.len();
            let room = line.capacity() - from;
            self.read(&mut line, self.piece_bytes.min(room.max(1)))?;
            if let Some(end) = line_end(&line, from) {
                self.rest = line.split_off(end);
                break;
            }
        }
        Ok(line)
    }

    /// The length is not known: the line is read in blocks and put together once.
    fn line_in_blocks(&mut self) -> io::Result<Vec<u8>> {
        let mut blocks = vec![std::mem::take(&mut self.rest)];
        while !self.ended {
            let mut block = Vec::with_capacity(self.piece_bytes);
            self.read(&mut block, self.piece_bytes)?;
            let end = line_end(&block, 0);
            if let Some(end) = end {
                self.rest = block.split_off(end);
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

/// The position after the first line end at or after `from`.
fn line_end(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..).unwrap_or_default();
    tail.iter().position(|byte| *byte == b'\n').map(|end| from + end + 1)
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    /// Whatever the lengths, the pieces are the text, and each but the last ends with a line.
    #[test]
    fn pieces_are_whole_lines() {
        for longest in [1, 5, 9, 40, 100] {
            for known in [false, true] {
                for last_line_ends in [false, true] {
                    check(longest, known, last_line_ends);
                }
            }
        }
    }

    fn check(longest: usize, known: bool, last_line_ends: bool) {
        let mut text: Vec<u8> = Vec::new();
        for number in 0..60 {
            text.extend(std::iter::repeat_n(b'x', number * 7 % longest));
            text.push(b'\n');
        }
        if !last_line_ends {
            text.extend(b"the last line");
        }
        for begun in [0, 1, 8, 30] {
            let (begun, rest) = text.split_at(begun.min(text.len()));
            let left = if known { rest.len() } else { 0 };
            let mut pieces = Pieces::new(begun.to_vec(), rest, left, 8);
            let mut all = Vec::new();
            while let Some(piece) = pieces.next_piece().unwrap() {
                assert!(piece.ends_with(b"\n") || all.len() + piece.len() == text.len());
                all.extend(piece);
            }
            assert_eq!(all, text);
        }
    }
}
