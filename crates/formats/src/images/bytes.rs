//! Numbers at places of a block of bytes; `None` past its end.

/// A block that is read by offset.
#[derive(Clone, Copy)]
pub struct Bytes<'b>(pub &'b [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    /// One byte.
    pub fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    /// Two bytes, the small end first.
    pub fn le16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    /// Four bytes, the small end first.
    pub fn le32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// Eight bytes, the small end first.
    pub fn le64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Four bytes, the big end first.
    pub fn be32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// True when these bytes stand there.
    pub fn has(self, at: usize, magic: &[u8]) -> bool {
        at.checked_add(magic.len()).and_then(|end| self.0.get(at..end)) == Some(magic)
    }
}
