//! What follows from a judgement: deadlines (assessment.md 3.9), rules of the organisation (4.7) and gates (5.6), what to
//! upgrade to (matching.md 8), what changed between two states (assessment.md 5.3).

pub mod compare;
pub mod due;
pub mod plan;
pub mod remedy;
pub mod expression;
pub mod variables;
pub mod facts;
pub mod rules;
pub mod gate;
pub mod paths;
pub mod pattern;
pub mod time;
