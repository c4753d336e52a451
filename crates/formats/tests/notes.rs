//! The manual's table of note codes is complete and says what the program says.

use std::fs;
use std::path::Path;

use model::note::NoteCode;

#[test]
fn the_manual_lists_every_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/notes.md");
    let manual = fs::read_to_string(path).expect("docs/manual/notes.md");
    let rows: Vec<(&str, &str)> = manual
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once("` | "))
        .map(|(code, rest)| (code, rest.split(" | ").next().unwrap_or_default()))
        .collect();
    let expected: Vec<(&str, &str)> =
        NoteCode::ALL.iter().map(|code| (code.code(), code.meaning())).collect();
    assert_eq!(rows, expected);
}

#[test]
fn codes_are_unique() {
    let mut codes: Vec<&str> = NoteCode::ALL.iter().map(|code| code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), NoteCode::ALL.len());
}
