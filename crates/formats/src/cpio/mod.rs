//! cpio archives as initramfs and packers write them: `newc` (also with checksums) and the old `odc` of octal digits.
//! Our own reader: the format is small, and hard links have to be understood as the kernel does.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod links;

use std::io::{self, Read};

use model::note::{NoteCode, Severity};

use crate::images::ahead::Ahead;
use crate::images::{FormatError, Ledger, update};
use crate::rootfs::{Entry, EntryKind};
use links::{Links, Place};

const END: &[u8] = b"TRAILER!!!";
/// Longest name that is read; longer ones are damage.
const LONGEST_NAME: u64 = 1 << 16;
/// Longest target of a symbolic link.
const LONGEST_TARGET: u64 = 1 << 16;

const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const SYMLINK: u32 = 0o120_000;

/// True when an archive begins with these bytes.
pub fn is_cpio(head: &[u8]) -> bool {
    Form::of(head).is_some() || is_binary(head)
}

/// The binary form from before `odc`; recognised to be refused by name.
fn is_binary(head: &[u8]) -> bool {
    // Magic number, then device, inode and a mode of a known type in the same order of bytes.
    let mode = |at: usize| Some((head.get(at).copied()?, head.get(at + 1).copied()?));
    let is_type = |mode: u16| matches!(u32::from(mode) & TYPE, REGULAR | DIRECTORY | SYMLINK);
    match head {
        [0xc7, 0x71, ..] => mode(6).is_some_and(|(low, high)| is_type(u16::from_le_bytes([low, high]))),
        [0x71, 0xc7, ..] => mode(6).is_some_and(|(high, low)| is_type(u16::from_be_bytes([high, low]))),
        _ => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Newc { has_sums: bool },
    Odc,
}

impl Form {
    fn of(head: &[u8]) -> Option<Form> {
        match head.get(..6)? {
            b"070701" => Some(Form::Newc { has_sums: false }),
            b"070702" => Some(Form::Newc { has_sums: true }),
            b"070707" => Some(Form::Odc),
            _ => None,
        }
    }

    fn header_bytes(self) -> usize {
        match self {
            Form::Newc { .. } => 110,
            Form::Odc => 76,
        }
    }

    /// Bytes that follow `size` bytes up to the next border.
    fn padding(self, size: u64) -> u64 {
        match self {
            Form::Newc { .. } => size.wrapping_neg() & 3,
            Form::Odc => 0,
        }
    }
}

/// What stands before a member.
struct Header {
    inode: (u64, u64),
    mode: u32,
    links: u64,
    size: u64,
    name_bytes: u64,
    sum: u32,
}

/// Reads one archive up to its end mark, and the padding after it no further than the mark. Members are handed over in
/// the order of the archive; a name of a file whose bytes come later (as `newc` has it) is handed over with them.
///
/// # Errors
/// Damage, an early end, a checksum that differs, or a limit.
pub fn read(ledger: &mut Ledger<'_>, stream: &mut Ahead<'_>, depth: usize) -> Result<(), FormatError> {
    let mut links = Links::default();
    let mut is_update = false;
    let mut number = 0_u64;
    loop {
        number += 1;
        let place = format!("cpio member {number}");
        let head = stream.peek(6).map_err(|error| ledger.io(&place, &error))?;
        let Some(form) = Form::of(head) else {
            return Err(refusal(ledger, head, &place));
        };
        let (header, name) = header(ledger, stream, form, &place)?;
        if name == END {
            pass(ledger, stream, header.size, &place)?;
            return links.flush(ledger);
        }
        is_update |= number == 1 && name == update::SW_DESCRIPTION;
        if is_update {
            image(ledger, stream, form, &header, &name, depth)?;
        } else {
            member(ledger, stream, &mut links, form, &header, &name)?;
        }
    }
}

/// A member of an archive for SWUpdate.
fn image(
    ledger: &mut Ledger<'_>,
    stream: &mut Ahead<'_>,
    form: Form,
    header: &Header,
    name: &[u8],
    depth: usize,
) -> Result<(), FormatError> {
    let place = String::from_utf8_lossy(name).into_owned();
    let mut rest = (&mut *stream).take(header.size);
    update::member(ledger, &mut rest, name, depth)?;
    io::copy(&mut rest, &mut io::sink()).map_err(|error| ledger.io(&place, &error))?;
    if rest.limit() > 0 {
        return Err(ledger.truncated(&place, &format!("{} more bytes have to follow", rest.limit())));
    }
    pass(ledger, stream, form.padding(header.size), &place)
}

fn refusal(ledger: &Ledger<'_>, head: &[u8], place: &str) -> FormatError {
    if head.len() < 6 {
        return ledger.truncated(place, "the cpio archive has no end mark");
    }
    if is_binary(head) || matches!(head, [0xc7, 0x71, ..] | [0x71, 0xc7, ..]) {
        let why = "the old binary form of cpio is not read; make the archive with `cpio -o -H newc`";
        return ledger.malformed(place, why);
    }
    ledger.malformed(place, "no header of a member where one has to be")
}

fn header(
    ledger: &Ledger<'_>,
    stream: &mut Ahead<'_>,
    form: Form,
    place: &str,
) -> Result<(Header, Vec<u8>), FormatError> {
    let bytes = take(ledger, stream, form.header_bytes(), place)?;
    let header = match form {
        Form::Newc { .. } => newc(&bytes),
        Form::Odc => odc(&bytes),
    };
    let header = header.ok_or_else(|| ledger.malformed(place, "a number in the header is none"))?;
    if header.name_bytes == 0 || header.name_bytes > LONGEST_NAME {
        let why = format!("a name of {} bytes, the limit is {LONGEST_NAME}", header.name_bytes);
        return Err(ledger.malformed(place, &why));
    }
    let mut name = take(ledger, stream, header.name_bytes as usize, place)?;
    pass(ledger, stream, form.padding(form.header_bytes() as u64 + header.name_bytes), place)?;
    // A name ends with a zero; some writers pad with more.
    while name.last() == Some(&0) {
        name.pop();
    }
    Ok((header, name))
}

fn newc(bytes: &[u8]) -> Option<Header> {
    let number = |field: usize| {
        let text = bytes.get(6 + field * 8..14 + field * 8)?;
        digits(text, 16)
    };
    Some(Header {
        inode: (number(7)? << 32 | number(8)?, number(0)?),
        mode: u32::try_from(number(1)?).ok()?,
        links: number(4)?,
        size: number(6)?,
        name_bytes: number(11)?,
        sum: u32::try_from(number(12)?).ok()?,
    })
}

fn odc(bytes: &[u8]) -> Option<Header> {
    let number = |at: usize, length: usize| digits(bytes.get(at..at + length)?, 8);
    Some(Header {
        inode: (number(6, 6)?, number(12, 6)?),
        mode: u32::try_from(number(18, 6)?).ok()?,
        links: number(36, 6)?,
        size: number(65, 11)?,
        name_bytes: number(59, 6)?,
        sum: 0,
    })
}

/// Digits only: no sign and no blank, which the usual way of reading numbers would take.
fn digits(text: &[u8], radix: u32) -> Option<u64> {
    text.iter().try_fold(0_u64, |sum, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        sum.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}

fn member(
    ledger: &mut Ledger<'_>,
    stream: &mut Ahead<'_>,
    links: &mut Links,
    form: Form,
    header: &Header,
    name: &[u8],
) -> Result<(), FormatError> {
    let shown: String = String::from_utf8_lossy(name).chars().take(200).collect();
    let padding = form.padding(header.size);
    let Some(path) = ledger.path(name)? else {
        return pass(ledger, stream, header.size.saturating_add(padding), &shown);
    };
    match header.mode & TYPE {
        REGULAR => file(ledger, stream, links, form, header, &path)?,
        SYMLINK => {
            if header.size > LONGEST_TARGET {
                return Err(ledger.malformed(&path, "a symbolic link of more than 65536 bytes"));
            }
            let target = take(ledger, stream, header.size as usize, &path)?;
            if let (Form::Newc { has_sums: true }, true) = (form, header.sum != 0) {
                check(ledger, header, sum_of(0, &target), &path)?;
            }
            let target = String::from_utf8_lossy(&target).trim_end_matches('\0').to_owned();
            offer(ledger, &path, EntryKind::Link(&target), header)?;
        }
        kind => {
            let kind = if kind == DIRECTORY { EntryKind::Directory } else { EntryKind::Other };
            offer(ledger, &path, kind, header)?;
            pass(ledger, stream, header.size, &path)?;
        }
    }
    pass(ledger, stream, padding, &path)
}

fn offer(
    ledger: &mut Ledger<'_>,
    path: &str,
    kind: EntryKind<'_>,
    header: &Header,
) -> Result<(), FormatError> {
    ledger.offer(&Entry { path, kind, size: 0, mode: header.mode & 0o7777 }).map(|_| ())
}

/// A regular file, or one more name of one.
fn file(
    ledger: &mut Ledger<'_>,
    stream: &mut Ahead<'_>,
    links: &mut Links,
    form: Form,
    header: &Header,
    path: &str,
) -> Result<(), FormatError> {
    let mode = header.mode & 0o7777;
    if header.links > 1 {
        match links.place(header.inode, path, mode, header.size) {
            Place::Known(first) => {
                offer(ledger, path, EntryKind::HardLink(&first), header)?;
                return pass(ledger, stream, header.size, path);
            }
            Place::Waiting => return ledger.room(links.waiting()),
            Place::First => {}
        }
    }
    let entry = Entry { path, kind: EntryKind::File, size: header.size, mode };
    let wanted = ledger.offer(&entry)?.unwrap_or(usize::MAX);
    let has_sums = form == Form::Newc { has_sums: true };
    let mut sum = 0;
    let mut left = header.size;
    if wanted != usize::MAX {
        let bytes = take(ledger, stream, wanted, path)?;
        sum = sum_of(sum, &bytes);
        left = left.saturating_sub(wanted as u64);
        ledger.hand(&entry, &bytes);
    }
    if has_sums {
        while left > 0 {
            let most = left.min(1 << 16) as usize;
            let bytes = take(ledger, stream, most, path)?;
            sum = sum_of(sum, &bytes);
            left -= most as u64;
        }
        check(ledger, header, sum, path)?;
    }
    pass(ledger, stream, left, path)?;
    if header.links <= 1 {
        return Ok(());
    }
    for name in links.names_of(header.inode) {
        let entry = Entry { path: &name, kind: EntryKind::HardLink(path), size: 0, mode };
        ledger.offer(&entry)?;
    }
    Ok(())
}

fn sum_of(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| sum.wrapping_add(u32::from(*byte)))
}

/// A checksum that differs is damage; some writers leave it out, which is told.
fn check(ledger: &mut Ledger<'_>, header: &Header, sum: u32, path: &str) -> Result<(), FormatError> {
    if sum == header.sum {
        return Ok(());
    }
    if header.sum == 0 {
        ledger.note(NoteCode::EvidenceIncomplete, Severity::Info, path, "the member has no checksum");
        return Ok(());
    }
    let why = format!("the checksum is {sum:08x}, the archive says {:08x}", header.sum);
    Err(ledger.malformed(path, &why))
}

/// The next bytes; memory grows with what is there, not with what a header claims.
fn take(
    ledger: &Ledger<'_>,
    stream: &mut Ahead<'_>,
    bytes: usize,
    place: &str,
) -> Result<Vec<u8>, FormatError> {
    ledger.give(bytes as u64)?;
    let mut taken = Vec::new();
    stream.take(bytes as u64).read_to_end(&mut taken).map_err(|error| ledger.io(place, &error))?;
    if taken.len() < bytes {
        return Err(ledger.truncated(place, &format!("{} of {bytes} bytes are there", taken.len())));
    }
    Ok(taken)
}

fn pass(ledger: &Ledger<'_>, stream: &mut Ahead<'_>, bytes: u64, place: &str) -> Result<(), FormatError> {
    if stream.skip(bytes).map_err(|error| ledger.io(place, &error))? {
        return Ok(());
    }
    Err(ledger.truncated(place, &format!("{bytes} more bytes have to follow")))
}
