//! Hashing: the 64-bit hash of texts, the 128-bit checksum of sections, the 32-bit sum of what is read singly.
//!
//! Both guard against accidents, not against forgery: who may forge a file may forge its checksums, and the
//! signature of a bundle (matching.md 2.2) stands over the whole file. They do not depend on the platform.

use rayon::prelude::*;

/// Bytes that are checked as one piece; pieces are independent, so that all cores can work.
const PIECE: usize = 1 << 20;

const K0: u64 = 0xa076_1d64_78bd_642f;
const K1: u64 = 0xe703_7ed1_a0b4_28db;
const K2: u64 = 0x8ebc_6af0_9c88_c6e3;
const K3: u64 = 0x5899_65cc_7537_4cc3;

/// Multiplies to 128 bits and folds; every input bit reaches every output bit.
#[inline]
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => short(bytes),
    }
}

/// Reads up to seven bytes as a number.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The 64-bit hash of a text.
#[inline]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut state = K0 ^ (bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(16);
    for chunk in &mut chunks {
        let (low, high) = chunk.split_at(8);
        state = mix(word(low) ^ K1, word(high) ^ state);
    }
    let rest = chunks.remainder();
    let (low, high) = rest.split_at(rest.len().min(8));
    mix(mix(word(low) ^ K2, word(high) ^ state ^ K3), K1)
}

/// The 32-bit sum of a vulnerability or a packed block, compared each time it is read.
pub(crate) fn short_sum(bytes: &[u8]) -> u32 {
    (hash(bytes) >> 32) as u32
}

/// A running 128-bit hash over a sequence of numbers and texts: the fingerprint of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u64, u64);

impl Fingerprint {
    pub(crate) fn new() -> Fingerprint {
        Fingerprint(K2, K3)
    }

    /// Adds the hash of a text.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        self.0 = mix(self.0 ^ hash, K0);
        self.1 = mix(self.1 ^ hash, K1).wrapping_add(self.0);
    }

    /// Adds bytes.
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        let sum = piece(bytes);
        self.add(sum as u64);
        self.add((sum >> 64) as u64);
    }

    pub(crate) fn value(self) -> u128 {
        u128::from(self.0) << 64 | u128::from(self.1)
    }
}

/// The 128-bit checksum of one piece.
fn piece(bytes: &[u8]) -> u128 {
    let (mut a, mut b) = (K0 ^ (bytes.len() as u64), K1);
    let mut chunks = bytes.chunks_exact(16);
    for chunk in &mut chunks {
        let (low, high) = chunk.split_at(8);
        let (low, high) = (word(low), word(high));
        a = mix(low ^ K2, high ^ a);
        b = mix(high ^ K3, low ^ b);
    }
    let rest = chunks.remainder();
    let (low, high) = rest.split_at(rest.len().min(8));
    a = mix(word(low) ^ K2, word(high) ^ a);
    b = mix(word(high) ^ K3, word(low) ^ b);
    u128::from(mix(a, K1)) << 64 | u128::from(mix(b, K0))
}

/// The checksum of a section.
pub fn checksum(bytes: &[u8]) -> u128 {
    let sums: Vec<u128> = bytes.par_chunks(PIECE).map(piece).collect();
    let mut joined = Vec::with_capacity(sums.len() * 16 + 8);
    joined.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    for sum in sums {
        joined.extend_from_slice(&sum.to_le_bytes());
    }
    piece(&joined)
}
