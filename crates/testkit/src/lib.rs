//! What tests share: where the hand-over data lies, and builders. Used from `tests/` targets only.

pub mod shared;

pub use shared::shared;
