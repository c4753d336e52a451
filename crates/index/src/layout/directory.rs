//! Start, directory and trailer: how the sections of a file are found and written.
//!
//! ```text
//! start      magic (8), major, minor, reserved (4)
//! sections   one behind another, each aligned to 64 bytes
//! directory  header, then per section: number, offset, length, checksum
//! trailer    offset, length and checksum of the directory, length of the file, magic (8)
//! ```
//! The directory stands behind the sections because the file is written in one pass.

use std::io::Write;

use super::checksum::checksum;
use super::codec::{Corrupt, Cursor, Decoded, put_varint};
use super::header::{Header, MAJOR, MINOR};
use super::sections::Section;
use crate::Error;

const MAGIC: [u8; 8] = *b"\x89PWINDX\n";
const END_MAGIC: [u8; 8] = *b"PWINDEND";
const START: usize = 16;
const TRAILER: usize = 48;
const ALIGN: usize = 64;

/// Where a section is and what it must sum up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) section: Section,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) checksum: u128,
}

/// The directory of an opened file.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    pub(crate) header: Header,
    pub(crate) places: Vec<Place>,
}

impl Directory {
    /// Reads start, trailer and directory; all sections are then known to lie within the file.
    pub(crate) fn read(file: &[u8]) -> Result<Directory, Error> {
        let format = read_start(file)?;
        let (offset, length, sum) = read_trailer(file)
            .map_err(|_| Error::damaged("trailer", "the file is cut short or has bytes behind its end"))?;
        let damaged = |_| Error::damaged("directory", "it cannot be read");
        let end = offset.checked_add(length).ok_or(Corrupt).map_err(damaged)?;
        if end.checked_add(TRAILER) != Some(file.len()) {
            return Err(Error::damaged("directory", "it does not end at the trailer"));
        }
        let bytes = file.get(offset..end).ok_or(Corrupt).map_err(damaged)?;
        if checksum(bytes) != sum {
            return Err(Error::damaged("directory", "its checksum does not match"));
        }
        let mut cursor = Cursor::new(bytes);
        let header = Header::read(&mut cursor, format).map_err(damaged)?;
        let places = read_places(&mut cursor, offset).map_err(damaged)?;
        Ok(Directory { header, places })
    }

    pub(crate) fn place(&self, section: Section) -> Option<Place> {
        self.places.iter().find(|place| place.section == section).copied()
    }
}

fn read_start(file: &[u8]) -> Result<(u16, u16), Error> {
    let mut cursor = Cursor::new(file);
    match cursor.array::<8>() {
        Ok(MAGIC) => {}
        _ if file.is_empty() => return Err(Error::NotAnIndex("the file is empty")),
        _ if MAGIC.starts_with(file) => return Err(Error::damaged("start", "the file is cut short")),
        _ => return Err(Error::NotAnIndex("it does not begin like one")),
    }
    let cut = |_| Error::damaged("start", "the file is cut short");
    let major = u16::from_le_bytes(cursor.array().map_err(cut)?);
    let minor = u16::from_le_bytes(cursor.array().map_err(cut)?);
    if major != MAJOR {
        return Err(Error::UnknownLayout { found: major, known: MAJOR });
    }
    Ok((major, minor))
}

fn read_trailer(file: &[u8]) -> Decoded<(usize, usize, u128)> {
    let at = file.len().checked_sub(TRAILER).filter(|at| *at >= START).ok_or(Corrupt)?;
    let mut cursor = Cursor::new(file.get(at..).ok_or(Corrupt)?);
    let offset = usize::try_from(cursor.u64()?).map_err(|_| Corrupt)?;
    let length = usize::try_from(cursor.u64()?).map_err(|_| Corrupt)?;
    let sum = u128::from_le_bytes(cursor.array()?);
    let whole = cursor.u64()?;
    if whole != file.len() as u64 || cursor.array::<8>()? != END_MAGIC {
        return Err(Corrupt);
    }
    Ok((offset, length, sum))
}

/// Sections of unknown number are passed over: a minor layout may add some.
fn read_places(cursor: &mut Cursor<'_>, directory: usize) -> Decoded<Vec<Place>> {
    let mut places: Vec<Place> = Vec::new();
    for _ in 0..cursor.number()? {
        let number = cursor.byte()?;
        let (offset, length) = (cursor.size()?, cursor.size()?);
        let checksum = u128::from_le_bytes(cursor.array()?);
        let end = offset.checked_add(length).ok_or(Corrupt)?;
        if offset < START || end > directory {
            return Err(Corrupt);
        }
        let Some(section) = Section::from_number(number) else { continue };
        if places.iter().any(|place| place.section == section) {
            return Err(Corrupt);
        }
        places.push(Place { section, offset, length, checksum });
    }
    Ok(places)
}

/// Writes a file in one pass.
pub(crate) struct FileWriter<'w> {
    out: &'w mut dyn Write,
    at: usize,
    places: Vec<Place>,
}

impl<'w> FileWriter<'w> {
    pub(crate) fn start(out: &'w mut dyn Write) -> std::io::Result<FileWriter<'w>> {
        let mut writer = FileWriter { out, at: 0, places: Vec::new() };
        let mut start = MAGIC.to_vec();
        start.extend_from_slice(&MAJOR.to_le_bytes());
        start.extend_from_slice(&MINOR.to_le_bytes());
        start.resize(START, 0);
        writer.bytes(&start)?;
        Ok(writer)
    }

    pub(crate) fn section(&mut self, section: Section, bytes: &[u8]) -> std::io::Result<()> {
        let padding = self.at.next_multiple_of(ALIGN) - self.at;
        self.bytes(&vec![0; padding])?;
        let place = Place { section, offset: self.at, length: bytes.len(), checksum: checksum(bytes) };
        self.places.push(place);
        self.bytes(bytes)
    }

    /// Writes directory and trailer; returns the size of the file and of each section.
    pub(crate) fn finish(mut self, header: &Header) -> std::io::Result<(u64, Vec<(Section, u64)>)> {
        let mut directory = Vec::new();
        header.write(&mut directory);
        put_varint(&mut directory, self.places.len() as u64);
        for place in &self.places {
            directory.push(place.section as u8);
            put_varint(&mut directory, place.offset as u64);
            put_varint(&mut directory, place.length as u64);
            directory.extend_from_slice(&place.checksum.to_le_bytes());
        }
        let offset = self.at as u64;
        self.bytes(&directory)?;
        let mut trailer = offset.to_le_bytes().to_vec();
        trailer.extend_from_slice(&(directory.len() as u64).to_le_bytes());
        trailer.extend_from_slice(&checksum(&directory).to_le_bytes());
        trailer.extend_from_slice(&((self.at + TRAILER) as u64).to_le_bytes());
        trailer.extend_from_slice(&END_MAGIC);
        self.bytes(&trailer)?;
        let sizes = self.places.iter().map(|place| (place.section, place.length as u64)).collect();
        Ok((self.at as u64, sizes))
    }

    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.at += bytes.len();
        self.out.write_all(bytes)
    }
}
