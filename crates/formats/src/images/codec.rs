//! Compressed streams: gzip, xz, lzma, Zstandard and lz4 (frames, and the legacy form of the kernel), read member by
//! member, so that what follows the last one (an initramfs of several parts) can still be read.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::Stream as Lzma;

use super::ahead::Ahead;
use super::lz4::{Lz4, Lz4Form};

/// Memory that one xz or lzma stream may take.
const LZMA_MEMORY: u64 = 1 << 28;

/// Largest window of a Zstandard stream, as a power of two (`zstd --long=27`).
const ZSTD_WINDOW: u32 = 27;

/// A compression, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// gzip.
    Gzip,
    /// xz.
    Xz,
    /// lzma as the old `lzma` program wrote it.
    Lzma,
    /// Zstandard.
    Zstd,
    /// lz4.
    Lz4(Lz4Form),
}

impl Codec {
    /// Names the compression that a stream begins with.
    pub fn of(head: &[u8]) -> Option<Codec> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Codec::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Codec::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Codec::Zstd),
            [0x02, 0x21, 0x4c, 0x18, ..] => Some(Codec::Lz4(Lz4Form::Legacy)),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Codec::Lz4(Lz4Form::Frame)),
            head if is_lzma(head) => Some(Codec::Lzma),
            _ => None,
        }
    }
}

/// The old form has no magic number: usual properties, a dictionary of 2^n or 3*2^n bytes, and a size that is unknown or
/// below 256 GiB, as the `xz` program tells it, too.
fn is_lzma(head: &[u8]) -> bool {
    let bytes = super::bytes::Bytes(head);
    let (Some(0x5d), Some(dictionary), Some(size)) = (bytes.u8(0), bytes.le32(1), bytes.le64(5)) else {
        return false;
    };
    let is_round =
        dictionary.is_power_of_two() || (dictionary % 3 == 0 && (dictionary / 3).is_power_of_two());
    // The first byte of the range coder is always zero.
    (1 << 12..=1 << 28).contains(&dictionary)
        && is_round
        && (size == u64::MAX || (1..1 << 38).contains(&size))
        && bytes.u8(13) == Some(0)
}

/// What comes out of all members of one compression that follow each other.
pub struct Members<'s, 'r> {
    codec: Codec,
    state: State<'s, 'r>,
}

enum State<'s, 'r> {
    Gzip(Box<GzDecoder<&'s mut Ahead<'r>>>),
    Lzma(Box<XzDecoder<&'s mut Ahead<'r>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, &'s mut Ahead<'r>>>),
    Lz4(Box<Lz4<'s, 'r>>),
    Done,
}

impl<'s, 'r> Members<'s, 'r> {
    /// Starts with the first member.
    ///
    /// # Errors
    /// When the decompressor cannot be set up.
    pub fn open(codec: Codec, stream: &'s mut Ahead<'r>) -> io::Result<Members<'s, 'r>> {
        Ok(Members { codec, state: State::open(codec, stream)? })
    }
}

impl<'s, 'r> State<'s, 'r> {
    fn open(codec: Codec, stream: &'s mut Ahead<'r>) -> io::Result<State<'s, 'r>> {
        Ok(match codec {
            Codec::Gzip => State::Gzip(Box::new(GzDecoder::new(stream))),
            Codec::Xz => {
                let lzma = Lzma::new_stream_decoder(LZMA_MEMORY, 0).map_err(io::Error::other)?;
                State::Lzma(Box::new(XzDecoder::new_stream(stream, lzma)))
            }
            Codec::Lzma => {
                let lzma = Lzma::new_lzma_decoder(LZMA_MEMORY).map_err(io::Error::other)?;
                State::Lzma(Box::new(XzDecoder::new_stream(stream, lzma)))
            }
            Codec::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stream)?.single_frame();
                decoder.window_log_max(ZSTD_WINDOW)?;
                State::Zstd(Box::new(decoder))
            }
            Codec::Lz4(form) => State::Lz4(Box::new(Lz4::new(form, stream)?)),
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            State::Gzip(decoder) => decoder.read(buffer),
            State::Lzma(decoder) => decoder.read(buffer),
            State::Zstd(decoder) => decoder.read(buffer),
            State::Lz4(decoder) => decoder.read(buffer),
            State::Done => Ok(0),
        }
    }

    fn stream(self) -> Option<&'s mut Ahead<'r>> {
        match self {
            State::Gzip(decoder) => Some(decoder.into_inner()),
            State::Lzma(decoder) => Some(decoder.into_inner()),
            State::Zstd(decoder) => Some(decoder.finish()),
            State::Lz4(decoder) => Some(decoder.into_inner()),
            State::Done => None,
        }
    }
}

impl Read for Members<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            let read = self.state.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let Some(stream) = std::mem::replace(&mut self.state, State::Done).stream() else { break };
            if self.codec == Codec::Xz {
                // Between the streams of one file zeros are allowed, four at a time.
                while stream.peek(4)? == [0, 0, 0, 0] {
                    stream.consume(4);
                }
            }
            if Codec::of(stream.peek(14)?) != Some(self.codec) {
                break;
            }
            self.state = State::open(self.codec, stream)?;
        }
        Ok(0)
    }
}
