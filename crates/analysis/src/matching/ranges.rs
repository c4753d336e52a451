//! `ranges`.
