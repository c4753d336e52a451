//! The words of Patchwright: what every other crate speaks about.
//!
//! Nothing here does I/O, knows a foreign wire shape, or derives serde. Foreign shapes live in
//! `formats`, our own output shapes in the binary. Start with [`component`] (what is in a release),
//! [`record`] (what one source says), and [`finding`] (what we conclude).

mod words;
pub mod codename;
pub mod day;
pub mod note;
pub mod version;
pub mod identity;
pub mod lifecycle;
pub mod dependency;
pub mod licence;
pub mod spdx_ids;
pub mod component;
pub mod history;
pub mod device_tree;
pub mod build;
pub mod statement;
pub mod vex;
pub mod sbom;
pub mod quality;
pub mod record;
pub mod vulnerability;
pub mod reason;
pub mod finding;
pub mod feed;
pub mod profile;
pub mod assessment;
pub mod decision;
pub mod effect;
pub mod fix;
pub mod rule;
pub mod access;
pub mod product;
