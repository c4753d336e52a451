//! Pages: what people see in a browser. Knows look and words, and nothing about rules.
//!
//! So far the report in one file ([`report`]); the server's pages use the same look (`static/look.css`), escaping and
//! charts. Start with [`report::write`].

pub mod escape;
pub mod link;
pub mod policy;
pub mod report;
pub mod words;
