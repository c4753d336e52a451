//! What one thread has collected: records already in their final shape, texts as numbers of the run.

use std::borrow::Cow;

use model::lifecycle::Branch;
use model::note::{Note, NoteCode, Severity};
use model::record::{AliasKind, Item, Record, RecordState, Source, Text};
use model::vulnerability::{Epss, Kev};

use super::chunks::{Chunks, Span};
use super::interner::Interner;
use super::links::Links;
use crate::keys::keys_of_record;
use crate::layout::checksum::Fingerprint;
use crate::layout::codec::{put_text, put_varint};
use crate::layout::payload::{PARTS, Unfit, encode};
use crate::tables::AliasTable;

/// Most bytes of a title, a description, or all references of a record; a cold block holds many records.
const MAX_TEXT: usize = 1 << 20;

/// A record of a run. All texts are numbers of the run's interner until the runs are merged.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunRecord {
    pub(super) source: Source,
    /// State and dispute as in the file.
    pub(super) flags: u8,
    pub(super) feed: u32,
    /// The id in upper case.
    pub(super) id: u32,
    /// The author where [`speaks_often`], else the id again.
    pub(super) by: u32,
    pub(super) modified: u32,
    pub(super) fingerprint: u128,
    /// Shape of the parts, then the cold texts.
    pub(super) bytes: Span,
    pub(super) shape_ends: [u32; PARTS],
    /// Texts of the parts, then keys, product pairs, ecosystem pairs, fix commits, release pairs.
    pub(super) numbers: Span,
    pub(super) text_ends: [u32; PARTS],
    pub(super) link_ends: [u32; 5],
}

/// A fact about an id in upper case.
#[derive(Clone, Debug)]
pub(super) struct Fact<T> {
    pub(super) feed: u32,
    pub(super) id: u32,
    pub(super) value: T,
}

/// The collection of one thread.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) texts: Interner,
    pub(super) bytes: Chunks<u8>,
    pub(super) numbers: Chunks<u32>,
    pub(super) records: Vec<RunRecord>,
    /// Pairs of ids in upper case that name the same flaw.
    pub(super) same: Vec<(u32, u32)>,
    /// Ids in upper case with their spelling, where it differs.
    pub(super) spellings: Vec<(u32, u32)>,
    pub(super) epss: Vec<Fact<Epss>>,
    pub(super) kev: Vec<Fact<Kev>>,
    /// The id is the product.
    pub(super) branches: Vec<Fact<Branch>>,
    pub(super) notes: Vec<Note>,
    shape: Vec<u8>,
    refs: Vec<u32>,
    links: Links,
}

impl Run {
    pub(super) fn add(&mut self, feed: &str, item: &Item<'_>, aliases: &AliasTable) {
        let feed_number = self.texts.intern(feed).0;
        match item {
            Item::Record(record) => self.record(feed, feed_number, record, aliases),
            Item::Kev(kev) => {
                let id = self.upper(&kev.id);
                self.kev.push(Fact { feed: feed_number, id, value: kev.clone() });
            }
            Item::Epss(id, epss) => {
                let id = self.upper(id);
                self.epss.push(Fact { feed: feed_number, id, value: *epss });
            }
            Item::Branch(branch) => {
                let id = self.texts.intern(&branch.product).0;
                self.branches.push(Fact { feed: feed_number, id, value: branch.as_ref().clone() });
            }
        }
    }

    fn record(&mut self, feed: &str, feed_number: u32, record: &Record<'_>, aliases: &AliasTable) {
        let (Some(source), false) = (record.source, record.id.trim().is_empty()) else {
            let why = if record.source.is_none() { "no source" } else { "no id" };
            self.note(NoteCode::BadRecord, Severity::Error, feed, why);
            return;
        };
        let mut fingerprint = Fingerprint::new();
        fingerprint.add(u64::from(source as u8) << 8 | u64::from(record_flags(record)));
        let Some((shape_ends, text_ends)) = self.encode(feed, record, &mut fingerprint) else { return };
        self.cold(feed, record);
        fingerprint.add_bytes(&self.shape);
        let link_ends = self.links(record, aliases);
        let (Some(bytes), Some(numbers)) = (self.bytes.push(&self.shape), self.numbers.push(&self.refs))
        else {
            self.note(NoteCode::TooBig, Severity::Error, feed, &record.id);
            return;
        };
        let id = self.id(&record.id);
        let by = if speaks_often(source) { self.texts.intern(&record.by).0 } else { id };
        let modified = self.texts.intern(&record.modified).0;
        self.same(id, record);
        self.records.push(RunRecord {
            source,
            flags: record_flags(record),
            feed: feed_number,
            id,
            by,
            modified,
            fingerprint: fingerprint.value(),
            bytes,
            shape_ends,
            numbers,
            text_ends,
            link_ends,
        });
    }

    /// Leaves the parts in `shape` and `refs`.
    fn encode(
        &mut self,
        feed: &str,
        record: &Record<'_>,
        fingerprint: &mut Fingerprint,
    ) -> Option<([u32; PARTS], [u32; PARTS])> {
        self.shape.clear();
        self.refs.clear();
        let (texts, refs) = (&mut self.texts, std::cell::RefCell::new(&mut self.refs));
        let mut text_ends = [0; PARTS];
        let text = |text: &str| {
            let (number, hash) = texts.intern(text);
            fingerprint.add(hash);
            refs.borrow_mut().push(number);
        };
        let part_done = |part: usize| text_ends[part] = refs.borrow().len() as u32;
        match encode(record, &mut self.shape, text, part_done) {
            Ok(ends) => Some((ends.map(|end| end as u32), text_ends)),
            Err(unfit) => {
                let code = if unfit == Unfit::TooDeep { NoteCode::TooDeep } else { NoteCode::TooBig };
                self.note(code, Severity::Error, feed, &record.id);
                None
            }
        }
    }

    /// Appends the cold texts to `shape`.
    fn cold(&mut self, feed: &str, record: &Record<'_>) {
        let title = cut(&record.title);
        let description = cut(&record.description);
        let mut size = 0usize;
        let fitting = record.references.iter().take_while(|reference| {
            let tags: usize = reference.tags.iter().map(|tag| tag.len() + 5).sum();
            size = size.saturating_add(reference.url.len() + tags + 10);
            size <= MAX_TEXT
        });
        let count = fitting.count();
        let is_cut = title.len() < record.title.len()
            || description.len() < record.description.len()
            || count < record.references.len();
        if is_cut {
            self.note(NoteCode::TooBig, Severity::Warn, feed, &record.id);
        }
        put_text(&mut self.shape, title);
        put_text(&mut self.shape, description);
        put_varint(&mut self.shape, count as u64);
        for reference in &record.references[..count] {
            put_text(&mut self.shape, &reference.url);
            put_varint(&mut self.shape, reference.tags.len() as u64);
            reference.tags.iter().for_each(|tag| put_text(&mut self.shape, tag));
        }
    }

    /// Appends what the record is found by to `refs`.
    fn links(&mut self, record: &Record<'_>, aliases: &AliasTable) -> [u32; 5] {
        let mut ends = [0; 5];
        for key in keys_of_record(record, aliases) {
            self.refs.push(self.texts.intern(&key).0);
        }
        ends[0] = self.refs.len() as u32;
        self.links.collect(record, &mut self.texts);
        let lists = [&self.links.vendors, &self.links.ecosystems, &self.links.fixes, &self.links.releases];
        for (end, list) in ends[1..].iter_mut().zip(lists) {
            self.refs.extend_from_slice(list);
            *end = self.refs.len() as u32;
        }
        ends
    }

    fn same(&mut self, id: u32, record: &Record<'_>) {
        for alias in record.aliases.iter().filter(|alias| alias.kind == AliasKind::Same) {
            if alias.id.trim().is_empty() {
                continue;
            }
            let other = self.id(&alias.id);
            if other != id {
                self.same.push((id, other));
            }
        }
    }

    /// The number of an id in upper case; its spelling is kept where it differs.
    fn id(&mut self, id: &Text<'_>) -> u32 {
        let upper = self.upper(id);
        if self.texts.bytes_of(upper) != id.as_bytes() {
            let spelled = self.texts.intern(id.trim()).0;
            self.spellings.push((upper, spelled));
        }
        upper
    }

    fn upper(&mut self, id: &str) -> u32 {
        self.texts.intern(&upper(id)).0
    }

    fn note(&mut self, code: NoteCode, severity: Severity, feed: &str, value: &str) {
        self.notes.push(Note::new(code, severity, feed, value));
    }
}

/// Sources that speak several times of one id under different names: the ADP containers of a CVE record, the kernel's
/// CVE record beside its dyad file, the lists of each stream, distributions, whose trackers stand beside their records in
/// OSV form, Alpine's with a file for each release, lists of exploits, and the advisories of suppliers. All others replace
/// what they said before, also when the author's name has changed.
fn speaks_often(source: Source) -> bool {
    matches!(
        source,
        Source::CveAdp
            | Source::KernelCna
            | Source::LinuxKernelCves
            | Source::Debian
            | Source::Alpine
            | Source::Ubuntu
            | Source::ExploitRefs
            | Source::Csaf
    )
}

/// Ids are compared in upper case.
fn upper(id: &str) -> Cow<'_, str> {
    let id = id.trim();
    if id.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(id.to_ascii_uppercase())
    } else {
        Cow::Borrowed(id)
    }
}

fn record_flags(record: &Record<'_>) -> u8 {
    let state = match record.state {
        RecordState::Published => 0,
        RecordState::Rejected => 1,
        RecordState::Withdrawn => 2,
        RecordState::Reserved => 3,
    };
    state | u8::from(record.disputed) << 2
}

/// At most [`MAX_TEXT`] bytes of a text.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT)]
}
