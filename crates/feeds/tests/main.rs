//! Tests of `feeds`, one binary.

mod list;
