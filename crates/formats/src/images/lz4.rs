//! lz4 streams around the block decoder of `lz4_flex`: frames with linked or independent blocks, and the legacy form that
//! kernels and their tools write (`lz4 -l`). Checksums of frames are passed over: what is in them has its own.

use std::io::{self, BufRead, Read};

use lz4_flex::block;

use super::ahead::Ahead;

/// Largest block of the legacy form.
const LEGACY_BLOCK: usize = 8 << 20;
/// How far back a block of a frame may point.
const WINDOW: usize = 1 << 16;

/// Which of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lz4Form {
    /// The form with a frame header.
    Frame,
    /// The old form without.
    Legacy,
}

/// Reads one frame.
pub struct Lz4<'s, 'r> {
    reader: &'s mut Ahead<'r>,
    frame: Option<Frame>,
    block: Vec<u8>,
    at: usize,
    window: Vec<u8>,
    is_done: bool,
}

/// What a frame's header says.
#[derive(Clone, Copy)]
struct Frame {
    is_linked: bool,
    has_block_sum: bool,
    has_content_sum: bool,
    block_bytes: usize,
}

impl<'s, 'r> Lz4<'s, 'r> {
    /// Reads the header.
    pub fn new(form: Lz4Form, reader: &'s mut Ahead<'r>) -> io::Result<Lz4<'s, 'r>> {
        let _magic = number(reader)?;
        let frame = match form {
            Lz4Form::Legacy => None,
            Lz4Form::Frame => Some(header(reader)?),
        };
        Ok(Lz4 { reader, frame, block: Vec::new(), at: 0, window: Vec::new(), is_done: false })
    }

    /// What is left after the frame.
    pub fn into_inner(self) -> &'s mut Ahead<'r> {
        self.reader
    }

    fn next_block(&mut self) -> io::Result<()> {
        self.at = 0;
        self.block.clear();
        match self.frame {
            Some(frame) => self.next_of_frame(frame),
            None => self.next_of_legacy(),
        }
    }

    fn next_of_frame(&mut self, frame: Frame) -> io::Result<()> {
        let word = number(self.reader)?;
        if word == 0 {
            self.is_done = true;
            if frame.has_content_sum {
                let _sum = number(self.reader)?;
            }
            return Ok(());
        }
        let is_plain = word & 0x8000_0000 != 0;
        let data = self.bytes((word & 0x7fff_ffff) as usize, frame.block_bytes)?;
        if frame.has_block_sum {
            let _sum = number(self.reader)?;
        }
        self.block = if is_plain {
            data
        } else {
            let mut out = vec![0; frame.block_bytes];
            let got = block::decompress_into_with_dict(&data, &mut out, &self.window).map_err(damaged)?;
            out.truncate(got);
            out
        };
        if frame.is_linked {
            self.window.extend_from_slice(&self.block);
            let surplus = self.window.len().saturating_sub(WINDOW);
            self.window.drain(..surplus);
        }
        Ok(())
    }

    /// The legacy form has no end mark: it ends with the stream, or where no size of a block can follow.
    fn next_of_legacy(&mut self) -> io::Result<()> {
        let most = block::get_maximum_output_size(LEGACY_BLOCK);
        let size = match <[u8; 4]>::try_from(self.reader.peek(4)?) {
            Ok(next) => u32::from_le_bytes(next) as usize,
            Err(_) => 0,
        };
        if size == 0 || size > most {
            self.is_done = true;
            return Ok(());
        }
        self.reader.consume(4);
        let data = self.bytes(size, most)?;
        let mut out = vec![0; LEGACY_BLOCK];
        let got = block::decompress_into(&data, &mut out).map_err(damaged)?;
        out.truncate(got);
        self.block = out;
        Ok(())
    }

    fn bytes(&mut self, size: usize, most: usize) -> io::Result<Vec<u8>> {
        if size > most {
            let why = format!("an lz4 block of {size} bytes, more than {most}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let mut data = vec![0; size];
        self.reader.read_exact(&mut data)?;
        Ok(data)
    }
}

impl Read for Lz4<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.block.len() && !self.is_done {
            self.next_block()?;
        }
        let ready = self.block.get(self.at..).unwrap_or_default();
        let most = ready.len().min(buffer.len());
        if let (Some(target), Some(bytes)) = (buffer.get_mut(..most), ready.get(..most)) {
            target.copy_from_slice(bytes);
        }
        self.at += most;
        Ok(most)
    }
}

fn header(reader: &mut dyn Read) -> io::Result<Frame> {
    let mut two = [0; 2];
    reader.read_exact(&mut two)?;
    let [flags, sizes] = two;
    if flags >> 6 != 1 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "an lz4 frame of another version than 1"));
    }
    // Content size, dictionary id, and the header's checksum.
    let extra = if flags & 0x08 != 0 { 8 } else { 0 } + if flags & 0x01 != 0 { 4 } else { 0 } + 1;
    io::copy(&mut reader.take(extra), &mut io::sink())?;
    let block_bytes = match (sizes >> 4) & 7 {
        4 => 1 << 16,
        5 => 1 << 18,
        6 => 1 << 20,
        7 => 1 << 22,
        _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "an lz4 frame of unknown block size")),
    };
    Ok(Frame {
        is_linked: flags & 0x20 == 0,
        has_block_sum: flags & 0x10 != 0,
        has_content_sum: flags & 0x04 != 0,
        block_bytes,
    })
}

fn number(reader: &mut dyn Read) -> io::Result<u32> {
    let mut four = [0; 4];
    reader.read_exact(&mut four)?;
    Ok(u32::from_le_bytes(four))
}

fn damaged(error: block::DecompressError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a damaged lz4 block: {error}"))
}
