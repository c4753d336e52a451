//! Tests of `service`, one binary; modules mirror the tree.

mod archives;
mod compile;
mod funnel;
mod packs;
mod plan;
mod sync;
