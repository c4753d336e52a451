//! `module_lists`.
