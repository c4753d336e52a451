//! A delta as a file: what turns one generation into the next, byte for byte, for those who have the first.
//!
//! Numbers of vulnerabilities and texts shift all over the file when one record comes in, so bytes of the two files have
//! little in common, while their records have nearly everything. Hence a delta holds the vulnerabilities that differ, as a
//! small index of their own, and the names of those that go. Whoever applies it takes the old records without them, adds
//! the new ones, and compiles. What does not come from records (scores, maps, and whatever a compilation knows that no
//! record tells) is sent as the difference to what that compilation gives, so that the result is the same in any case.
//!
//! ```text
//! magic (8), major, minor; size and sum of the old file; size and sum of the new file; layout of the sections (2, 2)
//! header of the new file; ids that go; the small index, compressed
//! per section: number, 0 = as compiled | 1 = difference, its length when unpacked, the compressed difference
//! sum over all of it
//! ```

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;

use model::record::{Item, Text};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{CompileOptions, Compiler};
use crate::layout::checksum::checksum;
use crate::layout::codec::{Corrupt, Cursor, Decoded, put_text, put_varint};
use crate::layout::directory::FileWriter;
use crate::layout::header::{Header, MAJOR, MINOR};
use crate::layout::sections::Section;
use crate::lookup::whole::Whole;
use crate::{Error, Index, VulnRef};

const MAGIC: [u8; 8] = *b"\x89PWDELT\n";
/// Of the delta's own form.
const FORM: (u16, u16) = (1, 0);
/// Vulnerabilities that are one piece of work.
const PIECE: u32 = 2_048;
/// Most bytes that anything in a delta may become.
const MOST: usize = 4 << 30;
/// Sections up to this size are worth the strongest compression.
const SMALL: usize = 8 << 20;

/// One file by its size and sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSum {
    /// Bytes.
    pub bytes: u64,
    /// Sum over all of them: finds damage, not forgery.
    pub sum: u128,
}

impl FileSum {
    /// Of an opened index.
    pub fn of(index: &Index) -> FileSum {
        FileSum { bytes: index.size(), sum: checksum(index.all_bytes()) }
    }
}

/// What a delta says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeltaReport {
    /// Vulnerabilities that are new or differ.
    pub changed: u64,
    /// Vulnerabilities that were known under an id that is no display id any more.
    pub removed: u64,
    /// Bytes of the delta.
    pub bytes: u64,
}

/// Makes the delta from one index to another.
///
/// # Errors
/// When one of them is damaged, or `new` has another layout than this program writes.
pub fn between(old: &Index, new: &Index) -> Result<(Vec<u8>, DeltaReport), Error> {
    if new.header().format != (MAJOR, MINOR) {
        return Err(Error::NotAnIndex(
            "it has an older layout, which this program no longer writes; build it again",
        ));
    }
    let changed = changed(old, new)?;
    let removed = removed(old, new)?;
    let small = small_index(new, &changed)?;
    let compiled = compile(old, &Index::from_bytes(small.clone())?, &removed)?;
    let mut out = Vec::new();
    put_start(&mut out, old, new);
    put_varint(&mut out, removed.len() as u64);
    removed.iter().for_each(|id| put_text(&mut out, id));
    // The tables are in it, too; the reader has them.
    put_packed(&mut out, &small, old.section(Section::Tables))?;
    for (section, bytes) in &compiled {
        out.push(*section as u8);
        let wanted = new.section(*section);
        out.push(u8::from(bytes.as_slice() != wanted));
        if bytes.as_slice() != wanted {
            put_packed(&mut out, wanted, bytes)?;
        }
    }
    let sum = checksum(&out);
    out.extend_from_slice(&sum.to_le_bytes());
    let report =
        DeltaReport { changed: changed.len() as u64, removed: removed.len() as u64, bytes: out.len() as u64 };
    Ok((out, report))
}

fn put_start(out: &mut Vec<u8>, old: &Index, new: &Index) {
    out.extend_from_slice(&MAGIC);
    for number in [FORM.0, FORM.1] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    for file in [FileSum::of(old), FileSum::of(new)] {
        out.extend_from_slice(&file.bytes.to_le_bytes());
        out.extend_from_slice(&file.sum.to_le_bytes());
    }
    for number in [MAJOR, MINOR] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    let mut header = Vec::new();
    new.header().write(&mut header);
    put_varint(out, header.len() as u64);
    out.extend_from_slice(&header);
}

/// Vulnerabilities of the new index that the old one has not, or has with other ids, records or texts.
fn changed(old: &Index, new: &Index) -> Result<Vec<VulnRef>, Error> {
    let lists: Vec<Vec<VulnRef>> = pieces(new)
        .into_par_iter()
        .map(|piece| {
            let (mut is, mut was) = (Whole::new(new), Whole::new(old));
            let mut found = Vec::new();
            for number in piece.map(VulnRef) {
                if !is_same(&mut was, &mut is, number)? {
                    found.push(number);
                }
            }
            Ok::<_, Error>(found)
        })
        .collect::<Result<_, Error>>()?;
    Ok(lists.concat())
}

fn is_same(old: &mut Whole<'_>, new: &mut Whole<'_>, number: VulnRef) -> Result<bool, Error> {
    let now = new.index().vulnerability(number)?;
    let Some(before) = old.index().find(now.id()) else { return Ok(false) };
    let was = old.index().vulnerability(before)?;
    let same_ids = was.id() == now.id() && was.aliases() == now.aliases();
    Ok(same_ids && old.records(before)? == new.records(number)?)
}

/// Display ids of the old index that the new one has not.
fn removed(old: &Index, new: &Index) -> Result<BTreeSet<String>, Error> {
    let mut removed = BTreeSet::new();
    for number in old.vulnerabilities() {
        let id = old.vulnerability(number)?.id();
        let same = new.find(id).map(|number| new.vulnerability(number)).transpose()?;
        if same.is_none_or(|now| now.id() != id) {
            removed.insert(id.to_owned());
        }
    }
    Ok(removed)
}

/// An index of some vulnerabilities of another, with all that is said of them.
fn small_index(new: &Index, numbers: &[VulnRef]) -> Result<Vec<u8>, Error> {
    let compiler = Compiler::new(options(new)?).map_err(|_| unusable_tables())?;
    let mut whole = Whole::new(new);
    for number in numbers {
        add(&compiler, &mut whole, *number)?;
    }
    Ok(compiler.finish_to_bytes()?.0)
}

/// With the tables of an index.
fn options(of: &Index) -> Result<CompileOptions, Error> {
    let mut cursor = Cursor::new(of.section(Section::Tables));
    let mut text = || cursor.text().map(str::to_owned).map_err(|_| unusable_tables());
    Ok(CompileOptions { alias_table: Some(text()?), rule_table: Some(text()?), ..CompileOptions::default() })
}

fn unusable_tables() -> Error {
    Error::damaged(Section::Tables.name(), "a table cannot be read")
}

/// Gives a compiler one vulnerability with all its records and facts. The feed is nobody's: what the header says of feeds
/// comes with the delta.
fn add(compiler: &Compiler, whole: &mut Whole<'_>, number: VulnRef) -> Result<(), Error> {
    let index = whole.index();
    let vulnerability = index.vulnerability(number)?;
    for record in whole.records(number)? {
        let feed = record.source.map_or("", |source| source.name());
        compiler.add(feed, &Item::Record(Box::new(record)));
    }
    if let Some(kev) = vulnerability.kev() {
        compiler.add("kev", &Item::Kev(kev));
    }
    if let Some(epss) = vulnerability.epss() {
        compiler.add("epss", &Item::Epss(Text::Borrowed(vulnerability.id()), epss));
    }
    Ok(())
}

fn pieces(index: &Index) -> Vec<Range<u32>> {
    let count = u32::try_from(index.len()).unwrap_or(u32::MAX);
    (0..count).step_by(PIECE as usize).map(|at| at..count.min(at.saturating_add(PIECE))).collect()
}

/// Compiles the old records without those that go or differ, and the new ones.
fn compile(old: &Index, small: &Index, removed: &BTreeSet<String>) -> Result<Vec<(Section, Vec<u8>)>, Error> {
    let mut left_out: FxHashSet<&str> = removed.iter().map(String::as_str).collect();
    for number in small.vulnerabilities() {
        left_out.insert(small.vulnerability(number)?.id());
    }
    let compiler = Compiler::new(options(small)?).map_err(|_| unusable_tables())?;
    pieces(old).into_par_iter().try_for_each(|piece| {
        let mut whole = Whole::new(old);
        for number in piece.map(VulnRef) {
            if !left_out.contains(old.vulnerability(number)?.id()) {
                add(&compiler, &mut whole, number)?;
            }
        }
        Ok::<_, Error>(())
    })?;
    let mut whole = Whole::new(small);
    for number in small.vulnerabilities() {
        add(&compiler, &mut whole, number)?;
    }
    let mut sections = compiler.finish_to_sections()?;
    for (section, bytes) in &mut sections {
        if matches!(section, Section::Kbuild | Section::Lifecycle) {
            // Not made of records: the old ones are the better guess.
            *bytes = old.section(*section).to_vec();
        }
    }
    Ok(sections)
}

/// Writes length, packed length and the packed bytes; `near` is what the reader has already.
fn put_packed(out: &mut Vec<u8>, bytes: &[u8], near: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "compress", path: "delta".to_owned(), source };
    let pack = || {
        let level = if bytes.len() > SMALL { 9 } else { 19 };
        let mut encoder = zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), level, near)?;
        encoder.window_log(window(bytes.len().max(near.len())))?;
        encoder.long_distance_matching(true)?;
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    let packed = pack().map_err(failed)?;
    put_varint(out, bytes.len() as u64);
    put_varint(out, packed.len() as u64);
    out.extend_from_slice(&packed);
    Ok(())
}

/// A window that spans both texts.
fn window(bytes: usize) -> u32 {
    let bits = usize::BITS - bytes.saturating_mul(2).leading_zeros();
    bits.clamp(20, LARGEST_WINDOW)
}

/// Half a gigabyte: twice the largest section of all public knowledge.
const LARGEST_WINDOW: u32 = 29;

fn packed(cursor: &mut Cursor<'_>, near: &[u8]) -> Decoded<Vec<u8>> {
    let (length, packed) = (cursor.size()?, cursor.size()?);
    let packed = cursor.take(packed)?;
    if length > MOST {
        return Err(Corrupt);
    }
    let unpack = || {
        let mut decoder = zstd::stream::read::Decoder::with_ref_prefix(packed, near)?;
        decoder.window_log_max(LARGEST_WINDOW)?;
        let mut bytes = Vec::new();
        decoder.take(length as u64 + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    unpack().ok().filter(|bytes| bytes.len() == length).ok_or(Corrupt)
}

/// A delta that has been read and summed up.
#[derive(Debug)]
pub struct DeltaFile<'d> {
    /// The file that it applies to.
    pub old: FileSum,
    /// The file that comes of it.
    pub new: FileSum,
    layout: (u16, u16),
    /// What the new file says of itself.
    pub header: Header,
    removed: BTreeSet<String>,
    rest: Cursor<'d>,
}

impl<'d> DeltaFile<'d> {
    /// Reads what the delta says of itself.
    ///
    /// # Errors
    /// When it is no delta, cut short, damaged, or of another form.
    pub fn read(bytes: &'d [u8]) -> Result<DeltaFile<'d>, Error> {
        if !bytes.starts_with(&MAGIC) {
            return Err(Error::NotAnIndex("it is no delta of an index"));
        }
        let damaged = |_| Error::damaged("delta", "it cannot be read");
        let end = bytes.len().checked_sub(16).ok_or(Corrupt).map_err(damaged)?;
        let (content, sum) = bytes.split_at(end);
        if sum != checksum(content).to_le_bytes() {
            return Err(Error::damaged("delta", "its checksum does not match"));
        }
        let mut cursor = Cursor::new(content);
        let form = |cursor: &mut Cursor<'_>| -> Decoded<u16> {
            cursor.array::<8>()?;
            let major = u16::from_le_bytes(cursor.array()?);
            cursor.array::<2>()?;
            Ok(major)
        };
        let major = form(&mut cursor).map_err(damaged)?;
        if major != FORM.0 {
            return Err(Error::UnknownLayout { found: major, known: FORM.0 });
        }
        DeltaFile::read_content(cursor).map_err(damaged)
    }

    /// Puts the right sum at the end: for tests with hostile deltas, because a forger would have done so.
    #[doc(hidden)]
    pub fn sum_up(bytes: &mut [u8]) {
        if let Some((content, end)) = bytes.split_last_chunk_mut::<16>() {
            *end = checksum(content).to_le_bytes();
        }
    }

    fn read_content(mut cursor: Cursor<'d>) -> Decoded<DeltaFile<'d>> {
        let file = |cursor: &mut Cursor<'_>| -> Decoded<FileSum> {
            Ok(FileSum { bytes: cursor.u64()?, sum: u128::from_le_bytes(cursor.array()?) })
        };
        let (old, new) = (file(&mut cursor)?, file(&mut cursor)?);
        let layout = (u16::from_le_bytes(cursor.array()?), u16::from_le_bytes(cursor.array()?));
        let length = cursor.size()?;
        let header = Header::read(&mut Cursor::new(cursor.take(length)?), layout)?;
        let mut removed = BTreeSet::new();
        for _ in 0..cursor.size()? {
            removed.insert(cursor.text()?.to_owned());
        }
        Ok(DeltaFile { old, new, layout, header, removed, rest: cursor })
    }

    /// Writes the new index, made of the old one.
    ///
    /// # Errors
    /// When `old` is not the file that the delta was made for, the delta was made by a program that compiles otherwise, or
    /// writing fails.
    pub fn apply(&self, old: &Index, out: &Path) -> Result<(), Error> {
        let bytes = self.apply_to_bytes(old)?;
        crate::layout::open::write_atomically(out, |out| {
            let failed = |source| Error::Io { action: "write", path: "index".to_owned(), source };
            out.write_all(&bytes).map_err(failed)
        })
    }

    /// As [`DeltaFile::apply`], into memory.
    ///
    /// # Errors
    /// As there.
    pub fn apply_to_bytes(&self, old: &Index) -> Result<Vec<u8>, Error> {
        if FileSum::of(old) != self.old {
            return Err(Error::OtherBase);
        }
        if self.layout != (MAJOR, MINOR) {
            return Err(Error::OtherCompiler);
        }
        let damaged = |_| Error::damaged("delta", "its content does not fit together");
        let mut cursor = self.rest;
        let small = packed(&mut cursor, old.section(Section::Tables)).map_err(damaged)?;
        let small = Index::from_bytes(small)?;
        small.verify()?;
        let mut sections = compile(old, &small, &self.removed)?;
        for (section, bytes) in &mut sections {
            // A program that compiles otherwise gives other bytes to take the difference from.
            difference(&mut cursor, *section, bytes).map_err(|_| Error::OtherCompiler)?;
        }
        let new = join(&sections, &self.header)?;
        if new.len() as u64 != self.new.bytes || checksum(&new) != self.new.sum {
            return Err(Error::OtherCompiler);
        }
        Ok(new)
    }
}

fn difference(cursor: &mut Cursor<'_>, section: Section, bytes: &mut Vec<u8>) -> Decoded<()> {
    if cursor.byte()? != section as u8 {
        return Err(Corrupt);
    }
    match cursor.byte()? {
        0 => Ok(()),
        1 => {
            *bytes = packed(cursor, bytes)?;
            Ok(())
        }
        _ => Err(Corrupt),
    }
}

fn join(sections: &[(Section, Vec<u8>)], header: &Header) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Io { action: "write", path: "index".to_owned(), source };
    let mut bytes = Vec::with_capacity(sections.iter().map(|(_, bytes)| bytes.len() + 64).sum());
    let mut writer = FileWriter::start(&mut bytes).map_err(failed)?;
    for (section, content) in sections {
        writer.section(*section, content).map_err(failed)?;
    }
    writer.finish(header).map_err(failed)?;
    Ok(bytes)
}
