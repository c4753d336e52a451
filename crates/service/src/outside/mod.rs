//! The world outside: the only place that reads folders and files on behalf of the product, and the only one that
//! connects to anything.

pub mod api;
pub mod clock;
pub mod data_directory;
pub mod directory;
pub mod documents;
pub mod git;
pub mod http;
pub mod s3;
pub mod secrets;
pub mod smtp;
