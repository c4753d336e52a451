//! `buildroot`.
