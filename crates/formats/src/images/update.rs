//! Archives for the update of a device (SWUpdate, OpenWrt's sysupgrade): no root file system by themselves, but images of
//! one lie in them.

use std::io::Read;

use model::note::{NoteCode, Severity};

use super::ahead::Ahead;
use super::kind::{Container, HEAD};
use super::{FormatError, Ledger, stream};

/// The first member of an archive for SWUpdate.
pub const SW_DESCRIPTION: &[u8] = b"sw-description";
/// Members smaller than this are scripts and descriptions.
const SMALLEST: usize = 4096;

/// Reads a member of an update archive where it is an image, and tells of it where it is not.
pub fn member(
    ledger: &mut Ledger<'_>,
    member: &mut dyn Read,
    raw: &[u8],
    depth: usize,
) -> Result<(), FormatError> {
    let Some(path) = ledger.path(raw)? else { return Ok(()) };
    let mut ahead = Ahead::new(Box::new(member));
    let head = ahead.peek(HEAD).map_err(|error| ledger.io(&path, &error))?;
    let value = match Container::of(head) {
        Container::Foreign(foreign) => format!("{} is not read; {}", foreign.what, foreign.advice),
        Container::Unknown | Container::UImage if head.len() < SMALLEST => return Ok(()),
        Container::Unknown | Container::UImage => "holds no file system that is read, passed over".to_owned(),
        _ => {
            ledger.enter(&path);
            stream(ledger, &mut ahead, depth + 1)?;
            ledger.leave();
            return Ok(());
        }
    };
    ledger.note(NoteCode::UnknownKind, Severity::Info, &path, &value);
    Ok(())
}
