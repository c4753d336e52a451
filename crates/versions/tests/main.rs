//! Tests of `versions`, one binary; modules mirror the tree.
