//! Tests of `formats`, one binary; modules mirror the tree.

mod packs;
mod summary;
mod yocto_real;
