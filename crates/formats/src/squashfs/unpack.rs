//! One block decompressed. No block may become larger than the format allows, so that memory is bounded by it.

use std::io::{self, Read};

use liblzma::stream::Stream;

use super::damage;

/// Memory that an xz or lzma block may take.
const LZMA_MEMORY: u64 = 1 << 27;

/// How the blocks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compressor {
    /// zlib.
    Gzip,
    /// The old lzma form.
    Lzma,
    /// xz.
    Xz,
    /// lz4 blocks.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Compressor {
    /// Names the compressor of a superblock.
    pub fn of(id: u16) -> Result<Compressor, String> {
        match id {
            1 => Ok(Compressor::Gzip),
            2 => Ok(Compressor::Lzma),
            3 => Err(
                "it is compressed with lzo, which is not read; make the image with xz, zstd, gzip or lz4 \
                      (`mksquashfs -comp`), or unpack it with unsquashfs and give the directory"
                    .to_owned(),
            ),
            4 => Ok(Compressor::Xz),
            5 => Ok(Compressor::Lz4),
            6 => Ok(Compressor::Zstd),
            other => Err(format!("it is compressed with {other}, which is none of the six that are known")),
        }
    }

    /// Decompresses one block.
    ///
    /// # Errors
    /// Damage, or more than `most` bytes.
    pub fn unpack(self, block: &[u8], most: usize) -> io::Result<Vec<u8>> {
        match self {
            Compressor::Gzip => bounded(&mut flate2::bufread::ZlibDecoder::new(block), most),
            Compressor::Xz => {
                let stream = Stream::new_stream_decoder(LZMA_MEMORY, 0).map_err(io::Error::other)?;
                bounded(&mut liblzma::bufread::XzDecoder::new_stream(block, stream), most)
            }
            Compressor::Lzma => {
                let stream = Stream::new_lzma_decoder(LZMA_MEMORY).map_err(io::Error::other)?;
                bounded(&mut liblzma::bufread::XzDecoder::new_stream(block, stream), most)
            }
            Compressor::Zstd => zstd::bulk::decompress(block, most),
            Compressor::Lz4 => {
                let mut out = vec![0; most];
                let got = lz4_flex::block::decompress_into(block, &mut out)
                    .map_err(|error| damage(format!("a damaged lz4 block: {error}")))?;
                out.truncate(got);
                Ok(out)
            }
        }
    }
}

fn bounded(reader: &mut dyn Read, most: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(most);
    reader.take(most as u64 + 1).read_to_end(&mut out)?;
    if out.len() > most {
        return Err(damage(format!("a block of more than {most} bytes comes out")));
    }
    Ok(out)
}
