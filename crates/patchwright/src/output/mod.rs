//! Forms of output, one file each.

pub mod answer;
pub mod assessment;
pub mod assessment_json;
pub mod csv;
pub mod explanation;
pub mod json;
pub mod markdown;
pub mod policy;
pub mod policy_verb;
pub mod profile;
pub mod progress;
pub mod table;
pub mod words;
