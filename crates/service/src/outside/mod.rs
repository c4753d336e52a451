//! The world outside: the only place that reads folders and files on behalf of the product.

pub mod directory;
pub mod secrets;
pub mod smtp;
