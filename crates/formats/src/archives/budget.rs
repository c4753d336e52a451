//! The limiter: every byte that comes out of a decompressor is paid for from one budget per archive.

use std::cell::Cell;
use std::io::{self, Read};

use crate::limits::{FormatError, Limits};

/// Bytes that may come out before the ratio is looked at.
const RATIO_FREE: u64 = 1 << 20;

/// What one archive may cost, and what it has cost so far.
pub struct Budget {
    limits: Limits,
    /// Bytes read from the archive itself.
    taken: Cell<u64>,
    /// Bytes that came out of all decompressors.
    given: Cell<u64>,
    members: Cell<u64>,
}

impl Budget {
    /// A full budget.
    pub fn new(limits: Limits) -> Budget {
        Budget { limits, taken: Cell::new(0), given: Cell::new(0), members: Cell::new(0) }
    }

    /// Pays for one member.
    pub fn count_member(&self, name: &str) -> Result<(), FormatError> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > self.limits.members {
            return Err(too_big(name, format!("more than {} members", self.limits.members)));
        }
        Ok(())
    }

    /// A stream of one member that ends in an error when the member is larger than one document may be.
    pub fn document<'r>(&self, name: &'r str, reader: &'r mut dyn Read) -> Document<'r> {
        Document { reader, name, left: self.limits.document_bytes, limit: self.limits.document_bytes }
    }

    /// Counts bytes of the archive as read (compressed).
    pub fn take(&self, bytes: u64) {
        self.taken.set(self.taken.get().saturating_add(bytes));
    }

    fn give(&self, bytes: u64) -> Result<(), FormatError> {
        let given = self.given.get().saturating_add(bytes);
        self.given.set(given);
        if given > self.limits.archive_bytes {
            return Err(too_big(
                "archive",
                format!("more than {} bytes come out of it", self.limits.archive_bytes),
            ));
        }
        if given > RATIO_FREE && given / self.limits.ratio.max(1) > self.taken.get() {
            let ratio = self.limits.ratio;
            return Err(too_big("archive", format!("it swells more than {ratio} times when decompressed")));
        }
        Ok(())
    }
}

fn too_big(name: &str, what: String) -> FormatError {
    FormatError::TooBig { name: name.to_owned(), what }
}

/// The archive's own bytes, counted.
pub struct Counted<'b, R> {
    reader: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Counted<'b, R> {
    /// Wraps the outermost reader.
    pub fn new(reader: R, budget: &'b Budget) -> Self {
        Counted { reader, budget }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.budget.take(read as u64);
        Ok(read)
    }
}

/// What comes out of one decompressor, paid for.
pub struct Metered<'b, R> {
    reader: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Metered<'b, R> {
    /// Wraps a decompressor.
    pub fn new(reader: R, budget: &'b Budget) -> Self {
        Metered { reader, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.budget.give(read as u64).map_err(io::Error::other)?;
        Ok(read)
    }
}

/// One member, at most as long as a document may be.
pub struct Document<'r> {
    reader: &'r mut dyn Read,
    name: &'r str,
    left: u64,
    limit: u64,
}

impl Read for Document<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                let what = format!("a document in it is larger than {} bytes", self.limit);
                return Err(io::Error::other(too_big(self.name, what)));
            }
        }
        Ok(read)
    }
}
