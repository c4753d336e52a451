//! `service`.
