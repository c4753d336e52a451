//! Tests of `store`, one binary; modules mirror the tree. Every test runs on SQLite, and on PostgreSQL too when
//! `PATCHWRIGHT_TEST_POSTGRES` names a server.

mod harness;
mod audit;
mod blobs;
mod copies;
mod decisions;
mod findings;
mod jobs;
mod lists;
mod migrations;
mod nouns;
mod reverse_index;
mod scopes;
mod shapes;
