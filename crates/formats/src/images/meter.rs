//! Counts what goes into decompressors and what comes out of everything.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::limits::ImageLimits;
use crate::limits::FormatError;

/// Bytes that may come out before the ratio is looked at.
const RATIO_FREE: u64 = 1 << 20;

/// What one image has cost so far. Shared by all readers of it.
#[derive(Debug)]
pub struct Meter {
    name: String,
    limits: ImageLimits,
    given: Cell<u64>,
}

impl Meter {
    /// Nothing used yet.
    pub fn new(name: &str, limits: ImageLimits) -> Rc<Meter> {
        Rc::new(Meter { name: name.to_owned(), limits, given: Cell::new(0) })
    }

    /// Pays for bytes that come out of something.
    ///
    /// # Errors
    /// When the image has given more than its limit.
    pub fn give(&self, bytes: u64) -> Result<(), FormatError> {
        let given = self.given.get().saturating_add(bytes);
        self.given.set(given);
        if given > self.limits.bytes {
            return Err(self.too_big(format!("more than {} bytes come out of it", self.limits.bytes)));
        }
        Ok(())
    }

    fn too_big(&self, what: String) -> FormatError {
        FormatError::TooBig { name: self.name.clone(), what }
    }
}

/// What comes out of one decompressor, paid for. Zeros do not count for the ratio: the free space of a disk image is
/// no bomb, and takes no memory here.
pub struct Metered<R> {
    reader: R,
    meter: Rc<Meter>,
    taken: Rc<Cell<u64>>,
    swollen: u64,
}

impl<R: Read> Metered<R> {
    /// Wraps a decompressor; `taken` counts what goes into it.
    pub fn new(reader: R, meter: Rc<Meter>, taken: Rc<Cell<u64>>) -> Metered<R> {
        Metered { reader, meter, taken, swollen: 0 }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.meter.give(read as u64).map_err(io::Error::other)?;
        let fresh = buffer.get(..read).unwrap_or_default();
        if fresh.iter().any(|byte| *byte != 0) {
            self.swollen = self.swollen.saturating_add(read as u64);
        }
        let ratio = self.meter.limits.ratio.max(1);
        if self.swollen > RATIO_FREE && self.swollen / ratio > self.taken.get() {
            let what = format!("it swells more than {ratio} times when decompressed");
            return Err(io::Error::other(self.meter.too_big(what)));
        }
        Ok(read)
    }
}
