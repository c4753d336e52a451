//! Tests of `model`, one binary; modules mirror the tree.
mod purl;
mod cpe;
mod repository;
mod candidate;
