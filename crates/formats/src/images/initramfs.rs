//! An initramfs: cpio archives one after the other, with zeros between them, each plain or compressed, as the kernel
//! takes them (microcode first, then the real one).

use model::note::{NoteCode, Severity};

use super::ahead::Ahead;
use super::codec::Codec;
use super::{FormatError, Ledger, compressed};
use crate::cpio;

/// Reads all archives up to the end of the stream.
pub fn read(ledger: &mut Ledger<'_>, ahead: &mut Ahead<'_>, depth: usize) -> Result<(), FormatError> {
    loop {
        ahead.skip_zeros().map_err(|error| ledger.io("", &error))?;
        let head = ahead.peek(512).map_err(|error| ledger.io("", &error))?;
        if head.is_empty() {
            return Ok(());
        }
        if cpio::is_cpio(head) {
            cpio::read(ledger, ahead, depth)?;
        } else if let Some(codec) = Codec::of(head) {
            compressed(ledger, ahead, codec, depth)?;
        } else {
            let value = "something that is no cpio archive follows the last one, not read";
            ledger.note(NoteCode::UnknownKind, Severity::Warn, "end", value);
            return Ok(());
        }
    }
}
