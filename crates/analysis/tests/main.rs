//! Tests of `analysis`, one binary; modules mirror the tree.

mod build_config_cases;
mod build_evidence;
mod build_expression;
mod build_patch_names;
mod build_patches;
mod build_properties;
mod combine;
mod coverage;
mod invariants;
mod cve_json;
mod kernel;
mod notation;
mod matching;
mod packs;
mod ranges;
mod platforms;
mod reasons;
mod tricky;
