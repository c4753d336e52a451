//! The container of a knowledge bundle (`.pwk`): a tar archive with a manifest, its signature, and the files that the
//! manifest names, in this order, so that a reader can decide before it has read the large part.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{self, Read, Write};

use crate::limits::FormatError;

/// The manifest.
pub const MANIFEST: &str = "manifest.json";
/// The signature over the manifest's bytes, in minisign's form.
pub const SIGNATURE: &str = "manifest.json.minisig";
/// The index.
pub const INDEX: &str = "knowledge.pwx";
/// What turns one index into another.
pub const DELTA: &str = "knowledge.pwd";

/// Most members of a bundle.
const MOST_MEMBERS: usize = 16;

/// Writes members one after another.
pub struct Writer<W: Write>(tar::Builder<W>);

impl<W: Write> Writer<W> {
    /// Begins a bundle.
    pub fn new(out: W) -> Writer<W> {
        Writer(tar::Builder::new(out))
    }

    /// Adds a member of a known size. Owner, mode and date are fixed: the same content gives the same bundle.
    ///
    /// # Errors
    /// As the system says.
    pub fn member(&mut self, name: &str, size: u64, content: &mut dyn Read) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        self.0.append_data(&mut header, name, content)
    }

    /// Ends the bundle.
    ///
    /// # Errors
    /// As the system says.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner()
    }
}

/// Hands over each member with its name and size, in order.
///
/// # Errors
/// When it is no tar archive, is cut short, holds anything but plain files, or the visitor fails.
pub fn read(
    bundle: &mut dyn Read,
    name: &str,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<(), FormatError> {
    read_many(bundle, name, MOST_MEMBERS, visit)
}

/// As [`read`], with a limit of the caller's for the number of members.
///
/// # Errors
/// As [`read`].
pub fn read_many(
    bundle: &mut dyn Read,
    name: &str,
    most: usize,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<(), FormatError> {
    let broken = |error: &io::Error| crate::archives::io_error(name, error);
    let mut archive = tar::Archive::new(bundle);
    let entries = archive.entries().map_err(|error| broken(&error))?;
    for (at, entry) in entries.enumerate() {
        let mut entry = entry.map_err(|error| broken(&error))?;
        if at >= most || !entry.header().entry_type().is_file() {
            return Err(FormatError::Unknown { name: name.to_owned() });
        }
        let member = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.size();
        visit(&member, size, &mut entry).map_err(|error| broken(&error))?;
    }
    Ok(())
}
