//! `versions`.
