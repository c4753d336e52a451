//! What tests share: where the hand-over data lies, builders, a browser. Used from `tests/` targets only.

pub mod browser;
pub mod records;
pub mod shared;

pub use shared::shared;

/// Prints one figure for `cargo xtask quality`: suite, passed, total, note.
pub fn quality(suite: &str, passed: usize, total: usize, note: &str) {
    println!("QUALITY\t{suite}\t{passed}\t{total}\t{note}");
}
