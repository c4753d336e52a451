//! A stream whose next bytes can be looked at before they are read.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::source::fill;

/// Bytes read from below at a time.
const PIECE: usize = 1 << 16;

/// A buffered stream with a look ahead of any length.
pub struct Ahead<'r> {
    reader: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    start: usize,
    taken: Rc<Cell<u64>>,
}

impl<'r> Ahead<'r> {
    /// Wraps a stream.
    pub fn new(reader: Box<dyn Read + 'r>) -> Ahead<'r> {
        Ahead { reader, buffer: Vec::new(), start: 0, taken: Rc::default() }
    }

    /// Counts the bytes that were read from below.
    pub fn taken(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.taken)
    }

    fn count(&self, bytes: usize) {
        self.taken.set(self.taken.get().saturating_add(bytes as u64));
    }

    /// The next bytes without taking them; fewer only at the end of the stream.
    ///
    /// # Errors
    /// As the stream.
    pub fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        let have = self.buffer.len() - self.start;
        if have < bytes {
            self.buffer.drain(..self.start);
            self.start = 0;
            self.buffer.resize(bytes, 0);
            let fresh = self.buffer.get_mut(have..).unwrap_or_default();
            let got = fill(&mut self.reader, fresh)?;
            self.buffer.truncate(have + got);
            self.count(got);
        }
        let end = self.buffer.len().min(self.start.saturating_add(bytes));
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// Passes over so many bytes; says whether there were that many.
    ///
    /// # Errors
    /// As the stream.
    pub fn skip(&mut self, bytes: u64) -> io::Result<bool> {
        Ok(io::copy(&mut self.by_ref().take(bytes), &mut io::sink())? == bytes)
    }

    /// Passes over zeros; says how many there were.
    ///
    /// # Errors
    /// As the stream.
    pub fn skip_zeros(&mut self) -> io::Result<u64> {
        let mut skipped = 0_u64;
        loop {
            let ready = self.fill_buf()?;
            let zeros = ready.iter().take_while(|byte| **byte == 0).count();
            let is_end = zeros < ready.len() || ready.is_empty();
            self.consume(zeros);
            skipped = skipped.saturating_add(zeros as u64);
            if is_end {
                return Ok(skipped);
            }
        }
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let most = ready.len().min(buffer.len());
        if let (Some(target), Some(bytes)) = (buffer.get_mut(..most), ready.get(..most)) {
            target.copy_from_slice(bytes);
        }
        self.consume(most);
        Ok(most)
    }
}

impl BufRead for Ahead<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start >= self.buffer.len() {
            self.start = 0;
            self.buffer.resize(PIECE, 0);
            let got = loop {
                match self.reader.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.buffer.truncate(*got.as_ref().unwrap_or(&0));
            self.count(got?);
        }
        Ok(self.buffer.get(self.start..).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        self.start = self.buffer.len().min(self.start.saturating_add(bytes));
    }
}
