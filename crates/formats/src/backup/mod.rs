//! The container of a backup: a Zstandard-compressed tar archive, begun by a member that says what it is and ended by the
//! manifest, so that a file cut short anywhere is seen to be one. `tar --zstd -tvf` lists it.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{self, BufReader, Read, Write};

use crate::bundle;
use crate::limits::FormatError;

/// The first member: format, version, program.
pub const BEGIN: &str = "backup.json";
/// The last member: everything that is in it, with hashes.
pub const MANIFEST: &str = "manifest.json";

/// How every Zstandard stream begins.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A documents' archive is mostly JSON: more effort brings little more.
const EFFORT: i32 = 3;

/// Writes members one after another.
pub struct Writer<W: Write>(bundle::Writer<zstd::stream::write::Encoder<'static, W>>);

impl<W: Write> Writer<W> {
    /// Begins a backup.
    ///
    /// # Errors
    /// As the system says.
    pub fn new(out: W) -> io::Result<Writer<W>> {
        let mut encoder = zstd::stream::write::Encoder::new(out, EFFORT)?;
        // A bit that flips on the way is found even where no hash stands.
        encoder.include_checksum(true)?;
        Ok(Writer(bundle::Writer::new(encoder)))
    }

    /// Adds a member of a known size.
    ///
    /// # Errors
    /// As the system says.
    pub fn member(&mut self, name: &str, size: u64, content: &mut dyn Read) -> io::Result<()> {
        self.0.member(name, size, content)
    }

    /// Ends the backup.
    ///
    /// # Errors
    /// As the system says.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()?.finish()
    }
}

/// Hands over each member with its name and size, in order. `name` is that of the file, for errors.
///
/// # Errors
/// When it is no backup, is cut short or damaged, holds anything but plain files, or the visitor fails.
pub fn read(
    file: &mut dyn Read,
    name: &str,
    visit: &mut dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<(), FormatError> {
    let broken = |error: &io::Error| crate::archives::io_error(name, error);
    let mut begin = Vec::with_capacity(MAGIC.len());
    file.take(MAGIC.len() as u64).read_to_end(&mut begin).map_err(|error| broken(&error))?;
    if begin.is_empty() {
        return Err(FormatError::Empty { name: name.to_owned() });
    }
    if begin != MAGIC {
        return Err(FormatError::Malformed {
            name: name.to_owned(),
            why: "it is no backup of Patchwright: it is not a Zstandard archive".to_owned(),
        });
    }
    let whole = BufReader::with_capacity(1 << 17, begin.as_slice().chain(file));
    let mut decoder = zstd::stream::read::Decoder::with_buffer(whole).map_err(|error| broken(&error))?;
    bundle::read_many(&mut decoder, name, usize::MAX, visit)?;
    // The end of the stream holds its checksum; tar stops before.
    io::copy(&mut decoder, &mut io::sink()).map_err(|error| broken(&error))?;
    Ok(())
}
