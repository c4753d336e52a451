//! Stories and the house test.
