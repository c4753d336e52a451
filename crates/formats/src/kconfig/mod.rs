//! `kconfig`.
