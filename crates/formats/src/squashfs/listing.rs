//! The listing of a directory: runs of up to 256 names whose inodes lie in one block.

use std::io;

use super::damage;
use super::metadata::{Cursor, Part};
use crate::images::bytes::Bytes;

/// The format counts three bytes for `.` and `..`, which are not listed.
const UNLISTED: u32 = 3;
/// Longest name.
const LONGEST_NAME: usize = 256;

/// One name in a directory.
#[derive(Debug)]
pub struct Listed {
    /// The name.
    pub name: Vec<u8>,
    /// Reference of its inode.
    pub inode: u64,
}

/// Reads a listing of so many bytes, as the inode counts them.
pub fn read(part: &mut Part<'_>, mut cursor: Cursor, bytes: u32) -> io::Result<Vec<Listed>> {
    let mut left = bytes.saturating_sub(UNLISTED) as usize;
    let mut listed = Vec::new();
    while left > 0 {
        let header = take(part, &mut cursor, &mut left, 12)?;
        let header = Bytes(&header);
        let (count, block) = (header.le32(0).unwrap_or(u32::MAX), header.le32(4).unwrap_or(0));
        if count > 255 {
            return Err(damage(format!("a run of {count} names, 256 are possible")));
        }
        for _ in 0..=count {
            listed.push(one(part, &mut cursor, &mut left, block)?);
        }
    }
    Ok(listed)
}

fn one(part: &mut Part<'_>, cursor: &mut Cursor, left: &mut usize, block: u32) -> io::Result<Listed> {
    let entry = take(part, cursor, left, 8)?;
    let entry = Bytes(&entry);
    let offset = entry.le16(0).unwrap_or(0);
    let length = usize::from(entry.le16(6).unwrap_or(u16::MAX)) + 1;
    if length > LONGEST_NAME {
        return Err(damage(format!("a name of {length} bytes")));
    }
    let name = take(part, cursor, left, length)?;
    if name.contains(&b'/') || name.contains(&0) || name == b"." || name == b".." {
        return Err(damage(format!("the name {:?}", String::from_utf8_lossy(&name))));
    }
    Ok(Listed { name, inode: u64::from(block) << 16 | u64::from(offset) })
}

fn take(part: &mut Part<'_>, cursor: &mut Cursor, left: &mut usize, bytes: usize) -> io::Result<Vec<u8>> {
    *left = left.checked_sub(bytes).ok_or_else(|| damage("a name reaches beyond the directory"))?;
    part.take(cursor, bytes)
}
