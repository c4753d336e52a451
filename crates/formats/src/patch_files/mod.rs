//! `patch_files`.
