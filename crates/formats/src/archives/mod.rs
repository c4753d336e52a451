//! `archives`.
