//! Where the bytes of an image lie: a view of a part of a reader, shared; or memory, for what was compressed.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use super::limits::ImageLimits;
use crate::archives::ReadSeek;
use crate::limits::FormatError;

/// A part of an image: a partition, a file system at an offset, or all of it. Clones share the reader.
#[derive(Clone)]
pub struct View {
    source: Rc<RefCell<Box<dyn ReadSeek>>>,
    start: u64,
    length: u64,
}

impl View {
    /// All of a reader.
    ///
    /// # Errors
    /// When its end cannot be found.
    pub fn whole(mut source: Box<dyn ReadSeek>) -> io::Result<View> {
        let length = source.seek(SeekFrom::End(0))?;
        Ok(View { source: Rc::new(RefCell::new(source)), start: 0, length })
    }

    /// A part, as much of it as lies in this view.
    pub fn part(&self, start: u64, length: u64) -> View {
        let start_here = start.min(self.length);
        View {
            source: Rc::clone(&self.source),
            start: self.start.saturating_add(start_here),
            length: length.min(self.length - start_here),
        }
    }

    /// Bytes in it.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads at a place until the buffer is full or the view ends; returns how many bytes there were.
    ///
    /// # Errors
    /// As the reader.
    pub fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(at);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most) else { return Ok(0) };
        if buffer.is_empty() {
            return Ok(0);
        }
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.start.saturating_add(at)))?;
        fill(&mut **source, buffer)
    }

    /// Reads exactly as much as the buffer takes.
    ///
    /// # Errors
    /// An early end, or as the reader.
    pub fn read_exact_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        if self.read_at(at, buffer)? < buffer.len() {
            let why = format!("unexpected end: {} bytes at byte {at} of {}", buffer.len(), self.length);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
        }
        Ok(())
    }

    /// The first bytes, fewer where it is shorter.
    ///
    /// # Errors
    /// As the reader.
    pub fn head(&self, most: usize) -> io::Result<Vec<u8>> {
        let most = usize::try_from(self.length).unwrap_or(usize::MAX).min(most);
        let mut head = vec![0; most];
        let got = self.read_at(0, &mut head)?;
        head.truncate(got);
        Ok(head)
    }

    /// A stream of it from its beginning.
    pub fn stream(&self) -> Stream {
        Stream { view: self.clone(), at: 0 }
    }
}

impl ext4_view::Ext4Read for View {
    fn read(
        &mut self,
        start_byte: u64,
        dst: &mut [u8],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.read_exact_at(start_byte, dst).map_err(Into::into)
    }
}

/// Reads a view from its beginning to its end.
pub struct Stream {
    view: View,
    at: u64,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.view.read_at(self.at, buffer)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

/// Reads until the buffer is full or the stream ends.
pub fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..)
        && !rest.is_empty()
    {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => got += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// Bytes of one piece of [`Held`].
const PIECE: usize = 1 << 16;

/// An image taken out of a stream into memory. Pieces of zeros take none.
pub struct Held {
    pieces: Vec<Option<Box<[u8]>>>,
    length: u64,
    at: u64,
}

impl Held {
    /// Reads a stream to its end.
    ///
    /// # Errors
    /// More bytes than `held_bytes`, or as the stream.
    pub fn take(reader: &mut dyn Read, name: &str, limits: &ImageLimits) -> io::Result<Held> {
        let mut held = Held { pieces: Vec::new(), length: 0, at: 0 };
        let mut kept = 0_u64;
        loop {
            let mut piece = vec![0_u8; PIECE];
            let got = fill(reader, &mut piece)?;
            if got == 0 {
                return Ok(held);
            }
            held.length = held.length.saturating_add(got as u64);
            if piece.iter().all(|byte| *byte == 0) {
                held.pieces.push(None);
                continue;
            }
            kept = kept.saturating_add(PIECE as u64);
            if kept > limits.held_bytes {
                let what = format!(
                    "unpacked it takes more than {} bytes of memory; decompress it and give the image itself",
                    limits.held_bytes
                );
                return Err(io::Error::other(FormatError::TooBig { name: name.to_owned(), what }));
            }
            held.pieces.push(Some(piece.into_boxed_slice()));
        }
    }
}

impl Read for Held {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let offset = (self.at % PIECE as u64) as usize;
        let most = buffer.len().min(PIECE - offset).min(usize::try_from(left).unwrap_or(usize::MAX));
        let number = usize::try_from(self.at / PIECE as u64).unwrap_or(usize::MAX);
        let (Some(piece), Some(target)) = (self.pieces.get(number), buffer.get_mut(..most)) else {
            return Ok(0);
        };
        match piece.as_ref().and_then(|piece| piece.get(offset..offset + most)) {
            Some(bytes) => target.copy_from_slice(bytes),
            None => target.fill(0),
        }
        self.at += most as u64;
        Ok(most)
    }
}

impl Seek for Held {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Seek, SeekFrom};

    use super::{Held, PIECE, View};
    use crate::images::ImageLimits;

    #[test]
    fn what_is_held_reads_as_it_came() {
        let mut bytes = vec![0_u8; 3 * PIECE + 100];
        bytes[PIECE + 7] = 9;
        bytes[3 * PIECE + 99] = 8;
        let mut held = Held::take(&mut &bytes[..], "x", &ImageLimits::DEFAULT).unwrap();
        assert_eq!(held.pieces.iter().filter(|piece| piece.is_some()).count(), 2);
        let mut back = Vec::new();
        held.read_to_end(&mut back).unwrap();
        assert!(back == bytes);
        held.seek(SeekFrom::End(-1)).unwrap();
        assert_eq!(held.read(&mut [0; 5]).unwrap(), 1);
        let tight = ImageLimits { held_bytes: PIECE as u64, ..ImageLimits::DEFAULT };
        let error = Held::take(&mut &bytes[..], "x", &tight).err().unwrap();
        assert!(error.to_string().contains("65536 bytes of memory"), "{error}");
    }

    #[test]
    fn a_view_ends_where_it_ends() {
        let view = View::whole(Box::new(Cursor::new((0..100).collect::<Vec<u8>>()))).unwrap();
        let part = view.part(10, 20);
        let mut buffer = [0; 30];
        assert_eq!(part.read_at(15, &mut buffer).unwrap(), 5);
        assert_eq!(buffer[..5], [25, 26, 27, 28, 29]);
        assert_eq!(view.part(95, 20).length(), 5);
        assert_eq!(view.part(200, 20).length(), 0);
        assert!(part.read_exact_at(15, &mut buffer).is_err());
        assert_eq!(part.part(5, 100).head(100).unwrap().len(), 15);
    }
}
