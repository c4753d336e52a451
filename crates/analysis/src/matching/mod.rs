//! From component to verdict: candidates, identity, ranges, platforms, the kernel, build evidence, combination.

pub mod build;
pub mod kernel;
pub mod ranges;
