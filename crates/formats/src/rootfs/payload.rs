//! What is packed inside of a kernel image: found by its first bytes, unpacked within a budget. Whatever follows the
//! packed bytes is no error; what came out before one counts.

use std::io::Read;

use flate2::read::GzDecoder;
use liblzma::stream::Stream;

/// Bytes that one payload may unpack to.
const LIMIT: u64 = 160 << 20;
/// Places of one packing that are tried: the same few bytes occur in code, too.
const TRIES: usize = 6;
/// Bytes of memory of the xz decoder.
const MEMORY: u64 = 192 << 20;

type Unpack = fn(&[u8]) -> Vec<u8>;

/// How the kernel's build packs it, by the first bytes. LZO and bzip2 have no reader.
const PACKINGS: &[(&[u8], Unpack)] = &[
    (b"\x1f\x8b\x08", |bytes| drain(GzDecoder::new(bytes))),
    (b"\xfd7zXZ\0", |bytes| lzma(bytes, Stream::new_stream_decoder(MEMORY, 0))),
    (b"\x28\xb5\x2f\xfd", zstd),
    (b"\x02\x21\x4c\x18", lz4),
    (b"\x5d\0\0", |bytes| lzma(bytes, Stream::new_lzma_decoder(MEMORY))),
];

/// Hands every payload found to `take` until it says that it has enough. `budget` is what may still be unpacked, and
/// becomes less.
pub fn each(bytes: &[u8], budget: &mut u64, take: &mut dyn FnMut(&[u8]) -> bool) {
    for (magic, unpack) in PACKINGS {
        let mut tries = 0;
        let mut from = 0;
        while tries < TRIES && *budget > 0 {
            let Some(at) = bytes.get(from..).and_then(|rest| super::banners::position(rest, magic)) else {
                break;
            };
            let payload = unpack(bytes.get(from + at..).unwrap_or_default());
            from += at + magic.len();
            if payload.len() < 64 {
                continue;
            }
            tries += 1;
            *budget = budget.saturating_sub(payload.len() as u64);
            if take(&payload) {
                return;
            }
        }
    }
}

/// Unpacks one whole file (a module, a `.config`), by its first bytes; `None` where it is not packed.
pub fn whole(bytes: &[u8], budget: &mut u64) -> Option<Vec<u8>> {
    let (_, unpack) = PACKINGS.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    if *budget == 0 {
        return None;
    }
    let payload = unpack(bytes);
    *budget = budget.saturating_sub(payload.len() as u64);
    Some(payload)
}

fn drain(reader: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    // An error after some bytes is the end of what is packed.
    let _ = reader.take(LIMIT).read_to_end(&mut out);
    out
}

fn lzma(bytes: &[u8], stream: Result<Stream, liblzma::stream::Error>) -> Vec<u8> {
    stream.map(|stream| drain(liblzma::read::XzDecoder::new_stream(bytes, stream))).unwrap_or_default()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::read::Decoder::with_buffer(bytes)
        .map(|decoder| drain(decoder.single_frame()))
        .unwrap_or_default()
}

/// The old form of lz4, which the kernel uses: blocks of at most 8 MiB, each with its length before it.
fn lz4(bytes: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 8 << 20;
    let mut out = Vec::new();
    let mut rest = bytes.get(4..).unwrap_or_default();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((block, after)) = after.split_at_checked(length) else { break };
        let Ok(plain) = lz4_flex::block::decompress(block, BLOCK) else { break };
        if plain.is_empty() || (out.len() + plain.len()) as u64 > LIMIT {
            break;
        }
        out.extend_from_slice(&plain);
        rest = after;
    }
    out
}
