//! The answer: pure, synchronous, without a clock. Inventory and index in, verdicts with evidence out.

pub mod matching;
