//! Tests of `analysis`, one binary; modules mirror the tree.

mod assess;
mod build_config_cases;
mod build_evidence;
mod build_expression;
mod build_patch_names;
mod build_patches;
mod build_properties;
mod combine;
mod coverage;
mod cpe_rows;
mod cve_json;
mod cvss;
mod due;
mod invariants;
mod kernel;
mod matching;
mod notation;
mod packs;
mod platforms;
mod profile;
mod ranges;
mod reasons;
mod ssvc;
mod tables;
mod statements;
mod tricky;
