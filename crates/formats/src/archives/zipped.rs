//! zip members: through the directory at the end where the reader can be moved, in order where it cannot.

use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;

use model::note::{NoteCode, Severity};
use zip::ZipArchive;
use zip::result::ZipError;

use super::budget::Metered;
use super::{Flow, Job, ReadSeek};
use crate::limits::FormatError;

/// Visits each file by the directory.
pub fn seekable(job: &mut Job<'_, '_>, inside: &str, reader: &mut dyn ReadSeek, depth: usize) -> Flow {
    let size = reader.seek(io::SeekFrom::End(0)).map_err(|error| job.error(&error))?;
    reader.rewind().map_err(|error| job.error(&error))?;
    // The directory may point anywhere, also twice to the same place: the whole file counts as read.
    job.budget.take(size);
    let mut archive = ZipArchive::new(reader).map_err(|error| zip_error(job, error))?;
    for at in 0..archive.len() {
        let mut file = match archive.by_index(at) {
            Ok(file) => file,
            Err(error @ (ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_))) => {
                let place = format!("member {at}");
                job.note(NoteCode::UnknownKind, Severity::Error, &place, &error.to_string());
                continue;
            }
            Err(error) => return Err(zip_error(job, error)),
        };
        let name = file.name().map(|name| name.into_owned()).map_err(|error| zip_error(job, error))?;
        if !file.is_file() {
            continue;
        }
        let Some(name) = job.safe_name(&name) else { continue };
        let mut content = Metered::new(&mut file, job.budget);
        if job.descend(&format!("{inside}{name}"), Box::new(&mut content), depth + 1)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Visits a zip archive inside of another stream. It is taken into memory, within the limits of one
/// document, because only the directory at its end can be trusted.
pub fn streamed(job: &mut Job<'_, '_>, inside: &str, reader: &mut dyn Read, depth: usize) -> Flow {
    let mut content = Vec::new();
    let mut limited = job.budget.document(job.name, reader);
    limited.read_to_end(&mut content).map_err(|error| job.error(&error))?;
    seekable(job, inside, &mut Cursor::new(content), depth)
}

fn zip_error(job: &Job<'_, '_>, error: ZipError) -> FormatError {
    match error {
        ZipError::Io(error) => job.error(&error),
        // Without its directory at the end a zip archive has been cut off.
        ZipError::InvalidArchive(why) => {
            FormatError::Truncated { name: job.name.to_owned(), why: why.into_owned() }
        }
        other => FormatError::Malformed { name: job.name.to_owned(), why: other.to_string() },
    }
}
