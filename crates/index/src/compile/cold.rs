//! Titles, descriptions and references, compressed in blocks.

use rayon::prelude::*;

use super::merge::Merged;
use crate::Error;
use crate::layout::checksum::short_sum;
use crate::layout::codec::{put_u32, put_varint};
use crate::lookup::cold::MAX_BLOCK;

/// A block is closed when it has reached this size: large enough that texts of neighbours help each other,
/// small enough that explaining one vulnerability unpacks little.
const BLOCK: usize = 96 << 10;
/// Speed matters more than the last tenth of size.
const LEVEL: i32 = 1;

/// The section, and for each vulnerability its block and the offset in there.
pub(super) struct Cold {
    pub(super) section: Vec<u8>,
    pub(super) places: Vec<(u32, u32)>,
}

/// Writes the section.
pub(super) fn write(merged: &Merged) -> Result<Cold, Error> {
    let too_large = || Error::TooLarge("more than 4 GiB of compressed texts");
    let (places, blocks) = assign(merged)?;
    let packed: Vec<(Vec<u8>, usize)> = blocks
        .par_iter()
        .map(|groups| pack(merged, groups.clone()))
        .collect::<std::io::Result<_>>()
        .map_err(|source| Error::Io { action: "compress", path: "cold texts".to_owned(), source })?;
    let mut section = Vec::with_capacity(packed.iter().map(|(bytes, _)| bytes.len() + 12).sum::<usize>() + 4);
    put_u32(&mut section, u32::try_from(packed.len()).map_err(|_| too_large())?);
    let mut end = 0usize;
    for (bytes, _) in &packed {
        end += bytes.len();
        put_u32(&mut section, u32::try_from(end).map_err(|_| too_large())?);
    }
    for (_, length) in &packed {
        put_u32(&mut section, *length as u32);
    }
    for (bytes, _) in &packed {
        put_u32(&mut section, short_sum(bytes));
    }
    for (bytes, _) in packed {
        section.extend_from_slice(&bytes);
    }
    Ok(Cold { section, places })
}

/// Places of all vulnerabilities, and the vulnerabilities of each block.
type Assignment = (Vec<(u32, u32)>, Vec<std::ops::Range<usize>>);

fn assign(merged: &Merged) -> Result<Assignment, Error> {
    let mut places = Vec::with_capacity(merged.groups.len());
    let mut blocks = Vec::new();
    let (mut start, mut size) = (0, 0usize);
    for (number, group) in merged.groups.iter().enumerate() {
        if size >= BLOCK {
            blocks.push(start..number);
            (start, size) = (number, 0);
        }
        places.push((blocks.len() as u32, size as u32));
        let records = merged.records_of(group);
        // A length is at most five bytes.
        size += records.iter().map(|kept| framed(merged.cold(kept).len())).sum::<usize>();
        if size > MAX_BLOCK {
            return Err(Error::TooLarge("more than 256 MiB of texts on one vulnerability"));
        }
    }
    if start < merged.groups.len() {
        blocks.push(start..merged.groups.len());
    }
    Ok((places, blocks))
}

/// Size of a text with its length before it.
fn framed(length: usize) -> usize {
    let mut bytes = Vec::new();
    put_varint(&mut bytes, length as u64);
    bytes.len() + length
}

fn pack(merged: &Merged, groups: std::ops::Range<usize>) -> std::io::Result<(Vec<u8>, usize)> {
    let mut bytes = Vec::with_capacity(BLOCK * 2);
    for group in &merged.groups[groups] {
        for kept in merged.records_of(group) {
            let cold = merged.cold(kept);
            put_varint(&mut bytes, cold.len() as u64);
            bytes.extend_from_slice(cold);
        }
    }
    Ok((zstd::bulk::compress(&bytes, LEVEL)?, bytes.len()))
}
