//! tar members in order: long names of GNU and pax, an early end told apart from the end.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use tar::{Archive, Entry, EntryType, Header};

use super::{Flow, Job};
use crate::limits::FormatError;

/// Longest name that is read from a long-name record.
const LONG_NAME: u64 = 1 << 16;

/// True when 512 bytes are a tar header: the checksum must fit, so that old archives without the `ustar`
/// magic are found too and nothing else is.
pub fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else { return false };
    let Some(field) = block.get(148..156) else { return false };
    let text = String::from_utf8_lossy(field);
    let digits = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let Ok(stated) = u32::from_str_radix(digits, 8) else { return false };
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    stated == sum && block.first() != Some(&0)
}

/// Visits each regular file of a tar stream; `inside` goes in front of their names.
pub fn members(job: &mut Job<'_, '_>, inside: &str, reader: &mut dyn Read, depth: usize) -> Flow {
    let ended = Rc::new(Cell::new(false));
    let mut archive = Archive::new(Ended { reader, ended: Rc::clone(&ended) });
    // Raw, because the crate reads long names without a bound.
    let entries = archive.entries().map_err(|error| job.error(&error))?.raw(true);
    let mut long_name: Option<String> = None;
    for entry in entries {
        let mut entry = entry.map_err(|error| job.error(&error))?;
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let text = long_text(job, &mut entry)?;
                long_name = Some(text.trim_end_matches('\0').to_owned());
                continue;
            }
            EntryType::XHeader => {
                let text = long_text(job, &mut entry)?;
                long_name = pax_path(&text).or(long_name);
                continue;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {}
            _ => {
                long_name = None;
                continue;
            }
        }
        let name = long_name.take().unwrap_or_else(|| plain_name(entry.header()));
        let Some(name) = (if name.ends_with('/') { None } else { job.safe_name(&name) }) else { continue };
        let size = entry.header().size().unwrap_or(0);
        let mut whole = Whole { left: size, reader: &mut entry };
        if job.descend(&format!("{inside}{name}"), Box::new(&mut whole), depth)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if ended.get() {
        let why = "the tar archive has no end mark".to_owned();
        return Err(FormatError::Truncated { name: job.name.to_owned(), why });
    }
    Ok(ControlFlow::Continue(()))
}

fn long_text<R: Read>(job: &Job<'_, '_>, entry: &mut Entry<'_, R>) -> Result<String, FormatError> {
    let mut bytes = Vec::new();
    entry.take(LONG_NAME).read_to_end(&mut bytes).map_err(|error| job.error(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The `path` record of a pax header: lines of `length key=value`.
fn pax_path(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}

fn plain_name(header: &Header) -> String {
    String::from_utf8_lossy(&header.path_bytes()).into_owned()
}

/// Remembers that the stream ended.
struct Ended<R> {
    reader: R,
    ended: Rc<Cell<bool>>,
}

impl<R: Read> Read for Ended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.ended.set(true);
        }
        Ok(read)
    }
}

/// A member that must be as long as its header says.
struct Whole<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a tar member is cut off"));
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
