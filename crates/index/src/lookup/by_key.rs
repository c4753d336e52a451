//! From a lookup key or an id to vulnerabilities.

use super::by_vulnerability::VulnRef;
use super::open::Index;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;
use crate::layout::table::HashTable;

/// Lookup keys with their postings, as in the file.
pub(super) struct Keys<'a> {
    pub(super) table: HashTable<'a>,
    pub(super) texts: TextTable<'a>,
    ends: Numbers<'a>,
    postings: &'a [u8],
}

impl<'a> Keys<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Decoded<Keys<'a>> {
        let mut cursor = Cursor::new(bytes);
        let table = HashTable::read(&mut cursor)?;
        let texts = TextTable::read(&mut cursor)?;
        let ends = Numbers::new(cursor.take(texts.len().checked_mul(4).ok_or(Corrupt)?)?);
        Ok(Keys { table, texts, ends, postings: cursor.rest() })
    }

    /// Appends the postings of a key, ascending.
    pub(super) fn postings(&self, key: u32, count: usize, out: &mut Vec<VulnRef>) -> Decoded<()> {
        let at = key as usize;
        let bytes = self.postings.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        read_ascending(&mut Cursor::new(bytes), count, out)
    }
}

/// Reads numbers stored as distances until the cursor is empty; each must name a vulnerability.
pub(super) fn read_ascending(cursor: &mut Cursor<'_>, count: usize, out: &mut Vec<VulnRef>) -> Decoded<()> {
    let mut next = 0u32;
    while !cursor.is_empty() {
        let number = next.checked_add(cursor.number()?).ok_or(Corrupt)?;
        if number as usize >= count {
            return Err(Corrupt);
        }
        out.push(VulnRef(number));
        next = number.checked_add(1).ok_or(Corrupt)?;
    }
    Ok(())
}

impl Index {
    /// Appends the vulnerabilities filed under a lookup key (`crate::keys`), ascending. An unknown key adds
    /// nothing; a shared key makes a candidate, never a finding.
    pub fn candidates(&self, key: &str, out: &mut Vec<VulnRef>) {
        let before = out.len();
        if self.read_candidates(key, out).is_err() {
            out.truncate(before);
        }
    }

    fn read_candidates(&self, key: &str, out: &mut Vec<VulnRef>) -> Decoded<()> {
        let keys = Keys::read(self.section(Section::Keys))?;
        match keys.table.find(key, |number| Ok(keys.texts.get(number as usize)? == key))? {
            Some(number) => keys.postings(number, self.len(), out),
            None => Ok(()),
        }
    }

    /// True when some vulnerability is filed under the key.
    pub fn has_key(&self, key: &str) -> bool {
        let find =
            |keys: Keys<'_>| keys.table.find(key, |number| Ok(keys.texts.get(number as usize)? == key));
        Keys::read(self.section(Section::Keys)).and_then(find).is_ok_and(|found| found.is_some())
    }

    /// All lookup keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let texts = Keys::read(self.section(Section::Keys)).map(|keys| keys.texts).unwrap_or_default();
        (0..texts.len()).map_while(move |at| texts.get(at).ok())
    }

    /// Finds a vulnerability by any of its ids, whatever their case.
    pub fn find(&self, id: &str) -> Option<VulnRef> {
        let wanted = id.trim().to_ascii_uppercase();
        let table = HashTable::read(&mut Cursor::new(self.section(Section::Ids))).ok()?;
        let found = table.find(&wanted, |number| {
            let vulnerability = self.read_vulnerability(VulnRef(number))?;
            let mut ids = vulnerability.aliases().iter().chain(std::iter::once(&vulnerability.id));
            Ok(ids.any(|known| known.eq_ignore_ascii_case(&wanted)))
        });
        found.ok().flatten().map(VulnRef)
    }
}
