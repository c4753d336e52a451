//! From component to verdict: candidates, identity, ranges, platforms, the kernel, build evidence, combination.

pub mod build;
pub mod combine;
pub mod distribution;
pub mod identity;
pub mod kernel;
pub mod platforms;
pub mod ranges;
