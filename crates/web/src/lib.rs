//! Pages: what people see in a browser. Knows look, words, addresses and status codes, and nothing about rules.
//!
//! The report in one file is [`report`]; the pages of the server are [`pages`], served by [`server`], which asks a
//! [`backend`]. All use the same look (`static/look.css`), escaping and charts. Start with [`server::routes`].

pub mod backend;
pub mod desk;
pub mod escape;
pub mod house;
pub mod link;
pub mod mirror;
pub mod pages;
pub mod policy;
pub mod report;
pub mod server;
pub mod words;
