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
        let mut searched = 0;
        loop {
            if self.rest.len() >= self.piece_bytes || self.ended {
                if let Some(cut) = last_line_end(&self.rest, searched) {
                    return Ok(Some(self.cut(cut)));
                }
                if self.ended {
                    let last = std::mem::take(&mut self.rest);
                    return Ok((!last.is_empty()).then_some(last));
                }
            }
            searched = self.rest.len();
            self.read_more()?;
        }
    }

    fn cut(&mut self, cut: usize) -> Vec<u8> {
        let tail = self.rest.split_off(cut);
        std::mem::replace(&mut self.rest, tail)
    }

    fn read_more(&mut self) -> io::Result<()> {
        // One line may be longer than many pieces: grow by a quarter, not by one piece.
        let want = self.piece_bytes.max(self.rest.len() / 4) as u64;
        self.rest.reserve_exact(usize::try_from(want).unwrap_or(self.piece_bytes));
        let got = self.reader.by_ref().take(want).read_to_end(&mut self.rest)?;
        self.ended = got == 0;
        Ok(())
    }
}

/// The position after the last line end at or after `from`.
fn last_line_end(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..).unwrap_or_default();
    tail.iter().rposition(|byte| *byte == b'\n').map(|at| from + at + 1)
}
