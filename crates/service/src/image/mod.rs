//! A root file system, as a directory or as an image, read by a child process with limits.
//!
//! What parses an image was written for bytes that may mean harm, and is watched all the same: the reading runs in a
//! process of its own, which gets the image as an open file, may open and write nothing, and has bounded memory and time
//! (`child`). Its answer, facts as JSON, is read like any other document. The parent ([`facts`]) only looks whether a file
//! is an image at all.

mod bounds;
pub mod child;
mod folder;
mod parent;

use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub use bounds::Bounds;
pub use folder::{MARKS, is_root};

use crate::scan::{Document, ReadError};

/// A root file system, and how it is given.
#[derive(Debug)]
pub enum Source<'s> {
    /// An image, open for reading.
    Image(File),
    /// An image in memory.
    Bytes(&'s [u8]),
    /// A directory.
    Directory(&'s Path),
}

/// Reads a root file system in a child process. The answer is a document: facts as JSON.
///
/// # Errors
/// When it cannot be read: why, in a sentence, also when the child was stopped by its limits.
pub fn facts(source: &Source<'_>, name: &str, bounds: &Bounds) -> Result<Document, ReadError> {
    let unreadable = |why: String| ReadError::Unreadable { file: name.to_owned(), why };
    let bytes = match source {
        Source::Image(file) => {
            let file = file.try_clone().map_err(|error| unreadable(error.to_string()))?;
            parent::run(parent::Input::Image(file), name, bounds)
        }
        Source::Bytes(bytes) => {
            let file = unnamed(bytes).map_err(|error| unreadable(format!("no temporary file: {error}")))?;
            parent::run(parent::Input::Image(file), name, bounds)
        }
        Source::Directory(folder) => {
            let folder = fs::canonicalize(folder).map_err(|error| unreadable(error.to_string()))?;
            parent::run(parent::Input::Directory(&folder), name, bounds)
        }
    };
    Ok(Document { name: name.to_owned(), bytes: bytes.map_err(unreadable)? })
}

/// True when an open file is an image, and no document. It is looked at from its beginning; where it stands afterwards is
/// left open.
///
/// # Errors
/// As the file.
pub fn is_image(file: &File) -> io::Result<bool> {
    formats::images::looks_like_image(Box::new(file.try_clone()?))
}

/// A document as it is; an image among documents by what was learnt of it.
///
/// # Errors
/// As [`facts`].
pub fn settle(document: Document, bounds: &Bounds) -> Result<Document, ReadError> {
    if !is_image_in_memory(&document.bytes) {
        return Ok(document);
    }
    facts(&Source::Bytes(&document.bytes), &document.name, bounds)
}

/// As [`is_image`]. A text is none, and is not copied to find that out.
pub(crate) fn is_image_in_memory(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    // The first bytes of cpio are letters, and the only ones of a text that can be an image.
    let is_text = !head.contains(&0) && std::str::from_utf8(head).is_ok() && !head.starts_with(b"0707");
    if is_text || head.is_empty() {
        return false;
    }
    formats::images::looks_like_image(Box::new(Cursor::new(bytes.to_vec()))).unwrap_or(false)
}

/// A file without a name that holds these bytes.
fn unnamed(bytes: &[u8]) -> io::Result<File> {
    for attempt in 0..100_u32 {
        let name = format!("patchwright-{}-{attempt}-{:p}", std::process::id(), &raw const attempt);
        let path = std::env::temp_dir().join(name);
        let opened = File::options().read(true).write(true).create_new(true).mode(0o600).open(&path);
        match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(mut file) => {
                fs::remove_file(&path)?;
                file.write_all(bytes)?;
                return Ok(file);
            }
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}
