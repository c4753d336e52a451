//! Lookup keys with their postings, and ids.

use rayon::prelude::*;

use super::merge::{Link, Merged};
use crate::Error;
use crate::layout::codec::{put_u32, put_varint};
use crate::layout::strings::TextTable;
use crate::layout::table::HashTable;

/// Writes the keys section; returns it with the number of keys.
pub(super) fn write_keys(merged: &Merged) -> Result<(Vec<u8>, u64), Error> {
    let too_large = || Error::TooLarge("more than 4 GiB of lookup keys");
    let mut pairs = pairs(merged);
    pairs.par_sort_unstable();
    pairs.dedup();
    let mut lists: Vec<&[(u32, u32)]> = pairs.chunk_by(|one, other| one.0 == other.0).collect();
    let texts = &merged.texts;
    lists.par_sort_unstable_by_key(|list| texts.bytes_of(list[0].0));
    let mut section = Vec::new();
    let entries = (0u32..).zip(&lists).map(|(at, list)| (texts.hash(list[0].0), at)).collect();
    HashTable::write(entries, &mut section).ok_or_else(too_large)?;
    TextTable::write(lists.iter().map(|list| texts.text(list[0].0)), &mut section).ok_or_else(too_large)?;
    let mut postings = Vec::new();
    for list in &lists {
        put_ascending(list.iter().map(|(_, number)| *number), &mut postings);
        put_u32(&mut section, u32::try_from(postings.len()).map_err(|_| too_large())?);
    }
    section.extend_from_slice(&postings);
    Ok((section, lists.len() as u64))
}

/// Every key with every vulnerability, repetitions included.
fn pairs(merged: &Merged) -> Vec<(u32, u32)> {
    let mut pairs = Vec::with_capacity(merged.records.len() * 4);
    for (number, group) in (0u32..).zip(&merged.groups) {
        let start = pairs.len();
        for kept in merged.records_of(group) {
            for key in merged.links(kept, Link::Keys) {
                if !pairs[start..].contains(&(*key, number)) {
                    pairs.push((*key, number));
                }
            }
        }
    }
    pairs
}

/// Writes ascending numbers as distances.
pub(super) fn put_ascending(numbers: impl Iterator<Item = u32>, out: &mut Vec<u8>) {
    let mut next = 0;
    for number in numbers {
        put_varint(out, u64::from(number - next));
        next = number + 1;
    }
}

/// Writes the ids section.
pub(super) fn write_ids(merged: &Merged) -> Result<Vec<u8>, Error> {
    let mut entries = Vec::with_capacity(merged.ids.len());
    for (number, group) in (0u32..).zip(&merged.groups) {
        entries.extend(merged.ids[group.ids.clone()].iter().map(|id| (merged.texts.hash(id.upper), number)));
    }
    let mut section = Vec::new();
    HashTable::write(entries, &mut section).ok_or(Error::TooLarge("more than 4 billion ids"))?;
    Ok(section)
}
