//! As much of the SQLite file format as rpm's database needs: the schema, and the rows of one table with a blob in their
//! second column. Read-only, without SQL; every page is visited at most once, so a broken or hostile file costs its own
//! size and no more. Changes that still lie in a write-ahead log (`-wal`) beside the file are not seen.

use std::borrow::Cow;

use model::note::{Note, NoteCode, Severity};

use super::Broken;

/// The table of rpm's headers.
const TABLE: &str = "Packages";
/// Levels of a b-tree; SQLite's own limit.
const LEVELS: usize = 20;

/// Hands over the second column of each row of `Packages`, with its row number.
pub fn packages(bytes: &[u8], take: &mut dyn FnMut(u64, &[u8])) -> Result<Vec<Note>, Broken> {
    let mut file = File::open(bytes)?;
    let mut root = None;
    let mut tables = Vec::new();
    file.walk(1, LEVELS, &mut |_, record| {
        let columns = columns(record);
        let text = |at: usize| {
            columns.get(at).map_or(Cow::Borrowed(""), |column| String::from_utf8_lossy(column.bytes))
        };
        if text(0) == "table" {
            if text(1).eq_ignore_ascii_case(TABLE) {
                root = columns.get(3).map(Column::number);
            }
            tables.push(text(1).into_owned());
        }
    })?;
    let Some(root) = root else {
        let held: Vec<&str> = tables.iter().take(5).map(String::as_str).collect();
        return Err(Broken::Wrong(format!(
            "it is an SQLite database, but not one of rpm: no table `{TABLE}` (it has: {})",
            held.join(", ")
        )));
    };
    let root = usize::try_from(root).map_err(|_| wrong("the root of its table is no page"))?;
    file.walk(root, LEVELS, &mut |row, record| {
        if let Some(column) = columns(record).get(1) {
            take(row, column.bytes);
        }
    })?;
    let mut notes = Vec::new();
    if file.has_log {
        let value =
            "written with a write-ahead log: changes in a file with the ending -wal beside it are not seen";
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Info, "byte 18", value));
    }
    Ok(notes)
}

fn wrong(why: &str) -> Broken {
    Broken::Wrong(format!("its SQLite database is broken: {why}"))
}

struct File<'b> {
    bytes: &'b [u8],
    page_size: usize,
    /// Bytes of a page that SQLite uses.
    usable: usize,
    has_log: bool,
    visited: Vec<bool>,
}

impl<'b> File<'b> {
    fn open(bytes: &'b [u8]) -> Result<File<'b>, Broken> {
        let header = bytes
            .get(..100)
            .ok_or_else(|| Broken::Truncated("an SQLite database without its header".to_owned()))?;
        let page_size = match be16(header, 16) {
            Some(1) => 65_536,
            Some(size) if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return Err(wrong("its page size is none")),
        };
        let reserved = usize::from(header.get(20).copied().unwrap_or_default());
        let usable = page_size - reserved;
        if usable < 480 {
            return Err(wrong("its pages are all reserve"));
        }
        // 1 is UTF-8; rpm never writes another.
        if be32(header, 56).is_some_and(|encoding| encoding > 1) {
            return Err(Broken::Wrong(
                "its SQLite database is in UTF-16, which rpm does not write".to_owned(),
            ));
        }
        let pages = bytes.len() / page_size;
        let stated = be32(header, 28).unwrap_or_default() as usize;
        if stated > pages && be32(header, 24) == be32(header, 92) {
            let why = format!("its SQLite database has {stated} pages, of which {pages} are there");
            return Err(Broken::Truncated(why));
        }
        let has_log = header.get(18).is_some_and(|version| *version == 2);
        Ok(File { bytes, page_size, usable, has_log, visited: vec![false; pages + 1] })
    }

    /// A page that nobody asked for before.
    fn page(&mut self, number: usize) -> Result<&'b [u8], Broken> {
        match self.visited.get_mut(number) {
            Some(seen) if number > 0 && !*seen => *seen = true,
            Some(_) => return Err(wrong("a page is used twice")),
            None => {
                return Err(Broken::Truncated(format!("page {number} of its SQLite database is missing")));
            }
        }
        let start = (number - 1) * self.page_size;
        self.bytes.get(start..start + self.page_size).ok_or_else(|| wrong("a page ends early"))
    }

    /// Walks a table's b-tree and hands over row number and record of each row.
    fn walk(&mut self, root: usize, levels: usize, take: &mut dyn FnMut(u64, &[u8])) -> Result<(), Broken> {
        if levels == 0 {
            return Err(wrong("its tree has too many levels"));
        }
        let page = self.page(root)?;
        // The first page begins with the header of the file.
        let at = if root == 1 { 100 } else { 0 };
        let kind = page.get(at).copied().unwrap_or_default();
        let cells = be16(page, at + 3).map(usize::from).unwrap_or_default();
        match kind {
            0x05 => {
                for cell in 0..cells {
                    let place = be16(page, at + 12 + 2 * cell).map(usize::from).unwrap_or_default();
                    let child = be32(page, place).ok_or_else(|| wrong("a cell lies outside of its page"))?;
                    self.walk(child as usize, levels - 1, take)?;
                }
                let last = be32(page, at + 8).ok_or_else(|| wrong("a page ends early"))?;
                self.walk(last as usize, levels - 1, take)
            }
            0x0d => {
                for cell in 0..cells {
                    let place = be16(page, at + 8 + 2 * cell).map(usize::from).unwrap_or_default();
                    self.cell(page, place, take)?;
                }
                Ok(())
            }
            _ => Err(wrong("a page of the table is no table page")),
        }
    }

    /// One row: length and row number as variable integers, then the record, which may go on in overflow pages.
    fn cell(&mut self, page: &'b [u8], place: usize, take: &mut dyn FnMut(u64, &[u8])) -> Result<(), Broken> {
        let outside = || wrong("a cell lies outside of its page");
        let rest = page.get(place..self.usable).ok_or_else(outside)?;
        let (length, rest) = varint(rest).ok_or_else(outside)?;
        let (row, rest) = varint(rest).ok_or_else(outside)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= self.bytes.len());
        let length = length.ok_or_else(|| wrong("a row is larger than the file"))?;
        let local = self.local(length);
        let here = rest.get(..local).ok_or_else(outside)?;
        if local == length {
            take(row, here);
            return Ok(());
        }
        let mut record = Vec::with_capacity(length);
        record.extend_from_slice(here);
        let mut next = be32(rest, local).ok_or_else(outside)? as usize;
        while record.len() < length {
            let page = self.page(next)?;
            next = be32(page, 0).unwrap_or_default() as usize;
            let part = (length - record.len()).min(self.usable - 4);
            record.extend_from_slice(page.get(4..4 + part).ok_or_else(|| wrong("a page ends early"))?);
        }
        take(row, &record);
        Ok(())
    }

    /// How much of a record lies in its cell (the file format's rule for table leaves).
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let filled = least + (length - least) % (self.usable - 4);
        if filled <= most { filled } else { least }
    }
}

/// One column of a record.
struct Column<'r> {
    kind: u64,
    bytes: &'r [u8],
}

impl Column<'_> {
    /// Its value as a number; 0 for anything else.
    fn number(&self) -> u64 {
        match self.kind {
            9 => 1,
            1..=6 => self.bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)),
            _ => 0,
        }
    }
}

/// Columns of a record that are looked at.
const MOST_COLUMNS: usize = 16;

/// The columns of a record: a header of types, then the values. What lies outside is left out.
fn columns(record: &[u8]) -> Vec<Column<'_>> {
    let mut columns = Vec::new();
    let Some((header, rest)) = varint(record) else { return columns };
    let taken = record.len() - rest.len();
    let Ok(header) = usize::try_from(header) else { return columns };
    let (Some(mut types), Some(mut values)) = (record.get(taken..header), record.get(header..)) else {
        return columns;
    };
    while let Some((kind, rest)) = varint(types).filter(|_| columns.len() < MOST_COLUMNS) {
        types = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return columns,
            kind => (kind - 12) / 2,
        };
        let Some((bytes, rest)) =
            usize::try_from(length).ok().and_then(|length| values.split_at_checked(length))
        else {
            return columns;
        };
        values = rest;
        columns.push(Column { kind, bytes });
    }
    columns
}

/// A variable integer: seven bits a byte, the ninth byte has eight.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for at in 0..9 {
        let byte = *bytes.get(at)?;
        if at == 8 {
            return Some(((value << 8) | u64::from(byte), bytes.get(9..)?));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_be_bytes(two))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}
