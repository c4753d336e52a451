//! RustSec advisories as their database keeps them: a TOML head (`[advisory]`, `[affected]`, `[versions]`) in a fence, below it
//! the title and the description as Markdown. Advisories of before 2020 are TOML alone.
//!
//! What the head says of versions is what is *not* affected; `requirement` and `complement` turn that into the ranges which
//! the database's own export to OSV gives, so that both forms of an advisory say the same.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod complement;
mod read;
mod requirement;
mod schema;

pub use read::{is_advisory, parse, read};
