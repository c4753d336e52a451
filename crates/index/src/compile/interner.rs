//! Each text once, as a number.

use crate::layout::checksum::hash;

/// A table of texts. Numbers follow first use, so they differ from run to run and never reach the file.
#[derive(Debug, Default)]
pub(super) struct Interner {
    /// Upper half: upper half of the hash; lower half: number + 1; zero: free.
    slots: Vec<u64>,
    hashes: Vec<u64>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
    /// A text did not fit any more: the compilation must fail.
    is_full: bool,
}

impl Interner {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// The number of a text, and its hash.
    #[inline]
    pub(super) fn intern(&mut self, text: &str) -> (u32, u64) {
        let hash = hash(text.as_bytes());
        (self.intern_hashed(text, hash), hash)
    }

    pub(super) fn intern_hashed(&mut self, text: &str, hash: u64) -> u32 {
        if self.ends.len() * 8 >= self.slots.len() * 5 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.insert(at, text, hash);
            }
            if slot >> 32 == hash >> 32 {
                let number = slot as u32 - 1;
                if self.bytes_of(number) == text.as_bytes() {
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, slot: usize, text: &str, hash: u64) -> u32 {
        let number = self.ends.len() as u32;
        let end = u32::try_from(self.bytes.len() + text.len());
        let (Ok(end), true) = (end, number < u32::MAX - 1) else {
            self.is_full = true;
            return 0;
        };
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        self.hashes.push(hash);
        self.slots[slot] = (hash >> 32) << 32 | u64::from(number + 1);
        number
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        self.slots = vec![0; size];
        for (number, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = (hash >> 32) << 32 | (number as u64 + 1);
        }
    }

    /// The text of a number.
    #[inline]
    pub(super) fn text(&self, number: u32) -> &str {
        // Only whole texts were appended.
        std::str::from_utf8(self.bytes_of(number)).unwrap_or_default()
    }

    #[inline]
    pub(super) fn bytes_of(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[start..self.ends[at] as usize]
    }

    pub(super) fn hash(&self, number: u32) -> u64 {
        self.hashes[number as usize]
    }
}
