//! The date a folder's name bears (`snapshots-2026-07-20/…`), for documents that carry none.

pub use formats::records::dates::in_path as of_path;
