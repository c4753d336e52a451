//! Runs into one: one numbering of texts, vulnerabilities in order, each with its records.

use model::lifecycle::Branch;
use model::note::Note;
use model::record::Source;
use model::vulnerability::{Epss, Kev};
use rayon::prelude::*;

use super::alias::{self, Groups};
use super::chunks::Chunks;
use super::interner::Interner;
use super::run::{Fact, Run, RunRecord};
use crate::layout::payload::PARTS;

/// Everything, ready to be written.
pub(super) struct Merged {
    pub(super) texts: Interner,
    stores: Vec<Store>,
    /// Kept records, in the order of the file.
    pub(super) records: Vec<Kept>,
    /// Vulnerabilities in the order of the file.
    pub(super) groups: Vec<Group>,
    /// Ids of the groups.
    pub(super) ids: Vec<GroupId>,
    pub(super) epss: Vec<Fact<Epss>>,
    pub(super) kev: Vec<Fact<Kev>>,
    pub(super) branches: Vec<Fact<Branch>>,
    pub(super) superseded: u64,
    pub(super) notes: Vec<Note>,
}

/// The bytes and numbers of a run; the numbers are already those of the common table.
struct Store {
    bytes: Chunks<u8>,
    numbers: Chunks<u32>,
}

/// A record that made it into the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) record: RunRecord,
    run: u32,
    /// The vulnerability.
    group: u32,
    /// Rank of the id among all ids.
    rank: u32,
}

/// An id of a vulnerability.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupId {
    /// In upper case, by which it is found.
    pub(super) upper: u32,
    /// As written.
    pub(super) spelled: u32,
}

/// A vulnerability: ranges of [`Merged::ids`] and [`Merged::records`].
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) ids: std::ops::Range<usize>,
    pub(super) records: std::ops::Range<usize>,
}

/// What a record is found by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    Keys = 0,
    Vendors = 1,
    Ecosystems = 2,
    Fixes = 3,
    Releases = 4,
}

pub(super) fn merge(mut runs: Vec<Run>) -> Merged {
    // The largest run gives the base of the common table; the result does not depend on which it is.
    runs.sort_by_key(|run| std::cmp::Reverse(run.texts.len()));
    let mut runs = runs.into_iter();
    let mut first = runs.next().unwrap_or_default();
    let mut texts = std::mem::take(&mut first.texts);
    let mut parts = vec![first];
    for mut run in runs {
        renumber(&mut run, &mut texts);
        parts.push(run);
    }
    combine(parts, texts)
}

/// Gives a run the numbers of the common table.
fn renumber(run: &mut Run, texts: &mut Interner) {
    let own = std::mem::take(&mut run.texts);
    let map: Vec<u32> =
        (0..own.len() as u32).map(|at| texts.intern_hashed(own.text(at), own.hash(at))).collect();
    let new = |number: &mut u32| *number = map[*number as usize];
    run.numbers.chunks_mut().par_iter_mut().for_each(|chunk| chunk.iter_mut().for_each(new));
    run.records.par_iter_mut().for_each(|record| {
        [&mut record.feed, &mut record.id, &mut record.by, &mut record.modified].into_iter().for_each(new);
    });
    for (one, other) in run.same.iter_mut().chain(&mut run.spellings) {
        new(one);
        new(other);
    }
    run.epss.iter_mut().for_each(|fact| [&mut fact.feed, &mut fact.id].into_iter().for_each(new));
    run.kev.iter_mut().for_each(|fact| [&mut fact.feed, &mut fact.id].into_iter().for_each(new));
    run.branches.iter_mut().for_each(|fact| [&mut fact.feed, &mut fact.id].into_iter().for_each(new));
}

fn combine(runs: Vec<Run>, texts: Interner) -> Merged {
    let mut merged = Merged {
        texts,
        stores: Vec::new(),
        records: Vec::new(),
        groups: Vec::new(),
        ids: Vec::new(),
        epss: Vec::new(),
        kev: Vec::new(),
        branches: Vec::new(),
        superseded: 0,
        notes: Vec::new(),
    };
    let (mut same, mut spellings) = (Vec::new(), Vec::new());
    for (number, run) in (0u32..).zip(runs) {
        let kept = |record| Kept { record, run: number, group: 0, rank: 0 };
        merged.records.extend(run.records.into_iter().map(kept));
        merged.stores.push(Store { bytes: run.bytes, numbers: run.numbers });
        merged.epss.extend(run.epss);
        merged.kev.extend(run.kev);
        merged.branches.extend(run.branches);
        merged.notes.extend(run.notes);
        same.extend(run.same);
        spellings.extend(run.spellings);
    }
    let ids = merged.records.iter().map(|kept| kept.record.id);
    let groups = alias::join(ids, same, spellings, &merged.texts, &mut merged.notes);
    merged.order(&groups);
    merged
}

impl Merged {
    /// Sorts the records into their groups and drops superseded ones.
    fn order(&mut self, groups: &Groups) {
        self.records.par_iter_mut().for_each(|kept| {
            (kept.group, kept.rank) = groups.of(kept.record.id);
        });
        let (texts, records) = (&self.texts, &self.records);
        // Rows of sixteen bytes are sorted, not the records.
        let mut order: Vec<(u32, Source, u32, u32)> =
            (0u32..).zip(records).map(|(at, kept)| (kept.group, kept.record.source, kept.rank, at)).collect();
        order.par_sort_unstable_by(|one, other| {
            let place = |row: &(u32, Source, u32, u32)| (row.0, row.1, row.2);
            let (a, b) = (&records[one.3 as usize].record, &records[other.3 as usize].record);
            place(one)
                .cmp(&place(other))
                .then_with(|| texts.bytes_of(a.by).cmp(texts.bytes_of(b.by)))
                // The newest first; where dates are equal, any rule will do that does not depend on the order.
                .then_with(|| texts.bytes_of(b.modified).cmp(texts.bytes_of(a.modified)))
                .then_with(|| b.fingerprint.cmp(&a.fingerprint))
                .then_with(|| texts.bytes_of(a.feed).cmp(texts.bytes_of(b.feed)))
        });
        let before = self.records.len();
        self.records = order.into_iter().map(|row| records[row.3 as usize]).collect();
        self.records.dedup_by_key(|kept| (kept.group, kept.record.source, kept.rank, kept.record.by));
        self.superseded = (before - self.records.len()) as u64;
        self.make_groups(groups);
    }

    fn make_groups(&mut self, groups: &Groups) {
        let mut ids = Vec::with_capacity(groups.members.len());
        let mut start = 0;
        for (number, members) in groups.lists() {
            let first = ids.len();
            ids.extend(members.iter().map(|rank| groups.id(*rank)));
            let count = self.records[start..].iter().take_while(|kept| kept.group == number).count();
            self.groups.push(Group { ids: first..ids.len(), records: start..start + count });
            start += count;
        }
        self.ids = ids;
    }

    /// Shape of a part.
    pub(super) fn shape(&self, kept: &Kept, part: usize) -> &[u8] {
        let bytes = self.stores[kept.run as usize].bytes.get(kept.record.bytes);
        &bytes[part_range(&kept.record.shape_ends, part)]
    }

    /// Cold texts.
    pub(super) fn cold(&self, kept: &Kept) -> &[u8] {
        let bytes = self.stores[kept.run as usize].bytes.get(kept.record.bytes);
        &bytes[kept.record.shape_ends[PARTS - 1] as usize..]
    }

    /// Texts of a part.
    pub(super) fn refs(&self, kept: &Kept, part: usize) -> &[u32] {
        &self.numbers(kept)[part_range(&kept.record.text_ends, part)]
    }

    /// Texts of all parts.
    pub(super) fn all_refs(&self, kept: &Kept) -> &[u32] {
        &self.numbers(kept)[..kept.record.text_ends[PARTS - 1] as usize]
    }

    /// What the record is found by.
    pub(super) fn links(&self, kept: &Kept, link: Link) -> &[u32] {
        let ends = &kept.record.link_ends;
        let start = match (link as usize).checked_sub(1) {
            Some(before) => ends[before],
            None => kept.record.text_ends[PARTS - 1],
        };
        &self.numbers(kept)[start as usize..ends[link as usize] as usize]
    }

    fn numbers(&self, kept: &Kept) -> &[u32] {
        self.stores[kept.run as usize].numbers.get(kept.record.numbers)
    }

    /// The records of a vulnerability.
    pub(super) fn records_of(&self, group: &Group) -> &[Kept] {
        &self.records[group.records.clone()]
    }
}

fn part_range(ends: &[u32; PARTS], part: usize) -> std::ops::Range<usize> {
    let start = if part == 0 { 0 } else { ends[part - 1] as usize };
    start..ends[part] as usize
}

/// Used by the order of records; a new source must not change the size of a row.
const _: () = assert!(size_of::<Source>() == 1);
