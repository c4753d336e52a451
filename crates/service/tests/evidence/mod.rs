//! Evidence from outside of the SBOM: clones and patch files.

mod git;
mod patches;
mod repository;
