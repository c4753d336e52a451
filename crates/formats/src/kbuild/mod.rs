//! `kbuild`.
