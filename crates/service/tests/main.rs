//! Tests of `service`, one binary; modules mirror the tree.

mod alerts;
mod archives;
mod compile;
mod funnel;
mod intake;
mod loop_house;
mod packs;
mod plan;
mod rescan;
