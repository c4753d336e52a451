//! Tests of `service`, one binary; modules mirror the tree.
