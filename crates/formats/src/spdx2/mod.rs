//! `spdx2`.
