//! Patch files. Here only: text out of bytes, and the lines before the first diff set apart. What a patch
//! says of itself is read where it is judged (`analysis::matching::build::patch_names`), because an SBOM
//! often names a patch without giving it.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use flate2::read::GzDecoder;
use model::component::Patch;
use model::note::{Note, NoteCode, Read, Severity};

use crate::text;

/// Bytes of a patch that are kept.
const LIMIT: usize = 16 << 20;

/// Reads one patch file, plain or gzip. Never fails: what cannot be read is a patch of which only the name is
/// known, with a note.
pub fn read(bytes: &[u8], name: &str) -> Read<Patch> {
    let mut notes = Vec::new();
    let mut value = Patch {
        name: name.to_owned(),
        hash: crate::fingerprint::sha256(bytes),
        origin: "directory".to_owned(),
        ..Patch::default()
    };
    let unpacked = unpacked(bytes, &mut notes);
    let plain = match (&unpacked, is_compressed(bytes)) {
        (Some(plain), _) => plain.as_slice(),
        (None, false) => bytes,
        (None, true) => return Read { value, notes },
    };
    let (text, more) = text::decode(plain.get(..LIMIT).unwrap_or(plain));
    notes.extend(more);
    if plain.len() > LIMIT {
        notes.push(Note::new(
            NoteCode::TooBig,
            Severity::Warn,
            "whole file",
            "only the first 16 MiB were read",
        ));
    }
    value.header = header(&text).to_owned();
    if value.header.len() == text.len() {
        notes.push(Note::new(NoteCode::BadRecord, Severity::Warn, "whole file", "no diff in it"));
    }
    value.content = text.into_owned();
    Read { value, notes }
}

fn is_compressed(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 4] =
        [&[0x1f, 0x8b], b"BZh", &[0xfd, b'7', b'z', b'X', b'Z'], &[0x28, 0xb5, 0x2f, 0xfd]];
    magics.iter().any(|magic| bytes.starts_with(magic))
}

fn unpacked(bytes: &[u8], notes: &mut Vec<Note>) -> Option<Vec<u8>> {
    if !is_compressed(bytes) {
        return None;
    }
    let mut out = Vec::new();
    let mut limited = std::io::Read::take(GzDecoder::new(bytes), LIMIT as u64 + 1);
    match std::io::Read::read_to_end(&mut limited, &mut out) {
        Ok(_) => Some(out),
        Err(error) => {
            let value = format!("compressed, content not read: {error}");
            notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "whole file", &value));
            None
        }
    }
}

/// The lines before the first diff, the diffstat included.
pub fn header(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        // A lone `---` only ends the message.
        if line.starts_with("diff ") || line.starts_with("Index: ") || line.starts_with("--- ") {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or(text)
}

/// The commit that a patch is made of: the first line of `git format-patch` (`From 0123… Mon Sep 17 …`), of `git show`
/// (`commit 0123…`), else forty digits in the name of the file, as web pages of a project give it. Lower-case hex; `None`
/// where nothing names it.
pub fn commit_of(content: &str, name: &str) -> Option<String> {
    let is_commit =
        |word: &&str| matches!(word.len(), 40 | 64) && word.bytes().all(|digit| digit.is_ascii_hexdigit());
    let first = content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut words = first.split_whitespace();
    let is_named = matches!(words.next(), Some("From" | "commit"));
    let stated = words.next().filter(|_| is_named).filter(is_commit);
    let file = name.rsplit('/').next().unwrap_or(name);
    let of_name = || file.split(|c: char| !c.is_ascii_alphanumeric()).find(is_commit);
    stated.or_else(of_name).map(str::to_ascii_lowercase)
}
