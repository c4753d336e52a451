//! `detect`.
