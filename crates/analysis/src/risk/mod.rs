//! The judgement: is it an immediate threat in the standard deployment (assessment.md)?
//!
//! Facts and a profile in, an assessment out; everything that decides is a row of a table. `vectors` scores CVSS,
//! `tables` is the engine that looks rows up, `response` the table of the class, `ssvc` the further tables.

pub mod response;
pub mod ssvc;
pub mod tables;
pub mod vectors;
