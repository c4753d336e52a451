//! rpm's own database (`Packages.db`): a page table of slots (package number, first block, count of blocks), each of which
//! leads to a blob between a head and a tail. Everything is little-endian.

use model::note::{Note, NoteCode, Severity};

use super::Broken;

const PAGE: usize = 4_096;
const SLOT: usize = 16;
const BLOCK: usize = 16;
const HEAD: usize = 16;
const TAIL: usize = 12;

/// Hands over the header blob of each package, with its number.
pub fn packages(bytes: &[u8], take: &mut dyn FnMut(u64, &[u8])) -> Result<Vec<Note>, Broken> {
    let wrong = |why: &str| Broken::Wrong(format!("its ndb database is broken: {why}"));
    let version = number(bytes, 4).ok_or_else(|| wrong("it has no header"))?;
    if version != 0 {
        return Err(Broken::Wrong(format!("its ndb database is of version {version}; only 0 is known")));
    }
    let pages = number(bytes, 12).ok_or_else(|| wrong("it has no header"))? as usize;
    let slots = pages.checked_mul(PAGE).and_then(|end| bytes.get(32..end));
    let slots =
        slots.ok_or_else(|| Broken::Truncated("its ndb database ends before its slots do".to_owned()))?;
    let mut notes = Vec::new();
    let mut copied = 0_usize;
    for slot in slots.chunks_exact(SLOT) {
        if !slot.starts_with(b"Slot") {
            return Err(wrong("a slot without its mark"));
        }
        let (Some(package), Some(block)) = (number(slot, 4), number(slot, 8)) else { continue };
        // A free slot.
        if package == 0 || block == 0 {
            continue;
        }
        match blob(bytes, package, block as usize) {
            Ok(blob) => {
                // Slots that point to the same bytes would multiply the work.
                copied += blob.len();
                if copied > bytes.len() {
                    return Err(wrong("slots share their blobs"));
                }
                take(u64::from(package), blob);
            }
            Err(why) => {
                notes.push(Note::new(
                    NoteCode::BadRecord,
                    Severity::Error,
                    format!("package {package}"),
                    why,
                ));
            }
        }
    }
    Ok(notes)
}

fn blob(bytes: &[u8], package: u32, block: usize) -> Result<&[u8], &'static str> {
    let early = "the database ends before it";
    let at = block.checked_mul(BLOCK).ok_or(early)?;
    let head = at.checked_add(HEAD).and_then(|end| bytes.get(at..end)).ok_or(early)?;
    if !head.starts_with(b"BlbS") || number(head, 4) != Some(package) {
        return Err("its blob has another head");
    }
    let length = number(head, 12).ok_or(early)? as usize;
    let start = at + HEAD;
    let end = start.checked_add(length).ok_or(early)?;
    let blob = bytes.get(start..end).ok_or(early)?;
    // The tail stands at the end of the last block.
    let tail = (end + TAIL).next_multiple_of(BLOCK);
    match bytes.get(tail - 4..tail) {
        Some(b"BlbE") => Ok(blob),
        Some(_) => Err("its blob has another tail"),
        None => Err(early),
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(four))
}
