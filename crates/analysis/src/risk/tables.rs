//! Decision tables as data: complete, unique, monotone, looked up by row.
