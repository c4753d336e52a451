//! rpm's header blob: a count of index entries and of data bytes (both big-endian), the entries (tag, type, offset,
//! count), then the data. In a database it stands without the magic number that it has in a package file.

use std::borrow::Cow;

pub const NAME: u32 = 1000;
pub const VERSION: u32 = 1001;
pub const RELEASE: u32 = 1002;
pub const EPOCH: u32 = 1003;
pub const VENDOR: u32 = 1011;
pub const PACKAGER: u32 = 1015;
pub const URL: u32 = 1020;
pub const ARCH: u32 = 1022;
pub const SOURCE_RPM: u32 = 1044;
pub const PROVIDES: u32 = 1047;
pub const REQUIRES: u32 = 1049;

const TYPE_INT32: u32 = 4;
const TYPE_STRING: u32 = 6;
const TYPE_STRINGS: u32 = 8;
const TYPE_I18N: u32 = 9;

/// Bytes of one index entry.
const ENTRY: usize = 16;
/// Entries of a header that are looked at; rpm's own limit is 65,535.
const MOST_ENTRIES: usize = 65_535;
/// Texts of one entry that are read (names of needs and provisions).
const MOST_TEXTS: usize = 20_000;

/// A header, not copied.
pub struct Header<'b> {
    index: &'b [u8],
    data: &'b [u8],
}

impl<'b> Header<'b> {
    /// Finds index and data.
    ///
    /// # Errors
    /// When the blob is shorter than it says.
    pub fn read(blob: &'b [u8]) -> Result<Header<'b>, String> {
        // A header of a package file begins with its magic number and a version.
        let blob = match blob {
            [0x8e, 0xad, 0xe8, _, _, _, _, _, rest @ ..] => rest,
            _ => blob,
        };
        let entries = number(blob, 0).ok_or("it is shorter than 8 bytes")? as usize;
        let length = number(blob, 4).ok_or("it is shorter than 8 bytes")? as usize;
        if entries > MOST_ENTRIES {
            return Err(format!("it says that it has {entries} entries"));
        }
        let start = 8 + entries * ENTRY;
        let index = blob.get(8..start).ok_or("its index ends early")?;
        let end = start.checked_add(length).ok_or("its data ends early")?;
        let data = blob.get(start..end).ok_or("its data ends early")?;
        Ok(Header { index, data })
    }

    /// Type, data from the entry's offset on, and count of a tag; the first entry counts.
    fn entry(&self, tag: u32) -> Option<(u32, &'b [u8], u32)> {
        let entry = self.index.chunks_exact(ENTRY).find(|entry| number(entry, 0) == Some(tag))?;
        let offset = number(entry, 8)? as usize;
        Some((number(entry, 4)?, self.data.get(offset..)?, number(entry, 12)?))
    }

    /// The text of a tag, of several languages the first (which is C); empty when there is none.
    pub fn text(&self, tag: u32) -> Cow<'b, str> {
        match self.entry(tag) {
            Some((TYPE_STRING | TYPE_STRINGS | TYPE_I18N, data, _)) => text_of(data).0,
            _ => Cow::Borrowed(""),
        }
    }

    /// All texts of a tag.
    pub fn texts(&self, tag: u32) -> Vec<Cow<'b, str>> {
        let Some((TYPE_STRING | TYPE_STRINGS | TYPE_I18N, mut data, count)) = self.entry(tag) else {
            return Vec::new();
        };
        let mut texts = Vec::new();
        for _ in 0..(count as usize).min(MOST_TEXTS) {
            if data.is_empty() {
                break;
            }
            let (text, rest) = text_of(data);
            texts.push(text);
            data = rest;
        }
        texts
    }

    /// The number of a tag.
    pub fn number(&self, tag: u32) -> Option<u32> {
        match self.entry(tag) {
            Some((TYPE_INT32, data, count)) if count > 0 => number(data, 0),
            _ => None,
        }
    }
}

/// The text up to the next zero byte, and what follows it.
fn text_of(data: &[u8]) -> (Cow<'_, str>, &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let text = String::from_utf8_lossy(data.get(..end).unwrap_or_default());
    (text, data.get(end + 1..).unwrap_or_default())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}
