//! Tests of `versions`, one binary; modules mirror the tree.

mod cases;
mod ordering;
mod vers;
