//! Tests of `feeds`, one binary; modules mirror the tree.
