//! Comparing versions. A version is a text; what it means is said by a [`Scheme`] of the `model` crate.
//!
//! Answers have more than two values: [`compare`] says less, equal, greater or *incomparable, because*;
//! [`contains`] says inside, outside (on which side) or *undecided, because*. No input panics.
//!
//! Start at `compare.rs` (one arm per scheme); each scheme is one file; what is cut from a text before an
//! upstream comparison is in `clean.rs`. Not here: which scheme a product uses (the alias table of `index`),
//! and what a range means for a verdict (`analysis`).
//!
//! ```
//! use versions::{Order, Scheme, compare};
//! assert_eq!(compare(Scheme::Openssl, "1.0.2zb", "1.0.2u"), Order::Greater);
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod branch;
pub mod clean;
pub mod compare;
pub mod order;
pub mod range;
pub mod shape;
pub mod text;
pub mod vers;

mod digits;
mod plain;
mod segments;

mod apk;
mod calver;
mod composer;
mod deb;
mod ffmpeg;
mod gem;
mod generic;
pub mod git;
mod isc;
mod java;
mod linux;
mod maven;
mod nginx_plus;
mod openssh;
mod openssl;
mod opkg;
mod patchlevel;
mod pep440;
mod perl;
mod rpm;
mod semver;
mod sqlite;
mod squid;
mod uboot;
mod vim;

pub use branch::{branch_of, branch_wildcard, in_branch, same_branch};
pub use clean::{Cleaned, clean};
pub use compare::{compare, is_fully_read};
pub use model::version::Scheme;
pub use order::{Order, Why};
pub use plain::differ_by_numbers;
pub use range::{Bound, Contains, Interval, Side, contains};
pub use shape::{is_no_bound, is_unknown, looks_like_commit, looks_like_distribution};
