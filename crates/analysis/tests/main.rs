//! Tests of `analysis`, one binary; modules mirror the tree.
