//! The `vers:` notation: parse, validate, contains, order, conversion of native ranges.
