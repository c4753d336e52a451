//! The date a folder's name bears (`snapshots-2026-07-20/…`), for documents that carry none.

use formats::records::dates::is_date;

/// The one calendar date in the names of a path; `None` when there is none, or when names disagree.
pub fn of_path(path: &str) -> Option<&str> {
    let mut found: Option<&str> = None;
    for at in 0..path.len() {
        let Some(date) = path.get(at..at + 10) else { continue };
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = path.as_bytes();
        let alone =
            !digit(at.checked_sub(1).and_then(|before| bytes.get(before))) && !digit(bytes.get(at + 10));
        if !alone || !is_date(date) {
            continue;
        }
        match found {
            Some(other) if other != date => return None,
            _ => found = Some(date),
        }
    }
    found
}
