//! Alias and rule tables.
