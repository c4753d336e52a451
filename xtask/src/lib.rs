//! Tasks as a library.
