//! Tests of `service`, one binary; modules mirror the tree.

mod access;
mod alerts;
mod archives;
mod backups;
mod bucket;
mod compile;
mod drafts;
mod evidence;
mod funnel;
mod index_delta;
mod intake;
mod kernel_lists;
mod loop_house;
mod maker;
mod node;
mod packs;
mod plan;
mod rescan;
mod sync;
mod tracker_agreement;
mod triage;
