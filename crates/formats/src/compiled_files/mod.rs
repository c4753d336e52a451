//! `compiled_files`.
