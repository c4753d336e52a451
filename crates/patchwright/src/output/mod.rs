//! Forms of output, one file each.

pub mod answer;
pub mod assessment;
pub mod assessment_json;
pub mod compare;
pub mod compare_json;
pub mod csv;
pub mod dependencies;
pub mod explanation;
pub mod fix;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod markdown;
pub mod plan;
pub mod plan_html;
pub mod plan_json;
pub mod policy;
pub mod policy_verb;
pub mod profile;
pub mod progress;
pub mod saved;
pub mod statements;
pub mod statements_json;
pub mod sarif;
pub mod table;
pub mod words;
