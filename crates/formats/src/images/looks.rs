//! Is this file an image of a root file system, or a document? Asked before anything is read into memory. Archives are the
//! hard case: one of SBOMs is read as documents, one of `etc/`, `usr/` and `bin/` as a root file system.

use std::io::{self, Read};

use super::ahead::Ahead;
use super::codec::Members;
use super::firmware;
use super::kind::{Container, HEAD};
use super::source::View;
use super::{ImageLimits, tape};
use crate::archives::ReadSeek;

/// Bytes of an archive that are looked through.
const LOOKED_AT: u64 = 256 << 20;
/// Members of an archive that are looked at.
const MEMBERS: usize = 20_000;
/// Compressions in each other.
const NESTING: usize = 3;

/// Files that only a root file system has.
const MARKS: &[&str] = &[
    "etc/os-release",
    "usr/lib/os-release",
    "etc/openwrt_release",
    "var/lib/dpkg/status",
    "var/lib/opkg/status",
    "usr/lib/opkg/status",
    "lib/apk/db/installed",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "bin/busybox",
    "usr/bin/busybox",
    "bin/sh",
    "usr/bin/sh",
    "sbin/init",
    "usr/sbin/init",
    "lib/systemd/systemd",
];

/// Folders, one of which alone may be anything, two of which are a root.
const FOLDERS: &[&str] = &["bin", "sbin", "etc", "usr", "lib", "lib64", "var", "dev", "proc", "sys", "boot"];

/// True for what [`super::walk`] should read, or refuse by a name of its own; false for documents, archives of documents,
/// and what nobody knows. The reader is left anywhere.
///
/// # Errors
/// As the reader. Damage is no error here: who reads it tells it better.
pub fn looks_like_image(source: Box<dyn ReadSeek>) -> io::Result<bool> {
    let view = View::whole(source)?;
    let head = view.head(HEAD)?;
    match Container::of(&head) {
        Container::Squashfs | Container::Ext | Container::Disk | Container::Cpio => Ok(true),
        Container::UImage | Container::Foreign(_) => Ok(true),
        Container::Tar | Container::Compressed(_) => {
            let mut ahead = Ahead::new(Box::new(view.stream().take(LOOKED_AT)));
            Ok(stream(&mut ahead, 0).unwrap_or(false))
        }
        // A text has no zero bytes; in a binary there may be a squashfs.
        Container::Unknown => Ok(head.contains(&0)
            && !is_document(&head)
            && firmware::find(&view, 0, ImageLimits::DEFAULT.search_bytes)?.is_some()),
    }
}

/// Binaries that have readers of their own, or errors.
fn is_document(head: &[u8]) -> bool {
    [
        &b"SQLite format 3\0"[..],
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x7fELF",
        b"PWINDEX",
        b"\xff\xfe",
        b"\xfe\xff",
    ]
    .iter()
    .any(|magic| head.starts_with(magic))
}

fn stream(ahead: &mut Ahead<'_>, depth: usize) -> io::Result<bool> {
    let head = ahead.peek(HEAD)?;
    match Container::of(head) {
        Container::Unknown => Ok(false),
        Container::Tar => tar(ahead),
        Container::Compressed(_) if depth >= NESTING => Ok(false),
        Container::Compressed(codec) => {
            let members = Members::open(codec, ahead)?;
            stream(&mut Ahead::new(Box::new(members.take(LOOKED_AT))), depth + 1)
        }
        _ => Ok(true),
    }
}

/// True for the members of a root file system, of a container image (refused by name), and of an update archive.
fn tar(ahead: &mut Ahead<'_>) -> io::Result<bool> {
    let mut archive = tar::Archive::new(ahead);
    let mut folders = 0_usize;
    let mut seen = [false; FOLDERS.len()];
    for member in archive.entries()?.raw(true).take(MEMBERS) {
        let member = member?;
        let raw = member.header().path_bytes().into_owned();
        if raw.starts_with(tape::SYSUPGRADE) {
            return Ok(true);
        }
        let Ok(path) = super::paths::normal(&raw) else { continue };
        if MARKS.contains(&path.text.as_str())
            || path.text.starts_with("lib/modules/")
            || path.text.starts_with("usr/lib/modules/")
            || is_container(&path.text)
        {
            return Ok(true);
        }
        let first = path.text.split('/').next().unwrap_or_default();
        let is_folder = path.depth > 1 || member.header().entry_type().is_dir();
        if let (true, Some(at)) = (is_folder, FOLDERS.iter().position(|folder| *folder == first))
            && let Some(seen) = seen.get_mut(at)
            && !std::mem::replace(seen, true)
        {
            folders += 1;
        }
        if folders >= 3 {
            return Ok(true);
        }
    }
    Ok(folders >= 2)
}

/// Names that only images of containers have.
pub fn is_container(path: &str) -> bool {
    let is_layer = path.strip_suffix("/layer.tar").is_some_and(|layer| !layer.contains('/'));
    path == "oci-layout" || path.starts_with("blobs/sha256/") || is_layer
}
