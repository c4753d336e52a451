//! Tests of `formats`, one binary; modules mirror the tree.

mod cve;
mod epss;
mod kev;
mod knowledge;
mod local;
mod nvd;
mod osv;
mod packs;
mod records;
mod summary;
mod yocto_real;
