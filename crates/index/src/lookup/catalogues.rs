//! Which catalogue a known-exploited entry is of, where it is not CISA's.

use super::by_vulnerability::VulnRef;
use super::open::Index;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;

/// The section as in the file; empty in a file of an older layout.
#[derive(Default)]
pub(super) struct Catalogues<'a> {
    numbers: Numbers<'a>,
    names: TextTable<'a>,
}

impl<'a> Catalogues<'a> {
    fn read(bytes: &'a [u8]) -> Decoded<Catalogues<'a>> {
        if bytes.is_empty() {
            return Ok(Catalogues::default());
        }
        let mut cursor = Cursor::new(bytes);
        let size = (cursor.u32()? as usize).checked_mul(4).ok_or(Corrupt)?;
        let numbers = Numbers::new(cursor.take(size)?);
        let names = TextTable::read(&mut cursor)?;
        let fits = cursor.is_empty() && names.len() == numbers.len();
        if fits { Ok(Catalogues { numbers, names }) } else { Err(Corrupt) }
    }

    /// The feed id of the catalogue; empty for CISA's.
    pub(super) fn of(&self, number: VulnRef) -> Decoded<&'a str> {
        let (mut low, mut high) = (0, self.numbers.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.numbers.get(middle)?.cmp(&number.0) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return self.names.get(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok("")
    }
}

impl Index {
    pub(super) fn catalogues(&self) -> Decoded<Catalogues<'_>> {
        Catalogues::read(self.section(Section::Catalogues))
    }

    /// The numbers are sorted, so that each is found, and each has an entry.
    pub(super) fn verify_catalogues(&self) -> Decoded<()> {
        let catalogues = self.catalogues()?;
        for at in 0..catalogues.numbers.len() {
            let number = catalogues.numbers.get(at)?;
            let is_behind = at == 0 || catalogues.numbers.get(at - 1)? < number;
            let has_entry = self.facts_table()?.kev(VulnRef(number))?.is_some();
            if !is_behind
                || number as usize >= self.len()
                || !has_entry
                || catalogues.names.get(at)?.is_empty()
            {
                return Err(Corrupt);
            }
        }
        Ok(())
    }
}
