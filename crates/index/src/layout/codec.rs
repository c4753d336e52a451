//! Numbers and texts as bytes. Reading never trusts: what does not fit is [`Corrupt`].

/// A part of the file that does not fit; the caller knows the section and makes an [`crate::Error`] of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corrupt;

/// Result of reading a part of the file.
pub(crate) type Decoded<T> = Result<T, Corrupt>;

/// Appends a number, seven bits a byte, lowest first.
#[inline]
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a length and the bytes of a text.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Appends a fixed 32-bit number.
pub(crate) fn put_u32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Reads forward through bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes }
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Decoded<u8> {
        let (first, rest) = self.rest.split_first().ok_or(Corrupt)?;
        self.rest = rest;
        Ok(*first)
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Decoded<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        // Numbers of texts mostly have two bytes, and there are hundreds of thousands of them in a scan.
        let second = self.byte()?;
        let number = u64::from(first & 0x7f) | u64::from(second & 0x7f) << 7;
        if second < 0x80 { Ok(number) } else { self.long_varint(number) }
    }

    /// The rest of a number whose first two bytes are read.
    fn long_varint(&mut self, mut number: u64) -> Decoded<u64> {
        let mut shift = 14;
        while shift < 63 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
        Err(Corrupt)
    }

    /// Reads a number that must fit 32 bits.
    #[inline]
    pub(crate) fn number(&mut self) -> Decoded<u32> {
        u32::try_from(self.varint()?).map_err(|_| Corrupt)
    }

    /// Reads a number that is a length or a count in memory.
    #[inline]
    pub(crate) fn size(&mut self) -> Decoded<usize> {
        usize::try_from(self.varint()?).map_err(|_| Corrupt)
    }

    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Decoded<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Corrupt)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Decoded<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Corrupt)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u32(&mut self) -> Decoded<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Decoded<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn text(&mut self) -> Decoded<&'a str> {
        let length = self.size()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Corrupt)
    }
}

/// A row of fixed 32-bit numbers inside the file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Numbers<'a> {
        Numbers(bytes)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len() / 4
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Decoded<u32> {
        let start = at.checked_mul(4).ok_or(Corrupt)?;
        let bytes = self.0.get(start..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Corrupt)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// The extent of item `at` in a row of ends: from the end before it to its own.
    #[inline]
    pub(crate) fn extent(&self, at: usize) -> Decoded<std::ops::Range<usize>> {
        let start = match at.checked_sub(1) {
            Some(before) => self.get(before)? as usize,
            None => 0,
        };
        Ok(start..self.get(at)? as usize)
    }
}
