//! Forms of output, one file each.

pub mod answer;
pub mod assessment;
pub mod assessment_json;
pub mod csv;
pub mod explanation;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod profile;
pub mod progress;
pub mod sarif;
pub mod table;
pub mod words;
