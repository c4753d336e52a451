//! `feeds`.
