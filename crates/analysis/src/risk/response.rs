//! The response table: five inputs, 324 rows, one class.
