//! tar as a root file system: not only its files, as [`crate::archives`] hands them over, but links, directories and modes,
//! too. Archives of a device's update (OpenWrt's sysupgrade) are not a root file system but hold images of one.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use model::note::{NoteCode, Severity};
use tar::{Archive, EntryType};

use super::ahead::Ahead;
use super::{FormatError, Ledger, looks, update};
use crate::rootfs::{Entry, EntryKind};

/// Longest record of a long name.
const LONGEST_RECORD: u64 = 1 << 16;
/// What the names of OpenWrt's update archives begin with.
pub const SYSUPGRADE: &[u8] = b"sysupgrade-";

const CONTAINER: &str = "an image of a container in layers is not read; write its files into one archive (`docker export`, \
                         `podman export`, `umoci unpack`) and give that";

/// What goes before a member and counts for it.
#[derive(Default)]
struct Before {
    path: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    is_sparse: bool,
}

/// Reads a tar archive to its end.
///
/// # Errors
/// Damage, an early end, or a limit.
pub fn read(ledger: &mut Ledger<'_>, ahead: &mut Ahead<'_>, depth: usize) -> Result<(), FormatError> {
    let ended = Rc::new(Cell::new(false));
    let mut archive = Archive::new(Ended { reader: ahead, ended: Rc::clone(&ended) });
    // Raw, because the crate reads long names without a bound.
    let members = archive.entries().map_err(|error| ledger.io("", &error))?.raw(true);
    let mut before = Before::default();
    let mut is_update = None;
    for (number, member) in (1_u64..).zip(members) {
        let place = format!("tar member {number}");
        let mut member = member.map_err(|error| ledger.io(&place, &error))?;
        match member.header().entry_type() {
            EntryType::GNULongName => before.path = Some(long(ledger, &place, &mut member)?),
            EntryType::GNULongLink => before.target = Some(long(ledger, &place, &mut member)?),
            EntryType::XHeader => pax(&record(ledger, &place, &mut member)?, &mut before),
            EntryType::XGlobalHeader => {}
            _ => {
                let before = std::mem::take(&mut before);
                let path = before.path.clone().unwrap_or_else(|| member.header().path_bytes().into_owned());
                let is_update = *is_update.get_or_insert_with(|| path.starts_with(SYSUPGRADE));
                if looks::is_container(&String::from_utf8_lossy(&path)) {
                    return Err(ledger.malformed("", CONTAINER));
                }
                let reader = &mut member;
                if is_update {
                    update::member(ledger, reader, &path, depth)?;
                } else {
                    one(ledger, reader, &path, &before)?;
                }
            }
        }
    }
    if ended.get() {
        return Err(ledger.truncated("tar", "the archive has no end mark"));
    }
    Ok(())
}

fn one<R: Read>(
    ledger: &mut Ledger<'_>,
    member: &mut tar::Entry<'_, R>,
    raw: &[u8],
    before: &Before,
) -> Result<(), FormatError> {
    let Some(path) = ledger.path(raw)? else { return Ok(()) };
    let header = member.header().clone();
    let mode = header.mode().unwrap_or(0) & 0o7777;
    let target = match &before.target {
        Some(target) => target.clone(),
        None => header.link_name_bytes().unwrap_or_default().into_owned(),
    };
    let mut entry = Entry { path: &path, kind: EntryKind::Other, size: 0, mode };
    match header.entry_type() {
        EntryType::Directory => entry.kind = EntryKind::Directory,
        EntryType::Symlink => {
            let target = String::from_utf8_lossy(&target);
            return ledger.offer(&Entry { kind: EntryKind::Link(&target), ..entry }).map(|_| ());
        }
        EntryType::Link => {
            // The target is a path of the archive, written like one.
            let Some(first) = ledger.path(&target)? else { return Ok(()) };
            return ledger.offer(&Entry { kind: EntryKind::HardLink(&first), ..entry }).map(|_| ());
        }
        // Old archives mark a directory by the end of its name only.
        EntryType::Regular if raw.ends_with(b"/") => entry.kind = EntryKind::Directory,
        EntryType::Regular | EntryType::Continuous => {
            entry.kind = EntryKind::File;
            entry.size = header.size().map_err(|error| ledger.io(&path, &error))?;
        }
        EntryType::GNUSparse => return sparse(ledger, entry),
        _ => {}
    }
    if before.is_sparse {
        return sparse(ledger, entry);
    }
    let Some(wanted) = ledger.offer(&entry)? else { return skip(ledger, &path, member) };
    ledger.give(wanted as u64)?;
    let mut bytes = Vec::new();
    member.take(wanted as u64).read_to_end(&mut bytes).map_err(|error| ledger.io(&path, &error))?;
    if bytes.len() < wanted {
        return Err(ledger.truncated(&path, &format!("{} of {wanted} bytes are there", bytes.len())));
    }
    ledger.hand(&entry, &bytes);
    skip(ledger, &path, member)
}

/// A file stored without its holes: its bytes are not put together.
fn sparse(ledger: &mut Ledger<'_>, entry: Entry<'_>) -> Result<(), FormatError> {
    let entry = Entry { kind: EntryKind::File, ..entry };
    if ledger.offer(&entry)?.is_some() {
        let value = "a sparse file, its content is not read; make the archive without --sparse";
        ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, entry.path, value);
    }
    Ok(())
}

/// What is left of a member; a member that ends early is told as such, and not as damage of the next.
fn skip<R: Read>(ledger: &Ledger<'_>, path: &str, member: &mut tar::Entry<'_, R>) -> Result<(), FormatError> {
    io::copy(member, &mut io::sink()).map(|_| ()).map_err(|error| ledger.io(path, &error))
}

fn long<R: Read>(
    ledger: &Ledger<'_>,
    place: &str,
    member: &mut tar::Entry<'_, R>,
) -> Result<Vec<u8>, FormatError> {
    let mut text = record(ledger, place, member)?;
    while text.last() == Some(&0) {
        text.pop();
    }
    Ok(text)
}

fn record<R: Read>(
    ledger: &Ledger<'_>,
    place: &str,
    member: &mut tar::Entry<'_, R>,
) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    member.take(LONGEST_RECORD).read_to_end(&mut bytes).map_err(|error| ledger.io(place, &error))?;
    Ok(bytes)
}

/// Records of a pax header: `length key=value`, each with a line end that belongs to its length.
fn pax(bytes: &[u8], before: &mut Before) {
    let mut rest = bytes;
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length =
            rest.get(..space).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
        let Some(record) = length.and_then(|length| rest.get(space + 1..length)) else { return };
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if let Some(value) = record.strip_prefix(b"path=") {
            before.path = Some(value.to_vec());
        } else if let Some(value) = record.strip_prefix(b"linkpath=") {
            before.target = Some(value.to_vec());
        } else if record.starts_with(b"GNU.sparse.") {
            before.is_sparse = true;
            if let Some(value) = record.strip_prefix(b"GNU.sparse.name=") {
                before.path = Some(value.to_vec());
            }
        }
        rest = length.and_then(|length| rest.get(length..)).unwrap_or_default();
    }
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
