//! A feed whose address is a folder: every file below it is a document. The offline side, and mirrors.

use std::io::Read;
use std::path::{Path, PathBuf};

use feeds::fetch::{Document, Fetched, Holdings, Visit};
use feeds::transport::{FetchCode, FetchError};

use crate::outside::directory::{self, FoundFile};

/// Takes all files below a folder (or the one file) for the documents of a feed.
pub(super) fn fetch(visit: &mut Visit<'_>, folder: &Path) -> Result<Fetched, FetchError> {
    let shown = folder.display().to_string();
    let found = directory::files_below(&[PathBuf::from(folder)])
        .map_err(|error| FetchError::new(FetchCode::Unavailable, &shown, error.to_string()))?;
    if let Some(note) = found.notes.first() {
        return Err(FetchError::new(
            FetchCode::Unavailable,
            &shown,
            format!("{}: {}", note.file, note.value),
        ));
    }
    let mut holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    for file in &found.files {
        holdings.documents.push(keep(visit, file)?);
    }
    let sums = |of: &Holdings| -> Vec<(String, String)> {
        of.documents.iter().map(|document| (document.name.clone(), document.sha256.clone())).collect()
    };
    let is_same = sums(&holdings) == sums(visit.since);
    Ok(if is_same { Fetched::Unchanged(holdings) } else { Fetched::Snapshot(holdings) })
}

fn keep(visit: &mut Visit<'_>, file: &FoundFile) -> Result<Document, FetchError> {
    let kept = copy(visit, file).map_err(|error| {
        FetchError::new(FetchCode::NotKept, &file.path.display().to_string(), error.to_string())
    })?;
    let (sha256, bytes) = kept;
    Ok(Document {
        name: file.name.clone(),
        url: file.path.display().to_string(),
        sha256,
        bytes,
        ..Document::default()
    })
}

fn copy(visit: &mut Visit<'_>, file: &FoundFile) -> std::io::Result<(String, u64)> {
    let mut reader = directory::open(&file.path)?;
    visit.shelf.begin()?;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = reader.read(&mut piece)?;
        if read == 0 {
            return visit.shelf.finish();
        }
        visit.shelf.write(piece.get(..read).unwrap_or_default())?;
    }
}
