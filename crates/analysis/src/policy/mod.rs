//! What follows from a judgement: deadlines (assessment.md 3.9), what to upgrade to (matching.md 8), what changed
//! between two states (assessment.md 5.3).

pub mod compare;
pub mod due;
pub mod plan;
pub mod remedy;
