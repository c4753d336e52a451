//! The project's tasks as a library, so that the house test can run `tidy` inside `cargo test`.

pub mod tidy;
pub mod deb;
pub mod shell;
