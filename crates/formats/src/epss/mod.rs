//! `epss`.
