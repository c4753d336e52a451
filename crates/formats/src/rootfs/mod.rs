//! A root file system as a stream of files. Whoever can read a directory, an archive or an image hands over what lies in
//! it, one file after the other; a [`Collector`] says of which files it wants the bytes, and learns from them.
//! Nothing is mounted, unpacked or written.
//!
//! Start with [`collect::Collect`], the collector of facts; [`schema::Facts`] are what it learns, and [`read`] makes an
//! inventory of them.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod wanted;
pub mod collect;
mod finish;
mod owned;
mod elf;
mod go;
mod auditable;
mod banners;
mod kernel;
mod payload;
mod languages;
mod base64;
pub mod schema;
mod inventory;

pub use inventory::read;

/// One thing in a root file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Where it lies, without a leading `/` and without `.` and `..` (`usr/lib/os-release`).
    pub path: &'e str,
    /// What it is.
    pub kind: EntryKind<'e>,
    /// Bytes of a file; 0 for anything else.
    pub size: u64,
    /// Permission bits as in `st_mode`, without the type; 0 where the container keeps none.
    pub mode: u32,
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'e> {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link and where it points, as written.
    Link(&'e str),
    /// A second name of a file that was handed over already, by its path (tar, cpio).
    HardLink(&'e str),
    /// A device, a socket, a pipe.
    Other,
}

/// How much of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing: the bytes are passed over.
    Nothing,
    /// At most so many bytes of its beginning.
    Head(u64),
    /// All of it, where it is not larger than the limit of one document.
    Whole,
}

/// Learns from the files of a root file system. The order of the files is that of the container.
pub trait Collector {
    /// Is told that what follows lies in another file system than before: a partition, an image in a bundle. Never called
    /// where there is only one.
    fn volume(&mut self, _name: &str) {}
    /// Is told of everything that lies in it, once, and says how much of a file it wants.
    fn entry(&mut self, entry: &Entry<'_>) -> Want;
    /// Gets the bytes of a file that it wanted; fewer than `entry.size` where it wanted only the head.
    fn file(&mut self, entry: &Entry<'_>, bytes: &[u8]);
}
