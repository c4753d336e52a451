//! Foreign documents in, our words out. Each format has its own folder; the foreign shape (the only
//! serde derive) stays inside it.
//!
//! A reader returns `Read { value, notes }` and fails only when the bytes are not a document of its kind.
//! Start with [`detect`].

pub mod limits;
pub mod fingerprint;
pub mod text;
pub mod detect;
pub mod archives;
pub mod backup;
pub mod bundle;
pub mod normalise;
// inventory
pub mod spdx3;
pub mod spdx2;
pub mod cyclonedx;
pub mod yocto;
pub mod buildroot;
pub mod package_lists;
pub mod pkg_stats;
pub mod vigiles;
pub mod component_csv;
pub mod lock_files;
// inventory, written
mod kept;
pub mod writing;
// SBOMs, field by field
pub mod quality;
// build evidence
pub mod kconfig;
pub mod compiled_files;
pub mod patch_files;
pub mod module_lists;
pub mod kbuild;
pub mod git_log;
pub mod device_tree;
pub mod kernel_release;
// root file systems and images
pub mod rootfs;
pub mod images;
pub mod squashfs;
pub mod ext4;
pub mod cpio;
pub mod partitions;
// knowledge
pub mod records;
pub mod cve;
pub mod nvd;
pub mod osv;
pub mod rustsec;
pub mod debian_tracker;
pub mod alpine_secdb;
pub mod ubuntu_tracker;
pub mod kernel_cves;
pub mod kev;
pub mod epss;
pub mod local;
pub mod listings;
pub mod csaf;
pub mod euvd;
pub mod exploits;
pub mod lifecycle;
// deployment and statements
pub mod profile;
pub mod decisions;
pub mod rules;
pub mod saved;
pub mod vex;
