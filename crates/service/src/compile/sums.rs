//! Checksums and signatures that lie beside documents, as providers of advisories publish them: `x.json.sha512`,
//! `x.json.asc`. A document that does not sum up is not read. Signatures are not checked, which is said.

use std::collections::{BTreeMap, BTreeSet};

use formats::listings::provider;
use model::note::{Note, NoteCode, Severity};
use rayon::prelude::*;
use sha2::{Digest, Sha256, Sha512};

use crate::outside::directory::{self, FoundFile};

/// Endings of files that hold the sum of the file without the ending.
const SUMS: [&str; 2] = [".sha512", ".sha256"];
/// Endings of signatures of the file without the ending.
const SIGNATURES: [&str; 3] = [".asc", ".sig", ".minisig"];

/// Takes sums and signatures out of the files, and with them what does not sum up; returns what is to be said.
pub(super) fn check(files: &mut Vec<FoundFile>) -> Vec<Note> {
    let at_of: BTreeMap<&str, usize> =
        files.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
    let of = |file: &FoundFile, endings: &[&str]| {
        endings.iter().find_map(|ending| at_of.get(file.name.strip_suffix(ending)?)).copied()
    };
    let mut taken = BTreeSet::new();
    let mut sums = Vec::new();
    let mut signatures = 0u64;
    for (at, file) in files.iter().enumerate() {
        if let Some(document) = of(file, &SUMS) {
            taken.insert(at);
            sums.push((document, at));
        } else if of(file, &SIGNATURES).is_some() {
            taken.insert(at);
            signatures += 1;
        }
    }
    let wrong = |(document, sum): &(usize, usize)| {
        let (document_file, sum) = (files.get(*document)?, files.get(*sum)?);
        let why = problem(document_file, sum)?;
        let mut note = Note::new(NoteCode::BadRecord, Severity::Error, "file", &why);
        note.file.clone_from(&document_file.name);
        Some((*document, note))
    };
    let (wrong, mut notes): (Vec<usize>, Vec<Note>) =
        sums.par_iter().filter_map(wrong).collect::<Vec<_>>().into_iter().unzip();
    taken.extend(wrong);
    if signatures > 0 {
        let what = format!("{signatures} signatures beside documents are not checked; their checksums are");
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Info, "signatures", &what));
    }
    let mut at = 0;
    files.retain(|_| {
        at += 1;
        !taken.contains(&(at - 1))
    });
    notes
}

/// Why a document is not what its sum says; `None` when it is.
fn problem(document: &FoundFile, sum: &FoundFile) -> Option<String> {
    let bytes = |file: &FoundFile| directory::read(&file.path).map_err(|error| error.to_string());
    let (content, sum) = match (bytes(document), bytes(sum)) {
        (Ok(content), Ok(sum)) => (content, sum),
        (Err(error), _) | (_, Err(error)) => return Some(error),
    };
    let Some(wanted) = provider::checksum(&sum) else {
        return Some("the checksum file beside it bears no checksum".to_owned());
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let own =
        if wanted.len() == 64 { hex(&Sha256::digest(&content)) } else { hex(&Sha512::digest(&content)) };
    (own != wanted).then(|| "its checksum file names another sum; it was changed, or cut short".to_owned())
}
