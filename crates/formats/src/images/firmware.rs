//! Firmware as routers take it: a kernel in some wrapper, and a squashfs somewhere behind it.

use std::io;

use model::note::{NoteCode, Severity};

use super::bytes::Bytes;
use super::kind::Foreign;
use super::source::View;
use super::{FormatError, Ledger, image, refused};
use crate::squashfs;

/// Bytes of the header of U-Boot's old wrapper.
const UIMAGE: u64 = 64;
/// Its number for a ramdisk.
const RAMDISK: u8 = 3;
/// Bytes that are searched at a time.
const WINDOW: usize = 1 << 20;

/// The old wrapper of U-Boot: a ramdisk in it is read, behind a kernel a squashfs is searched.
pub fn uimage(ledger: &mut Ledger<'_>, view: &View, head: &[u8], depth: usize) -> Result<(), FormatError> {
    let b = Bytes(head);
    let (Some(size), Some(kind)) = (b.be32(12), b.u8(30)) else {
        return Err(ledger.truncated("uImage", "the header is cut off"));
    };
    if kind != RAMDISK {
        return search(ledger, view, None);
    }
    let size = u64::from(size);
    if size > view.length() - UIMAGE.min(view.length()) {
        let why = format!("{size} bytes have to follow its header, {} are there", view.length());
        return Err(ledger.truncated("uImage", &why));
    }
    image(ledger, &view.part(UIMAGE, size), depth + 1)
}

/// Reads every squashfs in a file of another kind.
pub fn search(
    ledger: &mut Ledger<'_>,
    view: &View,
    foreign: Option<&'static Foreign>,
) -> Result<(), FormatError> {
    let mut found = 0;
    let mut from = 0;
    while let Some((at, length)) =
        find(view, from, ledger.limits().search_bytes).map_err(|error| ledger.io("", &error))?
    {
        ledger.enter(&format!("squashfs at byte {at:#x}"));
        squashfs::read(ledger, &view.part(at, length))?;
        ledger.leave();
        found += 1;
        from = at.saturating_add(length);
    }
    match (found, foreign) {
        (0, Some(foreign)) => Err(refused(ledger, foreign)),
        (0, None) => Err(ledger.malformed(
            "",
            "it is of no known kind; squashfs, ext2 to ext4, cpio, tar and disks with partitions are read",
        )),
        _ => {
            let value = format!("only the squashfs in it is read ({found})");
            ledger.note(NoteCode::EvidenceIncomplete, Severity::Info, "firmware", &value);
            Ok(())
        }
    }
}

/// The next squashfs 4.0 from a byte on that lies wholly in the view: where it begins, and how long it is.
pub fn find(view: &View, from: u64, most: u64) -> io::Result<Option<(u64, u64)>> {
    let mut window = vec![0; WINDOW + 96];
    let mut at = from;
    while at < view.length().min(from.saturating_add(most)) {
        let got = view.read_at(at, &mut window)?;
        let bytes = window.get(..got).unwrap_or_default();
        for (offset, _) in bytes.windows(4).enumerate().filter(|(_, four)| four == b"hsqs") {
            let start = at.saturating_add(offset as u64);
            // What begins in the last bytes of a window is seen whole in the next one.
            let Some(head) = bytes.get(offset..offset + 96) else { continue };
            if let Some(length) = squashfs::bytes_used(head)
                && length <= view.length() - start
            {
                return Ok(Some((start, length)));
            }
        }
        at = at.saturating_add(WINDOW as u64);
    }
    Ok(None)
}
