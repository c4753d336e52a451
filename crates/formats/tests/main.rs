//! Tests of `formats`, one binary; modules mirror the tree.

mod archives;
mod buildroot;
mod compiled_files;
mod cve;
mod cyclonedx;
mod detect;
mod epss;
mod expect;
mod hostile;
mod kbuild;
mod kconfig;
mod kev;
mod knowledge;
mod local;
mod normalise;
mod notes;
mod module_lists;
mod nvd;
mod osv;
mod packs;
mod patch_files;
mod records;
mod spdx2;
mod spdx3;
mod summary;
mod yocto;
