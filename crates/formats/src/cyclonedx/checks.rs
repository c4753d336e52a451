//! What is wrong in the fields that an inventory uses: words that the specification does not know, hashes that cannot be
//! of their kind. Each is noted, none costs the component.

use model::note::{Note, NoteCode, Severity};

use super::schema::{Component, Hash};

const SCOPES: &[&str] = &["required", "optional", "excluded"];
const PATCHES: &[&str] = &["unofficial", "monkey", "backport", "cherry-pick"];
const ISSUES: &[&str] = &["defect", "enhancement", "security"];

/// Hash algorithms and how many hexadecimal digits theirs have.
const ALGORITHMS: &[(&str, usize)] = &[
    ("MD5", 32),
    ("SHA-1", 40),
    ("SHA-256", 64),
    ("SHA-384", 96),
    ("SHA-512", 128),
    ("SHA3-256", 64),
    ("SHA3-384", 96),
    ("SHA3-512", 128),
    ("BLAKE2b-256", 64),
    ("BLAKE2b-384", 96),
    ("BLAKE2b-512", 128),
    ("BLAKE3", 64),
    ("Streebog-256", 64),
    ("Streebog-512", 128),
];

/// Notes what is wrong in a component.
pub fn component(wire: &Component<'_>, place: &str, notes: &mut Vec<Note>) {
    if wire.kind.is_empty() {
        notes.push(note(format!("{place}/type"), "no type"));
    }
    word(wire.scope.get(), SCOPES, || format!("{place}/scope"), notes);
    for (at, property) in wire.properties.iter().enumerate().filter(|(_, property)| property.name.is_empty())
    {
        let place = format!("{place}/properties/{at}/name");
        let value = if property.wrong { "not an object, ignored" } else { "a property without a name" };
        notes.push(Note::new(NoteCode::FieldType, Severity::Info, place, value));
    }
    for (at, patch) in wire.pedigree.patches.iter().enumerate() {
        let place = format!("{place}/pedigree/patches/{at}");
        word(patch.kind.get(), PATCHES, || format!("{place}/type"), notes);
        for (number, issue) in patch.resolves.iter().enumerate() {
            word(issue.kind.get(), ISSUES, || format!("{place}/resolves/{number}/type"), notes);
        }
    }
}

/// True for a hash that can be one; notes what is wrong otherwise.
pub fn hash(wire: &Hash<'_>, place: impl Fn() -> String, notes: &mut Vec<Note>) -> bool {
    let (algorithm, value) = (wire.algorithm.get(), wire.value.get());
    let Some((_, digits)) = ALGORITHMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(algorithm)) else {
        notes.push(note(place(), algorithm));
        return true;
    };
    let fits = value.len() == *digits && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !fits {
        let value = format!("no {algorithm}: {value}");
        notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place(), &value));
    }
    fits
}

/// Notes a time that is none: `2024-05-01T10:00:00Z`.
pub fn timestamp(text: &str, notes: &mut Vec<Note>) {
    let shape = |at: usize, byte: u8| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T' || byte == b't' || byte == b' ',
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    let bytes = text.as_bytes();
    let fits = bytes.len() > 18 && bytes.iter().take(19).enumerate().all(|(at, byte)| shape(at, *byte));
    if !text.is_empty() && !fits {
        notes.push(Note::new(NoteCode::FieldType, Severity::Info, "/metadata/timestamp", text));
    }
}

fn word(text: &str, known: &[&str], place: impl Fn() -> String, notes: &mut Vec<Note>) {
    if !text.is_empty() && !known.contains(&text) {
        notes.push(note(place(), text));
    }
}

fn note(place: String, value: &str) -> Note {
    Note::new(NoteCode::UnknownEnum, Severity::Info, place, value)
}
