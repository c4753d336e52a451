//! `yocto`.
