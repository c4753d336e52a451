//! Bytes to a record. All texts borrow from the file.

use std::borrow::Cow;

use model::record::{
    Alias, AliasKind, Change, Claim, ClaimForm, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry,
    RangeKind, Record, Severity, Status, Text,
};

use super::{CPE_PARTS, MAX_DEPTH, MAX_MEMORY, entry, head, row};
use crate::layout::codec::{Corrupt, Cursor, Decoded};
use crate::layout::strings::Strings;

/// The two streams of one part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams<'a> {
    pub(crate) shape: &'a [u8],
    pub(crate) texts: &'a [u8],
}

/// How much of a head is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Everything.
    Whole,
    /// What matching reads.
    ForMatching,
}

/// Decodes the parts of one record.
pub(crate) struct Decoder<'a> {
    shape: Cursor<'a>,
    texts: Cursor<'a>,
    strings: Strings<'a>,
    memory: usize,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(strings: Strings<'a>) -> Decoder<'a> {
        Decoder { shape: Cursor::new(&[]), texts: Cursor::new(&[]), strings, memory: MAX_MEMORY }
    }

    /// Fills in ids, dates, tags, and severities where the whole head is wanted.
    pub(crate) fn head(
        &mut self,
        streams: Streams<'a>,
        wanted: Head,
        record: &mut Record<'a>,
    ) -> Decoded<()> {
        self.begin(streams);
        let flags = self.shape.byte()?;
        record.id = self.text()?;
        record.published = self.text_if(flags & head::PUBLISHED != 0)?;
        record.modified = self.text_if(flags & head::MODIFIED != 0)?;
        record.by = self.text_if(flags & head::BY != 0)?;
        if flags & head::ALIASES != 0 {
            record.aliases = self.list(Decoder::alias)?;
        }
        if flags & head::TAGS != 0 {
            record.tags = self.texts()?;
        }
        if wanted == Head::ForMatching {
            return Ok(());
        }
        if flags & head::SEVERITIES != 0 {
            record.severities = self.list(Decoder::severity)?;
        }
        if flags & head::CWES != 0 {
            record.cwes = self.texts()?;
        }
        if flags & head::SSVC != 0 {
            record.ssvc = self.list(|decoder| Ok((decoder.text()?, decoder.text()?)))?;
        }
        self.end()
    }

    /// Fills in claims without their subjects, and of their rows only those that hold releases: what the kernel's
    /// rules compare. Rows of commits keep their place without texts.
    pub(crate) fn release_rows(&mut self, streams: Streams<'a>, record: &mut Record<'a>) -> Decoded<()> {
        self.begin(streams);
        record.claims = self.list(Decoder::claim_of_rows)?;
        self.pass_texts()?;
        self.end()
    }

    /// Fills in claims and fix commits.
    pub(crate) fn claims(&mut self, streams: Streams<'a>, record: &mut Record<'a>) -> Decoded<()> {
        self.begin(streams);
        record.claims = self.list(Decoder::claim)?;
        record.fix_commits = self.texts()?;
        self.end()
    }

    /// Fills in the CPE configurations.
    pub(crate) fn configurations(&mut self, streams: Streams<'a>, record: &mut Record<'a>) -> Decoded<()> {
        self.begin(streams);
        record.configurations = self.nodes(0)?;
        self.end()
    }

    fn begin(&mut self, streams: Streams<'a>) {
        self.shape = Cursor::new(streams.shape);
        self.texts = Cursor::new(streams.texts);
    }

    /// Bytes left over mean that the streams were not written for each other.
    fn end(&self) -> Decoded<()> {
        if self.shape.is_empty() && self.texts.is_empty() { Ok(()) } else { Err(Corrupt) }
    }

    #[inline]
    fn text(&mut self) -> Decoded<Text<'a>> {
        let reference = self.texts.varint()?;
        self.strings.resolve(reference).map(Cow::Borrowed)
    }

    #[inline]
    fn text_if(&mut self, given: bool) -> Decoded<Text<'a>> {
        if given { self.text() } else { Ok(Cow::Borrowed("")) }
    }

    /// Reads a list. Every item takes at least a byte of one of the streams, and its memory is counted, so
    /// that a small file cannot ask for a large allocation.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Decoded<T>) -> Decoded<Vec<T>> {
        let count = self.shape.size()?;
        if count > self.shape.rest().len() + self.texts.rest().len() {
            return Err(Corrupt);
        }
        let size = count.checked_mul(size_of::<T>()).ok_or(Corrupt)?;
        self.memory = self.memory.checked_sub(size).ok_or(Corrupt)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn texts(&mut self) -> Decoded<Vec<Text<'a>>> {
        self.list(Decoder::text)
    }

    fn alias(&mut self) -> Decoded<Alias<'a>> {
        let kind = match self.shape.byte()? {
            0 => AliasKind::Same,
            1 => AliasKind::Contained,
            2 => AliasKind::Related,
            _ => return Err(Corrupt),
        };
        Ok(Alias { id: self.text()?, kind })
    }

    fn severity(&mut self) -> Decoded<Severity<'a>> {
        let base = self.shape.varint()?;
        let base_tenths = match base.checked_sub(1) {
            Some(tenths) => Some(u16::try_from(tenths).map_err(|_| Corrupt)?),
            None => None,
        };
        Ok(Severity { base_tenths, vector: self.text()?, by: self.text()? })
    }

    /// A claim without its subject, and what of the subject is given.
    fn bare_claim(&mut self) -> Decoded<(Claim<'a>, u64)> {
        let kinds = self.shape.byte()?;
        let claim = Claim {
            form: match kinds & 3 {
                0 => ClaimForm::CveVersions,
                1 => ClaimForm::Osv,
                2 => ClaimForm::SecFix,
                _ => ClaimForm::KernelPairs,
            },
            default_status: match kinds >> 2 {
                0 => None,
                other => Some(status(other - 1)?),
            },
            ..Claim::default()
        };
        let mask = self.shape.varint()?;
        if mask >= 1 << 12 {
            return Err(Corrupt);
        }
        Ok((claim, mask))
    }

    fn claim_of_rows(&mut self) -> Decoded<Claim<'a>> {
        let (mut claim, mask) = self.bare_claim()?;
        for at in 0..12u32 {
            match (mask >> at & 1 == 1, at) {
                (false, _) => {}
                (true, 0..8) => self.pass_text()?,
                (true, _) => self.pass_texts()?,
            }
        }
        claim.entries = self.list(|decoder| {
            let is_commit = decoder.shape.rest().first().is_some_and(|flags| flags & entry::GIT != 0);
            if is_commit { decoder.passed_entry() } else { decoder.entry() }
        })?;
        Ok(claim)
    }

    fn pass_text(&mut self) -> Decoded<()> {
        self.texts.varint().map(|_| ())
    }

    fn pass_texts(&mut self) -> Decoded<()> {
        (0..self.shape.size()?).try_for_each(|_| self.pass_text())
    }

    fn passed_entry(&mut self) -> Decoded<Entry<'a>> {
        let flags = self.shape.byte()?;
        self.pass_text()?;
        if matches!(flags >> entry::END & 3, 1 | 2) {
            self.pass_text()?;
        }
        if flags & entry::TYPED != 0 {
            self.pass_text()?;
        }
        if flags & entry::CHANGES != 0 {
            self.list(Decoder::change)?;
        }
        Ok(Entry { status: status(flags & 3)?, kind: RangeKind::Git, ..Entry::default() })
    }

    fn claim(&mut self) -> Decoded<Claim<'a>> {
        let (mut claim, mask) = self.bare_claim()?;
        let given = |at: u32| mask >> at & 1 == 1;
        let subject = &mut claim.subject;
        subject.vendor = self.text_if(given(0))?;
        subject.product = self.text_if(given(1))?;
        subject.package_name = self.text_if(given(2))?;
        subject.collection_url = self.text_if(given(3))?;
        subject.purl = self.text_if(given(4))?;
        subject.repo = self.text_if(given(5))?;
        subject.ecosystem = self.text_if(given(6))?;
        subject.distro_release = self.text_if(given(7))?;
        subject.cpes = self.texts_if(given(8))?;
        subject.modules = self.texts_if(given(9))?;
        subject.program_files = self.texts_if(given(10))?;
        subject.platforms = self.texts_if(given(11))?;
        claim.entries = self.list(Decoder::entry)?;
        Ok(claim)
    }

    fn texts_if(&mut self, given: bool) -> Decoded<Vec<Text<'a>>> {
        if given { self.texts() } else { Ok(Vec::new()) }
    }

    fn entry(&mut self) -> Decoded<Entry<'a>> {
        let flags = self.shape.byte()?;
        if flags & 0x80 != 0 {
            return Err(Corrupt);
        }
        let start = self.text()?;
        let end = match flags >> entry::END & 3 {
            0 => End::Single,
            1 => End::Before(self.text()?),
            2 => End::Through(self.text()?),
            _ => End::Open,
        };
        let version_type = self.text_if(flags & entry::TYPED != 0)?;
        let changes = if flags & entry::CHANGES != 0 { self.list(Decoder::change)? } else { Vec::new() };
        let kind = if flags & entry::GIT != 0 { RangeKind::Git } else { RangeKind::Version };
        Ok(Entry { status: status(flags & 3)?, kind, start, end, version_type, changes })
    }

    fn change(&mut self) -> Decoded<Change<'a>> {
        Ok(Change { status: status(self.shape.byte()?)?, at: self.text()? })
    }

    fn nodes(&mut self, depth: usize) -> Decoded<Vec<CpeNode<'a>>> {
        if depth > MAX_DEPTH {
            return Err(Corrupt);
        }
        self.list(|decoder| {
            let kinds = decoder.shape.byte()?;
            if kinds > 3 {
                return Err(Corrupt);
            }
            Ok(CpeNode {
                is_and: kinds & 1 == 1,
                negate: kinds & 2 == 2,
                children: decoder.nodes(depth + 1)?,
                leaves: decoder.list(Decoder::leaf)?,
            })
        })
    }

    fn leaf(&mut self) -> Decoded<CpeLeaf<'a>> {
        let kinds = self.shape.byte()?;
        let part = usize::from(kinds >> 2);
        let mut head = CpeHead {
            part: match CPE_PARTS.get(part) {
                Some(part) => Cow::Borrowed(*part),
                None if part == CPE_PARTS.len() => self.text()?,
                None => return Err(Corrupt),
            },
            vendor: self.text()?,
            product: self.text()?,
            ..CpeHead::default()
        };
        self.attributes(&mut head)?;
        let is_plain = kinds & 2 == 2;
        let rows = if is_plain { self.list(Decoder::plain_row)? } else { self.list(Decoder::row)? };
        Ok(CpeLeaf { vulnerable: kinds & 1 == 1, head, rows })
    }

    fn attributes(&mut self, head: &mut CpeHead<'a>) -> Decoded<()> {
        let mask = self.shape.byte()?;
        if mask >= 1 << 6 {
            return Err(Corrupt);
        }
        let attributes = [
            &mut head.edition,
            &mut head.language,
            &mut head.sw_edition,
            &mut head.target_sw,
            &mut head.target_hw,
            &mut head.other,
        ];
        for (at, attribute) in attributes.into_iter().enumerate() {
            *attribute = self.text_or_any(mask >> at & 1 == 1)?;
        }
        Ok(())
    }

    #[inline]
    fn text_or_any(&mut self, given: bool) -> Decoded<Text<'a>> {
        if given { self.text() } else { Ok(Cow::Borrowed("*")) }
    }

    fn plain_row(&mut self) -> Decoded<CpeRow<'a>> {
        Ok(CpeRow { version: self.text()?, update: Cow::Borrowed("*"), bounds: None })
    }

    fn row(&mut self) -> Decoded<CpeRow<'a>> {
        let flags = self.shape.byte()?;
        let version = self.text_or_any(flags & row::VERSION != 0)?;
        let update = self.text_or_any(flags & row::UPDATE != 0)?;
        let bounds = if flags & row::BOUNDS != 0 { Some(Box::new(self.bounds(flags)?)) } else { None };
        Ok(CpeRow { version, update, bounds })
    }

    fn bounds(&mut self, flags: u8) -> Decoded<CpeBounds<'a>> {
        self.memory = self.memory.checked_sub(size_of::<CpeBounds<'_>>()).ok_or(Corrupt)?;
        Ok(CpeBounds {
            start_including: self.text_if(flags & row::START_INCLUDING != 0)?,
            start_excluding: self.text_if(flags & row::START_EXCLUDING != 0)?,
            end_including: self.text_if(flags & row::END_INCLUDING != 0)?,
            end_excluding: self.text_if(flags & row::END_EXCLUDING != 0)?,
        })
    }
}

fn status(number: u8) -> Decoded<Status> {
    match number {
        0 => Ok(Status::Affected),
        1 => Ok(Status::Unaffected),
        2 => Ok(Status::Unknown),
        _ => Err(Corrupt),
    }
}
