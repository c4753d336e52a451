//! What follows from a class: deadlines (assessment.md 3.9), rules of the organisation (4.7) and gates (5.6).

pub mod due;
pub mod expression;
pub mod variables;
pub mod facts;
pub mod rules;
pub mod gate;
pub mod pattern;
pub mod time;
