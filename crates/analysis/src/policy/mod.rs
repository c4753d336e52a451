//! What follows from a class: deadlines (assessment.md 3.9).

pub mod due;
