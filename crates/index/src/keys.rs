//! Lookup keys.
