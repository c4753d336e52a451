//! Tests of `index`, one binary; modules mirror the tree.
