//! Where knowledge comes from.
//!
//! A feed knows its own documents by their content, reads them into records, and says how old it may get.
//! The one list of feeds, in reading order, is [`list::FEEDS`]; the contract is [`feed::Feed`]. This crate
//! gets bytes and opens nothing: who walks folders and archives is `service::outside::directory`.

pub mod feed;
pub mod list;

mod cve_list;
mod epss;
mod kernel;
mod kev;
mod local;
mod nvd;
mod osv;
