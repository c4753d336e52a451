//! Tests of `analysis`, one binary; modules mirror the tree.

mod packs;
mod tricky;
