//! Tests of `versions`, one binary; modules mirror the tree.

mod cases;
mod corpora;
mod forms;
mod manual;
mod ordering;
mod properties;
mod text;
mod vers;
