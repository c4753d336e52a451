//! `normalise`.
