//! Text tables: many texts behind one another with a row of ends, each reachable by its number.
//!
//! Texts that matching reads by the hundred thousand are checked to be UTF-8 as a whole once, so that slicing
//! only has to check character boundaries.

use super::codec::{Corrupt, Cursor, Decoded, Numbers, put_u32, put_varint};

/// A table with 32-bit ends: count, length, ends, bytes. Each text is checked when it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TextTable<'a> {
    ends: Numbers<'a>,
    bytes: &'a [u8],
}

impl<'a> TextTable<'a> {
    /// Reads a table from the front of a cursor.
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Decoded<TextTable<'a>> {
        let count = cursor.u32()? as usize;
        let length = cursor.u32()? as usize;
        let ends = Numbers::new(cursor.take(count.checked_mul(4).ok_or(Corrupt)?)?);
        Ok(TextTable { ends, bytes: cursor.take(length)? })
    }

    /// The ends and all bytes, for a table that is checked as a whole.
    pub(crate) fn parts(&self) -> (Numbers<'a>, &'a [u8]) {
        (self.ends, self.bytes)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Decoded<&'a str> {
        let bytes = self.bytes.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        std::str::from_utf8(bytes).map_err(|_| Corrupt)
    }

    /// Finds a text in a sorted table.
    pub(crate) fn find(&self, wanted: &str) -> Decoded<Option<usize>> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle)?.cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// Writes a table; `None` when it outgrows 32 bits.
    pub(crate) fn write<'t>(texts: impl Iterator<Item = &'t str>, out: &mut Vec<u8>) -> Option<()> {
        let (mut ends, mut bytes) = (Vec::new(), Vec::new());
        let mut count = 0u32;
        for text in texts {
            bytes.extend_from_slice(text.as_bytes());
            put_u32(&mut ends, u32::try_from(bytes.len()).ok()?);
            count = count.checked_add(1)?;
        }
        put_u32(out, count);
        put_u32(out, bytes.len() as u32);
        out.extend_from_slice(&ends);
        out.extend_from_slice(&bytes);
        Some(())
    }
}

/// The table of one vulnerability: ends in 16 bits where that is enough, which is nearly always.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalTexts<'a> {
    ends: &'a [u8],
    wide: bool,
    text: &'a str,
}

impl<'a> LocalTexts<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Decoded<LocalTexts<'a>> {
        let length = cursor.size()?;
        let shape = cursor.size()?;
        let wide = shape & 1 == 1;
        let width = if wide { 4 } else { 2 };
        let ends = cursor.take((shape >> 1).checked_mul(width).ok_or(Corrupt)?)?;
        let text = std::str::from_utf8(cursor.take(length)?).map_err(|_| Corrupt)?;
        Ok(LocalTexts { ends, wide, text })
    }

    #[inline]
    fn end(&self, at: usize) -> Decoded<usize> {
        if self.wide {
            return Numbers::new(self.ends).get(at).map(|end| end as usize);
        }
        let start = at.checked_mul(2).ok_or(Corrupt)?;
        let bytes = self.ends.get(start..).and_then(|rest| rest.first_chunk::<2>()).ok_or(Corrupt)?;
        Ok(usize::from(u16::from_le_bytes(*bytes)))
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Decoded<&'a str> {
        let start = match at.checked_sub(1) {
            Some(before) => self.end(before)?,
            None => 0,
        };
        self.text.get(start..self.end(at)?).ok_or(Corrupt)
    }

    pub(crate) fn write<'t>(texts: impl Iterator<Item = &'t str> + Clone, out: &mut Vec<u8>) {
        let (count, length) = texts.clone().fold((0u64, 0usize), |(n, sum), text| (n + 1, sum + text.len()));
        let wide = length > usize::from(u16::MAX);
        put_varint(out, length as u64);
        put_varint(out, count << 1 | u64::from(wide));
        let mut end = 0usize;
        for text in texts.clone() {
            end += text.len();
            if wide { put_u32(out, end as u32) } else { out.extend_from_slice(&(end as u16).to_le_bytes()) }
        }
        texts.for_each(|text| out.extend_from_slice(text.as_bytes()));
    }
}

/// The table of texts that several vulnerabilities share, checked as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SharedTexts<'a> {
    pub(crate) ends: Numbers<'a>,
    pub(crate) text: &'a str,
}

impl<'a> SharedTexts<'a> {
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Decoded<&'a str> {
        self.text.get(self.ends.extent(at)?).ok_or(Corrupt)
    }
}

/// All texts a vulnerability's records may name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strings<'a> {
    pub(crate) shared: SharedTexts<'a>,
    pub(crate) local: LocalTexts<'a>,
}

impl<'a> Strings<'a> {
    /// The text of a reference: odd numbers are the vulnerability's own, even ones are shared.
    #[inline]
    pub(crate) fn resolve(&self, reference: u64) -> Decoded<&'a str> {
        let at = usize::try_from(reference >> 1).map_err(|_| Corrupt)?;
        if reference & 1 == 1 { self.local.get(at) } else { self.shared.get(at) }
    }
}
