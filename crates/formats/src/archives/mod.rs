//! Archives as streams: tar, zip, gzip, zstd and xz in any nesting, read in place behind limits.
//!
//! Nothing is ever unpacked to disk, so a member's name can do no harm; a name that points outside of the
//! archive is passed over with a note all the same, because who wrote it meant no good. Two entrances:
//! [`members`] hands over whole members (SBOMs), [`walk`] and [`walk_seek`] hand over streams (feeds).
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod budget;
mod tape;
mod zipped;

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;

use model::note::{Note, NoteCode, Severity};

use crate::limits::{FormatError, Limits};
use budget::{Budget, Counted, Metered};

/// How many containers may lie in each other (`x.tar.zst` counts two).
pub const NESTING: usize = 6;

/// What a visitor answers: go on, or enough.
pub type Flow = Result<ControlFlow<()>, FormatError>;

/// A visitor of member streams: gets the member's name and its bytes.
pub type Visit<'v> = dyn FnMut(&str, &mut dyn Read) -> Flow + 'v;

/// A reader that can also be moved; zip archives are read best from one.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The container formats, by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// tar.
    Tar,
    /// zip.
    Zip,
}

/// Names the container that begins with these bytes; 512 bytes are enough.
pub fn container(head: &[u8]) -> Option<Container> {
    match head {
        [0x1f, 0x8b, ..] => Some(Container::Gzip),
        // The second is a skippable frame, which parallel compressors write first.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Container::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Container::Xz),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Container::Zip),
        _ if tape::is_header(head) => Some(Container::Tar),
        _ => None,
    }
}

/// Calls `visit` with every member of an archive that is in memory, whole. A compressed single file is one
/// member. Returns what was passed over.
///
/// # Errors
/// Truncated or damaged archives, limits passed, and whatever the visitor returns.
pub fn members(
    bytes: &[u8],
    name: &str,
    limits: &Limits,
    visit: &mut dyn FnMut(&str, &[u8]) -> Flow,
) -> Result<Vec<Note>, FormatError> {
    walk_seek(&mut Cursor::new(bytes), name, limits, &mut |member, reader| {
        let mut content = Vec::new();
        reader.read_to_end(&mut content).map_err(|error| io_error(name, &error))?;
        visit(member, &content)
    })
}

/// Calls `visit` with a stream for every member of an archive, in the archive's order. What the visitor
/// leaves unread is skipped. A zip archive whose sizes stand behind the data needs [`walk_seek`].
///
/// # Errors
/// As for [`members`].
pub fn walk(
    reader: &mut dyn Read,
    name: &str,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<Vec<Note>, FormatError> {
    let budget = Budget::new(*limits);
    let mut job = Job { name, budget: &budget, notes: RefCell::new(Vec::new()), visit: RefCell::new(visit) };
    let counted = Counted::new(reader, &budget);
    let _ = job.descend(name, Box::new(counted), 0)?;
    Ok(job.notes.into_inner())
}

/// As [`walk`], for a reader that can be moved, so that every zip archive can be read.
///
/// # Errors
/// As for [`members`].
pub fn walk_seek(
    reader: &mut dyn ReadSeek,
    name: &str,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<Vec<Note>, FormatError> {
    let mut head = [0_u8; 4];
    let got = fill(&mut *reader, &mut head).map_err(|error| io_error(name, &error))?;
    reader.rewind().map_err(|error| io_error(name, &error))?;
    if container(head.get(..got).unwrap_or_default()) != Some(Container::Zip) {
        return walk(&mut { reader }, name, limits, visit);
    }
    let budget = Budget::new(*limits);
    let mut job = Job { name, budget: &budget, notes: RefCell::new(Vec::new()), visit: RefCell::new(visit) };
    let _ = zipped::seekable(&mut job, "", reader, 0)?;
    Ok(job.notes.into_inner())
}

/// Turns an error of a member's stream into one of this crate: a passed limit, an early end, or damage.
pub fn io_error(name: &str, error: &io::Error) -> FormatError {
    if let Some(limit) = error.get_ref().and_then(|inner| inner.downcast_ref::<FormatError>()) {
        return limit.clone();
    }
    let why = error.to_string();
    let name = name.to_owned();
    let early =
        ["unexpected EOF", "unexpected end", "premature eof", "failed to read entire block", "incomplete"];
    if error.kind() == io::ErrorKind::UnexpectedEof || early.iter().any(|words| why.contains(words)) {
        return FormatError::Truncated { name, why };
    }
    FormatError::Malformed { name, why }
}

/// Reads until the buffer is full or the stream ends.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..)
        && !rest.is_empty()
    {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => got += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// One walk over one archive.
struct Job<'j, 'v> {
    /// The archive as given, for errors.
    name: &'j str,
    budget: &'j Budget,
    notes: RefCell<Vec<Note>>,
    visit: RefCell<&'j mut Visit<'v>>,
}

impl Job<'_, '_> {
    /// Looks into one stream: a container is opened, anything else is a member.
    fn descend(&mut self, name: &str, mut reader: Box<dyn Read + '_>, depth: usize) -> Flow {
        let mut head = vec![0_u8; 512];
        let got = fill(&mut reader, &mut head).map_err(|error| self.error(&error))?;
        head.truncate(got);
        let found = container(&head);
        let mut reader = Cursor::new(head).chain(reader);
        let Some(found) = found else {
            return self.member(name, &mut reader);
        };
        if depth >= NESTING {
            self.note(NoteCode::TooDeep, Severity::Error, name, "archives nested too deeply, passed over");
            return Ok(ControlFlow::Continue(()));
        }
        match found {
            Container::Tar => tape::members(self, &inside(name, self.name), &mut reader, depth + 1),
            Container::Zip => zipped::streamed(self, &inside(name, self.name), &mut reader, depth + 1),
            Container::Gzip | Container::Zstd | Container::Xz => {
                let plain = decompress(found, BufReader::with_capacity(1 << 16, reader))
                    .map_err(|error| self.error(&error))?;
                let mut plain = Metered::new(plain, self.budget);
                let flow = self.descend(bare(name), Box::new(&mut plain), depth + 1)?;
                if flow.is_continue() {
                    // What is left says whether the stream is whole: checksums stand at its end.
                    io::copy(&mut plain, &mut io::sink()).map_err(|error| self.error(&error))?;
                }
                Ok(flow)
            }
        }
    }

    /// Hands one member to the visitor.
    fn member(&mut self, name: &str, reader: &mut dyn Read) -> Flow {
        self.budget.count_member(self.name)?;
        let mut limited = self.budget.document(self.name, reader);
        (self.visit.borrow_mut())(name, &mut limited)
    }

    fn note(&self, code: NoteCode, severity: Severity, place: &str, value: &str) {
        self.notes.borrow_mut().push(Note::new(code, severity, place, value));
    }

    fn error(&self, error: &io::Error) -> FormatError {
        io_error(self.name, error)
    }

    /// The name of a member as used from here on, or `None` after a note when it points outside.
    fn safe_name(&self, name: &str) -> Option<String> {
        if is_safe(name) {
            return Some(name.trim_start_matches("./").to_owned());
        }
        self.note(NoteCode::UnsafePath, Severity::Error, name, "points outside of the archive, passed over");
        None
    }
}

/// What the members of a container are called by in front of their own name: nothing in the archive itself, the
/// inner archive's name in an archive of archives.
fn inside(name: &str, outermost: &str) -> String {
    if outermost.starts_with(name) { String::new() } else { format!("{name}/") }
}

/// True when a member's name stays inside of the archive on every system.
fn is_safe(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    !name.is_empty()
        && !drive
        && !name.starts_with(['/', '\\'])
        && !name.contains('\0')
        && !name.split(['/', '\\']).any(|part| part == "..")
}

/// The name without its last extension, for the content of a compressed file.
fn bare(name: &str) -> &str {
    let lower = name.len();
    for end in [".gz", ".zst", ".xz"] {
        if name.get(lower.saturating_sub(end.len())..).is_some_and(|tail| tail.eq_ignore_ascii_case(end)) {
            return name.get(..lower - end.len()).unwrap_or(name);
        }
    }
    name
}

fn decompress<'r, R: BufRead + 'r>(container: Container, reader: R) -> io::Result<Box<dyn Read + 'r>> {
    Ok(match container {
        Container::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Container::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            // Windows of up to 128 MiB (`zstd --long=27`), never more.
            decoder.window_log_max(27)?;
            Box::new(decoder)
        }
        _ => {
            let stream = liblzma::stream::Stream::new_stream_decoder(1 << 28, liblzma::stream::CONCATENATED)
                .map_err(io::Error::other)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(reader, stream))
        }
    })
}
