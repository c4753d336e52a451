//! The texts and records that matching reads.
//!
//! A text that only one vulnerability uses stands in that vulnerability's own small table, beside its
//! records: most commits, dates and version texts are of this kind, and reading them then touches memory in
//! order. Texts that several vulnerabilities use are in the shared table, the most frequent first, so that
//! their numbers are short.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::merge::{Group, Merged};
use crate::Error;
use crate::layout::checksum::short_sum;
use crate::layout::codec::{put_u32, put_varint};
use crate::layout::payload::PARTS;
use crate::layout::strings::{LocalTexts, TextTable};

/// Vulnerabilities that are encoded as one piece of work.
const PIECE: usize = 256;

/// The three sections this module writes.
pub(super) struct Hot {
    pub(super) strings: Vec<u8>,
    pub(super) vulnerabilities: Vec<u8>,
    pub(super) hot: Vec<u8>,
}

/// Written for no vulnerability yet.
const UNUSED: u32 = u32::MAX;
/// Used by more than one vulnerability.
const SHARED: u32 = u32::MAX - 1;

/// Writes the sections; `cold` says where each vulnerability's cold texts are.
pub(super) fn write(merged: &Merged, cold: &[(u32, u32)]) -> Result<Hot, Error> {
    let usage = Usage::of(merged);
    let shared = usage.shared(merged);
    let references = usage.into_references(&shared);
    let mut strings = Vec::new();
    TextTable::write(shared.iter().map(|number| merged.texts.text(*number)), &mut strings)
        .ok_or(Error::TooLarge("more than 4 GiB of texts"))?;
    let numbered: Vec<(&Group, (u32, u32))> = merged.groups.iter().zip(cold.iter().copied()).collect();
    let pieces: Vec<(Vec<u8>, Vec<usize>)> = numbered
        .par_chunks(PIECE)
        .map(|groups| {
            let mut writer = GroupWriter::new(merged, &references);
            let ends = groups.iter().map(|(group, cold)| writer.group(group, *cold)).collect();
            (writer.out, ends)
        })
        .collect();
    join(pieces, strings)
}

fn join(pieces: Vec<(Vec<u8>, Vec<usize>)>, strings: Vec<u8>) -> Result<Hot, Error> {
    let too_large = || Error::TooLarge("more than 4 GiB of records");
    let mut hot = Vec::with_capacity(pieces.iter().map(|(bytes, _)| bytes.len()).sum());
    let mut vulnerabilities = Vec::new();
    let count: usize = pieces.iter().map(|(_, ends)| ends.len()).sum();
    put_u32(&mut vulnerabilities, u32::try_from(count).map_err(|_| too_large())?);
    for (bytes, ends) in pieces {
        for end in ends {
            put_u32(&mut vulnerabilities, u32::try_from(hot.len() + end).map_err(|_| too_large())?);
        }
        hot.extend_from_slice(&bytes);
    }
    Ok(Hot { strings, vulnerabilities, hot })
}

/// Who uses each text, and how often.
struct Usage {
    owners: Vec<AtomicU32>,
    counts: Vec<AtomicU32>,
}

impl Usage {
    fn of(merged: &Merged) -> Usage {
        let zeros = |value: u32| (0..merged.texts.len()).map(|_| AtomicU32::new(value)).collect();
        let usage = Usage { owners: zeros(UNUSED), counts: zeros(0) };
        let groups: Vec<(u32, &Group)> = (0u32..).zip(&merged.groups).collect();
        groups.par_chunks(PIECE).flatten_iter().for_each(|(number, group)| {
            for id in &merged.ids[group.ids.clone()] {
                usage.add(id.spelled, *number);
            }
            for kept in merged.records_of(group) {
                merged.all_refs(kept).iter().for_each(|text| usage.add(*text, *number));
            }
        });
        usage
    }

    /// Whoever comes second makes the text shared: the outcome does not depend on who is first.
    fn add(&self, text: u32, group: u32) {
        let owner = &self.owners[text as usize];
        let known = owner.load(Ordering::Relaxed);
        if known == UNUSED {
            if let Err(other) = owner.compare_exchange(UNUSED, group, Ordering::Relaxed, Ordering::Relaxed)
                && other != group
            {
                owner.store(SHARED, Ordering::Relaxed);
            }
        } else if known != group && known != SHARED {
            owner.store(SHARED, Ordering::Relaxed);
        }
        self.counts[text as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The shared texts, the most frequent first.
    fn shared(&self, merged: &Merged) -> Vec<u32> {
        let mut shared: Vec<(u32, u32)> = (0u32..)
            .zip(self.owners.iter().zip(&self.counts))
            .filter(|(_, (owner, _))| owner.load(Ordering::Relaxed) == SHARED)
            .map(|(number, (_, count))| (count.load(Ordering::Relaxed), number))
            .collect();
        shared.par_sort_unstable_by(|(count, one), (other_count, other)| {
            let texts = &merged.texts;
            other_count.cmp(count).then_with(|| texts.bytes_of(*one).cmp(texts.bytes_of(*other)))
        });
        shared.into_iter().map(|(_, number)| number).collect()
    }

    /// Turns the owners into references: known for shared texts, given by the owner for all others.
    fn into_references(self, shared: &[u32]) -> Vec<AtomicU32> {
        let references = self.owners;
        references.par_iter().for_each(|reference| reference.store(UNUSED, Ordering::Relaxed));
        for (number, text) in (0u32..).zip(shared) {
            references[*text as usize].store(number << 1, Ordering::Relaxed);
        }
        references
    }
}

/// Writes vulnerabilities one behind another.
struct GroupWriter<'m> {
    merged: &'m Merged,
    /// A text of a single vulnerability is only touched by the thread that writes that vulnerability.
    references: &'m [AtomicU32],
    out: Vec<u8>,
    local: Vec<u32>,
    rows: Vec<u8>,
    payload: Vec<u8>,
}

impl<'m> GroupWriter<'m> {
    fn new(merged: &'m Merged, references: &'m [AtomicU32]) -> GroupWriter<'m> {
        let (out, local, rows, payload) = Default::default();
        GroupWriter { merged, references, out, local, rows, payload }
    }

    /// Returns where the vulnerability ends in the piece.
    fn group(&mut self, group: &Group, cold: (u32, u32)) -> usize {
        let merged = self.merged;
        self.local.clear();
        self.rows.clear();
        self.payload.clear();
        let ids = &merged.ids[group.ids.clone()];
        put_varint(&mut self.rows, ids.len().saturating_sub(1) as u64);
        for id in ids {
            let reference = self.reference(id.spelled);
            put_varint(&mut self.rows, reference);
        }
        put_varint(&mut self.rows, u64::from(cold.0));
        put_varint(&mut self.rows, u64::from(cold.1));
        let records = merged.records_of(group);
        put_varint(&mut self.rows, records.len() as u64);
        for kept in records {
            self.rows.push(kept.record.source as u8);
            self.rows.push(kept.record.flags);
            for part in 0..PARTS {
                self.part(merged.shape(kept, part), merged.refs(kept, part));
            }
        }
        let start = self.out.len();
        put_u32(&mut self.out, 0);
        LocalTexts::write(self.local.iter().map(|number| merged.texts.text(*number)), &mut self.out);
        self.out.extend_from_slice(&self.rows);
        self.out.extend_from_slice(&self.payload);
        let (sum, content) = self.out[start..].split_at_mut(4);
        sum.copy_from_slice(&short_sum(content).to_le_bytes());
        self.out.len()
    }

    fn part(&mut self, shape: &[u8], texts: &[u32]) {
        put_varint(&mut self.rows, shape.len() as u64);
        self.payload.extend_from_slice(shape);
        let start = self.payload.len();
        for text in texts {
            let reference = self.reference(*text);
            put_varint(&mut self.payload, reference);
        }
        put_varint(&mut self.rows, (self.payload.len() - start) as u64);
    }

    fn reference(&mut self, text: u32) -> u64 {
        let reference = &self.references[text as usize];
        let known = reference.load(Ordering::Relaxed);
        if known != UNUSED {
            return u64::from(known);
        }
        let new = (self.local.len() as u32) << 1 | 1;
        self.local.push(text);
        reference.store(new, Ordering::Relaxed);
        u64::from(new)
    }
}
