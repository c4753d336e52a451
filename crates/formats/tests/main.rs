//! Tests of `formats`, one binary; modules mirror the tree.
