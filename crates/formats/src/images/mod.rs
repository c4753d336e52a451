//! Images of root file systems, told apart by their content and read in place: squashfs, ext2 to ext4, cpio, tar, disks with
//! partitions, each also compressed, and some in each other. Nothing is mounted, nothing written, no path is followed.
//!
//! Start with [`walk`]. [`Ledger`] is the one way in which entries leave; `kind` knows what begins how; the file systems
//! have modules of their own ([`crate::squashfs`], [`crate::ext4`], [`crate::cpio`], [`crate::partitions`]).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod ahead;
pub(crate) mod bytes;
mod codec;
mod disk;
mod firmware;
mod initramfs;
mod kind;
mod ledger;
mod limits;
mod looks;
mod lz4;
pub(crate) mod meter;
mod paths;
pub(crate) mod source;
mod tape;
pub(crate) mod update;

use std::io;

use model::note::{Note, NoteCode, Severity};

use crate::archives::ReadSeek;
pub use crate::limits::FormatError;
use crate::rootfs::Collector;
use ahead::Ahead;
use codec::{Codec, Members};
use kind::{Container, HEAD};
pub use ledger::Ledger;
pub use limits::ImageLimits;
pub use looks::looks_like_image;
use meter::Metered;
use source::{Held, View};

/// Hands everything in an image over to a collector. `name` is for messages. Where the image holds several file systems,
/// the collector is told which one begins ([`Collector::volume`]). Returns what was passed over, and why.
///
/// The reader is taken, because parts of it are shared among the readers of what lies in it.
///
/// # Errors
/// An image of no known kind, of one that is not read (by name, with what to do), damaged, cut off, or beyond a limit.
pub fn walk(
    source: Box<dyn ReadSeek>,
    name: &str,
    limits: &ImageLimits,
    collector: &mut dyn Collector,
) -> Result<Vec<Note>, FormatError> {
    let mut ledger = Ledger::new(name, limits, collector);
    let view = View::whole(source).map_err(|error| ledger.io("", &error))?;
    if view.length() == 0 {
        return Err(FormatError::Empty { name: name.to_owned() });
    }
    image(&mut ledger, &view, 0)?;
    if ledger.entries() == 0 {
        return Err(ledger.malformed("", "there is no file in it"));
    }
    Ok(ledger.finish())
}

/// Reads a part of an image by what begins in it.
fn image(ledger: &mut Ledger<'_>, view: &View, depth: usize) -> Result<(), FormatError> {
    nested(ledger, depth)?;
    let head = view.head(HEAD).map_err(|error| ledger.io("", &error))?;
    match Container::of(&head) {
        Container::Squashfs => crate::squashfs::read(ledger, view),
        Container::Ext => crate::ext4::read(ledger, view),
        Container::Disk => disk::read(ledger, view, depth),
        Container::UImage => firmware::uimage(ledger, view, &head, depth),
        Container::Foreign(foreign) if foreign.is_storage => firmware::search(ledger, view, Some(foreign)),
        Container::Foreign(foreign) => Err(refused(ledger, foreign)),
        Container::Unknown => firmware::search(ledger, view, None),
        Container::Cpio | Container::Tar | Container::Compressed(_) => {
            stream(ledger, &mut Ahead::new(Box::new(view.stream())), depth).map(|_| ())
        }
    }
}

/// What a stream was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Was {
    /// A cpio archive, after which others may follow.
    Cpio,
    /// Anything else.
    Other,
}

/// Reads a stream by what begins in it. What cannot be read without going back and forth is taken into memory.
fn stream(ledger: &mut Ledger<'_>, ahead: &mut Ahead<'_>, depth: usize) -> Result<Was, FormatError> {
    nested(ledger, depth)?;
    let head = ahead.peek(HEAD).map_err(|error| ledger.io("", &error))?;
    match Container::of(head) {
        Container::Cpio => initramfs::read(ledger, ahead, depth).map(|()| Was::Cpio),
        Container::Tar => tape::read(ledger, ahead, depth).map(|()| Was::Other),
        Container::Compressed(codec) => {
            let was = compressed(ledger, ahead, codec, depth)?;
            if was == Was::Cpio {
                initramfs::read(ledger, ahead, depth)?;
            } else if ahead.skip_zeros().is_ok() && ahead.peek(1).is_ok_and(|rest| !rest.is_empty()) {
                let value = "something follows the compressed image, not read";
                ledger.note(NoteCode::UnknownKind, Severity::Warn, "end", value);
            }
            Ok(was)
        }
        Container::Foreign(foreign) if !foreign.is_storage => Err(refused(ledger, foreign)),
        _ => {
            let held = held(ledger, ahead)?;
            image(ledger, &held, depth).map(|()| Was::Other)
        }
    }
}

/// Reads what comes out of a compressed stream, to its end: there its checksums are.
fn compressed(
    ledger: &mut Ledger<'_>,
    ahead: &mut Ahead<'_>,
    codec: Codec,
    depth: usize,
) -> Result<Was, FormatError> {
    let taken = ahead.taken();
    let members = Members::open(codec, ahead).map_err(|error| ledger.io("", &error))?;
    let mut inner = Ahead::new(Box::new(Metered::new(members, ledger.meter(), taken)));
    let was = stream(ledger, &mut inner, depth + 1)?;
    io::copy(&mut inner, &mut io::sink()).map_err(|error| ledger.io("", &error))?;
    Ok(was)
}

fn held(ledger: &Ledger<'_>, ahead: &mut Ahead<'_>) -> Result<View, FormatError> {
    let place = |error: io::Error| ledger.io("", &error);
    let held = Held::take(ahead, "the image", ledger.limits()).map_err(place)?;
    View::whole(Box::new(held)).map_err(place)
}

fn nested(ledger: &Ledger<'_>, depth: usize) -> Result<(), FormatError> {
    if depth > ledger.limits().nesting {
        return Err(
            ledger.too_big(&format!("more than {} containers in each other", ledger.limits().nesting))
        );
    }
    Ok(())
}

fn refused(ledger: &Ledger<'_>, foreign: &kind::Foreign) -> FormatError {
    ledger.malformed("", &format!("{} is not read; {}", foreign.what, foreign.advice))
}
