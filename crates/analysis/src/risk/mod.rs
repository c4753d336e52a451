//! The judgement: is it an immediate threat in the standard deployment (assessment.md)?
//!
//! Facts and a profile in, an assessment out; everything that decides is a row of a table. `vectors` scores CVSS,
//! `tables` is the engine that looks rows up, `response` the table of the class, `ssvc` the further tables.

pub mod assess;
pub mod conditions;
pub mod defaults;
pub mod dependants;
pub mod entry;
pub mod environment;
pub mod facts;
pub mod graph;
pub mod impact;
pub mod infer;
pub mod likelihood;
pub mod patch;
pub mod preconditions;
pub mod profile_check;
pub mod profile_words;
pub mod rationale;
pub mod reach;
pub mod response;
pub mod selections;
pub mod sheet;
pub mod ssvc;
pub mod table_set;
pub mod tables;
pub mod vectors;
