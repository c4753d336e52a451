//! A record to bytes.

use std::borrow::Cow;

use model::record::{
    Claim, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry, RangeKind, Record, Status, Text,
};
use rustc_hash::FxHashSet;

use super::{CPE_PARTS, MAX_DEPTH, MAX_MEMORY, PARTS, entry, head, row};
use crate::layout::codec::put_varint;

/// Rows of one criterion from which repetitions are looked for; a repeated row says nothing new, and a record
/// exists with 5.9 million rows of which 2,434 differ (CVE-2024-20433).
const MANY_ROWS: usize = 256;

/// Why a record cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// CPE nodes nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More claims, entries and rows than [`MAX_MEMORY`] allows.
    TooBig,
}

/// Writes the shape of the three parts one behind another; texts go to `text` in the same order. Returns the
/// shape's length after each part; `part_done` is called at the same moments.
pub(crate) fn encode(
    record: &Record<'_>,
    shape: &mut Vec<u8>,
    mut text: impl FnMut(&str),
    mut part_done: impl FnMut(usize),
) -> Result<[usize; PARTS], Unfit> {
    let mut encoder = Encoder { shape, text: &mut text, memory: 0 };
    let mut ends = [0; PARTS];
    let [head_end, claims_end, configurations_end] = &mut ends;
    encoder.head(record);
    *head_end = encoder.shape.len();
    part_done(super::HEAD);
    encoder.claims(record);
    *claims_end = encoder.shape.len();
    part_done(super::CLAIMS);
    encoder.nodes(&record.configurations, 0)?;
    *configurations_end = encoder.shape.len();
    part_done(super::CONFIGURATIONS);
    if encoder.memory > MAX_MEMORY { Err(Unfit::TooBig) } else { Ok(ends) }
}

struct Encoder<'e, T> {
    shape: &'e mut Vec<u8>,
    text: &'e mut T,
    /// What decoding will cost, counted as the decoder counts it.
    memory: usize,
}

impl<T: FnMut(&str)> Encoder<'_, T> {
    fn count<I>(&mut self, items: &[I]) {
        self.memory = self.memory.saturating_add(std::mem::size_of_val(items));
        put_varint(self.shape, items.len() as u64);
    }

    fn texts(&mut self, texts: &[Text<'_>]) {
        self.count(texts);
        for text in texts {
            (self.text)(text);
        }
    }

    fn text_if(&mut self, flag: bool, text: &str) {
        if flag {
            (self.text)(text);
        }
    }

    fn head(&mut self, record: &Record<'_>) {
        let flags = bit(head::ALIASES, !record.aliases.is_empty())
            | bit(head::TAGS, !record.tags.is_empty())
            | bit(head::SEVERITIES, !record.severities.is_empty())
            | bit(head::CWES, !record.cwes.is_empty())
            | bit(head::SSVC, !record.ssvc.is_empty())
            | bit(head::PUBLISHED, !record.published.is_empty())
            | bit(head::MODIFIED, !record.modified.is_empty())
            | bit(head::BY, !record.by.is_empty());
        self.shape.push(flags);
        (self.text)(&record.id);
        self.text_if(flags & head::PUBLISHED != 0, &record.published);
        self.text_if(flags & head::MODIFIED != 0, &record.modified);
        self.text_if(flags & head::BY != 0, &record.by);
        self.head_lists(record, flags);
    }

    fn head_lists(&mut self, record: &Record<'_>, flags: u8) {
        if flags & head::ALIASES != 0 {
            self.count(&record.aliases);
            for alias in &record.aliases {
                self.shape.push(alias.kind as u8);
                (self.text)(&alias.id);
            }
        }
        if flags & head::TAGS != 0 {
            self.texts(&record.tags);
        }
        if flags & head::SEVERITIES != 0 {
            self.count(&record.severities);
            for severity in &record.severities {
                put_varint(self.shape, severity.base_tenths.map_or(0, |tenths| u64::from(tenths) + 1));
                (self.text)(&severity.vector);
                (self.text)(&severity.by);
            }
        }
        if flags & head::CWES != 0 {
            self.texts(&record.cwes);
        }
        if flags & head::SSVC != 0 {
            self.count(&record.ssvc);
            for (name, value) in &record.ssvc {
                (self.text)(name);
                (self.text)(value);
            }
        }
    }

    fn claims(&mut self, record: &Record<'_>) {
        self.count(&record.claims);
        for claim in &record.claims {
            self.claim(claim);
        }
        self.texts(&record.fix_commits);
    }

    fn claim(&mut self, claim: &Claim<'_>) {
        let default = claim.default_status.map_or(0, |status| status as u8 + 1);
        self.shape.push(claim.form as u8 | default << 2);
        let subject = &claim.subject;
        let texts: [&str; 8] = [
            &subject.vendor,
            &subject.product,
            &subject.package_name,
            &subject.collection_url,
            &subject.purl,
            &subject.repo,
            &subject.ecosystem,
            &subject.distro_release,
        ];
        let lists: [&[Text<'_>]; 4] =
            [&subject.cpes, &subject.modules, &subject.program_files, &subject.platforms];
        let given =
            texts.iter().map(|text| !text.is_empty()).chain(lists.iter().map(|list| !list.is_empty()));
        let mask = given.enumerate().fold(0u64, |mask, (at, given)| mask | u64::from(given) << at);
        put_varint(self.shape, mask);
        for text in texts {
            self.text_if(!text.is_empty(), text);
        }
        for list in lists.into_iter().filter(|list| !list.is_empty()) {
            self.texts(list);
        }
        self.count(&claim.entries);
        for entry in &claim.entries {
            self.entry(entry);
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let (end, end_text) = match &entry.end {
            End::Single => (0, None),
            End::Before(text) => (1, Some(text)),
            End::Through(text) => (2, Some(text)),
            End::Open => (3, None),
        };
        let flags = entry.status as u8
            | bit(entry::GIT, entry.kind == RangeKind::Git)
            | end << entry::END
            | bit(entry::CHANGES, !entry.changes.is_empty())
            | bit(entry::TYPED, !entry.version_type.is_empty());
        self.shape.push(flags);
        (self.text)(&entry.start);
        if let Some(text) = end_text {
            (self.text)(text);
        }
        self.text_if(flags & entry::TYPED != 0, &entry.version_type);
        if flags & entry::CHANGES != 0 {
            self.count(&entry.changes);
            for change in &entry.changes {
                self.shape.push(change.status as u8);
                (self.text)(&change.at);
            }
        }
    }

    fn nodes(&mut self, nodes: &[CpeNode<'_>], depth: usize) -> Result<(), Unfit> {
        if depth > MAX_DEPTH {
            return Err(Unfit::TooDeep);
        }
        self.count(nodes);
        for node in nodes {
            self.shape.push(u8::from(node.is_and) | u8::from(node.negate) << 1);
            self.nodes(&node.children, depth + 1)?;
            self.count(&node.leaves);
            for leaf in &node.leaves {
                self.leaf(leaf);
            }
        }
        Ok(())
    }

    fn leaf(&mut self, leaf: &CpeLeaf<'_>) {
        let rows = distinct(&leaf.rows);
        let is_plain = rows.iter().all(|row| row.update == "*" && row.bounds.is_none());
        let part = CPE_PARTS.iter().position(|part| *part == leaf.head.part).unwrap_or(CPE_PARTS.len()) as u8;
        self.shape.push(u8::from(leaf.vulnerable) | u8::from(is_plain) << 1 | part << 2);
        self.text_if(usize::from(part) == CPE_PARTS.len(), &leaf.head.part);
        (self.text)(&leaf.head.vendor);
        (self.text)(&leaf.head.product);
        self.attributes(&leaf.head);
        self.count(&rows);
        for row in rows.iter() {
            if is_plain { (self.text)(&row.version) } else { self.row(row) }
        }
    }

    fn attributes(&mut self, head: &CpeHead<'_>) {
        let attributes =
            [&head.edition, &head.language, &head.sw_edition, &head.target_sw, &head.target_hw, &head.other];
        let mask =
            attributes.iter().enumerate().fold(0u8, |mask, (at, text)| mask | u8::from(*text != "*") << at);
        self.shape.push(mask);
        for text in attributes.into_iter().filter(|text| *text != "*") {
            (self.text)(text);
        }
    }

    fn row(&mut self, row: &CpeRow<'_>) {
        let empty = CpeBounds::default();
        let bounds = row.bounds.as_deref().unwrap_or(&empty);
        let texts = [
            (row::VERSION, &row.version, row.version != "*"),
            (row::UPDATE, &row.update, row.update != "*"),
            (row::START_INCLUDING, &bounds.start_including, !bounds.start_including.is_empty()),
            (row::START_EXCLUDING, &bounds.start_excluding, !bounds.start_excluding.is_empty()),
            (row::END_INCLUDING, &bounds.end_including, !bounds.end_including.is_empty()),
            (row::END_EXCLUDING, &bounds.end_excluding, !bounds.end_excluding.is_empty()),
        ];
        let flags = texts.iter().fold(0, |flags, (flag, _, given)| flags | bit(*flag, *given));
        self.shape.push(flags | bit(row::BOUNDS, row.bounds.is_some()));
        if row.bounds.is_some() {
            self.memory = self.memory.saturating_add(size_of::<CpeBounds<'_>>());
        }
        for (_, text, given) in texts {
            self.text_if(given, text);
        }
    }
}

/// Long lists without their repetitions, order of first appearance kept.
fn distinct<'r, 'a>(rows: &'r [CpeRow<'a>]) -> Cow<'r, [CpeRow<'a>]> {
    if rows.len() < MANY_ROWS {
        return Cow::Borrowed(rows);
    }
    let mut seen = FxHashSet::default();
    let firsts: Vec<&CpeRow<'a>> = rows.iter().filter(|row| seen.insert(*row)).collect();
    if firsts.len() == rows.len() {
        Cow::Borrowed(rows)
    } else {
        Cow::Owned(firsts.into_iter().cloned().collect())
    }
}

fn bit(flag: u8, is_set: bool) -> u8 {
    if is_set { flag } else { 0 }
}

// The decoder reads these numbers back; a new variant needs a new layout number.
const _: () = assert!(Status::Unknown as u8 == 2 && model::record::ClaimForm::KernelPairs as u8 == 3);
