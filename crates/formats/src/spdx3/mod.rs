//! `spdx3`.
