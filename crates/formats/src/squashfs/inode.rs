//! One inode: what it is, and where its content is.

use std::io;

use super::damage;
use super::metadata::{Cursor, Part};
use crate::images::bytes::Bytes;

/// The fragment of a file that has none.
pub const NO_FRAGMENT: u32 = u32::MAX;
/// Longest target of a symbolic link.
const LONGEST_TARGET: u32 = 1 << 16;

/// An inode.
#[derive(Debug)]
pub struct Inode {
    /// Its number, the same for all names of a file.
    pub number: u32,
    /// Permission bits.
    pub mode: u16,
    /// What it is.
    pub kind: Kind,
}

/// What an inode is.
#[derive(Debug)]
pub enum Kind {
    /// A directory, and where its listing is.
    Directory { block: u32, offset: u16, bytes: u32 },
    /// A file.
    File(File),
    /// A symbolic link.
    Link { target: Vec<u8> },
    /// A device, pipe or socket.
    Other,
}

/// Where the bytes of a file are.
#[derive(Debug)]
pub struct File {
    /// Bytes of it.
    pub size: u64,
    /// Names of it.
    pub links: u32,
    /// Where its first block begins.
    pub start: u64,
    /// The fragment with its tail.
    pub fragment: u32,
    /// Where in the fragment the tail begins.
    pub offset: u32,
    /// Where the sizes of its blocks are listed.
    pub blocks: Cursor,
}

/// Reads the inode at a place.
pub fn read(part: &mut Part<'_>, mut cursor: Cursor) -> io::Result<Inode> {
    let header = part.take(&mut cursor, 16)?;
    let header = Bytes(&header);
    let cut = || damage("a header that is cut off");
    let (kind, mode) = (header.le16(0).ok_or_else(cut)?, header.le16(2).ok_or_else(cut)?);
    let number = header.le32(12).ok_or_else(cut)?;
    let kind = match kind {
        1 | 8 => directory(part, &mut cursor, kind == 8),
        2 | 9 => file(part, cursor, kind == 9),
        3 | 10 => link(part, &mut cursor),
        4..=7 | 11..=14 => Ok(Kind::Other),
        other => Err(damage(format!("an inode of the unknown type {other}"))),
    }?;
    Ok(Inode { number, mode, kind })
}

fn directory(part: &mut Part<'_>, cursor: &mut Cursor, is_extended: bool) -> io::Result<Kind> {
    let bytes = part.take(cursor, if is_extended { 24 } else { 16 })?;
    let b = Bytes(&bytes);
    let fields = if is_extended {
        (b.le32(8), b.le16(18), b.le32(4))
    } else {
        (b.le32(0), b.le16(10), b.le16(8).map(u32::from))
    };
    match fields {
        (Some(block), Some(offset), Some(bytes)) => Ok(Kind::Directory { block, offset, bytes }),
        _ => Err(damage("a directory that is cut off")),
    }
}

fn file(part: &mut Part<'_>, mut cursor: Cursor, is_extended: bool) -> io::Result<Kind> {
    let bytes = part.take(&mut cursor, if is_extended { 40 } else { 16 })?;
    let b = Bytes(&bytes);
    let fields = if is_extended {
        (b.le64(0), b.le64(8), b.le32(24), b.le32(28), b.le32(32))
    } else {
        (b.le32(0).map(u64::from), b.le32(12).map(u64::from), Some(1), b.le32(4), b.le32(8))
    };
    match fields {
        (Some(start), Some(size), Some(links), Some(fragment), Some(offset)) => {
            Ok(Kind::File(File { size, links, start, fragment, offset, blocks: cursor }))
        }
        _ => Err(damage("a file that is cut off")),
    }
}

fn link(part: &mut Part<'_>, cursor: &mut Cursor) -> io::Result<Kind> {
    let bytes = part.take(cursor, 8)?;
    let length = Bytes(&bytes).le32(4).unwrap_or(u32::MAX);
    if length > LONGEST_TARGET {
        return Err(damage(format!("a symbolic link of {length} bytes")));
    }
    Ok(Kind::Link { target: part.take(cursor, length as usize)? })
}
